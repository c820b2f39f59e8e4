package tag

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// DescribeResourceTagsByResourceIdsRequest asks for the tags of images.
type DescribeResourceTagsByResourceIdsRequest struct {
	// The third part of a resource's name, cvm.
	ServiceType string `api:"required"`
	// What stands before the id in a resource's name, image.
	ResourcePrefix string `api:"required"`
	// Up to 50 images by id; what is not the caller's own has no tags.
	ResourceIds []string `api:"required"`
	// Where the images lie, whatever region is called.
	ResourceRegion string `api:"required"`
	// How many tags to skip, whole pages of them.
	Offset int64
	// How many tags to answer.
	Limit int64 `api:"default=15,min=1"`
	// Custom for the owner's own tags, System for others, All for both.
	Category string `api:"default=All,enum=Custom|System|All"`
}

// DescribeResourceTagsByResourceIdsResponse is one page of tags.
type DescribeResourceTagsByResourceIdsResponse struct {
	// How many tags there are in all.
	TotalCount int64
	// How many were skipped.
	Offset int64
	// How many a page has.
	Limit int64
	// The tags of the page, by image in the order of the request, then by key.
	Tags []TagResource
	// The id of this request.
	RequestId string
}

// TagResource is a tag of an image.
type TagResource struct {
	// The key.
	TagKey string
	// The value.
	TagValue string
	// The image.
	ResourceId string
	// The MD5 of the key, in hex.
	TagKeyMd5 string
	// The MD5 of the value, in hex.
	TagValueMd5 string
	// The service that the image is of, cvm.
	ServiceType string
	// Custom.
	Category string
}

// What can be wrong with the question.
var (
	errService = errors.New("no such service")
	errPrefix  = errors.New("no such kind of thing")
	errRegion  = errors.New("no such region")
	errOffset  = errors.New("not the beginning of a page")
	errMany    = errors.New("too many things at once")
)

var describeResourceTagsByResourceIdsFaults = []api.Fault{
	{Err: errService, Code: "InvalidParameterValue.ServiceTypeInvalid", Message: "The value of parameter `{field}` must be `cvm`."},
	{Err: errPrefix, Code: "InvalidParameterValue.ResourcePrefixInvalid", Message: "The value of parameter `{field}` must be `image`: nothing else has tags here."},
	{Err: errRegion, Code: "InvalidParameterValue.RegionInvalid", Message: "The region `{reason}` is not found."},
	{Err: errOffset, Code: "InvalidParameterValue.OffsetInvalid", Message: "The value of parameter `{field}` must be a multiple of `Limit`, or 0."},
	{Err: errMany, Code: "LimitExceeded.ResourceNumPerRequest", Message: "The parameter `{field}` has more than 50 items."},
	{Err: ledger.ErrImageID, Code: "InvalidParameterValue.ResourceIdInvalid", Message: "The resource id `{image}` is malformed: an image's is `img-` followed by at least 8 lower-case letters or digits."},
}

// maxResources is how many images one call may ask about.
const maxResources = 50

// Check holds the question to the documented bounds, which have codes of their own.
func (in *DescribeResourceTagsByResourceIdsRequest) Check() error {
	switch {
	case in.ServiceType != string(ledger.CVM):
		return &param.Error{Rule: errService, Field: "ServiceType"}
	case in.ResourcePrefix != "image":
		return &param.Error{Rule: errPrefix, Field: "ResourcePrefix"}
	case len(in.ResourceIds) > maxResources:
		return &param.Error{Rule: errMany, Field: "ResourceIds"}
	case in.Offset < 0 || in.Offset%in.Limit != 0:
		return &param.Error{Rule: errOffset, Field: "Offset"}
	}
	return nil
}

func describeResourceTagsByResourceIds(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeResourceTagsByResourceIdsRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "DescribeResourceTagsByResourceIds", Rate: 100,
		Faults:    describeResourceTagsByResourceIdsFaults,
		Resources: func(*api.Request, *DescribeResourceTagsByResourceIdsRequest) []string { return []string{"*"} },
	}, func(ctx context.Context, r *api.Request, in *DescribeResourceTagsByResourceIdsRequest) (*DescribeResourceTagsByResourceIdsResponse, error) {
		if l.Region(ledger.CVM, in.ResourceRegion) != nil {
			return nil, &param.Error{Rule: errRegion, Field: "ResourceRegion", Reason: in.ResourceRegion}
		}
		own, _, err := l.See(ctx, r.Caller, ledger.View{
			Product: ledger.CVM, Region: in.ResourceRegion, Sets: []ledger.Set{ledger.Owned}, IDs: in.ResourceIds, Limit: maxResources,
		})
		all := in.tags(own)
		return &DescribeResourceTagsByResourceIdsResponse{
			TotalCount: int64(len(all)), Offset: in.Offset, Limit: in.Limit, Tags: api.Page(all, in.Offset/in.Limit+1, in.Limit),
		}, err
	})
}

// tags are those of a category, of which System has none.
func (in *DescribeResourceTagsByResourceIdsRequest) tags(own []ledger.Seen) []TagResource {
	if in.Category == "System" {
		return nil
	}
	var all []TagResource
	for _, img := range own {
		for _, key := range img.TagKeys() {
			all = append(all, TagResource{
				TagKey: key, TagValue: img.Tags[key], ResourceId: img.Key.ID, TagKeyMd5: sum(key), TagValueMd5: sum(img.Tags[key]),
				ServiceType: in.ServiceType, Category: "Custom",
			})
		}
	}
	return all
}

// sum names a text; nothing is kept safe by it.
func sum(text string) string {
	digest := md5.Sum([]byte(text))
	return hex.EncodeToString(digest[:])
}
