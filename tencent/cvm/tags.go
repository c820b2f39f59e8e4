package cvm

import (
	"cmp"
	"errors"
	"slices"

	"imageshare/api"
	"imageshare/param"
)

// TagSpecification is tags for what an action makes.
type TagSpecification struct {
	// The kind of resource that the tags are for: image.
	ResourceType string `api:"required"`
	// The tags.
	Tags []Tag
}

// Bounds and words of the product tag, which says later what a tag of the same
// image may be. Products do not import each other, so they stand there as well,
// and a test holds the two together.
const (
	maxTagKey   = 127
	maxTagValue = 255
)

var reservedTags = []string{"qcloud", "tencent", "project"}

var (
	errTagTwice    = errors.New("a tag given twice")
	errTagReserved = errors.New("a key that is the vendor's own")
)

// tagFaults are the rows of checkTags, among CVM's codes though in neither
// action's list: no code there fits. One that is too long is each action's own.
var tagFaults = []api.Fault{
	{Err: errTagTwice, Status: 4000, Code: "InvalidParameterValue.DuplicateTags", Message: "The tag key `{reason}` is given twice."},
	{Err: errTagReserved, Status: 4000, Code: "FailedOperation.TagKeyReserved", Message: "The tag key `{reason}` is reserved."},
}

// checkTags holds a new image's tags to their forms; a key is its image's once,
// whichever list it stands in.
func checkTags(specs []TagSpecification) error {
	seen := map[string]bool{}
	for _, s := range specs {
		if s.ResourceType != "image" {
			return &param.Error{Rule: param.ErrRange, Field: "TagSpecification.ResourceType", Reason: "is not image"}
		}
		for _, t := range s.Tags {
			if err := t.check(); err != nil {
				return err
			}
			if seen[t.Key] {
				return &param.Error{Rule: errTagTwice, Field: "TagSpecification", Reason: t.Key}
			}
			seen[t.Key] = true
		}
	}
	return nil
}

func (t Tag) check() error {
	switch {
	case t.Key == "":
		return &param.Error{Rule: param.ErrMissing, Field: "TagSpecification.Tags.Key"}
	case slices.Contains(reservedTags, t.Key):
		return &param.Error{Rule: errTagReserved, Field: "TagSpecification", Reason: t.Key}
	}
	return cmp.Or(short("TagSpecification.Tags.Key", t.Key, maxTagKey), short("TagSpecification.Tags.Value", t.Value, maxTagValue))
}

// tagged are the tags of a request by their keys.
func tagged(specs []TagSpecification) map[string]string {
	all := map[string]string{}
	for _, s := range specs {
		for _, t := range s.Tags {
			all[t.Key] = t.Value
		}
	}
	return all
}
