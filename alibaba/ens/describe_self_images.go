package ens

import (
	"context"
	"errors"
	"strconv"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeSelfImagesRequest asks for a page of the caller's custom images: its
// own, and those shared with it.
type DescribeSelfImagesRequest struct {
	// A part of the id, in any letter case. The image whose whole id it is comes
	// first: declarative tools take the first of the list.
	ImageId string
	// A part of the name, in any letter case.
	ImageName string
	// A snapshot that the images are made of.
	SnapshotId string
	// The page, counted from 1.
	PageNumber int64 `api:"default=1,min=1"`
	// Images on a page, at most 50.
	PageSize int64 `api:"default=10,min=1,max=50"`
}

// DescribeSelfImagesResponse is one page, with the number of all images that
// match. Its numbers are texts, unlike those of DescribeImages.
type DescribeSelfImagesResponse struct {
	// 0, which says that it went well.
	Code int64
	// The images of the page: own ones, then shared ones.
	Images Images[SelfImage]
	// The page, as asked.
	PageNumber string
	// Images on a page, as asked.
	PageSize string
	// The id of this request.
	RequestId string
	// Images in all that match, whatever page this is.
	TotalCount string
}

// SelfImage is a custom image.
type SelfImage struct {
	// x86_64, i386 or arm64.
	Architecture string
	// ens_vm, or arm_vm for arm64.
	ComputeType string
	// When the record was made, in UTC.
	CreationTime string
	// The image's id, the same for its owner and for whom it is shared with.
	ImageId string
	// The name.
	ImageName string
	// self for one's own, others for one that is shared with the caller.
	ImageOwnerAlias string
	// The size in GiB, as text.
	ImageSize string
	// The size that is stored, in GiB: the same, since no bytes are.
	ImageStorageSize string
	// The instance that the image was made of, as its owner named it.
	InstanceId string
	// The version of the operating system.
	OsVersion string
	// The platform, such as centos.
	Platform string
	// The region that stores the image; its owner alone is told.
	RegionId string
	// The snapshot that the system disk is made of.
	SnapshotId string
	// Creating, Packing, Uploading, Copying, Available, Unavailable, Pack_failed or Upload_failed.
	Status string
	// The disks that the image is made of.
	DiskDeviceMappings DiskDeviceMappings
}

// view is what of the list is looked for in an index: all but the first image,
// where it is named by its id.
func (in *DescribeSelfImagesRequest) view() ledger.View {
	v := ledger.View{
		Product: ledger.ENS, Sets: []ledger.Set{ledger.Owned, ledger.Held}, Snapshot: in.SnapshotId,
		Offset: api.Offset(in.PageNumber, in.PageSize), Limit: in.PageSize,
	}
	if in.ImageName != "" {
		v.Match = in.named
	}
	return v
}

func (in *DescribeSelfImagesRequest) named(s ledger.Seen) bool {
	return ledger.Occurs(s.Name, in.ImageName)
}

// rest are the images whose ids hold the text without being it.
func (in *DescribeSelfImagesRequest) rest(s ledger.Seen) bool {
	return s.Key.ID != in.ImageId && ledger.Occurs(s.Key.ID, in.ImageId) && in.named(s)
}

// seen is the page and how many images there are in all.
func (in *DescribeSelfImagesRequest) seen(ctx context.Context, l *ledger.Ledger, c ledger.Caller) ([]ledger.Seen, int64, error) {
	v := in.view()
	if in.ImageId == "" {
		return l.See(ctx, c, v)
	}
	first, found, err := in.exact(ctx, l, c)
	if err != nil {
		return nil, 0, err
	}
	// The first image takes a place on the first page and moves the rest by one.
	v.Match, v.Limit, v.Offset = in.rest, v.Limit-int64(len(first)), max(0, v.Offset-found)
	rest, n, err := l.See(ctx, c, v)
	if errors.Is(err, ledger.ErrTooWide) && found > 0 {
		rest, n, err = nil, 0, nil // who names an image by its whole id has it
	}
	return append(first, rest...), found + n, err
}

// exact is the image whose whole id is given, if the page begins with it, and
// how many there are: one or none.
func (in *DescribeSelfImagesRequest) exact(ctx context.Context, l *ledger.Ledger, c ledger.Caller) ([]ledger.Seen, int64, error) {
	if !ledger.ENS.ValidImageID(in.ImageId) {
		return nil, 0, nil
	}
	v := in.view()
	v.IDs = []string{in.ImageId}
	return l.See(ctx, c, v)
}

func selfImageOf(s ledger.Seen, now time.Time) SelfImage {
	return SelfImage{
		Architecture: s.Architecture, ComputeType: computeType(s), CreationTime: api.Time(s.CreatedAt), ImageId: s.Key.ID, ImageName: s.Name,
		ImageOwnerAlias: alias(s), ImageSize: gib(s.SizeGiB), ImageStorageSize: gib(s.SizeGiB), InstanceId: s.Tags[instanceTag],
		OsVersion: s.Version, Platform: s.Platform, RegionId: storedIn(s), SnapshotId: snapshot(s), Status: status(s, now),
		DiskDeviceMappings: disks(s),
	}
}

func describeSelfImages(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeSelfImagesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeSelfImages",
		Faults: append([]api.Fault{tooWide}, faults...), Resources: everything[DescribeSelfImagesRequest],
	}, func(ctx context.Context, r *api.Request, in *DescribeSelfImagesRequest) (*DescribeSelfImagesResponse, error) {
		page, total, err := in.seen(ctx, l, r.Caller)
		out := &DescribeSelfImagesResponse{
			PageNumber: strconv.FormatInt(in.PageNumber, 10), PageSize: strconv.FormatInt(in.PageSize, 10), TotalCount: strconv.FormatInt(total, 10),
		}
		for _, s := range page {
			out.Images.Image = append(out.Images.Image, selfImageOf(s, r.Now))
		}
		return out, err
	})
}
