package sqlite

import (
	"errors"
	"testing"

	"imageshare/ledger"
)

// damaged is a store with two images and a setting, where a value of the first
// image was made one of another type, as no write of ours would.
func damaged(t *testing.T, text string) (s *Store, path string, bad, good ledger.ImageKey) {
	t.Helper()
	s, path = fresh(t)
	bad, good = ledger.ImageKey{Product: ledger.CVM, Region: "r", ID: "img-aaaaaaaa"}, ledger.ImageKey{Product: ledger.CVM, Region: "r", ID: "img-bbbbbbbb"}
	put := func(tx ledger.Tx) error {
		return errors.Join(tx.PutImage(&ledger.Image{Key: bad}), tx.PutImage(&ledger.Image{Key: good}), tx.PutSetting("a", "1"))
	}
	spoil := func(change ledger.Tx) error {
		return change.(*tx).turn.c.script(t.Context(), text+" WHERE id = 'img-aaaaaaaa'")
	}
	if err := errors.Join(s.Update(t.Context(), put), s.Update(t.Context(), spoil)); err != nil {
		t.Fatal(err)
	}
	return s, path, bad, good
}

// misfits are values of a type that their columns never have.
var misfits = []string{
	"UPDATE images SET record = CAST(record AS BLOB)", "UPDATE images SET shares = CAST(shares AS BLOB)",
	"UPDATE images SET public = 'no'", "UPDATE images SET owner = x'00'",
}

// A value of another type costs the reads that meet it, and nobody else: the
// connection that met it goes on, at the moment that is now.
func TestReadOfAMisfit(t *testing.T) {
	t.Parallel()
	for _, text := range misfits {
		s, path, bad, good := damaged(t, text)
		for range 2 {
			if _, err := s.Image(t.Context(), bad); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: got %v, want ErrDamaged", text, err)
			}
			if _, err := s.Images(t.Context(), ledger.ImageQuery{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: a list: got %v, want ErrDamaged", text, err)
			}
		}
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutSetting("a", "2") }); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(t.Context(), "a"); err != nil || got != "2" {
			t.Errorf("%s: afterwards a setting is %q, %v, want the new text", text, got, err)
		}
		if _, err := s.Image(t.Context(), good); err != nil {
			t.Errorf("%s: another image: %v", text, err)
		}
		other, err := dial(dsn(path, "rw"))
		if err != nil {
			t.Fatal(err)
		}
		if l, err := other.checkpoint("TRUNCATE"); err != nil || l.length != 0 {
			t.Errorf("%s: a log of %d pages, %v, want none", text, l.length, err)
		}
		if err := other.close(); err != nil {
			t.Error(err)
		}
	}
}

// A change that meets one fails alone.
func TestChangeOfAMisfit(t *testing.T) {
	t.Parallel()
	for _, text := range append(misfits, "UPDATE images SET state = x'00'", "UPDATE images SET ready = 'soon'") {
		s, _, bad, _ := damaged(t, text)
		for name, change := range map[string]func(ledger.Tx) error{
			"a read":     func(tx ledger.Tx) error { _, err := tx.Image(t.Context(), bad); return err },
			"a write":    func(tx ledger.Tx) error { return tx.PutImage(&ledger.Image{Key: bad}) },
			"a deletion": func(tx ledger.Tx) error { return tx.DeleteImage(bad) },
		} {
			if err := s.Update(t.Context(), change); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %s: got %v, want ErrDamaged", text, name, err)
			}
		}
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutSetting("a", "2") }); err != nil {
			t.Errorf("%s: the next change: %v", text, err)
		}
	}
}

// What else panics while rows are seen goes on to who asked, and leaves the
// connection as it should be.
func TestPanicWhileRowsAreSeen(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	err := s.Update(t.Context(), func(change ledger.Tx) error {
		return change.(*tx).turn.query(func(row) error { panic("on purpose") }, "SELECT 1")
	})
	if !errors.Is(err, ledger.ErrPanicked) {
		t.Errorf("got %v, want ErrPanicked", err)
	}
	if err := s.Update(t.Context(), set("a", nil)); err != nil {
		t.Errorf("the next change: %v", err)
	}
}
