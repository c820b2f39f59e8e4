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

// Actions are what the product offers over one ledger, as a profile documents it.
func Actions(l *ledger.Ledger, p Profile) []api.Action {
	return []api.Action{
		describeImageSharePermission(l, p),
		modifyImageSharePermission(l, p),
	}
}

// Profile is one generation of the documents.
type Profile struct {
	Name string
	// Limits are rules of DescribeImageSharePermission's fields that changed
	// over the years, in the words of api.Define.
	Limits map[string]string
	// SharedTime: the answer says when each share began (since 2023).
	SharedTime    bool
	UnknownImage  string
	UnknownRegion string
}

// Profiles are the generations that are served, by name.
var Profiles = map[string]Profile{
	"2019": {
		Name:          "2019",
		Limits:        map[string]string{"ImageId": "required", "PageSize": "max=50"},
		UnknownImage:  "The specified image does not exist.",
		UnknownRegion: "The specified RegionId does not exist.",
	},
}

// faults are the rows that every action on one image shares. Another
// account's image and a malformed id are as unknown as one that never was.
func (p Profile) faults() []api.Fault {
	unknown := func(err error) api.Fault {
		return api.Fault{Err: err, Status: 404, Code: "InvalidImageId.NotFound", Message: p.UnknownImage}
	}
	return []api.Fault{
		unknown(ledger.ErrImageID), unknown(ledger.ErrNoImage), unknown(ledger.ErrNotOwner),
		{Err: ledger.ErrNoRegion, Status: 404, Code: "InvalidRegionId.NotFound", Message: p.UnknownRegion},
	}
}

// resource is how a policy names an image of the caller's.
func resource(r api.Request, id string) []string {
	return []string{"acs:ecs:" + r.Region + ":" + r.Caller.Account + ":image/" + id}
}

func key(r api.Request, id string) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.ECS, Region: r.Region, ID: id}
}
