package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"imageshare/ledger"
)

var changes = []test{
	{"a change that fails leaves nothing", "", failedChange},
	{"a change that panics leaves nothing", "", panickedChange},
	{"a change that ends its goroutine leaves nothing", "", goneChange},
	{"a change that takes back what was there fails", "", failedRemoval},
	{"a change of nothing", "", changeOfNothing},
	{"a change sees its own writes", "", changeSeesItsWrites},
	{"a change goes on after a refused write", "", changeAfterRefusedWrite},
	{"a context cancelled before the change", "", cancelledBefore},
	{"a context cancelled during the change", "", cancelledDuring},
	{"a context cancelled while waiting", "", cancelledWhileWaiting},
}

// errMine is why a test's change fails.
var errMine = errors.New("the test's own error")

// everything writes one of each kind of record.
func everything(tx ledger.Tx) error {
	return errors.Join(
		tx.PutImage(fullImage(cvmKey("img-trace000"))), tx.PutAccount(fullAccount()),
		tx.PutSetting("trace", "left"), tx.Append(fullEvent("image/cvm/ap-guangzhou/img-trace000")))
}

// wantTrace checks that all or nothing of everything is there.
func (r *rig) wantTrace(want bool) {
	r.Helper()
	i, err := r.Image(r.Context(), cvmKey("img-trace000"))
	_, err2 := r.Account(r.Context(), tencentOwner)
	_, err3 := r.Credential(r.Context(), ledger.Tencent, "AKIDreader")
	_, err4 := r.Holder(r.Context(), ledger.Tencent, owner)
	setting, err5 := r.Setting(r.Context(), "trace")
	events := r.history(ledger.EventQuery{Token: "token of image/cvm/ap-guangzhou/img-trace000"})
	grants := all[ledger.Grant](r)(r.Usable(r.Context(), uses(ledger.AccountKey{Cloud: ledger.Tencent, ID: "200000000004"})))
	if err5 != nil {
		r.Error(err5)
	}
	for what, is := range map[string]bool{
		"image": i != nil && err == nil, "account": err2 == nil, "key": err3 == nil, "number": err4 == nil,
		"setting": setting != "", "event": len(events) == 1, "reverse look-up": len(grants) == 1,
	} {
		if is != want {
			r.Errorf("%s is there: %v, want %v", what, is, want)
		}
	}
}

func failedChange(r *rig) {
	err := r.Update(r.Context(), func(tx ledger.Tx) error { return errors.Join(everything(tx), errMine) })
	r.wantErr("the change", err, errMine)
	r.wantTrace(false)
	r.must(everything)
	r.wantTrace(true)
}

func panickedChange(r *rig) {
	for _, value := range []any{"the words of the panic", fmt.Errorf("wrapped: %w", errMine), nil} {
		err := r.Update(r.Context(), func(tx ledger.Tx) error {
			if err := everything(tx); err != nil {
				return err
			}
			panic(value)
		})
		r.wantErr("the change", err, ledger.ErrPanicked)
		if value != nil && !strings.Contains(err.Error(), fmt.Sprint(value)) {
			r.Errorf("error %q does not say %v", err, value)
		}
		r.wantTrace(false)
	}
	r.must(everything)
	r.wantTrace(true)
}

func goneChange(r *rig) {
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = r.Update(r.Context(), func(tx ledger.Tx) error {
			if err := everything(tx); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-left
	r.wantTrace(false)
	r.must(everything)
	r.wantTrace(true)
}

func failedRemoval(r *rig) {
	r.must(everything)
	r.wantErr("the change", r.Update(r.Context(), func(tx ledger.Tx) error {
		bare := image(cvmKey("img-other000"), grantee)
		return errors.Join(tx.DeleteImage(cvmKey("img-trace000")), tx.DeleteAccount(tencentOwner), tx.PutSetting("trace", ""),
			tx.PutAccount(account(stranger, "AKIDone")), tx.PutImage(bare), tx.PutImage(image(bare.Key)), errMine)
	}), errMine)
	r.wantTrace(true)
	r.wantImage(fullImage(cvmKey("img-trace000")))
	r.wantAccount(fullAccount())
	_, err := r.Image(r.Context(), cvmKey("img-other000"))
	r.wantErr("the image of the failed change", err, ledger.ErrNoImage)
}

func changeOfNothing(r *rig) {
	r.must(func(ledger.Tx) error { return nil })
	r.must(func(tx ledger.Tx) error {
		_, err := tx.Setting(r.Context(), "none")
		return err
	})
	if n := len(r.history(ledger.EventQuery{})); n != 0 {
		r.Errorf("%d entries of nothing", n)
	}
}

func changeSeesItsWrites(r *rig) {
	ctx, full, a := r.Context(), fullImage(cvmKey("img-own00000")), fullAccount()
	e := event(full.Key.Entity())
	r.must(func(tx ledger.Tx) error {
		if err := errors.Join(tx.PutImage(full.Clone()), tx.PutAccount(a.Clone()), tx.PutSetting("own", "text"), tx.Append(e)); err != nil {
			return err
		}
		got, err1 := tx.Image(ctx, full.Key)
		account, err2 := tx.Account(ctx, a.Key)
		key, err3 := tx.Credential(ctx, ledger.Tencent, "AKIDreader")
		holder, err4 := tx.Holder(ctx, ledger.Tencent, "100000000009")
		text, err5 := tx.Setting(ctx, "own")
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return err
		}
		if !got.Equal(full) || !account.Equal(a) || key.User != "reader" || holder.User != "reader" || text != "text" {
			r.Errorf("a change does not see its own writes: %+v %+v %+v %+v %q", got, account, key, holder, text)
		}
		return changeSeesItsRemovals(r, tx, full.Key, a.Key)
	})
	r.wantChain(full.Key.Entity(), 1)
}

func changeSeesItsRemovals(r *rig, tx ledger.Tx, image ledger.ImageKey, account ledger.AccountKey) error {
	if err := errors.Join(tx.DeleteImage(image), tx.DeleteAccount(account), tx.PutSetting("own", "")); err != nil {
		return err
	}
	_, err := tx.Image(r.Context(), image)
	r.wantErr("a deleted image inside the change", err, ledger.ErrNoImage)
	_, err = tx.Account(r.Context(), account)
	r.wantErr("a deleted account inside the change", err, ledger.ErrNoAccount)
	_, err = tx.Credential(r.Context(), ledger.Tencent, "AKIDreader")
	r.wantErr("its key", err, ledger.ErrNoKey)
	_, err = tx.Holder(r.Context(), ledger.Tencent, owner)
	r.wantErr("its number", err, ledger.ErrNoAccount)
	text, err := tx.Setting(r.Context(), "own")
	if err != nil || text != "" {
		r.Errorf("a forgotten setting: got %q, %v", text, err)
	}
	return nil
}

func changeAfterRefusedWrite(r *rig) {
	r.must(func(tx ledger.Tx) error {
		err := tx.DeleteImage(cvmKey("img-none0000"))
		r.wantErr("delete inside the change", err, ledger.ErrNoImage)
		r.wantErr("delete inside the change", tx.DeleteAccount(tencentOwner), ledger.ErrNoAccount)
		r.wantErr("put inside the change", tx.PutImage(&ledger.Image{Name: notUTF8}), ledger.ErrInvalid)
		return everything(tx)
	})
	r.wantTrace(true)
}

func cancelledBefore(r *rig) {
	ctx, cancel := r.cancellable()
	cancel()
	ran := false
	err := r.Update(ctx, func(tx ledger.Tx) error {
		ran = true
		return everything(tx)
	})
	r.wantErr("the change", err, context.Canceled)
	if ran {
		r.Error("the change ran")
	}
	r.wantTrace(false)
}

// Once begun, a change is not left half way: what Update answers is the truth.
func cancelledDuring(r *rig) {
	ctx, cancel := r.cancellable()
	defer cancel()
	err := r.Update(ctx, func(tx ledger.Tx) error {
		cancel()
		if _, err := tx.Image(ctx, cvmKey("img-trace000")); !errors.Is(err, ledger.ErrNoImage) {
			return err
		}
		if _, err := tx.Images(ctx, ledger.ImageQuery{}); err != nil {
			return err
		}
		return everything(tx)
	})
	r.wantErr("the change", err, nil)
	r.wantTrace(true)
}

func cancelledWhileWaiting(r *rig) {
	ctx, cancel := r.cancellable()
	begun, waited, held := make(chan struct{}), make(chan error), make(chan error)
	first := true
	go func() {
		held <- r.Update(r.Context(), func(tx ledger.Tx) error {
			if first {
				first = false
				close(begun)
				// Whoever waits for this change gives up, or else is done already.
				if err := <-waited; err != nil && !errors.Is(err, context.Canceled) {
					r.Errorf("the one that waited: %v", err)
				}
			}
			return tx.PutSetting("held", "kept")
		})
	}()
	<-begun
	go func() { waited <- r.Update(ctx, everything) }()
	cancel()
	if err := <-held; err != nil {
		r.Fatal(err)
	}
	r.wantSetting("held", "kept")
}
