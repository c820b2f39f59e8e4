package ecs

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageSharePermissionRequest asks for a page of the accounts that an
// image is shared with.
type DescribeImageSharePermissionRequest struct {
	// The region that the image lies in.
	RegionId string `api:"required"`
	// The image, one of the caller's own.
	ImageId string
	// The page, counted from 1.
	PageNumber int64 `api:"default=1,min=1"`
	// Accounts on a page.
	PageSize int64 `api:"default=10,min=1"`
}

// DescribeImageSharePermissionResponse is one page, with the number of all
// accounts. Its fields stand in the order of the documents' XML sample.
type DescribeImageSharePermissionResponse struct {
	// The image that was asked about.
	ImageId string
	// The page, as asked.
	PageNumber int64
	// Accounts on a page, as asked.
	PageSize int64
	// The region, as asked.
	RegionId string
	// Accounts in all, whatever page this is.
	TotalCount int64
	// The id of this request.
	RequestId string
	// The groups that the image is shared with; the first page has them.
	ShareGroups ShareGroups
	// The accounts of this page.
	Accounts Accounts
}

// ShareGroups is a list in the vendor's form.
type ShareGroups struct {
	// One entry for everybody, or none.
	ShareGroup []ShareGroup
}

// ShareGroup is a group of accounts.
type ShareGroup struct {
	// The only group that is documented: all.
	Group string
}

// Accounts is a list in the vendor's form.
type Accounts struct {
	// The accounts, the oldest share first.
	Account []Account
}

// Account is one account that may use the image.
type Account struct {
	// Its number.
	AliyunId string
}

func describeImageSharePermission(l *ledger.Ledger, p Profile) api.Action {
	return api.Define(api.Spec[DescribeImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImageSharePermission",
		Regional: true, Faults: p.faults(), Limits: p.Limits,
		Resources: func(r api.Request, in *DescribeImageSharePermissionRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r api.Request, in *DescribeImageSharePermissionRequest) (*DescribeImageSharePermissionResponse, error) {
		sharing, err := l.Sharing(ctx, r.Caller, key(r, in.ImageId))
		if err != nil {
			return nil, err
		}
		return page(in, sharing), nil
	})
}

// page cuts one page out of the list; past the end it is empty, with the true
// total. Total and page come from one read.
func page(in *DescribeImageSharePermissionRequest, s ledger.Sharing) *DescribeImageSharePermissionResponse {
	out := &DescribeImageSharePermissionResponse{
		ImageId: in.ImageId, RegionId: in.RegionId,
		PageNumber: in.PageNumber, PageSize: in.PageSize, TotalCount: int64(len(s.Shares)),
	}
	if s.Public && in.PageNumber == 1 {
		out.ShareGroups.ShareGroup = []ShareGroup{{Group: "all"}}
	}
	for _, share := range api.Page(s.Shares, in.PageNumber, in.PageSize) {
		out.Accounts.Account = append(out.Accounts.Account, Account{AliyunId: share.Account})
	}
	return out
}
