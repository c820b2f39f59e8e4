package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImagesRequest asks for a page of the images that the caller may use:
// its own, those shared with it, and public ones.
type DescribeImagesRequest struct {
	// A node that the images are for; each of them is for every node.
	EnsRegionId string
	// One image by its id; an unknown one gives an empty list.
	ImageId string
	// Documented as not in use: any text, without effect.
	Status string
	// The whole name.
	ImageName string
	// A snapshot that the images are made of.
	SnapshotId string
	// The page, counted from 1: a number, documented as a text.
	PageNumber string `api:"default=1,digits,min=1,max=9223372036854775807"`
	// Images on a page, at most 50: a number, documented as a text.
	PageSize string `api:"default=10,digits,min=1,max=50"`
}

// DescribeImagesResponse is one page, with the number of all images that match.
type DescribeImagesResponse struct {
	// 0, which says that it went well.
	Code int64
	// The images of the page: own ones, then shared, then public ones.
	Images Images[Image]
	// The page, as asked.
	PageNumber int64
	// Images on a page, as asked.
	PageSize int64
	// The id of this request.
	RequestId string
	// Images in all that match, whatever page this is.
	TotalCount int64
}

// Image is an image that the caller may use.
type Image struct {
	// x86_64, i386 or arm64.
	Architecture string
	// When the record was made, in UTC.
	CreationTime string
	// The image's id, the same for its owner and for whom it is shared with.
	ImageId string
	// The name.
	ImageName string
	// self for one's own, else others; no image here is the system's.
	ImageOwnerAlias string
	// The size in GiB, as text.
	ImageSize string
	// The platform, such as centos.
	Platform string
	// The snapshot that the system disk is made of.
	SnapshotId string
	// The region that stores the image; its owner alone is told.
	RegionId string
	// The disks that the image is made of.
	DiskDeviceMappings DiskDeviceMappings
}

// Check holds the node's id to its form.
func (in *DescribeImagesRequest) Check() error { return checkIDs("EnsRegionId", in.EnsRegionId) }

// view is the request in the ledger's words.
func (in *DescribeImagesRequest) view() ledger.View {
	v := ledger.View{
		Product: ledger.ENS, Sets: []ledger.Set{ledger.Owned, ledger.Held, ledger.Public}, Snapshot: in.SnapshotId,
		Offset: api.Offset(number(in.PageNumber), number(in.PageSize)), Limit: number(in.PageSize),
	}
	if in.ImageId != "" {
		v.IDs = []string{in.ImageId}
	}
	if in.ImageName != "" {
		v.Match = func(s ledger.Seen) bool { return s.Name == in.ImageName }
	}
	return v
}

func imageOf(s ledger.Seen) Image {
	return Image{
		Architecture: s.Architecture, CreationTime: api.Time(s.CreatedAt), ImageId: s.Key.ID, ImageName: s.Name, ImageOwnerAlias: alias(s),
		ImageSize: gib(s.SizeGiB), Platform: s.Platform, SnapshotId: snapshot(s), RegionId: storedIn(s), DiskDeviceMappings: disks(s),
	}
}

func describeImages(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImagesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImages",
		Faults: append([]api.Fault{tooWide}, faults...), Resources: everything[DescribeImagesRequest],
	}, func(ctx context.Context, r *api.Request, in *DescribeImagesRequest) (*DescribeImagesResponse, error) {
		page, total, err := l.See(ctx, r.Caller, in.view())
		out := &DescribeImagesResponse{TotalCount: total, PageNumber: number(in.PageNumber), PageSize: number(in.PageSize)}
		out.Images.Image = make([]Image, 0, len(page))
		for _, s := range page {
			out.Images.Image = append(out.Images.Image, imageOf(s))
		}
		return out, err
	})
}
