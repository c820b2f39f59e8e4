package cvm

import (
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// Image is an image as DescribeImages shows it.
type Image struct {
	// The image's id, the same for its owner and for whom it is shared with.
	ImageId string
	// The operating system in words.
	OsName string
	// PRIVATE_IMAGE for one's own, SHARED_IMAGE for a received one, PUBLIC_IMAGE for everybody's.
	ImageType string
	// When the record was made, in UTC.
	CreatedTime string
	// The name.
	ImageName string
	// The description.
	ImageDescription string
	// The size in GiB.
	ImageSize int64
	// x86_64, arm or i386.
	Architecture string
	// CREATING, IMPORTING, SYNCING, NORMAL, CREATEFAILED or IMPORTFAILED.
	ImageState string
	// The platform, such as TencentOS.
	Platform string
	// The account that owns the image.
	ImageCreator string
	// EXTERNAL_IMPORT for an imported image, else CREATE_IMAGE; OFFICIAL for others' public ones.
	ImageSource string
	// How much of a copy is done, in percent; null for what is not being copied.
	SyncPercent *int64
	// Whether the image supports cloud-init; null, since no record says so.
	IsSupportCloudinit *bool
	// The snapshots that the image is made of.
	SnapshotSet []Snapshot
	// The owner's tags.
	Tags []Tag
	// TencentCloud or BYOL.
	LicenseType string
	// The family that the image belongs to.
	ImageFamily string
	// Whether the owner deprecated the image.
	ImageDeprecated bool
}

// Snapshot is one disk of an image.
type Snapshot struct {
	// The snapshot's id.
	SnapshotId string
	// SYSTEM_DISK or DATA_DISK.
	DiskUsage string
	// The size in GiB.
	DiskSize int64
}

// Tag is a key with its value.
type Tag struct {
	// The key.
	Key string
	// The value.
	Value string
}

var imageStates = map[ledger.State]string{
	ledger.Creating: "CREATING", ledger.Importing: "IMPORTING", ledger.Copying: "SYNCING",
	ledger.Available: "NORMAL", ledger.Deprecated: "NORMAL", ledger.Failed: "CREATEFAILED",
}

// imagesOf are the images of a page, with their disks in one list, where most
// have one: a list for each would be most of what a page allocates.
func imagesOf(page []ledger.Seen, now time.Time) []Image {
	created := api.Times(page, func(s *ledger.Seen) time.Time { return s.CreatedAt })
	all, disks := make([]Image, len(page)), make([]Snapshot, 0, len(page))
	for i, s := range page {
		from := len(disks)
		disks = appendDisks(disks, s.Snapshots)
		all[i].show(s, now)
		all[i].CreatedTime, all[i].SnapshotSet = created(i), disks[from:len(disks):len(disks)]
	}
	return all
}

// show fills in what an image needs no other for.
func (img *Image) show(s ledger.Seen, now time.Time) {
	*img = Image{
		ImageId: s.Key.ID, OsName: s.OSName, ImageType: imageTypes[s.As],
		ImageName: s.Name, ImageDescription: s.Description, ImageSize: s.SizeGiB, Architecture: s.Architecture,
		ImageState: imageStates[s.State], Platform: s.Platform, ImageCreator: s.Owner, ImageSource: source(s),
		Tags: tags(s), LicenseType: license(s.License), ImageFamily: s.Family, ImageDeprecated: s.State == ledger.Deprecated,
	}
	if s.State == ledger.Failed && s.Imported {
		img.ImageState = "IMPORTFAILED"
	}
	if s.State == ledger.Copying {
		done := int64(s.Progress(now))
		img.SyncPercent = &done
	}
}

func source(s ledger.Seen) string {
	switch {
	case s.As == ledger.Public:
		return "OFFICIAL"
	case s.Imported:
		return "EXTERNAL_IMPORT"
	}
	return "CREATE_IMAGE"
}

func license(text string) string {
	if text == "" {
		return "TencentCloud"
	}
	return text
}

func appendDisks(list []Snapshot, all []ledger.Snapshot) []Snapshot {
	for _, s := range all {
		usage := "DATA_DISK"
		if s.Usage == systemDisk {
			usage = "SYSTEM_DISK"
		}
		list = append(list, Snapshot{SnapshotId: s.ID, DiskUsage: usage, DiskSize: s.SizeGiB})
	}
	return list
}

func tags(s ledger.Seen) []Tag {
	var list []Tag
	for _, k := range s.TagKeys() {
		list = append(list, Tag{Key: k, Value: s.Tags[k]})
	}
	return list
}

// How records call the disks of an image.
const (
	systemDisk = "system"
	dataDisk   = "data"
)
