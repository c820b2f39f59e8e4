package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
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

// A log that somebody reads at every moment begins anew all the same.
func TestLogThatIsAlwaysRead(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	const longest = 200
	if err := s.Update(t.Context(), func(ledger.Tx) error { s.writer.longest = longest; return nil }); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() { overlap(t, s, stop) })
	most := int64(0)
	for n := range 1000 {
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutSetting("a", fmt.Sprint(n)) }); err != nil {
			t.Fatal(err)
		}
		err := s.readers.use(t.Context(), func(c *conn) error {
			l, err := c.checkpoint("NOOP")
			most = max(most, l.length)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	reading.Wait()
	if most >= 3*longest {
		t.Errorf("the log had up to %d pages, want less than %d", most, 3*longest)
	}
}

// While somebody reads for longer than changes wait, they go on, having waited
// once for each so many pages, and nobody is told of a fault.
func TestLogThatIsReadForLong(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	waits := 0
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), Options{Lend: func(do func()) { waits++; do() }, Log: slog.New(slog.NewTextHandler(&told, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const longest = 100
	if err := s.Update(t.Context(), func(ledger.Tx) error {
		s.writer.longest, s.writer.renewals = longest, 1
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	length := int64(0)
	err = s.View(t.Context(), func(g ledger.Glance) error {
		_, err := g.Images(t.Context(), ledger.ImageQuery{Limit: 1})
		for n := range 400 {
			err = errors.Join(err, s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutSetting("a", fmt.Sprint(n)) }))
		}
		length = logged(t, s)
		return err
	})
	if err != nil || told.Len() > 0 {
		t.Errorf("%v, and told %s", err, told.String())
	}
	if err := s.Update(t.Context(), func(ledger.Tx) error { // the writer waits meanwhile
		if most := int(length / longest); waits == 0 || waits > most {
			t.Errorf("waited %d times for who reads a log of %d pages, want %d times at the most", waits, length, most)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// overlap reads in views one of which begins before the last one ends.
func overlap(t *testing.T, s *Store, stop <-chan struct{}) {
	var views sync.WaitGroup
	defer views.Wait()
	last := make(chan struct{})
	defer func() { close(last) }()
	for {
		select {
		case <-stop:
			return
		default:
		}
		began, over := make(chan struct{}), make(chan struct{})
		views.Go(func() {
			if err := s.View(t.Context(), func(g ledger.Glance) error {
				_, err := g.Images(t.Context(), ledger.ImageQuery{Limit: 1})
				close(began)
				<-over
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		<-began
		close(last)
		last = over
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
	var l logState
	for range 2 { // the second begins when all is done that came of the first
		if err := s.Update(t.Context(), set("a", nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.readers.use(t.Context(), func(c *conn) (err error) { l, err = c.checkpoint("NOOP"); return err }); err != nil {
		t.Fatal(err)
	}
	return l.length
}
