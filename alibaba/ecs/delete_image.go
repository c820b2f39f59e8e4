package ecs

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// DeleteImageRequest removes an image.
type DeleteImageRequest struct {
	// The region.
	RegionId string `api:"required"`
	// The image, the caller's own and shared with nobody.
	ImageId string `api:"required"`
	// Overrides the use by instances, of which there are none; never a share.
	Force bool
	// True checks everything and removes nothing.
	DryRun bool
}

// DeleteImageResponse says that it was done.
type DeleteImageResponse struct {
	// The id of this request.
	RequestId string
}

var deleteImageFaults = []api.Fault{
	stillShared,
	{Err: ledger.ErrImporting, Status: 403, Code: "ImageIsImporting", Message: "The specified Image is importing."},
	{Err: ledger.ErrCopying, Status: 403, Code: "OperationDenied.ImageCopying", Message: "The Image is coping."},
	{Err: ledger.ErrNotReady, Status: 400, Code: "IncorrectImageStatus", Message: "The image is not available."},
	dryRun,
}

func deleteImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DeleteImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DeleteImage",
		Regional: true, Faults: slices.Concat(deleteImageFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *DeleteImageRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *DeleteImageRequest) (*DeleteImageResponse, error) {
		return &DeleteImageResponse{}, l.Delete(ctx, r.Caller, []ledger.ImageKey{key(r, in.ImageId)}, in.DryRun)
	})
}
