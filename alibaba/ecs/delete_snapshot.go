package ecs

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DeleteSnapshotRequest removes a snapshot. Here a snapshot is a part of an
// image and goes with it, so this only refuses one that an image still has.
// The call knows no region.
type DeleteSnapshotRequest struct {
	// The snapshot. One that nobody knows counts as removed: Packer and
	// Terraform remove an image first and its snapshots next.
	SnapshotId string `api:"required"`
	// Overrides the use by disks, of which there are none; never an image's.
	Force bool
}

// DeleteSnapshotResponse says that it was done.
type DeleteSnapshotResponse struct {
	// The id of this request.
	RequestId string
}

// deleteSnapshotFaults lacks InvalidSnapshotId.NotFound: the page lists it, and
// says as well that an unknown snapshot is ignored.
var deleteSnapshotFaults = []api.Fault{
	{Err: ledger.ErrSnapshotInUse, Status: 403, Code: "SnapshotCreatedImage", Message: "The snapshot has been used to create user defined image(s)."},
}

func deleteSnapshot(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DeleteSnapshotRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DeleteSnapshot", Faults: deleteSnapshotFaults,
		Resources: func(r *api.Request, in *DeleteSnapshotRequest) []string {
			return []string{arn(r, snapshot, in.SnapshotId)}
		},
	}, func(ctx context.Context, r *api.Request, in *DeleteSnapshotRequest) (*DeleteSnapshotResponse, error) {
		return &DeleteSnapshotResponse{}, l.SnapshotInUse(ctx, r.Caller, ledger.ECS, in.SnapshotId)
	})
}
