package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"imageshare/ledger"
)

// The tests here hold one change open until others wait behind it, which makes
// them one group. synctest tells when they wait.

// group is a held change and those that wait behind it.
type group struct {
	t       *testing.T
	s       *Store
	release chan struct{}
	answers map[string]chan error
}

// hold begins a change that ends when the group is released.
func hold(t *testing.T, s *Store) *group {
	g := &group{t: t, s: s, release: make(chan struct{}), answers: map[string]chan error{}}
	g.add(t.Context(), "held", func(tx ledger.Tx) error {
		<-g.release
		return tx.PutSetting("held", "kept")
	})
	return g
}

// add brings another change and returns once it waits.
func (g *group) add(ctx context.Context, name string, change func(ledger.Tx) error) {
	answer := make(chan error, 1)
	g.answers[name] = answer
	go func() { answer <- g.s.Update(ctx, change) }()
	synctest.Wait()
}

// want releases the group and checks one answer and whether its setting is there.
func (g *group) want(name string, want error, kept string) {
	g.t.Helper()
	if err := <-g.answers[name]; !errors.Is(err, want) {
		g.t.Errorf("%s: got %v, want %v", name, err, want)
	}
	if got, err := g.s.Setting(context.Background(), name); err != nil || got != kept {
		g.t.Errorf("setting of %s: got %q, %v, want %q", name, got, err, kept)
	}
}

func set(name string, then error) func(ledger.Tx) error {
	return func(tx ledger.Tx) error { return errors.Join(tx.PutSetting(name, "kept"), then) }
}

// run runs a test in a bubble, with a store that lives in it.
func run(t *testing.T, test func(*testing.T, *Store)) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := fresh(t)
		test(t, s)
	})
}

var errTest = errors.New("the test's own error")

func TestGroupKeepsNeighboursOfAFailure(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		g := hold(t, s)
		g.add(t.Context(), "before", set("before", nil))
		g.add(t.Context(), "fails", set("fails", errTest))
		g.add(t.Context(), "panics", func(tx ledger.Tx) error {
			_ = tx.PutSetting("panics", "kept")
			panic("on purpose")
		})
		g.add(t.Context(), "after", set("after", nil))
		if _, err := s.Setting(t.Context(), "held"); err != nil {
			t.Errorf("a read beside a change under way: %v", err)
		}
		close(g.release)
		g.want("held", nil, "kept")
		g.want("before", nil, "kept")
		g.want("fails", errTest, "")
		g.want("panics", ledger.ErrPanicked, "")
		g.want("after", nil, "kept")
	})
}

func TestCancelledInTheQueueNeverRuns(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		g := hold(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		g.add(ctx, "cancelled", func(ledger.Tx) error {
			t.Error("it ran")
			return nil
		})
		cancel()
		if err := <-g.answers["cancelled"]; !errors.Is(err, context.Canceled) { // while the other still runs
			t.Errorf("got %v, want Canceled", err)
		}
		close(g.release)
		g.want("held", nil, "kept")
	})
}

// If COMMIT fails, nobody of the group was promised anything.
func TestFailedCommitFailsTheWholeGroup(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		// A foreign key checked at the end is what makes a COMMIT fail at will.
		if err := s.writer.c.script(t.Context(), "PRAGMA foreign_keys = ON; CREATE TABLE a (id INTEGER PRIMARY KEY);"+
			"CREATE TABLE b (a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)"); err != nil {
			t.Fatal(err)
		}
		g := hold(t, s)
		g.add(t.Context(), "culprit", func(t ledger.Tx) error { return t.(*tx).exec("INSERT INTO b VALUES (1)") })
		g.add(t.Context(), "fails", set("fails", errTest))
		g.add(t.Context(), "neighbour", set("neighbour", nil))
		close(g.release)
		for _, name := range []string{"held", "culprit", "fails", "neighbour"} {
			if err := <-g.answers[name]; err == nil || errors.Is(err, errTest) || !strings.Contains(err.Error(), "FOREIGN KEY") {
				t.Errorf("%s: got %v, want the COMMIT's error", name, err)
			}
			wantNone(t, s, name)
		}
		g.add(t.Context(), "next", set("next", nil))
		g.want("next", nil, "kept")
	})
}

func wantNone(t *testing.T, s *Store, name string) {
	t.Helper()
	if got, err := s.Setting(t.Context(), name); err != nil || got != "" {
		t.Errorf("setting %s: got %q, %v, want none", name, got, err)
	}
}

// A full disk makes SQLite roll back the whole transaction in the middle of a
// change. A change that takes no notice must not go on writing on its own.
func TestFullDiskFailsTheWholeGroup(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		pages, err := s.writer.c.pragma("page_count")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer.c.pragma(fmt.Sprintf("max_page_count = %d", pages.(int64)+2)); err != nil {
			t.Fatal(err)
		}
		g := hold(t, s)
		g.add(t.Context(), "before", set("before", nil))
		g.add(t.Context(), "culprit", func(tx ledger.Tx) error {
			full := tx.PutSetting("big", strings.Repeat("x", 1<<20))
			if again := tx.PutSetting("culprit", "kept"); full == nil || !errors.Is(again, full) {
				t.Errorf("got %v, then %v, want one error twice", full, again)
			}
			return nil
		})
		g.add(t.Context(), "after", set("after", nil))
		close(g.release)
		for _, name := range []string{"held", "before", "culprit"} {
			if err := <-g.answers[name]; err == nil || !strings.Contains(err.Error(), "full") {
				t.Errorf("%s: got %v, want that the disk is full", name, err)
			}
			wantNone(t, s, name)
		}
		if err := <-g.answers["after"]; err == nil {
			t.Error("a change behind the full disk was answered nil in a lost group")
		}
		g.add(t.Context(), "next", set("next", nil))
		g.want("next", nil, "kept")
	})
}

// Another program that writes to the file is met with ErrBusy, by all that wait.
func TestLockedFileIsBusy(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		var path string
		if err := s.writer.c.query(t.Context(), func(r row) error { path = r.text(2); return nil }, "PRAGMA database_list"); err != nil {
			t.Fatal(err)
		}
		other, err := dial(dsn(path, "rw"))
		if err != nil {
			t.Fatal(err)
		}
		defer other.close()
		if err := other.exec("BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		if err := s.Update(t.Context(), set("busy", nil)); !errors.Is(err, ledger.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if err := other.exec("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if err := s.Update(t.Context(), set("busy", nil)); err != nil {
			t.Error(err)
		}
	})
}

// A group is bounded, and what does not fit goes into the next.
func TestMoreWaitThanAGroupTakes(t *testing.T) {
	run(t, func(t *testing.T, s *Store) {
		g := hold(t, s)
		for n := range groupSize + 10 {
			g.add(t.Context(), fmt.Sprint(n), set(fmt.Sprint(n), nil))
		}
		close(g.release)
		for n := range groupSize + 10 {
			g.want(fmt.Sprint(n), nil, "kept")
		}
	})
}

// A Tx kept for later must not reach the connection, which is another's by then.
func TestTxIsOverWithItsChange(t *testing.T) {
	s, _ := fresh(t)
	var kept ledger.Tx
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		kept = tx
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := kept.PutSetting("late", "text"); !errors.Is(err, errEnded) {
		t.Errorf("got %v, want errEnded", err)
	}
	if _, err := kept.Setting(t.Context(), "late"); !errors.Is(err, errEnded) {
		t.Errorf("got %v, want errEnded", err)
	}
}
