package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// CancelShareImageRequest stops sharing an image, in the words of 2016.
type CancelShareImageRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"name=imageId,required"`
	// The account numbers that lose it; without any, nothing changes, as in a
	// CANCEL of ModifyImageSharePermission.
	UinList []string `api:"name=uinList"`
}

// CancelShareImageResponse is empty: the envelope's code says that it was done.
type CancelShareImageResponse struct{}

func cancelShareImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[CancelShareImageRequest]{
		Cloud: ledger.Tencent, Product: product, Generation: generation2016, Name: "CancelShareImage", SameAs: "ModifyImageSharePermission",
		Regional: true, Faults: faults,
		Resources: func(r *api.Request, in *CancelShareImageRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *CancelShareImageRequest) (*CancelShareImageResponse, error) {
		return &CancelShareImageResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), ledger.Change{Remove: in.UinList})
	})
}
