package cvm

import (
	"context"
	"errors"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// DescribeImagesRequest lists images that the caller may use: its own, those
// shared with it and public ones.
type DescribeImagesRequest struct {
	// Images by id; an unknown one is left out. Not together with Filters.
	ImageIds []string
	// Up to ten conditions, of which an image must meet all.
	Filters []Filter
	// How many images to skip.
	Offset int64 `api:"min=0"`
	// How many images to answer, 1 to 100.
	Limit int64 `api:"default=20"`
	// An instance type that the images must fit; every image here fits all.
	InstanceType string
}

// DescribeImagesResponse is one page of images.
type DescribeImagesResponse struct {
	// The images of the page: own ones, then shared, then public ones.
	ImageSet []Image
	// How many images there are in all.
	TotalCount int64
	// The id of this request.
	RequestId string
}

// DescribeImagesV2Response is the same on API 2.0.
type DescribeImagesV2Response struct {
	// The images of the page.
	ImageSet []Image
	// How many images there are in all.
	TotalCount int64
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// What only this action refuses.
var (
	errLimit        = errors.New("not a size of a page")
	errIDsAndFilter = errors.New("ids and filters together")
	errFilterName   = errors.New("no such filter")
	errFilterValues = errors.New("too many values of a filter")
	errFilterCount  = errors.New("too many filters")
)

var describeImagesFaults = []api.Fault{
	{Err: errLimit, Status: 4000, Code: "InvalidParameterValue.InvalidParameterValueLimit", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
	{Err: errIDsAndFilter, Status: 4000, Code: "InvalidParameter.InvalidParameterCoexistImageIdsFilters", Message: "The parameters `ImageIds` and `Filters` cannot be given together."},
	{Err: errFilterName, Status: 4000, Code: "InvalidFilter", Message: "The filter name `{field}` is not supported."},
	{Err: errFilterValues, Status: 4000, Code: "InvalidFilterValue.LimitExceeded", Message: "The filter `{field}` has more than 5 values."},
	{Err: errFilterCount, Status: 4000, Code: "InvalidParameterValue.LimitExceeded", Message: "The parameter `{field}` has more than 10 filters."},
	{Err: ledger.ErrTooWide, Status: 4000, Code: "InvalidFilterValue.LimitExceeded", Message: "There are more than {limit} images to look through: ask for fewer, by `image-id` or `image-type`."},
}

// Check holds the request to the documented bounds, which have codes of their own.
func (in *DescribeImagesRequest) Check() error {
	switch {
	case in.Limit < 1 || in.Limit > 100:
		return &param.Error{Rule: errLimit, Field: "Limit", Reason: "must be 1 to 100"}
	case len(in.ImageIds) > 0 && len(in.Filters) > 0:
		return &param.Error{Rule: errIDsAndFilter, Field: "Filters"}
	case len(in.Filters) > maxFilters:
		return &param.Error{Rule: errFilterCount, Field: "Filters"}
	}
	for _, f := range in.Filters {
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}

// view is the request in the ledger's words.
func (in *DescribeImagesRequest) view(r *api.Request) ledger.View {
	v := ledger.View{
		Product: ledger.CVM, Region: r.Region, Sets: []ledger.Set{ledger.Owned, ledger.Held, ledger.Public},
		IDs: in.ImageIds, Offset: in.Offset, Limit: in.Limit,
	}
	for _, f := range in.Filters {
		f.narrow(&v)
	}
	return v
}

func describeImages(l *ledger.Ledger) []api.Action {
	return both(api.Spec[DescribeImagesRequest]{
		Name: "DescribeImages", Rate: 40, Faults: describeImagesFaults,
		Resources: func(r *api.Request, _ *DescribeImagesRequest) []string { return resource(r, "*") },
	}, func(ctx context.Context, r *api.Request, in *DescribeImagesRequest) (*DescribeImagesResponse, error) {
		page, total, err := l.See(ctx, r.Caller, in.view(r))
		return &DescribeImagesResponse{TotalCount: total, ImageSet: imagesOf(page, r.Now)}, err
	}, func(o *DescribeImagesResponse) *DescribeImagesV2Response {
		return &DescribeImagesV2Response{ImageSet: o.ImageSet, TotalCount: o.TotalCount}
	})
}
