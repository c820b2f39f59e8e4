package ecs

import (
	"cmp"
	"context"
	"math"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageSharePermissionRequest asks for a page of the accounts that an
// image is shared with.
type DescribeImageSharePermissionRequest struct {
	// The region that the image lies in.
	RegionId string `api:"required"`
	// The image, one of the caller's own. The 2017 document lets it be left
	// out: then the accounts of all the caller's images in the region are listed.
	ImageId string
	// The page, counted from 1.
	PageNumber int64 `api:"default=1,min=1"`
	// Accounts on a page, at most 50; 100 in today's document.
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
	// When its share began, UTC. Documents before 2023 do not have it.
	SharedTime string `json:",omitzero" xml:",omitempty"`
}

func describeImageSharePermission(l *ledger.Ledger, p Profile) api.Action {
	return api.Define(api.Spec[DescribeImageSharePermissionRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImageSharePermission",
		Regional: true, Faults: p.faults(), Limits: p.Limits,
		Resources: func(r *api.Request, in *DescribeImageSharePermissionRequest) []string {
			return resource(r, cmp.Or(in.ImageId, "*"))
		},
	}, func(ctx context.Context, r *api.Request, in *DescribeImageSharePermissionRequest) (*DescribeImageSharePermissionResponse, error) {
		look := ofImage
		if in.ImageId == "" {
			look = ofEveryImage
		}
		v, err := look(ctx, l, r, in)
		if err != nil {
			return nil, err
		}
		return p.answer(in, v), nil
	})
}

// view is one page of a list with what is said around it.
type view struct {
	page  []ledger.Share
	total int
	group bool // everybody may use the image, and this is the page that says so
}

// ofImage cuts one page out of an image's list; past the end it is empty, with
// the true total. Total and page come from one read.
func ofImage(ctx context.Context, l *ledger.Ledger, r *api.Request, in *DescribeImageSharePermissionRequest) (view, error) {
	s, err := l.Sharing(ctx, r.Caller, key(r, in.ImageId))
	return view{
		page: api.Page(s.Shares, in.PageNumber, in.PageSize), total: len(s.Shares), group: s.Public && in.PageNumber == 1,
	}, err
}

// ofEveryImage answers who names no image, which only the 2017 page allows. A
// group is one image's own, so none is listed.
func ofEveryImage(ctx context.Context, l *ledger.Ledger, r *api.Request, in *DescribeImageSharePermissionRequest) (view, error) {
	// Bounded before it is multiplied: a page number may be as large as its type.
	offset := min(in.PageNumber-1, math.MaxInt64/in.PageSize) * in.PageSize
	page, total, err := l.SharedWith(ctx, r.Caller, ledger.ECS, r.Region, offset, in.PageSize)
	return view{page: page, total: total}, err
}

func (p Profile) answer(in *DescribeImageSharePermissionRequest, v view) *DescribeImageSharePermissionResponse {
	out := &DescribeImageSharePermissionResponse{
		ImageId: in.ImageId, RegionId: in.RegionId,
		PageNumber: in.PageNumber, PageSize: in.PageSize, TotalCount: int64(v.total),
	}
	if v.group {
		out.ShareGroups.ShareGroup = []ShareGroup{{Group: everybody}}
	}
	for _, share := range v.page {
		out.Accounts.Account = append(out.Accounts.Account, Account{AliyunId: share.Account})
	}
	if p.SharedTime {
		at := api.Times(v.page, func(s *ledger.Share) time.Time { return s.At })
		for i := range v.page {
			out.Accounts.Account[i].SharedTime = at(i)
		}
	}
	return out
}
