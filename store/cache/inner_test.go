package cache

import (
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
		n, lists := s.name(pageName(all)), s.cellsOf(listsOf(all))
		if _, ok := s.remembered(t.Context(), n, lists, all, at); ok {
			t.Errorf("%s: a page of now was answered to who asked before", what)
		}
		if found, ok := s.remembered(t.Context(), n, lists, all, s.clock.Load()); !ok || len(found.Images) != 1 {
			t.Errorf("%s: %v %v, want a page that is remembered", what, found, ok)
		}
	}
}

// Of a page whose images were forgotten, the engine is asked for those alone;
// not while a change of one of them is under way.
func TestPageOfForgottenImages(t *testing.T) {
	t.Parallel()
	s := New(memory.New(), 1<<20)
	write(t, s, ledger.Image{Key: key, Public: true})
	if _, err := s.ImageSet(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	image := s.name(imageName(key))
	s.records.Del(image.bytes)
	s.hot.drop(image.hash, image.bytes)
	remembered := func() int {
		page, ok := s.remembered(t.Context(), s.name(pageName(all)), s.cellsOf(listsOf(all)), all, s.clock.Load())
		if !ok {
			return 0
		}
		return len(page.Images)
	}
	under := s.shut(image, func() {})
	if n := remembered(); n != 0 {
		t.Errorf("%d images while one is being changed", n)
	}
	s.open(under, 1)
	if n := remembered(); n != 1 {
		t.Errorf("%d images, want the one that was forgotten", n)
	}
}

func write(t *testing.T, s ledger.Store, i ledger.Image) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutImage(&i) }); err != nil {
		t.Fatal(err)
	}
}

// What a change does to the image that it was lent is not taken for what the
// image was.
func TestChangeThatWritesWhereItReads(t *testing.T) {
	t.Parallel()
	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := New(engine, 1<<20)
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
