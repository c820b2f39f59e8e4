package ecs

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// ModifyImageSharePermissionRequest changes who may use an image. Without
// anything to add or remove it changes nothing and succeeds: the Packer plugin
// sends exactly that for every build without share accounts.
type ModifyImageSharePermissionRequest struct {
	// The region that the image lies in.
	RegionId string `api:"required"`
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// Accounts to share with; the first ten count.
	AddAccount []string
	// Accounts to stop sharing with, before any is added; the first ten count.
	RemoveAccount []string
}

// ModifyImageSharePermissionResponse says that it was done.
type ModifyImageSharePermissionResponse struct {
	// The id of this request.
	RequestId string
}

// maxAccounts is how many ids of one list count. The current page says that
// the rest is ignored; older ones say that the whole list is.
const maxAccounts = 10

var modifyFaults = []api.Fault{
	{Err: ledger.ErrTargetSelf, Status: 404, Code: "InvalidAccount.Forbbiden", Message: "The specified Account does not yourself."},
	{Err: ledger.ErrTargetForm, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrTargetUnknown, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrTargetUser, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrShareQuota, Status: 403, Code: "QuotaExceed.ShareImageUser", Message: "The shared Image user Quota exceeds."},
	{Err: ledger.ErrNotReady, Status: 400, Code: "IncorrectImageStatus", Message: "The image is not available."},
	{Err: ledger.ErrDeprecated, Status: 403, Code: "OperationDenied.InvalidImageStatus", Message: "The specified image cannot be shared when it is deprecated."},
	{Err: ledger.ErrEncrypted, Status: 403, Code: "OperationDeined.EncryptedSnapshot", Message: "The image contains encrypted snapshots, which do not support share."},
}

const noAccount = `The specified account {account} in parameter "AddAccount.n" or "RemoveAccount.n" does not exist.`

func modifyImageSharePermission(l *ledger.Ledger, p Profile) api.Action {
	return api.Define(api.Spec[ModifyImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageSharePermission",
		Regional: true, Faults: slices.Concat(modifyFaults, p.faults()),
		Resources: func(r api.Request, in *ModifyImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r api.Request, in *ModifyImageSharePermissionRequest) (*ModifyImageSharePermissionResponse, error) {
		change := ledger.Change{
			Add:    firstTen(r, "AddAccount", in.AddAccount),
			Remove: firstTen(r, "RemoveAccount", in.RemoveAccount),
		}
		return &ModifyImageSharePermissionResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), change)
	})
}

// firstTen drops what the vendor drops, and says so where the operator looks.
func firstTen(r api.Request, field string, accounts []string) []string {
	if len(accounts) <= maxAccounts {
		return accounts
	}
	r.Log.Warn("accounts beyond the tenth are ignored", "request", r.RequestID, "field", field, "given", len(accounts))
	return accounts[:maxAccounts]
}
