package cvm

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// ShareImageRequest shares an image, in the words of 2016.
type ShareImageRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"name=imageId,required"`
	// The main account numbers to share it with; a batch counts as one step.
	UinList []string `api:"name=uinList,required"`
}

// ShareImageResponse is empty: the envelope's code says that it was done.
type ShareImageResponse struct{}

func shareImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ShareImageRequest]{
		Cloud: ledger.Tencent, Product: product, Generation: generation2016, Name: "ShareImage", SameAs: "ModifyImageSharePermission",
		Regional: true, Faults: slices.Concat(modifyFaults, faults),
		Resources: func(r *api.Request, in *ShareImageRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ShareImageRequest) (*ShareImageResponse, error) {
		return &ShareImageResponse{}, l.Share(ctx, r.Caller, key(r, in.ImageId), ledger.Change{Add: in.UinList})
	})
}
