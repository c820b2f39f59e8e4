package ens

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ModifyImageSharePermissionRequest changes who may use an image.
type ModifyImageSharePermissionRequest struct {
	// The image, one of the caller's own; a public one too.
	ImageId string `api:"required"`
	// Accounts to share with, joined by commas.
	AddAccounts []string `api:"comma"`
	// Accounts to stop sharing with, before any is added, joined by commas. The
	// document says that one is allowed; here more are.
	RemoveAccounts []string `api:"comma"`
}

// ModifyImageSharePermissionResponse says that it was done.
type ModifyImageSharePermissionResponse struct {
	// The id of this request.
	RequestId string
}

// Check asks for something to change.
func (in *ModifyImageSharePermissionRequest) Check() error {
	if len(in.AddAccounts)+len(in.RemoveAccounts) == 0 {
		return &param.Error{Rule: param.ErrMissing, Field: "AddAccounts"}
	}
	return nil
}

var modifyFaults = []api.Fault{
	invalid(ledger.ErrTargetForm, "AddAccounts"),
	invalid(ledger.ErrTargetSelf, "AddAccounts"),
	invalid(ledger.ErrTargetUser, "AddAccounts"),
	invalid(ledger.ErrTargetUnknown, "AddAccounts"),
	beyond(ledger.ErrShareQuota, "the image can be shared with at most {limit} accounts"),
	invalid(ledger.ErrNotReady, "ImageId"),
	invalid(ledger.ErrDeprecated, "ImageId"),
	{Err: ledger.ErrEncrypted, Status: 400, Code: "InvalidImageType.NotSupported", Message: "The specified image type is not supported."},
}

func modifyImageSharePermission(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageSharePermission",
		Faults:    slices.Concat(modifyFaults, faults),
		Resources: func(r *api.Request, in *ModifyImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageSharePermissionRequest) (*ModifyImageSharePermissionResponse, error) {
		change := ledger.Change{Add: in.AddAccounts, Remove: in.RemoveAccounts}
		return &ModifyImageSharePermissionResponse{}, l.Share(ctx, r.Caller, key(in.ImageId), change)
	})
}
