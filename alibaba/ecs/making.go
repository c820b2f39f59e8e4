package ecs

import (
	"cmp"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
)

// What the actions that make and change images have in common.

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

// Features are what instances that are made of an image can do. None is kept:
// there are no instances here.
type Features struct {
	// v1 or v2: how instances read their metadata.
	ImdsSupport string `api:"enum=v1|v2"`
	// supported or unsupported: whether the image can be on an NVMe disk.
	NvmeSupport string `api:"enum=supported|unsupported"`
}

// unknownGiB stands for a size that the caller left out: nobody looks at what
// an image is made of.
const unknownGiB = 40

func sizeOf(asked int64) int64 { return cmp.Or(asked, unknownGiB) }

var (
	errName        = errors.New("not a name of an image")
	errDescription = errors.New("not a description of an image")
	errToken       = errors.New("not a client token")
	errFamily      = errors.New("not a name of a family")
	errTagTwice    = errors.New("a tag is given twice")
	errTagKey      = errors.New("not a key of a tag")
	errTagValue    = errors.New("not a value of a tag")
	errNoGroup     = errors.New("there are no resource groups")
)

// nameForm is 2 to 128 letters (Chinese ones too), digits and . : _ -, a letter first.
var nameForm = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}.:_-]{1,127}$`)

// named reports whether a text is a name that an account may give.
func named(text string) bool {
	return nameForm.MatchString(text) && !strings.HasPrefix(text, "aliyun") && !strings.HasPrefix(text, "acs:")
}

// checkTexts checks what people write; empty texts were not written.
func checkTexts(name, description, token string) error {
	switch {
	case name != "" && !named(name):
		return errName
	case description != "" && (utf8.RuneCountInString(description) < 2 || utf8.RuneCountInString(description) > 256 ||
		strings.HasPrefix(description, "http://") || strings.HasPrefix(description, "https://")):
		return errDescription
	case len(token) > 64 || strings.ContainsFunc(token, func(r rune) bool { return r > 0x7e || r < 0x20 }):
		return errToken
	}
	return nil
}

func checkFamily(family string) error {
	if family != "" && !named(family) {
		return errFamily
	}
	return nil
}

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

// checkGroup refuses every resource group: none could be found again in the
// image, and Terraform would see that as a change at each plan.
func checkGroup(group string) error {
	if group != "" {
		return errNoGroup
	}
	return nil
}

// textFaults are the rows of checkTexts and checkFamily, makingFaults those of
// a new image.
var (
	textFaults = []api.Fault{
		{Err: errName, Status: 400, Code: "InvalidImageName.Malformed", Message: "The specified Image name is wrongly formed."},
		{Err: errDescription, Status: 400, Code: "InvalidDescription.Malformed", Message: "The specified description is wrongly formed."},
		{Err: errToken, Status: 400, Code: "InvalidParameter", Message: "The specified parameter ClientToken is not valid: it has up to 64 ASCII characters."},
		{Err: errFamily, Status: 400, Code: "InvalidImageFamily.Malformed", Message: `The specified parameter "ImageFamily" is malformed.`},
	}
	makingFaults = append([]api.Fault{
		{Err: ledger.ErrNameTaken, Status: 400, Code: "InvalidImageName.Duplicated", Message: "The destination image is exist."},
		{Err: ledger.ErrImageQuota, Status: 403, Code: "QuotaExceed.Image", Message: "The Image Quota exceeds."},
		{Err: ledger.ErrTokenOther, Status: 400, Code: "IdempotenceParamNotMatch", Message: "Request uses a client token in a previous request but is not identical to that request."},
		{Err: errTagTwice, Status: 400, Code: "Duplicate.TagKey", Message: "The Tag.N.Key contain duplicate key."},
		{Err: errTagKey, Status: 400, Code: "InvalidTagKey.Malformed", Message: "The specified Tag.n.Key is not valid."},
		{Err: errTagValue, Status: 400, Code: "InvalidTagValue.Malformed", Message: "The specified Tag.n.Value is not valid."},
		{Err: errNoGroup, Status: 404, Code: "InvalidResourceGroup.NotFound", Message: "The ResourceGroup provided does not exist in our records."},
		dryRun,
	}, textFaults...)
)
