package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// ModifyImageAttributeRequest changes what an image is called.
type ModifyImageAttributeRequest struct {
	// The image, one of the caller's own.
	ImageId string `api:"required"`
	// The new name.
	ImageName string `api:"required"`
}

// ModifyImageAttributeResponse says that it was done.
type ModifyImageAttributeResponse struct {
	// 0, which says that it went well.
	Code int64
	// The id of this request.
	RequestId string
}

var modifyImageAttributeFaults = append([]api.Fault{missing, invalid(errName, "ImageName")}, faults...)

// Check holds the name to its form.
func (in *ModifyImageAttributeRequest) Check() error { return checkName(in.ImageName) }

func modifyImageAttribute(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyImageAttributeRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ModifyImageAttribute",
		Faults: modifyImageAttributeFaults, Resources: everything[ModifyImageAttributeRequest],
	}, func(ctx context.Context, r *api.Request, in *ModifyImageAttributeRequest) (*ModifyImageAttributeResponse, error) {
		return &ModifyImageAttributeResponse{}, l.Modify(ctx, r.Caller, ledger.Attributes{Name: &in.ImageName}, key(in.ImageId))
	})
}
