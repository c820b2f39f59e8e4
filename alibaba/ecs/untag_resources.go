package ecs

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// UntagResourcesRequest drops tags of images, of all that it names or of none.
type UntagResourcesRequest struct {
	// The region.
	RegionId string `api:"required"`
	// image: nothing else has tags here.
	ResourceType string `api:"required"`
	// Up to 50 images, the caller's own.
	ResourceId []string `api:"required"`
	// Up to twenty keys, each once; one that an image does not have is no fault.
	TagKey []string
	// True drops every tag; without effect beside keys.
	All bool
}

// UntagResourcesResponse says that it was done.
type UntagResourcesResponse struct {
	// The id of this request.
	RequestId string
}

// Check holds the call to the documented bounds, which have codes of their own.
func (in *UntagResourcesRequest) Check() error {
	err := checkTagged(in.ResourceType, in.ResourceId)
	if err == nil && (len(in.TagKey) > 0 || !in.All) {
		err = checkGiven(in.tags())
	}
	return err
}

// tags are the keys as tags without a value.
func (in *UntagResourcesRequest) tags() []TagRequest {
	list := make([]TagRequest, len(in.TagKey))
	for i, key := range in.TagKey {
		list[i].Key = key
	}
	return list
}

func (in *UntagResourcesRequest) attributes() ledger.Attributes {
	gone := map[string]*string{}
	for _, key := range in.TagKey {
		gone[key] = nil
	}
	return ledger.Attributes{Tags: gone, NoTags: len(in.TagKey) == 0}
}

func untagResources(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[UntagResourcesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "UntagResources", Regional: true, Faults: taggingFaults,
		Resources: func(r *api.Request, in *UntagResourcesRequest) []string { return resources(r, in.ResourceId) },
	}, func(ctx context.Context, r *api.Request, in *UntagResourcesRequest) (*UntagResourcesResponse, error) {
		return &UntagResourcesResponse{}, l.Modify(ctx, r.Caller, in.attributes(), keys(r, in.ResourceId)...)
	})
}
