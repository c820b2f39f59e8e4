// Package cvm is what Tencent Cloud's CVM offers of image sharing, one file per
// action, each with the error rows that only it says. Wire spelling ends here:
// a function turns its request struct into the ledger's words and back.
//
// Three generations of it are here: version 2017-03-12 on API 3.0, the same on
// API 2.0 (files ending in _v2), and the three actions of 2016, from before
// there were versions. Each answers in its own words over the same images.
//
// Limits: codes of image kinds that have no record here
// (bring-your-own-licence, whole-machine, edge) are never said.
package cvm

import (
	"slices"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

const (
	product = string(ledger.CVM)
	version = "2017-03-12"
	// Generations, as package tencent names them.
	generation2017 = "2.0"
	generation2016 = "2016"
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger) []api.Action {
	return slices.Concat([]api.Action{
		describeImageSharePermission(l),
		modifyImageSharePermission(l),
		describeImageSharePermissionV2(l),
		modifyImageSharePermissionV2(l),
		shareImage(l),
		cancelShareImage(l),
		getImageShareUinInfo(l),
	}, describeImages(l), createImage(l), importImage(l), modifyImageAttribute(l), deleteImages(l), syncImages(l),
		describeImageQuota(l), describeRegions(l), describeZones())
}

// faults are the rows that every action on one image shares. Status is the
// number that the generation of 2016 answers with.
var faults = []api.Fault{
	{Err: ledger.ErrImageID, Status: 4000, Code: "InvalidImageId.Malformed", Message: "The image id `{image}` is malformed: it must be `img-` followed by at least 8 lower-case letters or digits."},
	{Err: ledger.ErrNoImage, Status: 5000, Code: "InvalidImageId.NotFound", Message: "The image `{image}` is not found in this region."},
	{Err: ledger.ErrNotOwner, Status: 4102, Code: "UnauthorizedOperation.ImageNotBelongToAccount", Message: "The image `{image}` does not belong to this account."},
}

// resource is how a policy names an image of the caller's: one id, or *.
func resource(r *api.Request, id string) []string { return []string{named(r, "image", id)} }

// named is how a policy names a thing of the caller's by its kind.
func named(r *api.Request, kind, id string) string {
	return "qcs::cvm:" + r.Region + ":uin/" + r.Caller.Account + ":" + kind + "/" + id
}

// everything is what a policy is asked about where the documents name no resource.
func everything() []string { return []string{"*"} }

func key(r *api.Request, id string) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.CVM, Region: r.Region, ID: id}
}

// starts are the times at which shares began.
func starts(shares []ledger.Share) (at func(i int) string) {
	return api.Times(shares, func(s *ledger.Share) time.Time { return s.At })
}
