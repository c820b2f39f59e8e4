package ens

import (
	"strconv"
	"time"

	"imageshare/ledger"
)

// Images is a list in the vendor's form; each action has images of its own.
type Images[I any] struct {
	// The images of this answer.
	Image []I
}

// DiskDeviceMappings are disks.
type DiskDeviceMappings struct {
	// The disks, the system's first.
	DiskDeviceMapping []DiskDeviceMapping
}

// DiskDeviceMapping is one disk of an image.
type DiskDeviceMapping struct {
	// raw or qcow2; empty, since no record says so.
	Format string
	// The size in GiB, as text.
	Size string
	// system or data.
	Type string
	// The image's id, whose first letter is small in this one place.
	ImageId string `json:"imageId" xml:"imageId"`
}

func disks(s ledger.Seen) DiskDeviceMappings {
	var list []DiskDeviceMapping
	for _, d := range s.Snapshots {
		list = append(list, DiskDeviceMapping{Size: gib(d.SizeGiB), Type: d.Usage, ImageId: s.Key.ID})
	}
	return DiskDeviceMappings{list}
}

// snapshot is the one that the image's system disk is made of, if any is known.
func snapshot(s ledger.Seen) string {
	if len(s.Snapshots) == 0 {
		return ""
	}
	return s.Snapshots[0].ID
}

// gib is a size, which ENS writes as text.
func gib(n int64) string { return strconv.FormatInt(n, 10) }

func alias(s ledger.Seen) string {
	if s.As == ledger.Owned {
		return "self"
	}
	return "others"
}

// computeType is the kind of machine that the image is for.
func computeType(s ledger.Seen) string {
	if s.Architecture == "arm64" {
		return "arm_vm"
	}
	return "ens_vm"
}

// What ENS alone keeps of an image stands in its tags, under the prefix that
// the vendor reserves for itself. Like every tag it is the owner's to see.
const (
	instanceTag = "acs:ens:instanceId"
	regionTag   = "acs:ens:targetOSSRegionId"
)

// storedIn is the region whose object storage would hold the image, as far as
// its owner is asking: the one that was named at its making, else the one of
// the document's sample.
func storedIn(s ledger.Seen) string {
	region := s.Tags[regionTag]
	if region == "" && s.As == ledger.Owned {
		return "cn-beijing"
	}
	return region
}

var statuses = map[ledger.State]string{
	ledger.Creating: "Creating", ledger.Importing: "Uploading", ledger.Copying: "Copying",
	ledger.Available: "Available", ledger.Deprecated: "Unavailable", ledger.Failed: "Pack_failed",
}

// making are the states of an image that an action makes, a third of the time each.
var making = []string{"Creating", "Packing", "Uploading"}

func status(s ledger.Seen, now time.Time) string {
	switch {
	case s.State == ledger.Creating:
		return making[s.Progress(now)*len(making)/100]
	case s.State == ledger.Failed && s.Imported:
		return "Upload_failed"
	}
	return statuses[s.State]
}
