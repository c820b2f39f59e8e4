package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// One sentinel for each broken rule. Dialects give each its code; nothing here
// knows one.
var (
	ErrNoRegion      = errors.New("no such region")
	ErrImageID       = errors.New("not the form of an image id")
	ErrNoImage       = errors.New("no such image")
	ErrNotOwner      = errors.New("the image is another account's")
	ErrNotReady      = errors.New("the image is not ready")
	ErrImporting     = fmt.Errorf("the image is being imported: %w", ErrNotReady)
	ErrCopying       = fmt.Errorf("the image is being copied: %w", ErrNotReady)
	ErrReceived      = fmt.Errorf("the account may only use the image: %w", ErrNotOwner)
	ErrStillShared   = errors.New("others may use the image")
	ErrNotCopy       = errors.New("the image is no copy")
	ErrCopyDone      = errors.New("the copy is finished")
	ErrOtherRegion   = errors.New("an image of another account is copied within its region only")
	ErrNoDestination = errors.New("no such region to copy to")
	ErrNameTaken     = errors.New("the account has an image of that name in the region")
	ErrImageQuota    = errors.New("too many images in the region")
	ErrTagQuota      = errors.New("too many tags on one image")
	ErrTokenOther    = errors.New("the client token was used for another request")
	ErrSnapshotInUse = errors.New("an image is made of the snapshot")
	ErrTooWide       = errors.New("too many images to look through")
	ErrDeprecated    = errors.New("the image is deprecated")
	ErrEncrypted     = errors.New("the image is encrypted")
	ErrTargetForm    = errors.New("not the form of an account number")
	ErrTargetSelf    = errors.New("an image is not shared with its owner")
	ErrTargetUser    = errors.New("the number is a user's own, not an account's")
	ErrTargetUnknown = errors.New("the account is not registered")
	ErrAlreadyShared = errors.New("the account has the share already")
	ErrShareQuota    = errors.New("too many accounts on one image")
	ErrDenied        = errors.New("no policy allows it")
	ErrNoAccount     = errors.New("no such account")
	ErrNoKey         = errors.New("no such access key")
	ErrKeyTaken      = errors.New("the access key id is in use")
	ErrNumberTaken   = errors.New("the number is another account's or user's")
	ErrTokenUsed     = errors.New("the change was made before")
	ErrInvalid       = errors.New("not a valid record")
)

// ErrDryRun is how a change ends that was only to be checked and would have
// been made. As an error it takes back whatever the engine had begun.
var ErrDryRun = errors.New("every check passed, and nothing was changed")

// What a store may answer when the rules are not at fault.
var (
	// ErrBusy: the engine is failing over or met a conflict; the same call may succeed soon.
	ErrBusy = errors.New("the store is busy")
	// ErrClosed: the store was given back.
	ErrClosed = errors.New("the store is closed")
	// ErrPanicked: the change panicked, and nothing of it stayed.
	ErrPanicked = errors.New("the change panicked")
)

// Error is a broken rule with what it was broken on.
type Error struct {
	Rule    error
	Image   ImageKey
	Account string // the target, as the caller wrote it
	Region  string
	Limit   int
	Reason  string // words for people
}

func (e *Error) Error() string {
	words := []string{e.Rule.Error()}
	for _, d := range []string{"image", "account", "region", "limit"} {
		if v := e.Detail(d); v != "" {
			words = append(words, d+" "+v)
		}
	}
	if e.Reason != "" {
		words = append(words, e.Reason)
	}
	return strings.Join(words, ": ")
}

// Unwrap gives the rule's sentinel.
func (e *Error) Unwrap() error { return e.Rule }

// Detail is a part of what the rule was broken on, for the texts of a fault:
// image, account, region or limit; "" for what does not apply.
func (e *Error) Detail(name string) string {
	switch {
	case name == "image":
		return e.Image.ID
	case name == "account":
		return e.Account
	case name == "region":
		return e.Region
	case name == "limit" && slices.Contains(limits, e.Rule):
		return strconv.Itoa(e.Limit)
	}
	return ""
}

// limits are the rules whose number was reached; a quota may be 0.
var limits = []error{ErrShareQuota, ErrImageQuota, ErrTagQuota, ErrTooWide}
