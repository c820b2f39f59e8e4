package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"imageshare/ledger"
)

// While the store is open its log is copied into the file again and again, on
// what is lent for it; not while somebody reads a moment that needs the log.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	var lent atomic.Int64
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), Options{Lend: func(do func()) { lent.Add(1); do() }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	grow(t, s, "a")
	if pages := logged(t, s); lent.Load() == 0 || pages >= checkpointed {
		t.Errorf("%d pages are left in the log, and something was lent %d times", pages, lent.Load())
	}
	err = s.View(t.Context(), func(g ledger.Glance) error {
		if _, err := g.Images(t.Context(), ledger.ImageQuery{Limit: 1}); err != nil { // the moment is that of the first read
			return err
		}
		grow(t, s, "b")
		if pages := logged(t, s); pages < checkpointed {
			t.Errorf("%d pages are left in the log that is being read", pages)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages := logged(t, s); pages >= checkpointed {
		t.Errorf("%d pages are left in the log that nobody reads", pages)
	}
}

// Who runs the server hears once that something is wrong with the log, and once
// that it no longer is.
func TestLogThatCannotBeCopied(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	w := &writer{log: slog.New(slog.NewTextHandler(&told, nil))}
	full := errors.New("disk is full")
	for _, err := range []error{nil, full, full, full, nil, nil, full} {
		w.tell(err)
	}
	var levels []string
	for line := range strings.Lines(told.String()) {
		_, level, _ := strings.Cut(line, "level=")
		levels = append(levels, level[:4])
	}
	if got := strings.Join(levels, " "); got != "WARN INFO WARN" || strings.Count(told.String(), "disk is full") != 2 {
		t.Errorf("got\n%s", told.String())
	}
}

// grow writes images of a page each, more than are left in a log.
func grow(t *testing.T, s *Store, region string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		for n := range checkpointed + 100 {
			key := ledger.ImageKey{Product: ledger.CVM, Region: region, ID: fmt.Sprintf("img-%08d", n)}
			if err := tx.PutImage(&ledger.Image{Key: key, Description: strings.Repeat("base image ", 300)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// logged is how many pages are left in the log once the writer has nothing to do.
func logged(t *testing.T, s *Store) (pages int64) {
	t.Helper()
	for range 2 { // the second begins when all is done that came of the first
		if err := s.Update(t.Context(), set("a", nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.readers.use(t.Context(), func(c *conn) (err error) { _, pages, err = c.checkpoint("NOOP"); return err }); err != nil {
		t.Fatal(err)
	}
	return pages
}
