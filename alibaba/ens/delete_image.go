package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DeleteImageRequest removes an image.
type DeleteImageRequest struct {
	// The image, the caller's own and shared with nobody.
	ImageId string `api:"required"`
}

// DeleteImageResponse says that it was done.
type DeleteImageResponse struct {
	// 0, which says that it went well.
	Code int64
	// The id of this request.
	RequestId string
}

var deleteImageFaults = append([]api.Fault{
	missing,
	{Err: ledger.ErrNoImage, Status: 400, Code: "Error.DeleteImage", Message: "The image is not exist."},
	badStatus(ledger.ErrStillShared),
	badStatus(ledger.ErrNotReady),
}, faults...)

func badStatus(err error) api.Fault {
	return api.Fault{Err: err, Status: 400, Code: "IncorrectStatus.Image", Message: "The current status of the image does not support this operation."}
}

func deleteImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DeleteImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DeleteImage",
		Faults:    deleteImageFaults,
		Resources: func(r *api.Request, in *DeleteImageRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *DeleteImageRequest) (*DeleteImageResponse, error) {
		return &DeleteImageResponse{}, l.Delete(ctx, r.Caller, []ledger.ImageKey{key(in.ImageId)}, false)
	})
}
