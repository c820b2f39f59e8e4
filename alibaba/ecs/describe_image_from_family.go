package ecs

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageFromFamilyRequest finds the newest image of a family: the
// caller's own, never a shared or public one, and available.
type DescribeImageFromFamilyRequest struct {
	// The region.
	RegionId string `api:"required"`
	// The family.
	ImageFamily string `api:"required"`
}

// DescribeImageFromFamilyResponse is one image or none.
type DescribeImageFromFamilyResponse struct {
	// The id of this request.
	RequestId string
	// The image; without any content where the family has none.
	Image FamilyImage
}

// FamilyImage is an image, or nothing. The element stays in the answer in
// either case: clients look for its ImageId without looking for it first.
type FamilyImage struct {
	// What an image has; nil writes none of it.
	*Image
}

func describeImageFromFamily(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImageFromFamilyRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImageFromFamily", Regional: true,
		Faults:    unknown("The specified ImageId does not exist.", "The RegionId provided does not exist."),
		Resources: func(*api.Request, *DescribeImageFromFamilyRequest) []string { return []string{"*"} },
	}, func(ctx context.Context, r *api.Request, in *DescribeImageFromFamilyRequest) (*DescribeImageFromFamilyResponse, error) {
		out := &DescribeImageFromFamilyResponse{}
		newest, err := l.Newest(ctx, r.Caller, ledger.ECS, r.Region, in.ImageFamily)
		if newest != nil {
			out.Image.Image = &imagesOf([]ledger.Seen{*newest}, r.Now)[0]
		}
		return out, err
	})
}
