package ecs

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// CancelCopyImageRequest ends the making of a copy, which is then gone.
type CancelCopyImageRequest struct {
	// The region of the copy.
	RegionId string `api:"required"`
	// The copy.
	ImageId string `api:"required"`
}

// CancelCopyImageResponse says that it was done.
type CancelCopyImageResponse struct {
	// The id of this request.
	RequestId string
}

// The two rows that the page of 2017 prints beside DescribeImageSharePermission.
var cancelCopyFaults = []api.Fault{
	{Err: ledger.ErrCopyDone, Status: 400, Code: "IncorrectImageStatus", Message: "The image has completed copy."},
	{Err: ledger.ErrNotCopy, Status: 400, Code: "IncorrectImageStatus", Message: "The image is not from copied."},
}

func cancelCopyImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[CancelCopyImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "CancelCopyImage",
		Regional: true, Faults: slices.Concat(cancelCopyFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *CancelCopyImageRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *CancelCopyImageRequest) (*CancelCopyImageResponse, error) {
		return &CancelCopyImageResponse{}, l.CancelCopy(ctx, r.Caller, key(r, in.ImageId))
	})
}
