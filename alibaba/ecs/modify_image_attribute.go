package ecs

import (
	"cmp"
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// ModifyImageAttributeRequest changes what an image is called and whether it
// is deprecated. What is left out or empty stays as it is.
type ModifyImageAttributeRequest struct {
	// The region.
	RegionId string `api:"required"`
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// A new name, unique in the region.
	ImageName string
	// A new description.
	Description string
	// Deprecated or Available.
	Status string `api:"enum=Deprecated|Available"`
	// A new family.
	ImageFamily string
	// How the image boots.
	BootMode string `api:"enum=BIOS|UEFI|UEFI-Preferred"`
	// Auto, Aliyun or BYOL.
	LicenseType string `api:"enum=Auto|Aliyun|BYOL"`
	// What instances made of the image can do; kept by nobody.
	Features Features
	// True checks everything and changes nothing.
	DryRun bool
}

// ModifyImageAttributeResponse says that it was done.
type ModifyImageAttributeResponse struct {
	// The id of this request.
	RequestId string
}

var stillShared = api.Fault{Err: ledger.ErrStillShared, Status: 403, Code: "ImageUseShared", Message: "The specified image has been shared to others."}

var modifyImageAttributeFaults = slices.Concat([]api.Fault{
	stillShared,
	{Err: ledger.ErrNotReady, Status: 400, Code: "IncorrectImageStatus", Message: "The image is not available."},
	{Err: ledger.ErrNameTaken, Status: 400, Code: "InvalidImageName.Duplicated", Message: "The specified Image name has already bean used."},
	dryRun,
}, textFaults)

// Check holds texts to their forms.
func (in *ModifyImageAttributeRequest) Check() error {
	return cmp.Or(checkTexts(in.ImageName, in.Description, ""), checkFamily(in.ImageFamily))
}

func (in *ModifyImageAttributeRequest) attributes() ledger.Attributes {
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	a := ledger.Attributes{
		Name: given(in.ImageName), Description: given(in.Description), Family: given(in.ImageFamily),
		BootMode: given(in.BootMode), License: given(in.LicenseType), DryRun: in.DryRun,
	}
	if in.Status != "" {
		state := map[string]ledger.State{"Deprecated": ledger.Deprecated, "Available": ledger.Available}[in.Status]
		a.State = &state
	}
	return a
}

func modifyImageAttribute(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageAttributeRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageAttribute",
		Regional: true, Faults: slices.Concat(modifyImageAttributeFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *ModifyImageAttributeRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageAttributeRequest) (*ModifyImageAttributeResponse, error) {
		return &ModifyImageAttributeResponse{}, l.Modify(ctx, r.Caller, in.attributes(), key(r, in.ImageId))
	})
}
