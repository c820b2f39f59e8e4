// Package ens is what Alibaba Cloud's Edge Node Service offers of image
// sharing, one file per action. It speaks like ECS up to the gateway, whose
// errors keep ECS's statuses; every error of its own is HTTP 400, and most of
// them only name the field at fault.
//
// Images of ENS lie in no region, and every node can use each. Clients send
// RegionId all the same, and it means nothing.
//
// Limits: version 2017-11-10. The document has no code for an unknown image,
// for a share with oneself nor for a full image or account; the rows here are
// the closest ones that it has. Instances are names that a caller gives.
package ens

import (
	"strconv"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

const (
	product = string(ledger.ENS)
	version = "2017-11-10"
)

// Options are choices that nothing on the wire decides.
type Options struct {
	// PlainAccounts lists accounts as plain texts instead of objects, for the
	// old SDKs (Go v3, the first Java one) that can read nothing else.
	PlainAccounts bool
}

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger, o Options) []api.Action {
	describe := describeImageSharePermission(l, func(id string) Account { return Account{AliyunUid: id} })
	if o.PlainAccounts {
		describe = describeImageSharePermission(l, func(id string) string { return id })
	}
	return []api.Action{
		describe,
		modifyImageSharePermission(l),
		describeImages(l),
		describeSelfImages(l),
		describeImageInfos(l),
		createImage(l),
		modifyImageAttribute(l),
		deleteImage(l),
		describeEnsRegions(),
	}
}

// faults are the rows that every action on one image shares.
var faults = []api.Fault{
	{Err: param.ErrMissing, Status: 400, Code: "MissingParameter", Message: "The input parameter that is mandatory for processing this request is not supplied."},
	invalid(param.ErrMalformed, "{field}"),
	invalid(param.ErrRange, "{field}"),
	invalid(ledger.ErrImageID, "ImageId"),
	invalid(ledger.ErrNoImage, "ImageId"),
	denied(ledger.ErrNotOwner),
	denied(ledger.ErrDenied),
}

// missing is the same rule in the plural of the pages about making, changing
// and deleting an image.
var missing = api.Fault{Err: param.ErrMissing, Status: 400, Code: "MissingParameter", Message: "The input parameters that is mandatory for processing this request is not supplied."}

// tooWide is a list that no index has, over more images than are looked at.
var tooWide = beyond(ledger.ErrTooWide, "there are more than {limit} images to look through")

// invalid is the document's row InvalidParameter.%s for one error.
func invalid(err error, field string) api.Fault {
	return api.Fault{
		Err: err, Status: 400, Code: "InvalidParameter." + field,
		Message: "The specified field " + field + " invalid. Please check it again.",
	}
}

// beyond is the document's row InvalidParameter, whose text says what is wrong.
func beyond(err error, what string) api.Fault {
	return api.Fault{Err: err, Status: 400, Code: "InvalidParameter", Message: "The errorMessage is " + what + ". Please check it again."}
}

func denied(err error) api.Fault {
	return api.Fault{Err: err, Status: 400, Code: "NoPermission", Message: "Permission denied."}
}

func key(id string) ledger.ImageKey { return ledger.ImageKey{Product: ledger.ENS, ID: id} }

// resource is how a policy names an image of the caller's.
func resource(r *api.Request, id string) []string {
	return []string{"acs:ens::" + r.Caller.Account + ":image/" + id}
}

// everything is what a policy is asked about where the vendor documents no
// resource of the action's own.
func everything[In any](*api.Request, *In) []string { return []string{"*"} }

// number reads digits that the tag of their field has bounded to 64 bits.
func number(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		panic("unreachable: the field's rules let no other text through: " + err.Error())
	}
	return n
}
