package ecs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/ledger"
)

// ImportImageRequest makes the record of an image from outside. Its bytes are
// never fetched.
type ImportImageRequest struct {
	// The region.
	RegionId string `api:"required"`
	// The disks, the system's first.
	DiskDeviceMapping []ImportDisk `api:"maxitems=17"`
	// The name, unique in the region; the image's id where it is left out.
	ImageName string
	// The description.
	Description string
	// i386, x86_64 or arm64.
	Architecture string `api:"default=x86_64,enum=i386|x86_64|arm64"`
	// linux or windows.
	OSType string `api:"default=linux,enum=linux|windows"`
	// The platform, such as CentOS.
	Platform string
	// How the image boots.
	BootMode string `api:"enum=BIOS|UEFI|UEFI-Preferred"`
	// Auto, Aliyun or BYOL.
	LicenseType string `api:"default=Auto,enum=Auto|Aliyun|BYOL"`
	// The role that would read the bucket; nothing is read here.
	RoleName string
	// Tags of the image.
	Tag []TagRequest `api:"maxitems=20"`
	// A resource group; there is none, so none can be named.
	ResourceGroupId string
	// Standard asks for a check of the image; there is nothing to check.
	DetectionStrategy string `api:"enum=Standard"`
	// What instances made of the image can do; kept by nobody.
	Features Features
	// Makes a repeated call answer as the first did.
	ClientToken string
	// True checks everything and makes nothing.
	DryRun bool
}

// ImportDisk is a disk to be imported. What it is made of is kept as it was
// written: Terraform reads it back and would import anew where it differs.
type ImportDisk struct {
	// RAW, VHD or QCOW2; Terraform writes the last one small.
	Format string `api:"enum=RAW|VHD|QCOW2|qcow2"`
	// The bucket that holds its bytes.
	OSSBucket string `api:"maxlen=64"`
	// Their name in the bucket.
	OSSObject string `api:"maxlen=1024"`
	// The size in GiB.
	DiskImageSize int64 `api:"min=0,max=65536"`
	// The same, as older clients call it.
	DiskImSize int64 `api:"min=0,max=65536"`
	// The device, such as /dev/xvda; the next one in order where it is left out.
	Device string `api:"maxlen=32"`
}

// ImportImageResponse names the image.
type ImportImageResponse struct {
	// The id of this request.
	RequestId string
	// The new image's id.
	ImageId string
	// The region.
	RegionId string
	// The import's own number.
	TaskId string
}

var errNoDisk = errors.New("no disk to import")

var importImageFaults = append([]api.Fault{
	{Err: errNoDisk, Status: 403, Code: "MissingParameter.DiskDeviceMapping", Message: "The input parameter DiskDeviceMapping that is mandatory for processing this request is not supplied."},
}, makingFaults...)

// Check holds texts to their forms, and asks for a disk.
func (in *ImportImageRequest) Check() error {
	if len(in.DiskDeviceMapping) == 0 {
		return errNoDisk
	}
	return cmp.Or(checkTexts(in.ImageName, in.Description, in.ClientToken), checkTags(in.Tag), checkGroup(in.ResourceGroupId))
}

func (in *ImportImageRequest) image() *ledger.Image {
	img := &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.ECS, Region: in.RegionId}, State: ledger.Importing, Imported: true, Name: in.ImageName,
		Description: in.Description, Architecture: in.Architecture, OSType: in.OSType, Platform: in.Platform, OSName: in.Platform,
		BootMode: in.BootMode, License: in.LicenseType, Tags: tagged(in.Tag),
	}
	usage := "system"
	for _, d := range in.DiskDeviceMapping {
		img.Snapshots = append(img.Snapshots, ledger.Snapshot{
			Usage: usage, SizeGiB: sizeOf(max(d.DiskImageSize, d.DiskImSize)),
			Device: d.Device, Format: d.Format, Bucket: d.OSSBucket, Object: d.OSSObject,
		})
		usage = "data"
	}
	img.SizeGiB = img.Snapshots[0].SizeGiB
	return img
}

// once is the call's client token with all else that it asks for.
func once(token string, asked any) ledger.Once {
	return ledger.Once{Token: token, Asked: fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%+v", asked)))}
}

func importImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ImportImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ImportImage",
		Regional: true, Faults: slices.Concat(importImageFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, _ *ImportImageRequest) []string { return resource(r, "*") },
	}, func(ctx context.Context, r *api.Request, in *ImportImageRequest) (*ImportImageResponse, error) {
		made, err := l.Make(ctx, r.Caller, ledger.NewImage{Image: in.image(), Once: once(in.ClientToken, *in), DryRun: in.DryRun})
		if err != nil {
			return nil, err
		}
		return &ImportImageResponse{ImageId: made.Key.ID, RegionId: in.RegionId, TaskId: "t-" + strings.TrimPrefix(made.Key.ID, "m-")}, nil
	})
}
