package sqlite

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"imageshare/ledger"
)

// However many lists are under way, a place is left for look-ups. A bubble
// whose goroutines all wait for ever fails its test.
func TestListsLeaveAPlace(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		release, begun := make(chan struct{}), 0
		for range cap(s.readers.places) - 1 {
			go func() {
				_ = s.view(t.Context(), func(view) error { <-release; return nil })
			}()
			begun++
		}
		synctest.Wait()
		late := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			_, err := s.Events(ctx, ledger.EventQuery{})
			late <- err
		}()
		synctest.Wait()
		select {
		case err := <-late:
			t.Errorf("a list beside %d others: %v, want it to wait", begun, err)
		default:
			cancel()
			if err := <-late; !errors.Is(err, context.Canceled) {
				t.Errorf("a list nobody waits for: got %v, want Canceled", err)
			}
		}
		if _, err := s.Setting(t.Context(), "a"); err != nil {
			t.Errorf("a look-up beside lists: %v", err)
		}
		close(release)
		if _, err := s.Events(t.Context(), ledger.EventQuery{}); err != nil {
			t.Errorf("a list after the others: %v", err)
		}
	})
}

// meanwhile is a context that does something when it is first looked at, which
// is between a row and the next, or the next statement.
type meanwhile struct {
	context.Context
	do func()
}

func (m *meanwhile) Err() error {
	do := m.do
	if m.do = nil; do != nil {
		do()
	}
	return nil
}

// A count is of one moment, however many statements it takes.
func TestCountIsOfOneMoment(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	s.writer.c.block = 3
	several := func(n int, do func(ledger.Tx, *ledger.Image) error) {
		if err := s.Update(t.Context(), func(tx ledger.Tx) error {
			for id := range n {
				i := &ledger.Image{Key: here, Owner: "1", State: ledger.Available}
				i.Key.ID = string(rune('a' + id))
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	several(26, func(tx ledger.Tx, i *ledger.Image) error { return tx.PutImage(i) })
	ctx := &meanwhile{context.Background(), func() {
		several(26, func(tx ledger.Tx, i *ledger.Image) error { return tx.DeleteImage(i.Key) })
		several(1, func(tx ledger.Tx, i *ledger.Image) error { return tx.PutImage(i) })
	}}
	q := ledger.ImageQuery{Product: ledger.CVM, Region: here.Region, Owner: ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}}
	if n, err := s.CountImages(ctx, q); err != nil || n != 26 || ctx.do != nil {
		t.Errorf("counted %d, %v, want the 26 of before the change", n, err)
	}
}
