package cvm

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ModifyImageSharePermissionRequest shares an image or stops sharing it.
type ModifyImageSharePermissionRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// Main account numbers; a batch counts as one step. May be left out of a CANCEL.
	AccountIds []string
	// SHARE gives the accounts the use of the image, CANCEL takes it away.
	Permission string `api:"required,enum=SHARE|CANCEL"`
}

// ModifyImageSharePermissionResponse says that it was done.
type ModifyImageSharePermissionResponse struct {
	// The id of this request.
	RequestId string
}

// Check asks for accounts to share with. A CANCEL without any is a change of
// nothing: Terraform's destroy sends it when nothing is shared any more.
func (in *ModifyImageSharePermissionRequest) Check() error {
	if in.Permission == "SHARE" && len(in.AccountIds) == 0 {
		return &param.Error{Rule: param.ErrMissing, Field: "AccountIds"}
	}
	return nil
}

func (in *ModifyImageSharePermissionRequest) change() ledger.Change {
	if in.Permission == "CANCEL" {
		return ledger.Change{Remove: in.AccountIds}
	}
	return ledger.Change{Add: in.AccountIds}
}

// modifyFaults are the rows of a change of an image's shares; Status is as in faults.
var modifyFaults = []api.Fault{
	{Err: ledger.ErrTargetSelf, Status: 4000, Code: "InvalidAccountIs.YourSelf", Message: "The account `{account}` is your own: an image cannot be shared with its owner."},
	{Err: ledger.ErrTargetForm, Status: 4000, Code: "InvalidAccountId.NotFound", Message: "The account `{account}` is not found: an account id has 1 to 20 digits, the first not 0."},
	{Err: ledger.ErrTargetUnknown, Status: 5000, Code: "InvalidAccountId.NotFound", Message: "The account `{account}` is not found."},
	{Err: ledger.ErrTargetUser, Status: 4000, Code: "FailedOperation.NotMasterAccount", Message: "The number `{account}` is a sub-account's: an image is shared with main accounts."},
	{Err: ledger.ErrAlreadyShared, Status: 5100, Code: "FailedOperation.AccountAlreadyExists", Message: "The image is shared with account `{account}` already."},
	{Err: ledger.ErrShareQuota, Status: 4400, Code: "OverQuota", Message: "The image can be shared with at most {limit} accounts."},
	{Err: ledger.ErrNotReady, Status: 5100, Code: "InvalidParameterValue.InvalidImageState", Message: "The image `{image}` is not in the state NORMAL."},
	{Err: ledger.ErrDeprecated, Status: 5100, Code: "InvalidParameterValue.InvalidImageState", Message: "The image `{image}` is deprecated."},
	{Err: ledger.ErrEncrypted, Status: 5100, Code: "UnsupportedOperation.EncryptedImagesNotSupported", Message: "The image `{image}` is encrypted and cannot be shared."},
}

func modifyImageSharePermission(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageSharePermissionRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "ModifyImageSharePermission",
		Regional: true, Rate: 10, Faults: slices.Concat(modifyFaults, faults),
		Resources: func(r *api.Request, in *ModifyImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageSharePermissionRequest) (*ModifyImageSharePermissionResponse, error) {
		return &ModifyImageSharePermissionResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), in.change())
	})
}
