package storetest

import (
	"context"
	"errors"
	"sync/atomic"

	"imageshare/ledger"
)

var life = []test{
	{"everything is there after reopening", Forgets, thereAfterReopening},
	{"chains and tokens go on after reopening", Forgets, chainsAfterReopening},
	{"a place nobody wrote to is reopened empty", Forgets, emptyAfterReopening},
	{"a closed store fails every call", "", closedFailsEveryCall},
	{"close waits for the change under way", "", closeWaits},
}

func thereAfterReopening(r *rig) {
	r.must(everything)
	images := crowd()
	r.put(images...)
	for range 2 {
		r.reopen()
		r.wantTrace(true)
		r.wantImage(fullImage(cvmKey("img-trace000")))
		r.wantAccount(fullAccount())
		r.wantSetting("trace", "left")
		checkImages(r, ledger.ImageQuery{Product: ledger.ECS}, images)
	}
}

func chainsAfterReopening(r *rig) {
	entity := cvmKey("img-trace000").Entity()
	for n := range 3 {
		e := fullEvent(entity)
		e.Token = string(rune('a' + n))
		r.append(e)
		before := r.wantChain(entity, n+1)
		r.reopen()
		after := r.wantChain(entity, n+1)
		same(r, "positions after reopening", eventIDs(after), eventIDs(before))
		r.wantErr("a token of before", r.Update(r.Context(), func(tx ledger.Tx) error { return tx.Append(e) }), ledger.ErrTokenUsed)
	}
}

func emptyAfterReopening(r *rig) {
	r.reopen()
	if counts, err := sight(r, r); err != nil || counts != [5]int{} {
		r.Errorf("got %v, %v, want nothing", counts, err)
	}
	r.must(everything)
	r.wantTrace(true)
}

func closedFailsEveryCall(r *rig) {
	r.must(everything)
	ctx, key := r.Context(), cvmKey("img-trace000")
	ran := false
	reads := map[string]func() error{
		"Image":       func() error { _, err := r.Image(ctx, key); return err },
		"Account":     func() error { _, err := r.Account(ctx, tencentOwner); return err },
		"Credential":  func() error { _, err := r.Credential(ctx, ledger.Tencent, "AKIDone"); return err },
		"Holder":      func() error { _, err := r.Holder(ctx, ledger.Tencent, owner); return err },
		"Setting":     func() error { _, err := r.Setting(ctx, "trace"); return err },
		"Images":      func() error { _, err := r.Images(ctx, ledger.ImageQuery{}); return err },
		"CountImages": func() error { _, err := r.CountImages(ctx, ledger.ImageQuery{}); return err },
		"Accounts":    func() error { _, err := r.Accounts(ctx, ledger.AccountKey{}, 0); return err },
		"Usable":      func() error { _, err := r.Usable(ctx, uses(tencentGrantee)); return err },
		"Events":      func() error { _, err := r.Events(ctx, ledger.EventQuery{}); return err },
		"ImageSet":    func() error { _, err := r.ImageSet(ctx, ledger.SetQuery{}); return err },
		"Grantees":    func() error { _, _, err := r.Grantees(ctx, ledger.GranteeQuery{}); return err },
		"View":        func() error { return r.View(ctx, func(ledger.Glance) error { return nil }) },
	}
	for name, read := range reads { // what was read may be remembered
		r.wantErr(name, errors.Join(read(), read(), read()), nil)
	}
	if err := r.Close(); err != nil {
		r.Fatal(err)
	}
	reads["Update"] = func() error { return r.Update(ctx, func(ledger.Tx) error { ran = true; return nil }) }
	reads["Close"] = r.Close
	for name, call := range reads {
		r.wantErr(name+" of a closed store", call(), ledger.ErrClosed)
	}
	if ran {
		r.Error("a closed store ran a change")
	}
}

// Close refuses what has not begun and waits for what has.
func closeWaits(r *rig) {
	begun, release, closed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var held error
	var finished atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		first := true
		held = r.Update(context.Background(), func(tx ledger.Tx) error {
			if first {
				first = false
				close(begun)
				<-release
			}
			defer finished.Store(true)
			return everything(tx)
		})
	}()
	<-begun
	go func() { closed <- r.Close() }()
	for { // until Close has begun
		err := r.Update(context.Background(), func(ledger.Tx) error { return nil })
		if errors.Is(err, ledger.ErrClosed) {
			break
		}
	}
	close(release)
	if err := <-closed; err != nil || !finished.Load() {
		r.Errorf("Close: %v, with the change finished: %v", err, finished.Load())
	}
	if <-ended; held != nil {
		r.Errorf("the change under way: %v", held)
	}
}
