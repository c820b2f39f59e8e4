package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageSharePermissionV2Response is API 2.0's list of the accounts.
// Its document writes some names in two ways, so both are there.
type DescribeImageSharePermissionV2Response struct {
	// The shares, the oldest first.
	SharePermissionSet []SharePermissionV2
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// SharePermissionV2 is one account's use of the image.
type SharePermissionV2 struct {
	// When the share began, UTC.
	CreatedTime string
	// The account that may use the image.
	Account string
	// The same, under the name that API 3.0 gave it.
	AccountId string
}

func describeImageSharePermissionV2(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImageSharePermissionRequest]{
		Cloud: ledger.Tencent, Product: product, Generation: generation2017, Version: version, Name: "DescribeImageSharePermission",
		Regional: true, Rate: 10, Faults: faults,
		Resources: func(r *api.Request, _ *DescribeImageSharePermissionRequest) []string { return resource(r, "*") },
	}, func(ctx context.Context, r *api.Request, in *DescribeImageSharePermissionRequest) (*DescribeImageSharePermissionV2Response, error) {
		sharing, err := l.Sharing(ctx, r.Caller, key(r, in.ImageId))
		if err != nil {
			return nil, err
		}
		out := &DescribeImageSharePermissionV2Response{SharePermissionSet: make([]SharePermissionV2, len(sharing.Shares))}
		start := starts(sharing.Shares)
		for i, s := range sharing.Shares {
			out.SharePermissionSet[i] = SharePermissionV2{CreatedTime: start(i), Account: s.Account, AccountId: s.Account}
		}
		return out, nil
	})
}
