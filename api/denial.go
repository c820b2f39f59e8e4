package api

import "imageshare/ledger"

// Denial is a policy's no to one action on one resource.
type Denial struct {
	Action, Resource string
	// Explicit: a statement denies it; otherwise none allows it.
	Explicit bool
	// Layer is which of the caller's policies said so.
	Layer  Layer
	Caller ledger.Caller
	// Principal is what the vendor's own answer calls the caller: a user's
	// number, or ROLE:SESSION.
	Principal string
}

// Layer is one of the sets of policies that must all allow something.
type Layer int

// The layers.
const (
	Identity      Layer = iota // what the user or the role may do
	SessionPolicy              // what narrows one session
	TrustPolicy                // who may act as a role
)

func (e *Denial) Error() string {
	how := "nothing allows "
	if e.Explicit {
		how = "a policy denies "
	}
	return how + e.Action + " on " + e.Resource
}

// Unwrap gives the ledger's sentinel.
func (e *Denial) Unwrap() error { return ledger.ErrDenied }

// Detail serves the texts of a fault: action or resource.
func (e *Denial) Detail(name string) string {
	switch name {
	case "action":
		return e.Action
	case "resource":
		return e.Resource
	}
	return ""
}
