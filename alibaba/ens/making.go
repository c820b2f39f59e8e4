package ens

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"imageshare/param"
)

// What the actions that make and change images have in common.

var errName = errors.New("not a name of an image")

var (
	// nameForm is two or more letters (Chinese ones too), digits and . : _ -, a
	// letter first. The page about making leaves the dot out; names in the samples
	// have one, and another page allows it. A form that says how many at the most
	// takes milliseconds to compile, at each start of the program.
	nameForm = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}.:_-]+$`)
	idForm   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

// checkName checks a name of 2 to 128 characters.
func checkName(name string) error {
	if utf8.RuneCountInString(name) > 128 || !nameForm.MatchString(name) || strings.HasPrefix(name, "aliyun") || strings.HasPrefix(name, "acs:") {
		return errName
	}
	return nil
}

// checkIDs takes names of parameters and their values in turn. An id is kept
// as it was written, whether anything has it or not.
func checkIDs(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if id := pairs[i+1]; id != "" && !idForm.MatchString(id) {
			return &param.Error{Rule: param.ErrMalformed, Field: pairs[i], Reason: "is no id"}
		}
	}
	return nil
}
