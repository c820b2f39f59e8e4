// Package ecs is what Alibaba Cloud's ECS offers of image sharing, one file per
// action, each with the error rows that only it says.
//
// The API was documented anew over the years and nothing on the wire tells the
// documents apart, so which one is served is a choice: a Profile, which is data.
//
// Limits: version 2014-05-26.
package ecs

import (
	"imageshare/api"
	"imageshare/ledger"
)

const (
	product = string(ledger.ECS)
	version = "2014-05-26"
)

// Kinds of things, as policies and the actions on tags name them.
const (
	image    = "image"
	snapshot = "snapshot"
)

// Actions are what the product offers over one ledger, as a profile documents it.
func Actions(l *ledger.Ledger, p Profile) []api.Action {
	return []api.Action{
		describeImageSharePermission(l, p),
		modifyImageSharePermission(l, p),
		modifyImageShareGroupPermission(l),
		describeImages(l),
		describeImageFromFamily(l),
		describeRegions(l),
		createImage(l),
		importImage(l),
		copyImage(l),
		cancelCopyImage(l),
		modifyImageAttribute(l),
		deleteImage(l),
		deleteSnapshot(l),
		listTagResources(l),
		tagResources(l),
		untagResources(l),
		addTags(l),
	}
}

// unknown are the rows that every action on one image shares. Another
// account's image and a malformed id are as unknown as one that never was.
func unknown(image, region string) []api.Fault {
	row := func(err error) api.Fault {
		return api.Fault{Err: err, Status: 404, Code: "InvalidImageId.NotFound", Message: image}
	}
	return []api.Fault{
		row(ledger.ErrImageID), row(ledger.ErrNoImage), row(ledger.ErrNotOwner),
		{Err: ledger.ErrNoRegion, Status: 404, Code: "InvalidRegionId.NotFound", Message: region},
	}
}

// unfit are the rows of an image that cannot be shared further. The codes
// misspell "denied" as the vendor does.
var unfit = []api.Fault{
	{Err: ledger.ErrNotReady, Status: 400, Code: "IncorrectImageStatus", Message: "The image is not available."},
	{Err: ledger.ErrDeprecated, Status: 403, Code: "OperationDenied.InvalidImageStatus", Message: "The specified image cannot be shared when it is deprecated."},
	{Err: ledger.ErrEncrypted, Status: 403, Code: "OperationDeined.EncryptedSnapshot", Message: "The image contains encrypted snapshots, which do not support share."},
}

// resource is how a policy names an image of the caller's.
func resource(r *api.Request, id string) []string { return []string{arn(r, image, id)} }

// resources are how a policy names images, and all of them where none is named.
func resources(r *api.Request, ids []string) []string {
	if len(ids) == 0 {
		return resource(r, "*")
	}
	var all []string
	for _, id := range ids {
		all = append(all, resource(r, id)...)
	}
	return all
}

// arn is how a policy names what is the caller's.
func arn(r *api.Request, kind, id string) string {
	return "acs:ecs:" + r.Region + ":" + r.Caller.Account + ":" + kind + "/" + id
}

func key(r *api.Request, id string) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.ECS, Region: r.Region, ID: id}
}

func keys(r *api.Request, ids []string) []ledger.ImageKey {
	all := make([]ledger.ImageKey, len(ids))
	for i, id := range ids {
		all[i] = key(r, id)
	}
	return all
}
