package cvm

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// CreateImageRequest makes the record of an image of a machine's disks, or of
// snapshots. There are no machines here: what it is made of is taken as told.
type CreateImageRequest struct {
	// The name, unique in the region, up to 60 characters.
	ImageName string `api:"required"`
	// The machine that the image is made of, unless it is made of snapshots.
	InstanceId string
	// The snapshots that it is made of instead; the first is the system disk's.
	SnapshotIds []string
	// The description, up to 256 characters.
	ImageDescription string
	// true switches the machine off first, false does not; a text, in any letter case.
	ForcePoweroff string
	// true runs Sysprep on Windows first, false does not; a text as well.
	Sysprep string
	// Data disks of the machine that come along.
	DataDiskIds []string
	// Check everything and make nothing.
	DryRun bool
	// Tags of the image.
	TagSpecification []TagSpecification
	// The family that the image belongs to.
	ImageFamily string
}

// CreateImageResponse names the image.
type CreateImageResponse struct {
	// The new image's id.
	ImageId string
	// The id of this request.
	RequestId string
}

// CreateImageV2Response names it on API 2.0.
type CreateImageV2Response struct {
	// The new image's id.
	ImageId string
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// What only this action refuses.
var (
	errNoSource   = errors.New("neither a machine nor snapshots")
	errTwoSources = errors.New("a machine and snapshots")
	errInstance   = errors.New("not the form of a machine's id")
	errSnapshot   = errors.New("not the form of a snapshot's id")
	errDisk       = errors.New("not the form of a disk's id")
	errDiskAlone  = errors.New("data disks without their machine")
)

var createImageFaults = slices.Concat(makingFaults, tagFaults, []api.Fault{
	tooLong("InvalidParameter.ValueTooLarge"),
	{Err: errNoSource, Status: 4000, Code: "InvalidParameter.SpecifyOneParameter", Message: "One of the parameters `InstanceId` and `SnapshotIds` is required."},
	{Err: errTwoSources, Status: 4000, Code: "InvalidParameterConflict", Message: "The parameters `InstanceId` and `SnapshotIds` cannot be given together."},
	{Err: errInstance, Status: 5000, Code: "InvalidInstanceId.NotFound", Message: "The instance `{reason}` is not found: an instance id is `ins-` followed by lower-case letters or digits."},
	{Err: errSnapshot, Status: 5000, Code: "InvalidParameter.SnapshotNotFound", Message: "The snapshot `{reason}` is not found: a snapshot id is `snap-` followed by lower-case letters or digits."},
	{Err: errDisk, Status: 5000, Code: "InvalidParameter.DataDiskNotBelongSpecifiedInstance", Message: "The disk `{reason}` is none of the instance's: a disk id is `disk-` followed by lower-case letters or digits."},
	{Err: errDiskAlone, Status: 4000, Code: "InvalidParameter.InvalidDependence", Message: "The parameter `DataDiskIds` goes with `InstanceId` alone."},
})

// The forms of ids of things that have no record here.
var (
	instanceID = regexp.MustCompile(`^ins-[0-9a-z]{1,59}$`)
	snapshotID = regexp.MustCompile(`^snap-[0-9a-z]{1,58}$`)
	diskID     = regexp.MustCompile(`^disk-[0-9a-z]{1,58}$`)
)

// Check asks for one source, and holds texts and words to their bounds.
func (in *CreateImageRequest) Check() error {
	return cmp.Or(
		called(in.ImageName, in.ImageDescription), yesOrNo("ForcePoweroff", in.ForcePoweroff), yesOrNo("Sysprep", in.Sysprep), in.source(),
		checkTags(in.TagSpecification),
	)
}

func (in *CreateImageRequest) source() error {
	switch {
	case in.InstanceId == "" && len(in.SnapshotIds) == 0:
		return &param.Error{Rule: errNoSource}
	case in.InstanceId != "" && len(in.SnapshotIds) > 0:
		return &param.Error{Rule: errTwoSources}
	case in.InstanceId == "" && len(in.DataDiskIds) > 0:
		return &param.Error{Rule: errDiskAlone}
	case in.InstanceId != "" && !instanceID.MatchString(in.InstanceId):
		return &param.Error{Rule: errInstance, Field: "InstanceId", Reason: in.InstanceId}
	}
	return cmp.Or(formed("SnapshotIds", in.SnapshotIds, snapshotID, errSnapshot), formed("DataDiskIds", in.DataDiskIds, diskID, errDisk))
}

func formed(field string, ids []string, form *regexp.Regexp, rule error) error {
	for _, id := range ids {
		if !form.MatchString(id) {
			return &param.Error{Rule: rule, Field: field, Reason: id}
		}
	}
	return nil
}

// yesOrNo is a switch that the wire has as a text. The document says true and
// false, Terraform sends TRUE and Packer True.
func yesOrNo(field, text string) error {
	if !slices.Contains([]string{"", "true", "false"}, strings.ToLower(text)) {
		return &param.Error{Rule: param.ErrRange, Field: field, Reason: "is none of true, false"}
	}
	return nil
}

func (in *CreateImageRequest) image(region string) *ledger.Image {
	return &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.CVM, Region: region}, State: ledger.Creating,
		Name: in.ImageName, Description: in.ImageDescription, Family: in.ImageFamily, Tags: tagged(in.TagSpecification),
		Architecture: "x86_64", SizeGiB: diskGiB, Snapshots: in.disks(),
	}
}

// disks are never none: Terraform asks for a new image until it has one.
// Snapshots keep their ids, which Terraform compares with what it sent; those
// of a machine's disks are new, and the ledger's to name.
func (in *CreateImageRequest) disks() []ledger.Snapshot {
	sources := in.SnapshotIds
	if in.InstanceId != "" {
		sources = append([]string{in.InstanceId}, in.DataDiskIds...)
	}
	var all []ledger.Snapshot
	for i, source := range sources {
		if slices.Contains(sources[:i], source) {
			continue
		}
		disk := ledger.Snapshot{Usage: dataDisk, SizeGiB: diskGiB}
		if i == 0 {
			disk.Usage = systemDisk
		}
		if in.InstanceId == "" {
			disk.ID = source
		}
		all = append(all, disk)
	}
	return all
}

// resources: what it is made of needs a permission beside the making of images.
func (in *CreateImageRequest) resources(r *api.Request) []string {
	if in.InstanceId == "" {
		return resource(r, "*")
	}
	return append(resource(r, "*"), named(r, "instance", in.InstanceId))
}

func createImage(l *ledger.Ledger) []api.Action {
	return both(api.Spec[CreateImageRequest]{
		Name: "CreateImage", Rate: 10, Faults: createImageFaults,
		Resources: func(r *api.Request, in *CreateImageRequest) []string { return in.resources(r) },
	}, func(ctx context.Context, r *api.Request, in *CreateImageRequest) (*CreateImageResponse, error) {
		made, err := l.Make(ctx, r.Caller, ledger.NewImage{Image: in.image(r.Region), DryRun: in.DryRun})
		if err != nil {
			return nil, err
		}
		return &CreateImageResponse{ImageId: made.Key.ID}, nil
	}, func(o *CreateImageResponse) *CreateImageV2Response { return &CreateImageV2Response{ImageId: o.ImageId} })
}
