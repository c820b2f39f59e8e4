package ecs

import (
	"cmp"
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// AddTagsRequest sets tags of one thing: the older form of TagResources, which
// Packer calls for the snapshots of each image that it makes.
type AddTagsRequest struct {
	// The region.
	RegionId string `api:"required"`
	// image or snapshot. Tags of a snapshot are checked and not kept: a
	// snapshot is metadata of an image.
	ResourceType string `api:"required"`
	// The image, one of the caller's own, or a snapshot that one is made of.
	ResourceId string `api:"required"`
	// Up to twenty tags, each key once; one that an image has gets the new value.
	Tag []TagRequest
}

// AddTagsResponse says that it was done.
type AddTagsResponse struct {
	// The id of this request.
	RequestId string
}

// Check holds the call to the documented bounds, which have codes of their own.
func (in *AddTagsRequest) Check() error {
	if in.ResourceType == snapshot {
		return checkGiven(in.Tag)
	}
	return cmp.Or(checkTagged(in.ResourceType, nil), checkGiven(in.Tag))
}

func addTags(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[AddTagsRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "AddTags", SameAs: "TagResources", Regional: true, Faults: taggingFaults,
		Resources: func(r *api.Request, in *AddTagsRequest) []string {
			return []string{arn(r, in.ResourceType, in.ResourceId)}
		},
	}, func(ctx context.Context, r *api.Request, in *AddTagsRequest) (*AddTagsResponse, error) {
		if in.ResourceType == snapshot {
			return &AddTagsResponse{}, known(ctx, l, r, in.ResourceId)
		}
		return &AddTagsResponse{}, l.Modify(ctx, r.Caller, ledger.Attributes{Tags: set(in.Tag)}, key(r, in.ResourceId))
	})
}

// known asks for an image of the caller's that is made of a snapshot.
func known(ctx context.Context, l *ledger.Ledger, r *api.Request, id string) error {
	_, users, err := l.See(ctx, r.Caller, ledger.View{Product: ledger.ECS, Region: r.Region, Sets: []ledger.Set{ledger.Owned}, Snapshot: id, Limit: 1})
	if err == nil && users == 0 {
		return &ledger.Error{Rule: ledger.ErrNoImage, Reason: "of snapshot " + id}
	}
	return err
}
