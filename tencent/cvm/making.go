package cvm

import (
	"cmp"
	"errors"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

// What the actions that make and change images have in common.

// diskGiB is the size of a disk whose real one is not known, since no bytes
// are ever read: the vendor's usual system disk.
const diskGiB = 50

// Bounds of names and descriptions, in characters.
const (
	maxName        = 60
	maxDescription = 256
)

var errTooLong = errors.New("too long a text")

// short checks a text against its bound; the code for one that is longer is
// each action's own.
func short(field, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return &param.Error{Rule: errTooLong, Field: field, Reason: "is too long"}
	}
	return nil
}

// called holds a new image to a name, and its texts to their bounds.
func called(name, description string) error {
	if name == "" {
		return &param.Error{Rule: param.ErrMissing, Field: "ImageName"}
	}
	return cmp.Or(short("ImageName", name, maxName), short("ImageDescription", description, maxDescription))
}

// makingFaults are the rows of a new image.
var makingFaults = []api.Fault{
	{Err: ledger.ErrNameTaken, Status: 4000, Code: "InvalidImageName.Duplicate", Message: "The image name is in use in this region."},
	{Err: ledger.ErrImageQuota, Status: 4400, Code: "ImageQuotaLimitExceeded", Message: "There can be at most {limit} images in this region."},
	dryRunFault,
}

var dryRunFault = api.Fault{Err: ledger.ErrDryRun, Status: 4000, Code: "DryRunOperation", Message: "The request would have succeeded, but the DryRun parameter is set."}

func tooLong(code string) api.Fault {
	return api.Fault{Err: errTooLong, Status: 4000, Code: code, Message: "The value of parameter `{field}` {reason}."}
}
