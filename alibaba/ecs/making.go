package ecs

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
)

// What the actions that make and change images have in common.

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
	errNoGroup     = errors.New("there are no resource groups")
)

// nameForm is two or more letters (Chinese ones too), digits and . : _ -, a
// letter first. A form that says how many at the most takes milliseconds to
// compile, at each start of the program.
var nameForm = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}.:_-]+$`)

// named reports whether a text is a name that an account may give, of 2 to 128
// characters.
func named(text string) bool {
	return utf8.RuneCountInString(text) <= 128 && nameForm.MatchString(text) && !strings.HasPrefix(text, "aliyun") && !strings.HasPrefix(text, "acs:")
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
	makingFaults = slices.Concat([]api.Fault{
		{Err: ledger.ErrNameTaken, Status: 400, Code: "InvalidImageName.Duplicated", Message: "The destination image is exist."},
		{Err: ledger.ErrImageQuota, Status: 403, Code: "QuotaExceed.Image", Message: "The Image Quota exceeds."},
		{Err: ledger.ErrTokenOther, Status: 400, Code: "IdempotenceParamNotMatch", Message: "Request uses a client token in a previous request but is not identical to that request."},
		{Err: errNoGroup, Status: 404, Code: "InvalidResourceGroup.NotFound", Message: "The ResourceGroup provided does not exist in our records."},
		dryRun,
	}, textFaults, tagFaults)
)
