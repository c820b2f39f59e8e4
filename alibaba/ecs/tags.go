package ecs

import (
	"cmp"
	"errors"
	"strings"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// What everything about tags has in common.

// TagRequest is a tag for what an action makes, or one that a list asks for.
type TagRequest struct {
	// The key.
	Key string
	// The value; an empty one is none.
	Value string
	// The key, as older documents write it.
	OldKey string `api:"name=key"`
	// The value, as older documents write it.
	OldValue string `api:"name=value"`
}

// pair is the tag however it was written.
func (t TagRequest) pair() (key, value string) {
	return cmp.Or(t.Key, t.OldKey), cmp.Or(t.Value, t.OldValue)
}

func tagged(list []TagRequest) map[string]string {
	all := map[string]string{}
	for _, t := range list {
		key, value := t.pair()
		all[key] = value
	}
	return all
}

// What the actions on tags of what is there already may name in one call.
const (
	maxTagged = 50
	maxTags   = 20
)

var (
	errTagTwice   = errors.New("a tag is given twice")
	errTagKey     = errors.New("not a key of a tag")
	errTagValue   = errors.New("not a value of a tag")
	errManyTags   = errors.New("too many tags in one call")
	errManyTagged = errors.New("too many things in one call")
	errTagType    = errors.New("nothing of this kind has tags here")
)

// checkTags holds a new image's tags to their forms; a key is its image's once.
func checkTags(list []TagRequest) error {
	seen := map[string]bool{}
	for _, t := range list {
		key, value := t.pair()
		switch {
		case key == "" || strings.HasPrefix(key, "aliyun") || !tagText(key):
			return errTagKey
		case !tagText(value):
			return errTagValue
		case seen[key]:
			return errTagTwice
		}
		seen[key] = true
	}
	return nil
}

// tagText is what keys and values of tags have in common.
func tagText(text string) bool {
	return utf8.RuneCountInString(text) <= 128 && !strings.HasPrefix(text, "acs:") &&
		!strings.Contains(text, "http://") && !strings.Contains(text, "https://")
}

// checkTagged holds a call to images, and to as many as it may name.
func checkTagged(kind string, ids []string) error {
	switch {
	case kind != image:
		return errTagType
	case len(ids) > maxTagged:
		return errManyTagged
	}
	return nil
}

// checkGiven holds tags to their number and forms; there must be some.
func checkGiven(list []TagRequest) error {
	switch {
	case len(list) == 0:
		return &param.Error{Rule: param.ErrMissing, Field: "Tags"}
	case len(list) > maxTags:
		return errManyTags
	}
	return checkTags(list)
}

// set are tags that are to get a value.
func set(list []TagRequest) map[string]*string {
	all := map[string]*string{}
	for key, value := range tagged(list) {
		all[key] = &value
	}
	return all
}

// tagFaults are the rows of checkTags, taggingFaults those of the actions on tags.
var (
	tagFaults = []api.Fault{
		{Err: errTagTwice, Status: 400, Code: "Duplicate.TagKey", Message: "The Tag.N.Key contain duplicate key."},
		{Err: errTagKey, Status: 400, Code: "InvalidTagKey.Malformed", Message: "The specified Tag.n.Key is not valid."},
		{Err: errTagValue, Status: 400, Code: "InvalidTagValue.Malformed", Message: "The specified Tag.n.Value is not valid."},
	}
	taggingFaults = append([]api.Fault{
		{Err: param.ErrMissing, Status: 404, Code: "MissingParameter.{field}", Message: "The parameter - {field} should not be null"},
		{Err: errManyTags, Status: 400, Code: "NumberExceed.Tags", Message: "The Tags parameter's number is exceed , Valid : 20"},
		{Err: errManyTagged, Status: 400, Code: "NumberExceed.ResourceIds", Message: "The ResourceIds parameter's number is exceed , Valid : 50"},
		{Err: errTagType, Status: 404, Code: "InvalidResourceType.NotFound", Message: "The ResourceType provided does not exist in our records."},
		{Err: ledger.ErrTagQuota, Status: 400, Code: "OperationDenied.QuotaExceed", Message: "The quota of tags on resource is beyond permitted range."},
		{Err: ledger.ErrNoRegion, Status: 404, Code: "InvalidRegionId.NotFound", Message: noRegion},
		untaggable(ledger.ErrImageID), untaggable(ledger.ErrNoImage), untaggable(ledger.ErrNotOwner),
	}, tagFaults...)
)

func untaggable(err error) api.Fault {
	return api.Fault{Err: err, Status: 404, Code: "InvalidResourceId.NotFound", Message: "The specified ResourceIds are not found in our records."}
}
