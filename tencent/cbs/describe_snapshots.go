package cbs

import (
	"context"
	"slices"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// DescribeSnapshotsRequest looks snapshots up.
type DescribeSnapshotsRequest struct {
	// Up to 100 snapshots; one that no image of the caller's is made of is left out.
	SnapshotIds []string `api:"required,maxitems=100"`
	// How many snapshots to skip.
	Offset int64 `api:"min=0"`
	// How many snapshots to answer, 1 to 100.
	Limit int64 `api:"default=20,min=1,max=100"`
}

// DescribeSnapshotsResponse is one page of snapshots.
type DescribeSnapshotsResponse struct {
	// How many of the snapshots there are.
	TotalCount int64
	// The snapshots of the page, in the order of the request.
	SnapshotSet []Snapshot
	// The id of this request.
	RequestId string
}

// Snapshot is a disk as it was when an image was made.
type Snapshot struct {
	// The snapshot's id.
	SnapshotId string
	// The name; none has one.
	SnapshotName string
	// NORMAL.
	SnapshotState string
	// How much of it is made, in percent.
	Percent int64
	// SYSTEM_DISK or DATA_DISK.
	DiskUsage string
	// The disk's size in GiB.
	DiskSize int64
	// Whether the snapshot is encrypted, as its image is.
	Encrypt bool
	// When the first image of it was made, UTC.
	CreateTime string
	// The images that are made of it.
	Images []Image
	// How many these are.
	ImageCount int64
}

// Image is an image that is made of a snapshot.
type Image struct {
	// Its id.
	ImageId string
	// Its name.
	ImageName string
}

var faults = []api.Fault{
	{Err: ledger.ErrTooWide, Code: "InvalidParameterValue.LimitExceeded", Message: "There are more than {limit} images to look through."},
}

// describeSnapshots asks for the region itself: its images are another product's.
func describeSnapshots(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeSnapshotsRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "DescribeSnapshots", Rate: 20, Faults: faults,
		Resources: func(*api.Request, *DescribeSnapshotsRequest) []string { return []string{"*"} },
	}, func(ctx context.Context, r *api.Request, in *DescribeSnapshotsRequest) (*DescribeSnapshotsResponse, error) {
		if r.Region == "" {
			return nil, &param.Error{Rule: param.ErrMissing, Field: "Region"}
		}
		if l.Region(ledger.CVM, r.Region) != nil {
			return nil, &param.Error{Rule: ledger.ErrNoRegion, Field: "Region"}
		}
		found, err := in.found(ctx, l, r)
		rest := found[min(in.Offset, int64(len(found))):]
		return &DescribeSnapshotsResponse{TotalCount: int64(len(found)), SnapshotSet: rest[:min(in.Limit, int64(len(rest)))]}, err
	})
}

// maxImages is more than one account has in a region.
const maxImages = 100_000

// found are the snapshots that the caller's own images are made of, each once.
func (in *DescribeSnapshotsRequest) found(ctx context.Context, l *ledger.Ledger, r *api.Request) (all []Snapshot, err error) {
	for i, id := range in.SnapshotIds {
		if id == "" || slices.Contains(in.SnapshotIds[:i], id) {
			continue
		}
		images, _, err := l.See(ctx, r.Caller, ledger.View{
			Product: ledger.CVM, Region: r.Region, Sets: []ledger.Set{ledger.Owned}, Snapshot: id, Limit: maxImages,
		})
		if err != nil {
			return nil, err
		}
		if s := snapshot(id, images); s.ImageCount > 0 {
			all = append(all, s)
		}
	}
	return all, nil
}

// snapshot is what the images say of one.
func snapshot(id string, images []ledger.Seen) Snapshot {
	s := Snapshot{SnapshotId: id, SnapshotState: "NORMAL", Percent: 100}
	for _, img := range images {
		for _, d := range img.Snapshots {
			if d.ID == id {
				s.of(img, d)
			}
		}
	}
	return s
}

// of adds an image; the first says what the snapshot is.
func (s *Snapshot) of(img ledger.Seen, d ledger.Snapshot) {
	made := img.CreatedAt.UTC().Format(time.DateTime)
	if s.ImageCount == 0 {
		s.DiskUsage, s.DiskSize, s.CreateTime = "DATA_DISK", d.SizeGiB, made
		if d.Usage == "system" {
			s.DiskUsage = "SYSTEM_DISK"
		}
	}
	s.CreateTime, s.Encrypt = min(s.CreateTime, made), s.Encrypt || img.Encrypted
	s.Images = append(s.Images, Image{ImageId: img.Key.ID, ImageName: img.Name})
	s.ImageCount++
}
