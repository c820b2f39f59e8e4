package param

import (
	"errors"
	"strings"
)

// What can be wrong with a parameter.
var (
	ErrMissing    = errors.New("parameter missing")
	ErrMalformed  = errors.New("parameter not of its type")
	ErrRange      = errors.New("parameter value not allowed")
	ErrUndeclared = errors.New("parameter not declared")
)

// Error is a rule about the request itself, with where it was broken.
type Error struct {
	Rule   error
	Field  string // the parameter or header, as the wire names it
	Reason string // what to put right, for people
}

func (e *Error) Error() string {
	return strings.TrimRight(e.Rule.Error()+": "+e.Field+" "+e.Reason, ": ")
}

// Unwrap gives the rule's sentinel.
func (e *Error) Unwrap() error { return e.Rule }

// Detail serves the texts of a fault: field or reason.
func (e *Error) Detail(name string) string {
	switch name {
	case "field":
		return e.Field
	case "reason":
		return e.Reason
	}
	return ""
}
