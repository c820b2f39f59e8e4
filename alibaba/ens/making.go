package ens

import (
	"errors"
	"regexp"
	"strings"

	"imageshare/param"
)

// What the actions that make and change images have in common.

var errName = errors.New("not a name of an image")

var (
	// nameForm is 2 to 128 letters (Chinese ones too), digits and . : _ -, a
	// letter first. The page about making leaves the dot out; names in the
	// samples have one, and another page allows it.
	nameForm = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}.:_-]{1,127}$`)
	idForm   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

func checkName(name string) error {
	if !nameForm.MatchString(name) || strings.HasPrefix(name, "aliyun") || strings.HasPrefix(name, "acs:") {
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
