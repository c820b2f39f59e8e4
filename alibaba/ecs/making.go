package ecs

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
)

// What the actions that make and change images have in common.

// TagRequest is a tag for what an action makes.
type TagRequest struct {
	// The key.
	Key string
	// The value.
	Value string
}

func tagged(list []TagRequest) map[string]string {
	all := map[string]string{}
	for _, t := range list {
		all[t.Key] = t.Value
	}
	return all
}

var (
	errName        = errors.New("not a name of an image")
	errDescription = errors.New("not a description of an image")
	errToken       = errors.New("not a client token")
)

// nameForm is 2 to 128 letters (Chinese ones too), digits and . : _ -, a letter first.
var nameForm = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}.:_-]{1,127}$`)

// checkTexts checks what people write; empty texts were not written.
func checkTexts(name, description, token string) error {
	switch {
	case name != "" && (!nameForm.MatchString(name) || strings.HasPrefix(name, "aliyun") || strings.HasPrefix(name, "acs:")):
		return errName
	case description != "" && (utf8.RuneCountInString(description) < 2 || utf8.RuneCountInString(description) > 256 ||
		strings.HasPrefix(description, "http://") || strings.HasPrefix(description, "https://")):
		return errDescription
	case len(token) > 64 || strings.ContainsFunc(token, func(r rune) bool { return r > 0x7e || r < 0x20 }):
		return errToken
	}
	return nil
}

// textFaults are the rows of checkTexts, makingFaults those of a new image.
var (
	textFaults = []api.Fault{
		{Err: errName, Status: 400, Code: "InvalidImageName.Malformed", Message: "The specified Image name is wrongly formed."},
		{Err: errDescription, Status: 400, Code: "InvalidDescription.Malformed", Message: "The specified description is wrongly formed."},
		{Err: errToken, Status: 400, Code: "InvalidParameter", Message: "The specified parameter ClientToken is not valid: it has up to 64 ASCII characters."},
	}
	makingFaults = append([]api.Fault{
		{Err: ledger.ErrNameTaken, Status: 400, Code: "InvalidImageName.Duplicated", Message: "The destination image is exist."},
		{Err: ledger.ErrImageQuota, Status: 403, Code: "QuotaExceed.Image", Message: "The Image Quota exceeds."},
		{Err: ledger.ErrTokenOther, Status: 400, Code: "IdempotenceParamNotMatch", Message: "Request uses a client token in a previous request but is not identical to that request."},
		dryRun,
	}, textFaults...)
)
