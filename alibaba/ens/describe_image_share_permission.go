package ens

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageSharePermissionRequest asks for a page of the accounts that an
// image is shared with.
type DescribeImageSharePermissionRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// The page, counted from 1: a number, documented as a text.
	PageNumber string `api:"default=1,digits,min=1,max=9223372036854775807"`
	// Accounts on a page, at most 100: a number, documented as a text.
	PageSize string `api:"default=10,digits,min=1,max=100"`
	// Only this account, if the image is shared with it.
	AliyunId string `api:"digits,maxlen=20"`
}

// DescribeImageSharePermissionResponse is one page, with the number of all
// accounts that match. Its fields stand in the order of the document's sample.
type DescribeImageSharePermissionResponse[A Account | string] struct {
	// Accounts in all that match, whatever page this is.
	TotalCount int64
	// Accounts on a page, as asked.
	PageSize int64
	// The id of this request.
	RequestId string
	// The page, as asked.
	PageNumber int64
	// The image that was asked about.
	ImageId string
	// The accounts of this page.
	Accounts Accounts[A]
}

// Accounts is a list in the vendor's form.
type Accounts[A Account | string] struct {
	// The accounts, the oldest share first.
	Account []A
}

// Account is one account that may use the image.
type Account struct {
	// Its number.
	AliyunUid string
}

// describeImageSharePermission spells an account by one.
func describeImageSharePermission[A Account | string](l *ledger.Ledger, one func(id string) A) api.Action {
	return api.Define(api.Spec[DescribeImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImageSharePermission",
		Faults: faults, Resources: everything[DescribeImageSharePermissionRequest],
	}, func(ctx context.Context, r *api.Request, in *DescribeImageSharePermissionRequest) (*DescribeImageSharePermissionResponse[A], error) {
		sharing, err := l.Sharing(ctx, r.Caller, key(in.ImageId))
		if err != nil {
			return nil, err
		}
		shares := only(sharing.Shares, in.AliyunId)
		out := &DescribeImageSharePermissionResponse[A]{
			TotalCount: int64(len(shares)), PageSize: number(in.PageSize), PageNumber: number(in.PageNumber), ImageId: in.ImageId,
		}
		for _, s := range api.Page(shares, out.PageNumber, out.PageSize) {
			out.Accounts.Account = append(out.Accounts.Account, one(s.Account))
		}
		return out, nil
	})
}

// only keeps the share of one account, if one is named.
func only(shares []ledger.Share, account string) []ledger.Share {
	i := slices.IndexFunc(shares, func(s ledger.Share) bool { return s.Account == account })
	switch {
	case account == "":
		return shares
	case i < 0:
		return nil
	}
	return shares[i : i+1]
}
