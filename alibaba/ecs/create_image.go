package ecs

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
)

// CreateImageRequest makes the record of an image of an instance, of disks or
// of a snapshot: the first of these that is named counts. What they are is not
// looked up; nothing but their names is known here.
type CreateImageRequest struct {
	// The region.
	RegionId string `api:"required"`
	// The instance to make the image of; it gets a new snapshot.
	InstanceId string
	// The disks to make the image of, up to 17, one of them the system's.
	DiskDeviceMapping []CreateDisk `api:"maxitems=17"`
	// The snapshot of the system's disk to make the image of.
	SnapshotId string
	// The name, unique in the region; the image's id where it is left out.
	ImageName string
	// The family that the image belongs to.
	ImageFamily string
	// The owner's own version, up to 40 characters.
	ImageVersion string
	// The description.
	Description string
	// The platform, such as CentOS or Windows Server 2022; any text is taken,
	// since the documented list grows.
	Platform string `api:"default=Others Linux,maxlen=64"`
	// i386, x86_64 or arm64.
	Architecture string `api:"default=x86_64,enum=i386|x86_64|arm64"`
	// How the image boots.
	BootMode string `api:"enum=BIOS|UEFI|UEFI-Preferred"`
	// Makes a repeated call answer as the first did.
	ClientToken string
	// Tags of the image.
	Tag []TagRequest `api:"maxitems=20"`
	// A resource group; there is none, so none can be named.
	ResourceGroupId string
	// Standard asks for a check of the image; there is nothing to check.
	DetectionStrategy string `api:"enum=Standard"`
	// What instances made of the image can do; kept by nobody.
	Features Features
	// True checks everything and makes nothing.
	DryRun bool
}

// CreateDisk is a disk of the image.
type CreateDisk struct {
	// The snapshot that the disk is made of; an empty disk where it is left out.
	SnapshotId string
	// The size in GiB; 0 counts as left out.
	Size int64 `api:"min=0,max=32768"`
	// The device, such as /dev/xvdb; the next one in order where it is left out.
	Device string `api:"maxlen=32"`
	// system or data; the first disk is the system's where none says so.
	DiskType string `api:"enum=system|data"`
}

// CreateImageResponse names the image.
type CreateImageResponse struct {
	// The new image's id.
	ImageId string
	// The id of this request.
	RequestId string
}

// What only this action refuses.
var (
	errNoSource   = errors.New("nothing to make an image of")
	errSnapshot   = errors.New("not the id of a snapshot")
	errInstance   = errors.New("not the id of an instance")
	errTwoSystems = errors.New("two disks for the system")
	errNoSystem   = errors.New("no disk for the system")
	errVersion    = errors.New("not a version of an image")
)

var createImageFaults = slices.Concat([]api.Fault{
	{Err: errNoSource, Status: 400, Code: "MissingParameter", Message: "The input parameter SnapshotId or InstanceId or DiskDeviceMapping that is mandatory for processing this request is not supplied."},
	{Err: errSnapshot, Status: 404, Code: "InvalidSnapshotId.NotFound", Message: "The specified SnapshotId does not exist."},
	{Err: errInstance, Status: 404, Code: "InvalidInstanceId.NotFound", Message: "The specified InstanceId does not exist."},
	{Err: errTwoSystems, Status: 400, Code: "OperationDenied", Message: "The specified parameter DiskDeviceMapping.n.SnapshotId contains two or more system disk snapshots."},
	{Err: errNoSystem, Status: 400, Code: "OperationDenied", Message: "The specified parameter DiskDeviceMapping.n.SnapshotId does not contain system disk snapshot."},
	{Err: errVersion, Status: 400, Code: "InvalidImageVersion.Malformed", Message: "The specified ImageVersion is wrongly formed."},
	{Err: ledger.ErrNameTaken, Status: 400, Code: "InvalidImageName.Duplicated", Message: "The specified Image name has already bean used."},
}, makingFaults)

// sourceID is the form of an instance's or snapshot's id. One that has another
// form is as unknown as one that never was.
var sourceID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// maxVersion is an older page's bound.
const maxVersion = 40

// Check asks for a source and holds texts to their forms.
func (in *CreateImageRequest) Check() error {
	switch {
	case in.InstanceId == "" && in.SnapshotId == "" && len(in.DiskDeviceMapping) == 0:
		return errNoSource
	case in.InstanceId != "" && !sourceID.MatchString(in.InstanceId):
		return errInstance
	case in.SnapshotId != "" && !sourceID.MatchString(in.SnapshotId):
		return errSnapshot
	case utf8.RuneCountInString(in.ImageVersion) > maxVersion:
		return errVersion
	}
	return cmp.Or(
		in.checkDisks(), checkFamily(in.ImageFamily), checkTexts(in.ImageName, in.Description, in.ClientToken),
		checkTags(in.Tag), checkGroup(in.ResourceGroupId),
	)
}

// checkDisks looks at the disks only where they count.
func (in *CreateImageRequest) checkDisks() error {
	if in.InstanceId != "" || len(in.DiskDeviceMapping) == 0 {
		return nil
	}
	systems := 0
	for i, d := range in.DiskDeviceMapping {
		if d.SnapshotId != "" && !sourceID.MatchString(d.SnapshotId) {
			return errSnapshot
		}
		if in.usage(i) == "system" {
			systems++
		}
	}
	switch {
	case systems > 1:
		return errTwoSystems
	case systems == 0:
		return errNoSystem
	}
	return nil
}

// usage is what a disk is for.
func (in *CreateImageRequest) usage(i int) string {
	system := func(d CreateDisk) bool { return d.DiskType == "system" }
	switch d := in.DiskDeviceMapping[i]; {
	case d.DiskType != "":
		return d.DiskType
	case i == 0 && !slices.ContainsFunc(in.DiskDeviceMapping, system):
		return "system"
	}
	return "data"
}

// disks are what the image is made of, by the documented order of its sources,
// and how large the system's is.
func (in *CreateImageRequest) disks() (all []ledger.Snapshot, systemGiB int64) {
	switch {
	case in.InstanceId != "":
		return []ledger.Snapshot{{Usage: "system", SizeGiB: unknownGiB}}, unknownGiB
	case len(in.DiskDeviceMapping) == 0:
		return []ledger.Snapshot{{ID: in.SnapshotId, Usage: "system", SizeGiB: unknownGiB}}, unknownGiB
	}
	for i, d := range in.DiskDeviceMapping {
		disk := ledger.Snapshot{ID: d.SnapshotId, Usage: in.usage(i), SizeGiB: sizeOf(d.Size), Device: d.Device}
		if all = append(all, disk); disk.Usage == "system" {
			systemGiB = disk.SizeGiB
		}
	}
	return all, systemGiB
}

func (in *CreateImageRequest) image() *ledger.Image {
	img := &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.ECS, Region: in.RegionId}, State: ledger.Creating, Name: in.ImageName,
		Description: in.Description, Family: in.ImageFamily, Version: in.ImageVersion, Architecture: in.Architecture,
		OSType: "linux", Platform: in.Platform, OSName: in.Platform, BootMode: in.BootMode, Tags: tagged(in.Tag),
	}
	if strings.HasPrefix(in.Platform, "Windows") {
		img.OSType = "windows"
	}
	img.Snapshots, img.SizeGiB = in.disks()
	return img
}

// sources are how a policy names the new image and what it is made of.
func (in *CreateImageRequest) sources(r *api.Request) []string {
	all := resource(r, "*")
	if in.InstanceId != "" {
		all = append(all, arn(r, "instance", in.InstanceId))
	}
	disks, _ := in.disks()
	for _, d := range disks {
		if d.ID != "" {
			all = append(all, arn(r, snapshot, d.ID))
		}
	}
	return all
}

func createImage(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[CreateImageRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "CreateImage",
		Regional: true, Faults: slices.Concat(createImageFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *CreateImageRequest) []string { return in.sources(r) },
	}, func(ctx context.Context, r *api.Request, in *CreateImageRequest) (*CreateImageResponse, error) {
		made, err := l.Make(ctx, r.Caller, ledger.NewImage{Image: in.image(), Once: once(in.ClientToken, *in), DryRun: in.DryRun})
		if err != nil {
			return nil, err
		}
		return &CreateImageResponse{ImageId: made.Key.ID}, nil
	})
}
