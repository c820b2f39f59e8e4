// Package ens is what Alibaba Cloud's Edge Node Service offers of image
// sharing, one file per action. It speaks like ECS up to the gateway, whose
// errors keep ECS's statuses; every error of its own is HTTP 400, and most of
// them only name the field at fault.
//
// Images of ENS lie in no region. Clients send RegionId all the same, and it
// means nothing.
//
// Limits: version 2017-11-10. The document has no code for an unknown image,
// for a share with oneself nor for a full image; the rows here are the closest
// ones that it has.
package ens

import (
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
	return []api.Action{describe, modifyImageSharePermission(l)}
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

// invalid is the document's row InvalidParameter.%s for one error.
func invalid(err error, field string) api.Fault {
	return api.Fault{
		Err: err, Status: 400, Code: "InvalidParameter." + field,
		Message: "The specified field " + field + " invalid. Please check it again.",
	}
}

func denied(err error) api.Fault {
	return api.Fault{Err: err, Status: 400, Code: "NoPermission", Message: "Permission denied."}
}

func key(id string) ledger.ImageKey { return ledger.ImageKey{Product: ledger.ENS, ID: id} }
