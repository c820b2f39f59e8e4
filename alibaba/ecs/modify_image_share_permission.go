package ecs

import (
	"context"
	"errors"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
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
	// True publishes the image to every account of the region, false takes that
	// back and leaves other images as they are. Its accounts keep their shares.
	IsPublic *bool
	// Hides a share from the accounts' lists, by invitation only: hide is the
	// one documented value, and no account is invited here.
	LaunchPermission string
	// True checks everything, changes nothing and fails with DryRunOperation
	// where the change would have been made.
	DryRun bool
}

// What the vendor tells apart about LaunchPermission.
var (
	errLaunchUnnecessary = errors.New("LaunchPermission stands beside accounts")
	errLaunchInvalid     = errors.New("no such LaunchPermission")
	errLaunchForbidden   = errors.New("the account is not invited to LaunchPermission")
)

// Check refuses LaunchPermission whatever it says: a share that is listed like
// any other must not pass for a hidden one.
func (in *ModifyImageSharePermissionRequest) Check() error {
	rule := errLaunchForbidden
	switch {
	case in.LaunchPermission == "":
		return nil
	case len(in.AddAccount)+len(in.RemoveAccount) > 0:
		rule = errLaunchUnnecessary
	case in.LaunchPermission != "hide":
		rule = errLaunchInvalid
	}
	return &param.Error{Rule: rule, Field: "LaunchPermission"}
}

// ModifyImageSharePermissionResponse says that it was done.
type ModifyImageSharePermissionResponse struct {
	// The id of this request.
	RequestId string
}

// maxAccounts is how many ids of one list count. The current page says that
// the rest is ignored; older ones say that the whole list is.
const maxAccounts = 10

// modifyFaults lacks some documented rows. An image may be public and have
// accounts, and publishing twice is publishing once, so Image.Public,
// Image.NotPublic and InvalidParameter.IsPublic cannot happen; agreements,
// sites, key services and a quota of shared images have no record here.
var modifyFaults = []api.Fault{
	{Err: ledger.ErrTargetSelf, Status: 404, Code: "InvalidAccount.Forbbiden", Message: "The specified Account does not yourself."},
	{Err: ledger.ErrTargetForm, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrTargetUnknown, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrTargetUser, Status: 404, Code: "InvalidAccount.NotFound", Message: noAccount},
	{Err: ledger.ErrShareQuota, Status: 403, Code: "QuotaExceed.ShareImageUser", Message: "The shared Image user Quota exceeds."},
	{Err: errLaunchUnnecessary, Status: 400, Code: "UnnecessaryParameter.LaunchPermission", Message: `The specified parameter "LaunchPermission" is unnecessary if paramter "AddAccounts" or "RemoveAccounts" exist.`},
	{Err: errLaunchInvalid, Status: 400, Code: "InvalidParameter.LaunchPermission", Message: `The specified parameter "LaunchPermission" is invalid.`},
	{Err: errLaunchForbidden, Status: 400, Code: "ForbiddenParameter.LaunchPermission", Message: `The specified parameter "LaunchPermission" is forbidden for current account.`},
	{Err: ledger.ErrDryRun, Status: 400, Code: "DryRunOperation", Message: "Request validation has been passed with DryRun flag set."},
}

const noAccount = `The specified account {account} in parameter "AddAccount.n" or "RemoveAccount.n" does not exist.`

func modifyImageSharePermission(l *ledger.Ledger, p Profile) api.Action {
	return api.Define(api.Spec[ModifyImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageSharePermission",
		Regional: true, Faults: slices.Concat(modifyFaults, unfit, p.faults()),
		Resources: func(r *api.Request, in *ModifyImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageSharePermissionRequest) (*ModifyImageSharePermissionResponse, error) {
		change := ledger.Change{
			Add:    firstTen(r, "AddAccount", in.AddAccount),
			Remove: firstTen(r, "RemoveAccount", in.RemoveAccount),
			Public: in.IsPublic,
			DryRun: in.DryRun,
		}
		return &ModifyImageSharePermissionResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), change)
	})
}

// firstTen drops what the vendor drops, and says so where the operator looks.
func firstTen(r *api.Request, field string, accounts []string) []string {
	if len(accounts) <= maxAccounts {
		return accounts
	}
	r.Log.Warn("accounts beyond the tenth are ignored", "request", r.RequestID, "field", field, "given", len(accounts))
	return accounts[:maxAccounts]
}
