package ecs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// ListTagResourcesRequest lists tags of images, which are named by their ids,
// by tags that they have, or by both.
type ListTagResourcesRequest struct {
	// The region.
	RegionId string `api:"required"`
	// image: nothing else has tags here.
	ResourceType string `api:"required"`
	// Up to 50 images, the caller's own; an unknown one is an error.
	ResourceId []string
	// Up to twenty tags that an image must have; without a value, any value.
	Tag []TagRequest
	// Up to five tags that an image must have, with * for any text; not beside Tag.
	TagFilter []TagFilter `api:"maxitems=5"`
	// The NextToken of the page before.
	NextToken string
}

// TagFilter is a tag that an image must have.
type TagFilter struct {
	// The key; without values, it may begin and end with *.
	TagKey string `api:"required"`
	// Up to five values, each of which may begin and end with *; one must fit.
	TagValues []string `api:"maxitems=5"`
}

// ListTagResourcesResponse is one page of tags.
type ListTagResourcesResponse struct {
	// Where the next page begins. The last page has none: Terraform asks on
	// while it is there, even if it is empty.
	NextToken string `json:",omitzero" xml:",omitempty"`
	// The tags of the page.
	TagResources TagResources
	// The id of this request.
	RequestId string
}

// TagResources are tags of images.
type TagResources struct {
	// The tags, by image and by key. An image that fits is listed with all it has.
	TagResource []TagResource
}

// TagResource is a tag of an image.
type TagResource struct {
	// image.
	ResourceType string
	// The value.
	TagValue string
	// The image.
	ResourceId string
	// The key.
	TagKey string
}

var errTagValueAlone = errors.New("the value of a tag without its key")

var listTagResourcesFaults = append([]api.Fault{
	{Err: errTagValueAlone, Status: 400, Code: "InvalidParameter.TagValue", Message: "The specified Tag.n.Value needs a Tag.n.Key."},
	tooWide,
}, taggingFaults...)

// Check asks for something to look for, within the documented bounds.
func (in *ListTagResourcesRequest) Check() error {
	if err := checkTagged(in.ResourceType, in.ResourceId); err != nil {
		return err
	}
	unfit := func(field, reason string) error {
		return &param.Error{Rule: param.ErrRange, Field: field, Reason: reason}
	}
	switch {
	case len(in.ResourceId)+len(in.Tag)+len(in.TagFilter) == 0:
		return &param.Error{Rule: param.ErrMissing, Field: "Tags"}
	case len(in.Tag) > maxTags:
		return errManyTags
	case len(in.Tag) > 0 && len(in.TagFilter) > 0:
		return unfit("TagFilter", "does not go with Tag")
	case in.NextToken != "" && !ledger.ECS.ValidImageID(in.NextToken):
		return unfit("NextToken", "is none that was given out")
	case slices.ContainsFunc(in.Tag, func(t TagRequest) bool { key, _ := t.pair(); return key == "" }):
		return errTagValueAlone
	}
	return nil
}

// matches reports whether an image fits, and lies behind the page before.
func (in *ListTagResourcesRequest) matches(s ledger.Seen) bool {
	return s.Key.ID > in.NextToken && hasTags(s, in.Tag) &&
		!slices.ContainsFunc(in.TagFilter, func(f TagFilter) bool { return !f.fits(s.Tags) })
}

func (f TagFilter) fits(tags map[string]string) bool {
	for key, value := range tags {
		if len(f.TagValues) == 0 && fits(f.TagKey, key) {
			return true
		}
		if key == f.TagKey && slices.ContainsFunc(f.TagValues, func(v string) bool { return fits(v, value) }) {
			return true
		}
	}
	return false
}

// fits reports whether a text is what a pattern says: text* begins with it,
// *text* holds it, and without a * it is the whole text.
func fits(pattern, text string) bool {
	part, open := strings.CutSuffix(pattern, "*")
	switch {
	case !open:
		return pattern == text
	case strings.HasPrefix(part, "*"):
		return strings.Contains(text, part[1:])
	}
	return strings.HasPrefix(text, part)
}

// images are a page of those that fit, and whether there are more. Images that
// are named must all be there; they are never more than a page.
func (in *ListTagResourcesRequest) images(ctx context.Context, l *ledger.Ledger, r *api.Request) (page []ledger.Seen, more bool, err error) {
	v := ledger.View{Product: ledger.ECS, Region: r.Region, Sets: []ledger.Set{ledger.Owned}, IDs: in.ResourceId, Limit: maxTagged}
	if in.ResourceId == nil {
		v.Match = in.matches
	}
	page, total, err := l.See(ctx, r.Caller, v)
	switch {
	case err != nil || in.ResourceId == nil:
		return page, total > int64(len(page)), err
	case len(page) < len(slices.Compact(slices.Sorted(slices.Values(in.ResourceId)))):
		return nil, false, &ledger.Error{Rule: ledger.ErrNoImage}
	}
	return slices.DeleteFunc(page, func(s ledger.Seen) bool { return !in.matches(s) }), false, nil
}

func listTagResources(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[ListTagResourcesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "ListTagResources", Regional: true, Faults: listTagResourcesFaults,
		Resources: func(r *api.Request, in *ListTagResourcesRequest) []string { return resources(r, in.ResourceId) },
	}, func(ctx context.Context, r *api.Request, in *ListTagResourcesRequest) (*ListTagResourcesResponse, error) {
		page, more, err := in.images(ctx, l, r)
		out := &ListTagResourcesResponse{}
		for _, img := range page {
			out.TagResources.add(img)
		}
		if more {
			out.NextToken = page[len(page)-1].Key.ID
		}
		return out, err
	})
}

func (all *TagResources) add(img ledger.Seen) {
	for _, t := range tags(img).Tag {
		all.TagResource = append(all.TagResource, TagResource{ResourceType: image, TagValue: t.TagValue, ResourceId: img.Key.ID, TagKey: t.TagKey})
	}
}
