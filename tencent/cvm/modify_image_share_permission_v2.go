package cvm

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// ModifyImageSharePermissionV2Response says that it was done.
type ModifyImageSharePermissionV2Response struct {
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

func modifyImageSharePermissionV2(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageSharePermissionRequest]{
		Cloud: ledger.Tencent, Product: product, Generation: generation2017, Version: version, Name: "ModifyImageSharePermission",
		Regional: true, Rate: 10, Faults: slices.Concat(modifyFaults, faults),
		Resources: func(r *api.Request, in *ModifyImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageSharePermissionRequest) (*ModifyImageSharePermissionV2Response, error) {
		return &ModifyImageSharePermissionV2Response{}, l.Share(ctx, r.Caller, key(r, in.ImageId), in.change())
	})
}
