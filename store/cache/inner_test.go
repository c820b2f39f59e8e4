package cache

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/memory"
	"imageshare/store/sqlite"
)

var (
	key = ledger.ImageKey{Product: ledger.CVM, Region: "r", ID: "img-aaaaaaaa"}
	all = ledger.SetQuery{
		Set: ledger.Public, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}, Product: ledger.CVM, Region: "r",
		Now: time.Unix(1800000000, 0), Limit: 10,
	}
)

// A page that was asked for at one moment is not made of what was read at another.
func TestPageOfAnEarlierMoment(t *testing.T) {
	t.Parallel()
	for what, changed := range map[string]ledger.Image{
		"the image is another":       {Key: key, Public: true, Name: "another"},
		"the list, and not for long": {Key: key, Public: false},
	} {
		s := New(memory.New(), 1<<20)
		first := ledger.Image{Key: key, Public: true}
		write(t, s, first)
		at := s.clock.Load()
		write(t, s, changed)
		if changed.Name == "" {
			write(t, s, first)
		}
		if _, err := s.ImageSet(t.Context(), all); err != nil { // now it is remembered
			t.Fatal(err)
		}
		if _, ok := s.remembered(t.Context(), all, at); ok {
			t.Errorf("%s: a page of now was answered to who asked before", what)
		}
		if found, ok := s.remembered(t.Context(), all, s.clock.Load()); !ok || len(found.Images) != 1 {
			t.Errorf("%s: %v %v, want a page that is remembered", what, found, ok)
		}
	}
}

// Of a page with an image that changed, the record of now takes its place; not
// while a change of it is under way. With many such images the page is no use.
func TestPageOfChangedImages(t *testing.T) {
	t.Parallel()
	s := New(memory.New(), 1<<20)
	several := func(n int) (k ledger.ImageKey) { k = key; k.ID = "img-aaaaaaa" + string(rune('a'+n)); return k }
	for n := range 5 {
		write(t, s, ledger.Image{Key: several(n), Public: true})
	}
	if _, err := s.ImageSet(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	remembered := func() string {
		page, ok := s.remembered(t.Context(), all, s.clock.Load())
		if !ok {
			return "nothing"
		}
		return page.Images[2].Name
	}
	under := s.shut(s.name(imageName(several(2))), func() {})
	if got := remembered(); got != "nothing" {
		t.Errorf("%q while the image is being changed", got)
	}
	s.open(under, 1)
	write(t, s, ledger.Image{Key: several(2), Public: true, Name: "renamed"})
	if got := remembered(); got != "renamed" {
		t.Errorf("%q, want the image that was renamed", got)
	}
	write(t, s, ledger.Image{Key: several(3), Public: true, Name: "renamed"})
	if got := remembered(); got != "nothing" {
		t.Errorf("%q, want to ask the engine once two of five have changed", got)
	}
}

// hasty is an engine whose answers come too late: something happens before each.
type hasty struct {
	ledger.Store
	meanwhile func()
}

func (h *hasty) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	i, err := h.Store.Image(ctx, k)
	h.meanwhile()
	return i, err
}

// An image that changes while it is looked up is none of the moment before.
func TestImageThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	engine := &hasty{Store: memory.New(), meanwhile: func() {}}
	s := New(engine, 1<<20)
	write(t, s, ledger.Image{Key: key})
	if i, err := s.unchanged(t.Context(), key, s.clock.Load()); err != nil || i.Key != key {
		t.Errorf("%v %v, want the image", i, err)
	}
	s = New(engine, 1<<20)
	engine.meanwhile = func() { write(t, s, ledger.Image{Key: key, Name: "renamed"}) }
	if i, err := s.unchanged(t.Context(), key, s.clock.Load()); !errors.Is(err, errElsewhere) {
		t.Errorf("%v %v, want to be told that it changed", i, err)
	}
}

func write(t *testing.T, s ledger.Store, i ledger.Image) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutImage(&i) }); err != nil {
		t.Fatal(err)
	}
}

// file is an engine that lends what it has, and takes back what is over.
func file(t *testing.T) ledger.Store {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	return engine
}

// What a change does to the image that it was lent is not taken for what the
// image was.
func TestChangeThatWritesWhereItReads(t *testing.T) {
	t.Parallel()
	s := New(file(t), 1<<20)
	at := time.Unix(1700000000, 0).UTC()
	write(t, s, ledger.Image{Key: key, Shares: []ledger.Share{{Account: "2", At: at}}})
	held := func(who string) int {
		t.Helper()
		page, err := s.ImageSet(t.Context(), ledger.SetQuery{
			Set: ledger.Held, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: who}, Product: ledger.CVM, Region: "r", Now: at, Limit: 10,
		})
		if err != nil || page.Total != len(page.Images) {
			t.Errorf("%+v (%v)", page, err)
		}
		return page.Total
	}
	if a, b := held("2"), held("3"); a != 1 || b != 0 {
		t.Errorf("%d and %d images, want 1 and 0", a, b)
	}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		i, err := tx.Image(t.Context(), key)
		if err != nil {
			return err
		}
		i.Shares[0].Account = "3"
		return tx.PutImage(i)
	}); err != nil {
		t.Fatal(err)
	}
	if a, b := held("2"), held("3"); a != 0 || b != 1 {
		t.Errorf("%d and %d images, want 0 and 1", a, b)
	}
}

// A change that is over closes nothing any more: nobody would open it.
func TestChangeThatIsOver(t *testing.T) {
	t.Parallel()
	s := New(file(t), 1<<20)
	a := &ledger.Account{Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}}
	i := &ledger.Image{Key: key}
	var kept ledger.Tx
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { kept = tx; return errors.Join(tx.PutAccount(a), tx.PutImage(i)) }); err != nil {
		t.Fatal(err)
	}
	if kept.PutAccount(a) == nil || kept.DeleteAccount(a.Key) == nil || kept.PutImage(i) == nil || kept.DeleteImage(key) == nil {
		t.Error("a change that is over wrote something")
	}
	for _, n := range [][]byte{accountName(a.Key), imageName(key)} {
		if c := s.name(n).cell; c.changes != 0 {
			t.Errorf("the cell of %q stays closed", n)
		}
	}
}

// Nor does one that has read what it writes when it is over.
func TestChangeThatIsOverAndHasRead(t *testing.T) {
	t.Parallel()
	s := New(file(t), 1<<20)
	write(t, s, ledger.Image{Key: key})
	for what, late := range map[string]func(ledger.Tx) error{
		"a write":    func(tx ledger.Tx) error { return tx.PutImage(&ledger.Image{Key: key}) },
		"a deletion": func(tx ledger.Tx) error { return tx.DeleteImage(key) },
	} {
		var kept ledger.Tx
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { kept = tx; _, err := tx.Image(t.Context(), key); return err }); err != nil {
			t.Fatal(err)
		}
		if late(kept) == nil {
			t.Errorf("%s of a change that is over", what)
		}
		if c := s.name(imageName(key)).cell; c.changes != 0 {
			t.Errorf("%s: the cell stays closed", what)
		}
	}
}
