package ecs

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// Image is an image as the lists show it.
type Image struct {
	// The image's id, the same for its owner and for whom it is shared with.
	ImageId string
	// The name.
	ImageName string
	// The description.
	Description string
	// self for one's own, else others.
	ImageOwnerAlias string
	// The account that owns the image.
	ImageOwnerId int64
	// The version that its owner gave it.
	ImageVersion string
	// The family that the image belongs to.
	ImageFamily string
	// The operating system in words.
	OSName string
	// The same in English.
	OSNameEn string
	// linux or windows.
	OSType string
	// The platform, such as CentOS.
	Platform string
	// x86_64, i386 or arm64.
	Architecture string
	// The size in GiB.
	Size int64
	// Creating, Waiting, Available, Deprecated or CreateFailed.
	Status string
	// Whether instances use the image: none, since there are none here.
	Usage string
	// How much of its making is done, such as 100%.
	Progress string
	// When the record was made, in UTC.
	CreationTime string
	// How the image boots.
	BootMode string
	// Auto, Aliyun or BYOL of an imported image.
	LicenseType string
	// The image's code in the market; no image has one.
	ProductCode string
	// The image's resource group; it is in none.
	ResourceGroupId string
	// Whether the image is a copy.
	IsCopied bool
	// Whether the image came from the market; none does.
	IsSubscribed bool
	// Whether every account of the region may use the image.
	IsPublic bool
	// Whether its owner shares it, True or False; empty in others' lists.
	IsSelfShared string
	// Whether the image supports cloud-init; no record says so.
	IsSupportCloudinit bool
	// Whether it supports I/O optimized instances; every image does.
	IsSupportIoOptimized bool
	// The disks that the image is made of.
	DiskDeviceMappings DiskDeviceMappings
	// The owner's tags.
	Tags Tags
}

// DiskDeviceMappings are disks.
type DiskDeviceMappings struct {
	// The disks, the system's first.
	DiskDeviceMapping []DiskDeviceMapping
}

// DiskDeviceMapping is one disk of an image.
type DiskDeviceMapping struct {
	// The device.
	Device string
	// The size in GiB, as text.
	Size string
	// The snapshot that it is made of.
	SnapshotId string
	// system or data.
	Type string
	// How much of its making is done.
	Progress string
	// How many seconds its making still takes.
	RemainTime int64
	// RAW, VHD or QCOW2 of an imported disk, as its owner wrote it.
	Format string
	// The bucket that an imported disk was said to be in; its owner alone sees it.
	ImportOSSBucket string
	// Its name in the bucket; its owner alone sees it.
	ImportOSSObject string
}

// Tags are tags.
type Tags struct {
	// The tags by key.
	Tag []Tag
}

// Tag is a key with its value.
type Tag struct {
	// The key.
	TagKey string
	// The value.
	TagValue string
}

var statuses = map[ledger.State]string{
	ledger.Creating: "Creating", ledger.Importing: "Waiting", ledger.Copying: "Creating",
	ledger.Available: "Available", ledger.Deprecated: "Deprecated", ledger.Failed: "CreateFailed",
}

// imagesOf are the images of a page, with their disks in one list, where most
// have one: a list for each would be most of what a page allocates.
func imagesOf(page []ledger.Seen, now time.Time) []Image {
	created := api.Times(page, func(s *ledger.Seen) time.Time { return s.CreatedAt })
	all, disks := make([]Image, len(page)), make([]DiskDeviceMapping, 0, len(page))
	for i, s := range page {
		from := len(disks)
		all[i].show(s, now)
		disks = appendDisks(disks, s, all[i].Progress, now)
		all[i].CreationTime, all[i].DiskDeviceMappings.DiskDeviceMapping = created(i), disks[from:len(disks):len(disks)]
	}
	return all
}

// show fills in what an image needs no other for.
func (img *Image) show(s ledger.Seen, now time.Time) {
	// An account number beyond 63 bits has no place in the vendor's long.
	owner, _ := strconv.ParseInt(s.Owner, 10, 64)
	*img = Image{
		ImageId: s.Key.ID, ImageName: s.Name, Description: s.Description, ImageOwnerAlias: alias(s), ImageOwnerId: owner,
		ImageVersion: s.Version, ImageFamily: s.Family, OSName: s.OSName, OSNameEn: s.OSName, OSType: s.OSType, Platform: s.Platform,
		Architecture: s.Architecture, Size: s.SizeGiB, Status: statuses[s.State], Usage: "none", Progress: progress(s, now),
		BootMode: s.BootMode, LicenseType: s.License, IsCopied: s.CopiedFrom != "",
		IsPublic: s.Public, IsSelfShared: selfShared(s, now), IsSupportIoOptimized: true, Tags: tags(s),
	}
}

func alias(s ledger.Seen) string {
	if s.As == ledger.Owned {
		return "self"
	}
	return "others"
}

// selfShared is text, as in the vendor's samples.
func selfShared(s ledger.Seen, now time.Time) string {
	switch {
	case s.As != ledger.Owned:
		return ""
	case len(s.Live(now)) > 0:
		return "True"
	}
	return "False"
}

func progress(s ledger.Seen, now time.Time) string {
	done := s.Progress(now)
	if done == 100 { // as of most
		return "100%"
	}
	return strconv.Itoa(done) + "%"
}

// devices are what the disks are called that nobody named: /dev/xvda and so on.
var devices = func() (all [26]string) {
	for i := range all {
		all[i] = "/dev/xvd" + string(rune('a'+i))
	}
	return all
}()

func appendDisks(list []DiskDeviceMapping, s ledger.Seen, progress string, now time.Time) []DiskDeviceMapping {
	left := max(0, int64(math.Ceil(s.ReadyAt.Sub(now).Seconds())))
	for i, d := range s.Snapshots {
		disk := DiskDeviceMapping{
			Device: cmp.Or(d.Device, devices[i%len(devices)]), Size: strconv.FormatInt(d.SizeGiB, 10), SnapshotId: d.ID,
			Type: d.Usage, Progress: progress, RemainTime: left, Format: d.Format,
		}
		if s.As == ledger.Owned {
			disk.ImportOSSBucket, disk.ImportOSSObject = d.Bucket, d.Object
		}
		list = append(list, disk)
	}
	return list
}

func tags(s ledger.Seen) Tags {
	var list []Tag
	for _, k := range s.TagKeys() {
		list = append(list, Tag{TagKey: k, TagValue: s.Tags[k]})
	}
	return Tags{list}
}
