package ecs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// ModifyImageShareGroupPermissionRequest opens an image to a group of accounts
// or closes it. The action is an old one that resellers had; IsPublic of
// ModifyImageSharePermission does the same today. Without a group it changes
// nothing and succeeds, like that one.
type ModifyImageShareGroupPermissionRequest struct {
	// The region that the image lies in.
	RegionId string `api:"required"`
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// Groups to share with; the only one is all.
	AddGroup []string
	// Groups to stop sharing with, before any is added; the only one is all.
	RemoveGroup []string
}

// ModifyImageShareGroupPermissionResponse says that it was done.
type ModifyImageShareGroupPermissionResponse struct {
	// The id of this request.
	RequestId string
}

// everybody is the only group that any document names.
const everybody = "all"

var errGroup = errors.New("no such group")

// Check knows one group.
func (in *ModifyImageShareGroupPermissionRequest) Check() error {
	for _, group := range slices.Concat(in.AddGroup, in.RemoveGroup) {
		if group != everybody {
			return fmt.Errorf("%w: %q", errGroup, group)
		}
	}
	return nil
}

var groupFaults = []api.Fault{
	{Err: errGroup, Status: 404, Code: "InvalidGroup.Malformed", Message: `The specified parameter "AddGroup.n" or "RemoveGroup.n" does not exist.`},
}

func modifyImageShareGroupPermission(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageShareGroupPermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageShareGroupPermission", SameAs: "ModifyImageSharePermission",
		Regional: true, Faults: slices.Concat(groupFaults, unfit, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *ModifyImageShareGroupPermissionRequest) []string {
			return resource(r, in.ImageId)
		},
	}, func(ctx context.Context, r *api.Request, in *ModifyImageShareGroupPermissionRequest) (*ModifyImageShareGroupPermissionResponse, error) {
		change := ledger.Change{}
		if add := len(in.AddGroup) > 0; add || len(in.RemoveGroup) > 0 {
			change.Public = &add
		}
		return &ModifyImageShareGroupPermissionResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), change)
	})
}
