package ecs

import (
	"cmp"
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// CopyImageRequest copies an image. The copy is the caller's own and carries
// no shares.
type CopyImageRequest struct {
	// The region of the source.
	RegionId string `api:"required"`
	// The source: one's own, or one that was shared with the caller.
	ImageId string `api:"required"`
	// Where to; a received image within its own region only. The source's where it is left out.
	DestinationRegionId string
	// The copy's name; its id where it is left out.
	DestinationImageName string
	// The copy's description; the source's where it is left out.
	DestinationDescription string
	// Whether the copy is encrypted.
	Encrypted bool
	// The key that encrypts it; kept by nobody.
	KMSKeyId string
	// Tags of the copy.
	Tag []TagRequest `api:"maxitems=20"`
	// A resource group; there is none, so none can be named.
	ResourceGroupId string
	// Makes a repeated call answer as the first did.
	ClientToken string
	// True checks everything and copies nothing.
	DryRun bool
}

// CopyImageResponse names the copy.
type CopyImageResponse struct {
	// The copy's id.
	ImageId string
	// The id of this request.
	RequestId string
}

var copyImageFaults = slices.Concat([]api.Fault{
	{Err: ledger.ErrNoDestination, Status: 400, Code: "DestinationRegion.NotFound", Message: "The destination region not found"},
	{Err: ledger.ErrOtherRegion, Status: 403, Code: "OperationDenied.SameRegionOnly", Message: "The image shared from others can not be copied to another region directly."},
	{Err: ledger.ErrNotReady, Status: 400, Code: "IncorrectImageStatus", Message: "The image not available."},
	{Err: ledger.ErrDeprecated, Status: 400, Code: "IncorrectImageStatus", Message: "The image not available."},
	{Err: ledger.ErrEncrypted, Status: 403, Code: "OperationDeined.EncryptedSnapshot", Message: "The image contains encrypted snapshots, which do not support copying."},
}, makingFaults)

// Check holds texts to their forms.
func (in *CopyImageRequest) Check() error {
	return cmp.Or(
		checkTexts(in.DestinationImageName, in.DestinationDescription, in.ClientToken), checkTags(in.Tag), checkGroup(in.ResourceGroupId),
	)
}

func (in *CopyImageRequest) destination() string {
	if in.DestinationRegionId == "" {
		return in.RegionId
	}
	return in.DestinationRegionId
}

func copyImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[CopyImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "CopyImage",
		Regional: true, Faults: slices.Concat(copyImageFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *CopyImageRequest) []string {
			there := *r
			there.Region = in.destination()
			return append(resource(r, in.ImageId), resource(&there, "*")...)
		},
	}, func(ctx context.Context, r *api.Request, in *CopyImageRequest) (*CopyImageResponse, error) {
		made, err := l.Copy(ctx, r.Caller, ledger.NewCopies{
			Source: key(r, in.ImageId), Regions: []string{in.destination()}, Name: in.DestinationImageName,
			Description: in.DestinationDescription, Tags: tagged(in.Tag), Encrypted: in.Encrypted,
			Once: once(in.ClientToken, *in), DryRun: in.DryRun,
		})
		if err != nil {
			return nil, err
		}
		return &CopyImageResponse{ImageId: made[0].Key.ID}, nil
	})
}
