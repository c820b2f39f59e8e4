package cvm

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// DeleteImagesRequest removes images: all of them or none.
type DeleteImagesRequest struct {
	// The images, the caller's own and shared with nobody.
	ImageIds []string `api:"required"`
	// Removes their snapshots too; here they never outlive their image.
	DeleteBindedSnap bool
	// Check everything and remove nothing.
	DryRun bool
}

var deleteImagesFaults = slices.Concat([]api.Fault{
	{Err: ledger.ErrReceived, Status: 4102, Code: "InvalidParameterValue.InvalidImageIdIsShared", Message: "The image `{image}` is one that was shared with you: only its owner can delete it."},
	{Err: ledger.ErrStillShared, Status: 5100, Code: "InvalidImageId.InShared", Message: "The image `{image}` is shared: cancel all its shares before you delete it."},
	dryRunFault,
}, busy, missing)

func (in *DeleteImagesRequest) keys(r *api.Request) []ledger.ImageKey {
	keys := make([]ledger.ImageKey, len(in.ImageIds))
	for i, id := range in.ImageIds {
		keys[i] = key(r, id)
	}
	return keys
}

// resources names each image, since each must be allowed.
func resources(r *api.Request, ids []string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, resource(r, id)...)
	}
	return all
}

func deleteImages(l *ledger.Ledger) []api.Action {
	return both(api.Spec[DeleteImagesRequest]{
		Name: "DeleteImages", Rate: 10, Faults: deleteImagesFaults,
		Resources: func(r *api.Request, in *DeleteImagesRequest) []string { return resources(r, in.ImageIds) },
	}, func(ctx context.Context, r *api.Request, in *DeleteImagesRequest) (*Done, error) {
		return &Done{}, l.Delete(ctx, r.Caller, in.keys(r), in.DryRun)
	}, doneV2)
}
