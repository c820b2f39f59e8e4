package tag

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ModifyResourceTagsRequest changes the tags of an image: Terraform's way, both
// for a new image and for one that it changes.
type ModifyResourceTagsRequest struct {
	// The image's name in six parts, such as qcs::cvm:ap-guangzhou:uin/:image/img-6pb6lrmy;
	// without an account it is the caller's.
	Resource string `api:"required"`
	// Up to ten tags to add, or to give another value.
	ReplaceTags []Tag `api:"maxitems=10"`
	// Up to ten tags to drop; one that is not there is no fault.
	DeleteTags []TagKeyObject `api:"maxitems=10"`
}

// Tag is a key with its value.
type Tag struct {
	// The key, up to 127 characters.
	TagKey string `api:"required"`
	// The value, up to 255 characters.
	TagValue string `api:"required"`
}

// TagKeyObject is a key alone.
type TagKeyObject struct {
	// The key.
	TagKey string `api:"required"`
}

// ModifyResourceTagsResponse says that it was done.
type ModifyResourceTagsResponse struct {
	// The id of this request.
	RequestId string
}

// What can be wrong with tags.
var (
	errResource = errors.New("not the name of an image of the caller's")
	errNoKey    = errors.New("a tag without a key")
	errLongKey  = errors.New("a tag's key too long")
	errLong     = errors.New("a tag's value too long")
	errReserved = errors.New("a key that is the vendor's own")
	errBoth     = errors.New("a tag to be set and to be dropped")
)

// An image that the caller does not own has no row of its own in the document.
var modifyResourceTagsFaults = []api.Fault{
	{Err: errNoKey, Code: "InvalidParameterValue.TagKeyEmpty", Message: "A tag key is empty."},
	{Err: errLongKey, Code: "InvalidParameterValue.TagKeyLengthExceeded", Message: "The tag key `{reason}` is longer than 127 characters."},
	{Err: errLong, Code: "InvalidParameterValue.TagValueLengthExceeded", Message: "The value of the tag `{reason}` is longer than 255 characters."},
	{Err: errReserved, Code: "InvalidParameter.ReservedTagKey", Message: "The tag key `{reason}` is reserved."},
	{Err: errBoth, Code: "InvalidParameterValue.DeleteTagsParamError", Message: "The tag key `{reason}` stands in `ReplaceTags` and in `DeleteTags`."},
	notThere(errResource), notThere(ledger.ErrImageID), notThere(ledger.ErrNoImage), notThere(ledger.ErrNotOwner),
}

func notThere(err error) api.Fault {
	return api.Fault{
		Err: err, Code: "InvalidParameterValue.ResourceDescriptionError",
		Message: "The `Resource` names no image of this account. An image's name is qcs::cvm:REGION:uin/ACCOUNT:image/ID.",
	}
}

// Bounds and words of the document.
const (
	maxKey   = 127
	maxValue = 255
)

var reserved = []string{"qcloud", "tencent", "project"}

// Check asks for something to do, and holds keys and values to their bounds.
func (in *ModifyResourceTagsRequest) Check() error {
	if len(in.ReplaceTags)+len(in.DeleteTags) == 0 {
		return &param.Error{Rule: param.ErrMissing, Field: "ReplaceTags"}
	}
	for _, t := range in.ReplaceTags {
		if err := in.set(t); err != nil {
			return err
		}
	}
	return nil
}

// set checks a tag that is to be set.
func (in *ModifyResourceTagsRequest) set(t Tag) error {
	wrong := func(rule error) error { return &param.Error{Rule: rule, Field: "ReplaceTags", Reason: t.TagKey} }
	switch {
	case t.TagKey == "":
		return wrong(errNoKey)
	case utf8.RuneCountInString(t.TagKey) > maxKey:
		return wrong(errLongKey)
	case utf8.RuneCountInString(t.TagValue) > maxValue:
		return wrong(errLong)
	case slices.Contains(reserved, t.TagKey):
		return wrong(errReserved)
	case slices.Contains(in.DeleteTags, TagKeyObject{TagKey: t.TagKey}):
		return wrong(errBoth)
	}
	return nil
}

// sixParts are the name of an image: region, account and id.
var sixParts = regexp.MustCompile(`^qcs:[^:]*:cvm:([^:]+):(?:uin/([0-9]*))?:image/([^:/]+)$`)

// image is whose tags change.
func (in *ModifyResourceTagsRequest) image(account string) (ledger.ImageKey, error) {
	part := sixParts.FindStringSubmatch(in.Resource)
	if part == nil || (part[2] != "" && part[2] != account) {
		return ledger.ImageKey{}, errResource
	}
	return ledger.ImageKey{Product: ledger.CVM, Region: part[1], ID: part[3]}, nil
}

// resources: a policy is asked about the image, named in full.
func (in *ModifyResourceTagsRequest) resources(account string) []string {
	key, err := in.image(account)
	if err != nil {
		return []string{"*"}
	}
	return []string{"qcs::cvm:" + key.Region + ":uin/" + account + ":image/" + key.ID}
}

// tags are what becomes of each tag: a value, or nothing.
func (in *ModifyResourceTagsRequest) tags() map[string]*string {
	all := map[string]*string{}
	for _, t := range in.DeleteTags {
		all[t.TagKey] = nil
	}
	for _, t := range in.ReplaceTags {
		all[t.TagKey] = &t.TagValue
	}
	return all
}

func modifyResourceTags(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ModifyResourceTagsRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "ModifyResourceTags", Rate: 20, Faults: modifyResourceTagsFaults,
		Resources: func(r *api.Request, in *ModifyResourceTagsRequest) []string { return in.resources(r.Caller.Account) },
	}, func(ctx context.Context, r *api.Request, in *ModifyResourceTagsRequest) (*ModifyResourceTagsResponse, error) {
		key, err := in.image(r.Caller.Account)
		if err != nil {
			return nil, err
		}
		return &ModifyResourceTagsResponse{}, l.Modify(ctx, r.Caller, ledger.Attributes{Tags: in.tags()}, key)
	})
}
