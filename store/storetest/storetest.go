// Package storetest is the promises of ledger.Store as one suite: an engine
// that passes may stand under the ledger. What an engine cannot do is named
// where it calls Run, never skipped in here.
//
// The tests ask for no order in time but what a promise gives, so they hold
// for an engine that runs changes side by side as well as for one that runs
// them one by one, and for one that runs a change twice.
package storetest

import (
	"context"
	"testing"

	"imageshare/ledger"
)

// Opener opens one place. Every call opens the same place again, once the
// store opened before is closed.
type Opener func(testing.TB) ledger.Store

// Exception is a promise that an engine does not make.
type Exception string

// Forgets: nothing survives Close.
const Forgets Exception = "forgets"

// test is one promise.
type test struct {
	name  string
	keeps Exception // the exception that excuses an engine from it, "" for none
	run   func(*rig)
}

// rig is what a test works with: its own store, empty at first.
type rig struct {
	*testing.T
	ledger.Store
	open Opener
}

// Run tests an engine. fresh makes a new, empty place for each test; the tests
// run in parallel.
func Run(t *testing.T, fresh func(testing.TB) Opener, except ...Exception) {
	excused := map[Exception]bool{}
	for _, e := range except {
		excused[e] = true
	}
	for _, topic := range [][]test{images, lists, accounts, settings, usable, grantees, sets, events, changes, contention, text, life} {
		for _, c := range topic {
			if c.keeps != "" && excused[c.keeps] {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				open := fresh(t)
				r := &rig{T: t, Store: open(t), open: open}
				// A test may have closed or reopened it; only the last one counts.
				t.Cleanup(func() { r.Close() })
				c.run(r)
			})
		}
	}
}

// change is the one function that changes anything.
type change = func(ledger.Tx) error

// must makes a change that has to succeed.
func (r *rig) must(c change) {
	r.Helper()
	if err := r.Update(r.Context(), c); err != nil {
		r.Fatal(err)
	}
}

// put writes images.
func (r *rig) put(all ...*ledger.Image) {
	r.Helper()
	r.must(func(tx ledger.Tx) error {
		return each(all, func(i *ledger.Image) error { return tx.PutImage(i.Clone()) })
	})
}

// register writes accounts.
func (r *rig) register(all ...*ledger.Account) {
	r.Helper()
	r.must(func(tx ledger.Tx) error {
		return each(all, func(a *ledger.Account) error { return tx.PutAccount(a.Clone()) })
	})
}

// append writes history entries.
func (r *rig) append(all ...ledger.Event) {
	r.Helper()
	r.must(func(tx ledger.Tx) error { return each(all, tx.Append) })
}

func each[T any](all []T, do func(T) error) error {
	for _, one := range all {
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}

// reopen closes the store and opens its place again.
func (r *rig) reopen() {
	r.Helper()
	if err := r.Close(); err != nil {
		r.Fatal(err)
	}
	r.Store = r.open(r.T)
}

// wantImage checks what is stored under an image's key.
func (r *rig) wantImage(want *ledger.Image) {
	r.Helper()
	sameImage(r, r.Store, want)
}

func sameImage(r *rig, from ledger.Glance, want *ledger.Image) {
	r.Helper()
	got, err := from.Image(r.Context(), want.Key)
	if err != nil {
		r.Fatalf("%v: %v", want.Key, err)
	}
	if !got.Equal(want) {
		r.Errorf("image\n got %+v\nwant %+v", got, want)
	}
}

// wantErr checks which rule an error names.
func (r *rig) wantErr(what string, err, want error) {
	r.Helper()
	if !is(err, want) {
		r.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// ctx is a context for changes that must outlive the test's own.
func (r *rig) cancellable() (context.Context, context.CancelFunc) {
	return context.WithCancel(r.Context())
}

// all is what a list answers; it has to succeed.
func all[T any](r *rig) func([]T, error) []T {
	return func(found []T, err error) []T {
		r.Helper()
		if err != nil {
			r.Fatal(err)
		}
		return found
	}
}
