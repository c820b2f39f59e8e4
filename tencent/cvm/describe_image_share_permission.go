package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageSharePermissionRequest asks who an image is shared with.
type DescribeImageSharePermissionRequest struct {
	// The image to ask about, one of the caller's own.
	ImageId string `api:"required"`
}

// DescribeImageSharePermissionResponse lists the accounts, all of them: this
// wire has no paging and no total.
type DescribeImageSharePermissionResponse struct {
	// The shares, the oldest first.
	SharePermissionSet []SharePermission
	// The id of this request.
	RequestId string
}

// SharePermission is one account's use of the image.
type SharePermission struct {
	// When the share began, UTC.
	CreatedTime string
	// The account that may use the image.
	AccountId string
}

func describeImageSharePermission(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImageSharePermissionRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "DescribeImageSharePermission",
		Regional: true, Rate: 10, Faults: faults,
		// A policy can only be asked about all images here, as the vendor documents it.
		Resources: func(r *api.Request, _ *DescribeImageSharePermissionRequest) []string { return resource(r, "*") },
	}, func(ctx context.Context, r *api.Request, in *DescribeImageSharePermissionRequest) (*DescribeImageSharePermissionResponse, error) {
		sharing, err := l.Sharing(ctx, r.Caller, key(r, in.ImageId))
		if err != nil {
			return nil, err
		}
		out := &DescribeImageSharePermissionResponse{SharePermissionSet: make([]SharePermission, len(sharing.Shares))}
		start := starts(sharing.Shares)
		for i := range sharing.Shares {
			out.SharePermissionSet[i] = SharePermission{CreatedTime: start(i), AccountId: sharing.Shares[i].Account}
		}
		return out, nil
	})
}
