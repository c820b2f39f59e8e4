package ecs

import "imageshare/api"

// Profile is one generation of the documents.
type Profile struct {
	Name string
	// Limits are rules of DescribeImageSharePermission's fields that changed
	// over the years, in the words of api.Define.
	Limits map[string]string
	// SharedTime: the answer says when each share began (since 2023).
	SharedTime bool
	// UnknownImage and UnknownRegion are texts; their codes never changed.
	UnknownImage  string
	UnknownRegion string
}

// noRegion is what every document after 2017 says.
const noRegion = "The specified RegionId does not exist."

// Profiles are the generations that are served, by name.
var Profiles = map[string]Profile{
	// ImageId is optional here; the page does not say what is listed without it.
	"2017": {
		Name:          "2017",
		Limits:        map[string]string{"PageSize": "max=50"},
		UnknownImage:  "The specified ImageId does not exist.",
		UnknownRegion: "The source region not found.",
	},
	"2019": {
		Name:          "2019",
		Limits:        map[string]string{"ImageId": "required", "PageSize": "max=50"},
		UnknownImage:  "The specified image does not exist.",
		UnknownRegion: noRegion,
	},
	"current": {
		Name:          "current",
		Limits:        map[string]string{"ImageId": "required", "PageSize": "max=100"},
		SharedTime:    true,
		UnknownImage:  "The specified image {image} does not exist.",
		UnknownRegion: noRegion,
	},
}

func (p Profile) faults() []api.Fault { return unknown(p.UnknownImage, p.UnknownRegion) }
