package cvm

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ImportImageRequest makes the record of an image from outside. Its bytes are
// never fetched.
type ImportImageRequest struct {
	// x86_64, i386 or arm_64.
	Architecture string `api:"required,enum=x86_64|i386|arm_64"`
	// The system, such as CentOS or Windows.
	OsType string `api:"required"`
	// Its version.
	OsVersion string `api:"required"`
	// Where the image's bytes are, an http or https address; kept by nobody.
	ImageUrl string `api:"required"`
	// The name, unique in the region, up to 60 characters.
	ImageName string `api:"required"`
	// The description, up to 256 characters.
	ImageDescription string
	// Check everything and make nothing.
	DryRun bool
	// Import without looking at the image; nothing looks at it here.
	Force bool
	// Tags of the image.
	TagSpecification []TagSpecification
	// TencentCloud or BYOL.
	LicenseType string
	// Legacy BIOS or UEFI.
	BootMode string
	// The family that the image belongs to.
	ImageFamily string
	// Data disks that come along.
	ImportImageDataDiskList []DataDisk
}

// DataDisk is a data disk to be imported.
type DataDisk struct {
	// Where its bytes are.
	ImageUrl string
}

// ImportImageResponse names the image.
type ImportImageResponse struct {
	// The new image's id.
	ImageId string
	// The id of this request.
	RequestId string
}

// ImportImageV2Response names it on API 2.0.
type ImportImageV2Response struct {
	// The new image's id.
	ImageId string
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

var (
	errURL      = errors.New("not an address of an image")
	errBootMode = errors.New("no such boot mode")
	errLicense  = errors.New("no such license type")
)

var importImageFaults = slices.Concat(makingFaults, tagFaults, []api.Fault{
	tooLong("InvalidParameterValue.TooLarge"),
	{Err: errURL, Status: 4000, Code: "InvalidParameter.InvalidParameterUrlError", Message: "The value of parameter `{field}` is no http or https address."},
	{Err: errBootMode, Status: 4000, Code: "InvalidParameterValue.InvalidBootMode", Message: "The value of parameter `{field}` must be `Legacy BIOS` or `UEFI`."},
	{Err: errLicense, Status: 4000, Code: "InvalidParameterValue.InvalidLicenseType", Message: "The value of parameter `{field}` must be `TencentCloud` or `BYOL`."},
})

// Check holds texts to their bounds and words to what is documented.
func (in *ImportImageRequest) Check() error {
	addresses := []string{in.ImageUrl}
	for _, d := range in.ImportImageDataDiskList {
		addresses = append(addresses, d.ImageUrl)
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return &param.Error{Rule: errURL, Field: "ImageUrl"}
		}
	}
	switch {
	case !slices.Contains([]string{"", "Legacy BIOS", "UEFI"}, in.BootMode):
		return &param.Error{Rule: errBootMode, Field: "BootMode"}
	case !slices.Contains([]string{"", "TencentCloud", "BYOL"}, in.LicenseType):
		return &param.Error{Rule: errLicense, Field: "LicenseType"}
	}
	return cmp.Or(called(in.ImageName, in.ImageDescription), checkTags(in.TagSpecification))
}

func (in *ImportImageRequest) image(region string) *ledger.Image {
	img := &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.CVM, Region: region}, State: ledger.Importing, Imported: true,
		Name: in.ImageName, Description: in.ImageDescription, Family: in.ImageFamily, License: in.LicenseType, BootMode: in.BootMode,
		Platform: in.OsType, Version: in.OsVersion, OSName: in.OsType + " " + in.OsVersion, OSType: "linux",
		Architecture: strings.TrimSuffix(in.Architecture, "_64"), Tags: tagged(in.TagSpecification), SizeGiB: diskGiB,
		Snapshots: []ledger.Snapshot{{Usage: systemDisk, SizeGiB: diskGiB}},
	}
	if in.Architecture != "arm_64" {
		img.Architecture = in.Architecture // the list of images says arm where the import says arm_64
	}
	if strings.HasPrefix(strings.ToLower(in.OsType), "windows") {
		img.OSType = "windows"
	}
	for range in.ImportImageDataDiskList {
		img.Snapshots = append(img.Snapshots, ledger.Snapshot{Usage: dataDisk, SizeGiB: diskGiB})
	}
	return img
}

func importImage(l *ledger.Ledger) []api.Action {
	return both(api.Spec[ImportImageRequest]{
		Name: "ImportImage", Faults: importImageFaults,
		Resources: func(*api.Request, *ImportImageRequest) []string { return everything() },
	}, func(ctx context.Context, r *api.Request, in *ImportImageRequest) (*ImportImageResponse, error) {
		made, err := l.Make(ctx, r.Caller, ledger.NewImage{Image: in.image(r.Region), DryRun: in.DryRun})
		if err != nil {
			return nil, err
		}
		return &ImportImageResponse{ImageId: made.Key.ID}, nil
	}, func(o *ImportImageResponse) *ImportImageV2Response { return &ImportImageV2Response{ImageId: o.ImageId} })
}
