package cvm

import (
	"slices"
	"strings"

	"imageshare/ledger"
	"imageshare/param"
)

// Filter is a condition on images: one of its values must fit.
type Filter struct {
	// What is looked at: image-id, image-type, image-name, platform, tag-key,
	// tag-value, tag:KEY, dedicated-cluster-id or cdc-cache-status.
	Name string `api:"required"`
	// Up to five values. Names and platforms fit where they contain one.
	Values []string
}

// Bounds of facts and documents: DescribeImages, parameter Filters.
const (
	maxFilters = 10
	maxValues  = 5
)

// imageType is the filter that chooses sets: of an image in one there is
// nothing more to ask.
const imageType = "image-type"

// fits says of each other filter when an image fits a value. Nothing here
// stands in a dedicated cluster.
var fits = map[string]func(s ledger.Seen, value string) bool{
	"image-id":             func(s ledger.Seen, v string) bool { return s.Key.ID == v },
	"image-name":           func(s ledger.Seen, v string) bool { return ledger.Occurs(s.Name, v) },
	"platform":             func(s ledger.Seen, v string) bool { return ledger.Occurs(s.Platform, v) },
	"tag-key":              func(s ledger.Seen, v string) bool { _, ok := s.Tags[v]; return ok },
	"tag-value":            hasTagValue,
	"dedicated-cluster-id": func(ledger.Seen, string) bool { return false },
	"cdc-cache-status":     func(ledger.Seen, string) bool { return false },
}

// imageTypes are the wire's names of the sets.
var imageTypes = map[ledger.Set]string{
	ledger.Owned: "PRIVATE_IMAGE", ledger.Held: "SHARED_IMAGE", ledger.Public: "PUBLIC_IMAGE",
}

func hasTagValue(s ledger.Seen, value string) bool {
	for _, v := range s.Tags {
		if v == value {
			return true
		}
	}
	return false
}

// fit is when an image fits a value of the filter; nil for image-type, and for
// a name that is none.
func (f Filter) fit() func(ledger.Seen, string) bool {
	if key, ok := strings.CutPrefix(f.Name, "tag:"); ok {
		return func(s ledger.Seen, v string) bool { text, has := s.Tags[key]; return has && text == v }
	}
	return fits[f.Name]
}

func (f Filter) check() error {
	switch {
	case f.Name != imageType && f.fit() == nil:
		return &param.Error{Rule: errFilterName, Field: f.Name}
	case len(f.Values) > maxValues:
		return &param.Error{Rule: errFilterValues, Field: f.Name}
	}
	return nil
}

// narrow puts the filter into a view. Types choose sets, and ids look images
// up; both read nothing that is not asked for. The rest looks at each image, of
// one's own if it is about tags: nobody sees those of others.
func (f Filter) narrow(v *ledger.View) {
	if strings.HasPrefix(f.Name, "tag") {
		v.Sets = slices.DeleteFunc(v.Sets, func(s ledger.Set) bool { return s != ledger.Owned })
	}
	switch {
	case f.Name == imageType:
		v.Sets = slices.DeleteFunc(v.Sets, func(s ledger.Set) bool { return !slices.Contains(f.Values, imageTypes[s]) })
	case f.Name == "image-id" && v.IDs == nil:
		v.IDs = append([]string{}, f.Values...)
	default:
		before := v.Match
		v.Match = func(s ledger.Seen) bool { return (before == nil || before(s)) && f.matches(s) }
	}
}

func (f Filter) matches(s ledger.Seen) bool {
	fit := f.fit()
	return slices.ContainsFunc(f.Values, func(v string) bool { return fit(s, v) })
}
