package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// CreateImageRequest makes the record of an image of an instance or a
// snapshot, neither of which is looked for.
type CreateImageRequest struct {
	// The name; other images may have it too.
	ImageName string `api:"required"`
	// The instance that the image is made of.
	InstanceId string
	// The snapshot that the image is made of.
	SnapshotId string
	// Whether the instance goes once the image is stored; there is none to go.
	DeleteAfterImageUpload string `api:"enum=true|false"`
	// The region whose object storage is to hold the image.
	TargetOSSRegionId string
	// Whether the image has the instance's data disks; none are known here.
	WithDataDisks bool
}

// CreateImageResponse names the image.
type CreateImageResponse struct {
	// The id of this request.
	RequestId string
	// 0, which says that it went well.
	Code int64
	// The new image's id.
	ImageId string
}

var createImageFaults = append([]api.Fault{
	missing,
	invalid(errName, "ImageName"),
	beyond(ledger.ErrImageQuota, "an account can have at most {limit} images"),
}, faults...)

// Check holds the name and the ids to their forms.
func (in *CreateImageRequest) Check() error {
	if err := checkName(in.ImageName); err != nil {
		return err
	}
	return checkIDs("InstanceId", in.InstanceId, "SnapshotId", in.SnapshotId, "TargetOSSRegionId", in.TargetOSSRegionId)
}

// madeGiB stands for the size of a disk that nobody looks at.
const madeGiB = 20

func (in *CreateImageRequest) image() *ledger.Image {
	tags := map[string]string{}
	for tag, value := range map[string]string{instanceTag: in.InstanceId, regionTag: in.TargetOSSRegionId} {
		if value != "" {
			tags[tag] = value
		}
	}
	return &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.ENS}, State: ledger.Creating, Name: in.ImageName, Architecture: "x86_64", OSType: "linux",
		SizeGiB: madeGiB, Snapshots: []ledger.Snapshot{{ID: in.SnapshotId, Usage: "system", SizeGiB: madeGiB}}, Tags: tags,
	}
}

func createImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[CreateImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "CreateImage",
		Faults: createImageFaults, Resources: everything[CreateImageRequest],
	}, func(ctx context.Context, r *api.Request, in *CreateImageRequest) (*CreateImageResponse, error) {
		made, err := l.Make(ctx, r.Caller, ledger.NewImage{Image: in.image()})
		if err != nil {
			return nil, err
		}
		return &CreateImageResponse{ImageId: made.Key.ID}, nil
	})
}
