// Package engine is what every engine does alike, whatever it keeps its
// records in: run a change so that its panic harms nobody, refuse a record
// that could not be given back as it was given, and name the accounts that a
// history entry is about.
package engine

import (
	"fmt"
	"runtime/debug"

	"imageshare/ledger"
)

// Run runs a change on the caller's own goroutine and calls end once with how
// it went, also when the change panics (an error that wraps
// ledger.ErrPanicked, with the stack for the log) or leaves by
// runtime.Goexit: then nobody is left to return to, but end has still undone
// the change and passed the turn on.
func Run(change func(ledger.Tx) error, tx ledger.Tx, end func(error)) {
	err := fmt.Errorf("%w: it ended its goroutine", ledger.ErrPanicked)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ledger.ErrPanicked, p, debug.Stack())
		}
		end(err)
	}()
	err = change(tx)
}
