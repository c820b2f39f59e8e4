package imageshare_test

import (
	"testing"

	"imageshare/alibaba"
	"imageshare/alibaba/ecs"
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/sign"
	"imageshare/tencent"
	"imageshare/tencent/cvm"
)

// gateway is what can go wrong with any call.
var gateway = []error{
	api.ErrMissing, api.ErrMalformed, api.ErrRange, api.ErrMethod, api.ErrContentType, api.ErrTooLarge, api.ErrExpired,
	api.ErrKeyDisabled, api.ErrTokenRefused, api.ErrTooOften, api.ErrOverload, api.ErrNoVersion, api.ErrNoAction,
	sign.ErrMissing, sign.ErrMalformed, sign.ErrMismatch, sign.ErrTime, sign.ErrUnsigned,
	ledger.ErrNoKey, ledger.ErrDenied, ledger.ErrBusy,
}

// reading is what a look at one image can break, sharing what a change of its
// shares can break besides.
var (
	reading = []error{ledger.ErrNoRegion, ledger.ErrImageID, ledger.ErrNoImage, ledger.ErrNotOwner}
	sharing = []error{
		ledger.ErrNotReady, ledger.ErrDeprecated, ledger.ErrEncrypted, ledger.ErrTargetForm, ledger.ErrTargetSelf,
		ledger.ErrTargetUser, ledger.ErrTargetUnknown, ledger.ErrShareQuota,
	}
)

// only is what one dialect or product can say and the others never need to.
var only = map[ledger.Cloud][]error{
	ledger.Tencent: {api.ErrUndeclared, ledger.ErrAlreadyShared},
	ledger.Alibaba: {api.ErrReplayed, sign.ErrMethod},
}

// TestEveryRuleHasARow walks every sentinel through every action: none may
// come out as the catch-all.
func TestEveryRuleHasARow(t *testing.T) {
	t.Parallel()
	offered := map[api.Dialect][]api.Action{
		tencent.Dialect{}: cvm.Actions(nil),
		alibaba.Dialect{}: ecs.Actions(nil, ecs.Profiles["2019"]),
	}
	for d, actions := range offered {
		for _, a := range actions {
			rules := append(append([]error{}, gateway...), reading...)
			if a.Name == "ModifyImageSharePermission" {
				rules = append(append(rules, sharing...), only[d.Cloud()]...)
			}
			for _, rule := range rules {
				answer := d.Fail(&api.Call{}, &a, &ledger.Error{Rule: rule}, "id")
				if answer.Code == "InternalError" || answer.Code == "" || answer.Status == 0 {
					t.Errorf("%s %s has no row for %q", a.Product, a.Name, rule)
				}
			}
		}
	}
}
