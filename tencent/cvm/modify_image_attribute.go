package cvm

import (
	"cmp"
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ModifyImageAttributeRequest changes what an image is called and whether it
// is deprecated.
type ModifyImageAttributeRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// A new name, unique in the region, 1 to 60 characters.
	ImageName *string
	// A new description, up to 256 characters.
	ImageDescription *string
	// A new family.
	ImageFamily *string
	// Deprecates the image, or takes that back.
	ImageDeprecated *bool
}

// missing are the rows of actions whose documents have no code for an image
// of another account's: it is not found.
var missing = []api.Fault{
	{Err: ledger.ErrNotOwner, Status: 5000, Code: "InvalidImageId.NotFound", Message: "The image `{image}` is not found among your own in this region."},
}

// busy are the rows of an image that is not in a state for the action.
var busy = []api.Fault{
	{Err: ledger.ErrNotReady, Status: 5100, Code: "InvalidImageId.IncorrectState", Message: "The image `{image}` is not in the state NORMAL."},
	{Err: ledger.ErrDeprecated, Status: 5100, Code: "InvalidImageId.IncorrectState", Message: "The image `{image}` is deprecated."},
}

var modifyImageAttributeFaults = slices.Concat([]api.Fault{
	tooLong("InvalidParameterValue.TooLarge"),
	{Err: ledger.ErrNameTaken, Status: 4000, Code: "InvalidImageName.Duplicate", Message: "The image name is in use in this region."},
	{Err: ledger.ErrStillShared, Status: 5100, Code: "InvalidImageId.IncorrectState", Message: "The image `{image}` is shared: cancel all its shares before you deprecate it."},
}, busy, missing)

// Check holds the texts to their bounds. A name may be left as it is, which is
// not to take it away: no image is made without one.
func (in *ModifyImageAttributeRequest) Check() error {
	if in.ImageName != nil && *in.ImageName == "" {
		return &param.Error{Rule: param.ErrRange, Field: "ImageName", Reason: "is empty"}
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return cmp.Or(short("ImageName", text(in.ImageName), maxName), short("ImageDescription", text(in.ImageDescription), maxDescription))
}

func (in *ModifyImageAttributeRequest) attributes() ledger.Attributes {
	a := ledger.Attributes{Name: in.ImageName, Description: in.ImageDescription, Family: in.ImageFamily}
	if in.ImageDeprecated == nil {
		return a
	}
	state := ledger.Available
	if *in.ImageDeprecated {
		state = ledger.Deprecated
	}
	a.State = &state
	return a
}

func modifyImageAttribute(l *ledger.Ledger) []api.Action {
	return both(api.Spec[ModifyImageAttributeRequest]{
		Name: "ModifyImageAttribute", Faults: modifyImageAttributeFaults,
		Resources: func(r *api.Request, in *ModifyImageAttributeRequest) []string { return resource(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *ModifyImageAttributeRequest) (*Done, error) {
		return &Done{}, l.Modify(ctx, r.Caller, in.attributes(), key(r, in.ImageId))
	}, doneV2)
}
