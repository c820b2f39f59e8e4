package cvm

import (
	"context"
	"errors"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// SyncImagesRequest copies an image to other regions. The copies carry no shares.
type SyncImagesRequest struct {
	// The image, one in a call.
	ImageIds []string `api:"required"`
	// Where to. A received image can be copied within its own region only.
	DestinationRegions []string `api:"required"`
	// Check everything and copy nothing.
	DryRun bool
	// The copies' name; without one they are called as their source.
	ImageName string
	// Whether the answer names the copies.
	ImageSetRequired bool
	// Whether the copies are encrypted.
	Encrypt bool
	// The key that encrypts them; kept by nobody.
	KmsKeyId string
}

// SyncImagesResponse names the copies, if that was asked for.
type SyncImagesResponse struct {
	// The copies.
	ImageSet []SyncImage
	// The id of this request.
	RequestId string
}

// SyncImagesV2Response names them on API 2.0.
type SyncImagesV2Response struct {
	// The copies.
	ImageSet []SyncImage
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// SyncImage is one copy.
type SyncImage struct {
	// Its id.
	ImageId string
	// Where it is.
	Region string
}

var errOneImage = errors.New("more than one image to copy")

var syncImagesFaults = slices.Concat([]api.Fault{
	{Err: errOneImage, Status: 4000, Code: "InvalidParameterValue.LimitExceeded", Message: "The parameter `{field}` takes one image in a call."},
	tooLong("InvalidImageId.TooLarge"),
	{Err: ledger.ErrNoDestination, Status: 4000, Code: "InvalidRegion.NotFound", Message: "The region `{region}` is not found."},
	{Err: ledger.ErrOtherRegion, Status: 5100, Code: "UnsupportedOperation.Region", Message: "The image `{image}` was shared with you: it can be copied within its own region only, not to `{region}`."},
	{Err: ledger.ErrEncrypted, Status: 5100, Code: "UnsupportedOperation.EncryptedImagesNotSupported", Message: "The image `{image}` is encrypted and cannot be copied."},
}, makingFaults, busy)

// Check holds the request to one image.
func (in *SyncImagesRequest) Check() error {
	if len(in.ImageIds) > 1 {
		return &param.Error{Rule: errOneImage, Field: "ImageIds"}
	}
	return short("ImageName", in.ImageName, maxName)
}

func syncImages(l *ledger.Ledger) []api.Action {
	return both(api.Spec[SyncImagesRequest]{
		Name: "SyncImages", Rate: 10, Faults: syncImagesFaults,
		Resources: func(r *api.Request, in *SyncImagesRequest) []string { return resources(r, in.ImageIds) },
	}, func(ctx context.Context, r *api.Request, in *SyncImagesRequest) (*SyncImagesResponse, error) {
		made, err := l.Copy(ctx, r.Caller, ledger.NewCopies{
			Source: key(r, in.ImageIds[0]), Regions: in.DestinationRegions, Name: in.ImageName, Encrypted: in.Encrypt, DryRun: in.DryRun,
		})
		out := &SyncImagesResponse{}
		for _, img := range made {
			if in.ImageSetRequired {
				out.ImageSet = append(out.ImageSet, SyncImage{ImageId: img.Key.ID, Region: img.Key.Region})
			}
		}
		return out, err
	}, func(o *SyncImagesResponse) *SyncImagesV2Response { return &SyncImagesV2Response{ImageSet: o.ImageSet} })
}
