package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageInfosRequest asks for the public images.
type DescribeImageInfosRequest struct {
	// linux or windows; both where none is given.
	OsType string `api:"enum=linux|windows"`
}

// DescribeImageInfosResponse has all of them: the action has no pages.
type DescribeImageInfosResponse struct {
	// 0, which says that it went well.
	Code int64
	// The images by id.
	Images Images[ImageInfo]
	// The id of this request.
	RequestId string
}

// ImageInfo is a public image.
type ImageInfo struct {
	// ens_vm, or arm_vm for arm64.
	ComputeType string
	// The description.
	Description string
	// The image's id.
	ImageId string
	// The size in GiB, as text.
	ImageSize string
	// The version of the operating system.
	ImageVersion string
	// The operating system in words.
	OSName string
	// linux or windows.
	OSType string
	// The region that stores the image; its owner alone is told.
	RegionId string
	// The disks that the image is made of.
	DiskDeviceMappings DiskDeviceMappings
}

// mostInfos bounds an answer without pages, well above what the vendor offers.
const mostInfos = 1000

func (in *DescribeImageInfosRequest) view() ledger.View {
	v := ledger.View{Product: ledger.ENS, Sets: []ledger.Set{ledger.Public}, Limit: mostInfos}
	if in.OsType != "" {
		v.Match = func(s ledger.Seen) bool { return s.OSType == in.OsType }
	}
	return v
}

func infoOf(s ledger.Seen) ImageInfo {
	return ImageInfo{
		ComputeType: computeType(s), Description: s.Description, ImageId: s.Key.ID, ImageSize: gib(s.SizeGiB), ImageVersion: s.Version,
		OSName: s.OSName, OSType: s.OSType, RegionId: storedIn(s), DiskDeviceMappings: disks(s),
	}
}

func describeImageInfos(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImageInfosRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImageInfos",
		Faults: append([]api.Fault{tooWide}, faults...), Resources: everything[DescribeImageInfosRequest],
	}, func(ctx context.Context, r *api.Request, in *DescribeImageInfosRequest) (*DescribeImageInfosResponse, error) {
		all, total, err := l.See(ctx, r.Caller, in.view())
		if err == nil && total > mostInfos {
			err = &ledger.Error{Rule: ledger.ErrTooWide, Limit: mostInfos} // half a list would pass for a whole one
		}
		out := &DescribeImageInfosResponse{}
		for _, s := range all {
			out.Images.Image = append(out.Images.Image, infoOf(s))
		}
		return out, err
	})
}
