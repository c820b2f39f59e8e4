package imageshare_test

import (
	"slices"
	"strings"
	"testing"

	"imageshare/alibaba"
	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	alibabasts "imageshare/alibaba/sts"
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/session"
	"imageshare/sign"
	"imageshare/tencent"
	"imageshare/tencent/cbs"
	"imageshare/tencent/cvm"
	"imageshare/tencent/region"
	tencentsts "imageshare/tencent/sts"
	"imageshare/tencent/tag"
)

// gateway is what can go wrong with any call.
var gateway = []error{
	param.ErrMissing, param.ErrMalformed, param.ErrRange, api.ErrMethod, api.ErrContentType, api.ErrTooLarge, api.ErrExpired,
	api.ErrReplayed, api.ErrKeyDisabled, api.ErrTooOften, api.ErrOverload, api.ErrSuspect, api.ErrNoVersion, api.ErrNoAction,
	api.ErrTokenMissing, api.ErrTokenMalformed, api.ErrTokenRefused, api.ErrTokenExpired, api.ErrTokenEnded,
	sign.ErrMissing, sign.ErrMalformed, sign.ErrMismatch, sign.ErrTime, sign.ErrUnsigned,
	ledger.ErrNoKey, ledger.ErrDenied, ledger.ErrBusy,
}

// reading is what a look at one image can break, publishing what opening it to
// more accounts can break besides, sharing what naming these can.
var (
	reading    = []error{ledger.ErrImageID, ledger.ErrNoImage, ledger.ErrNotOwner}
	publishing = []error{ledger.ErrNotReady, ledger.ErrDeprecated, ledger.ErrEncrypted}
	sharing    = append([]error{
		ledger.ErrTargetForm, ledger.ErrTargetSelf, ledger.ErrTargetUser, ledger.ErrTargetUnknown, ledger.ErrShareQuota,
	}, publishing...)
)

// whole is what every action of a product can break, images' readers aside.
var whole = map[string][]error{"sts": {session.ErrNoRole}, "region": nil, "tag": {ledger.ErrImageID}, "cbs": {ledger.ErrTooWide, ledger.ErrNoRegion}}

// only is what one dialect or product can say and the others never need to.
var only = map[ledger.Cloud][]error{
	ledger.Tencent: {param.ErrUndeclared, ledger.ErrAlreadyShared},
	ledger.Alibaba: {sign.ErrMethod},
}

// besides is what one action alone can break.
var besides = map[string][]error{
	"cvm:DescribeImages":       {ledger.ErrTooWide},
	"cvm:ImportImage":          {ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrDryRun},
	"cvm:CreateImage":          {ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrDryRun},
	"cvm:ModifyImageAttribute": {ledger.ErrNotReady, ledger.ErrStillShared, ledger.ErrNameTaken},
	"cvm:DeleteImages":         {ledger.ErrReceived, ledger.ErrNotReady, ledger.ErrStillShared, ledger.ErrDryRun},
	"cvm:SyncImages": {
		ledger.ErrNoDestination, ledger.ErrOtherRegion, ledger.ErrNotReady, ledger.ErrDeprecated, ledger.ErrEncrypted,
		ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrDryRun,
	},
	"tag:ModifyResourceTags":   {ledger.ErrNoImage, ledger.ErrNotOwner},
	"ecs:DescribeImages":       {ledger.ErrTooWide, ledger.ErrDryRun},
	"ecs:ImportImage":          {ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrTokenOther, ledger.ErrDryRun},
	"ecs:ModifyImageAttribute": {ledger.ErrNotReady, ledger.ErrStillShared, ledger.ErrNameTaken, ledger.ErrDryRun},
	"ecs:DeleteImage":          {ledger.ErrReceived, ledger.ErrNotReady, ledger.ErrStillShared, ledger.ErrDryRun},
	"ecs:CancelCopyImage":      {ledger.ErrNotCopy, ledger.ErrCopyDone},
	"ecs:CopyImage": {
		ledger.ErrNoDestination, ledger.ErrOtherRegion, ledger.ErrNotReady, ledger.ErrDeprecated, ledger.ErrEncrypted,
		ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrTokenOther, ledger.ErrDryRun,
	},
	"ecs:ModifyImageSharePermission":      {ledger.ErrDryRun},
	"ens:DescribeImages":                  {ledger.ErrTooWide},
	"ens:DescribeSelfImages":              {ledger.ErrTooWide},
	"ens:DescribeImageInfos":              {ledger.ErrTooWide},
	"ens:CreateImage":                     {ledger.ErrImageQuota},
	"ens:DeleteImage":                     {ledger.ErrReceived, ledger.ErrNotReady, ledger.ErrStillShared},
	"ecs:ModifyImageShareGroupPermission": publishing,

	"ecs:CreateImage":      {ledger.ErrNameTaken, ledger.ErrImageQuota, ledger.ErrTokenOther, ledger.ErrDryRun},
	"ecs:DeleteSnapshot":   {ledger.ErrSnapshotInUse},
	"ecs:ListTagResources": {ledger.ErrTooWide},
	"ecs:TagResources":     {ledger.ErrTagQuota},
	"ecs:AddTags":          {ledger.ErrTagQuota},
}

// imageless are actions that look at no image, though their product is of images.
var imageless = map[string]bool{"ecs:DescribeRegions": true, "ecs:DeleteSnapshot": true}

// TestEveryRuleHasARow walks every sentinel through every action: none may
// come out as the catch-all.
func TestEveryRuleHasARow(t *testing.T) {
	t.Parallel()
	offered := map[api.Dialect][]api.Action{
		tencent.Dialect{}: slices.Concat(cvm.Actions(nil), tencentsts.Actions(nil, nil), region.Actions(nil), tag.Actions(nil), cbs.Actions(nil)),
		alibaba.Dialect{}: slices.Concat(alibabasts.Actions(nil, nil), ens.Actions(nil, ens.Options{}), ens.Actions(nil, ens.Options{PlainAccounts: true})),
	}
	for _, p := range ecs.Profiles {
		offered[alibaba.Dialect{}] = append(offered[alibaba.Dialect{}], ecs.Actions(nil, p)...)
	}
	for d, actions := range offered {
		for _, a := range actions {
			rules := slices.Concat(gateway, besides[a.Product+":"+a.Name])
			if own, ok := whole[a.Product]; ok {
				rules = append(rules, own...)
			} else {
				rules = append(rules, reading...)
			}
			if a.Regional {
				rules = append(rules, ledger.ErrNoRegion)
			}
			if a.Name == "ModifyImageSharePermission" || a.Name == "ShareImage" {
				rules = append(append(rules, sharing...), only[d.Cloud()]...)
			}
			for _, rule := range rules {
				if imageless[a.Product+":"+a.Name] && slices.Contains(reading, rule) {
					continue
				}
				answer := d.Fail(&api.Call{Generation: a.Generation}, &a, &ledger.Error{Rule: rule}, "id")
				success := strings.HasPrefix(string(answer.Body), `{"code":0,`) // of Tencent's oldest generation
				if answer.Code == "InternalError" || answer.Code == "" || answer.Status == 0 || success {
					t.Errorf("%s %s has no row for %q", a.Product, a.Name, rule)
				}
			}
		}
	}
}
