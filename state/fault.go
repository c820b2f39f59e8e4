package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"imageshare/ledger"
)

// Error is one fault of a file, with what to do about it.
type Error struct {
	File   string
	Line   int // 0 for what came from no file
	Reason string
	Err    error // what broke underneath, if anything did
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

func (e *Error) Unwrap() error { return e.Err }

// Errors are the faults found in one reading, in the order of their lines.
type Errors []*Error

// Error is one fault a line.
func (all Errors) Error() string {
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each *Error.
func (all Errors) Unwrap() []error {
	errs := make([]error, len(all))
	for i, e := range all {
		errs[i] = e
	}
	return errs
}

// maxFaults bounds what one reading says: a file of another kind has a fault
// on every line.
const maxFaults = 50

// faults collects what is wrong with a text.
type faults struct {
	name string
	what string // what the text is to be: "a state file", "a user"
	all  Errors
}

func (f *faults) add(line int, format string, args ...any) {
	f.all = append(f.all, &Error{File: f.name, Line: line, Reason: fmt.Sprintf(format, args...)})
}

// err is nil if there were none.
func (f *faults) err() error {
	if len(f.all) == 0 {
		return nil
	}
	slices.SortStableFunc(f.all, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	if more := len(f.all) - maxFaults; more > 0 {
		line := f.all[maxFaults].Line
		f.all = f.all[:maxFaults]
		f.add(line, "%d more faults from here on are not shown", more)
	}
	return f.all
}

// hints say what to do where a rule of the ledger stands in the way.
var hints = map[error]string{
	ledger.ErrNoRegion:      "write a region that the product has, or name this one under regions",
	ledger.ErrTargetUnknown: "write it under accounts, or start the server with --unknown-accounts=accept",
	ledger.ErrTargetUser:    "write the number of the user's account",
	ledger.ErrTargetSelf:    "take the owner out of the shares",
	ledger.ErrKeyTaken:      "every key id is one key of one account: take it away there first, or choose another",
	ledger.ErrNumberTaken:   "every number is one account or one user",
}

// Explain gives an error of the ledger the line of the entry that it is about.
// Some rules are checked only when everything is written, so what Edit returns
// goes through here. Other errors come back as they are.
func (f *File) Explain(err error) error {
	var broken *ledger.Error
	if !errors.As(err, &broken) {
		return err
	}
	for i := range f.Images {
		if img := &f.Images[i]; img.key() == broken.Image {
			return f.explain(img.lineOf(err), err)
		}
	}
	return err
}

// explain puts a line to an error if it is a broken rule and has none yet. What
// the store itself says (it is busy, it was closed) is not about the file.
func (f *File) explain(line int, err error) error {
	var told *Error
	var broken *ledger.Error
	rule := errors.As(err, &broken) || errors.Is(err, ledger.ErrKeyTaken) || errors.Is(err, ledger.ErrNumberTaken)
	if !rule || errors.As(err, &told) {
		return err
	}
	reason := err.Error()
	for sentinel, hint := range hints {
		if errors.Is(err, sentinel) {
			reason += ": " + hint
		}
	}
	return &Error{File: f.name, Line: line, Reason: reason, Err: err}
}

// lineOf is the line of the share that a rule was broken on, else the image's.
func (i *Image) lineOf(err error) int {
	var broken *ledger.Error
	for _, s := range i.Shares {
		if errors.As(err, &broken) && s.Account == broken.Account {
			return s.Line
		}
	}
	return i.Line
}
