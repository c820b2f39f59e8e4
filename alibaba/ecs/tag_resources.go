package ecs

import (
	"cmp"
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// TagResourcesRequest sets tags of images, of all that it names or of none.
type TagResourcesRequest struct {
	// The region.
	RegionId string `api:"required"`
	// image: nothing else has tags here.
	ResourceType string `api:"required"`
	// Up to 50 images, the caller's own.
	ResourceId []string `api:"required"`
	// Up to twenty tags, each key once; one that an image has gets the new value.
	Tag []TagRequest
}

// TagResourcesResponse says that it was done.
type TagResourcesResponse struct {
	// The id of this request.
	RequestId string
}

// Check holds the call to the documented bounds, which have codes of their own.
func (in *TagResourcesRequest) Check() error {
	return cmp.Or(checkTagged(in.ResourceType, in.ResourceId), checkGiven(in.Tag))
}

func tagResources(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[TagResourcesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "TagResources", Regional: true, Faults: taggingFaults,
		Resources: func(r *api.Request, in *TagResourcesRequest) []string { return resources(r, in.ResourceId) },
	}, func(ctx context.Context, r *api.Request, in *TagResourcesRequest) (*TagResourcesResponse, error) {
		return &TagResourcesResponse{}, l.Modify(ctx, r.Caller, ledger.Attributes{Tags: set(in.Tag)}, keys(r, in.ResourceId)...)
	})
}
