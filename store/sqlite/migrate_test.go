package sqlite

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"imageshare/ledger"
	"imageshare/store/memory"
)

// older makes a file as schema 1 had it.
const older = `
DROP INDEX images_by_owner; DROP INDEX images_by_owner_name; DROP INDEX images_by_family; DROP INDEX images_public;
DROP INDEX images_public_by_owner; DROP INDEX shares_public; DROP TABLE snapshots; DROP TABLE tallies;
ALTER TABLE images DROP COLUMN family; ALTER TABLE images DROP COLUMN state; ALTER TABLE images DROP COLUMN ready;
ALTER TABLE shares DROP COLUMN state; ALTER TABLE shares DROP COLUMN ready; ALTER TABLE shares DROP COLUMN public;
CREATE INDEX images_by_owner ON images (owner, product, region, id, name);
CREATE INDEX images_public   ON images (product, region, id) WHERE public = 1;
PRAGMA user_version = 1;`

// A file of the schema before holds, once it is opened, what this one would
// have written, and whoever waits is told.
func TestOlderSchemaIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := memory.New()
	t.Cleanup(func() { m.Close() })
	for _, store := range []ledger.Store{s, m} {
		if err := store.Update(t.Context(), several); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tables := []string{"images", "shares", "snapshots"}
	var before []string
	for _, table := range tables {
		before = append(before, dump(t, path, table))
	}
	meddle(t, path, older)
	s, log := reopened(t, path)
	for i, table := range tables {
		if after := dump(t, path, table); after != before[i] {
			t.Errorf("table %s is not as it is written today", table)
		}
	}
	if !strings.Contains(log, "newer schema") || !strings.Contains(log, "from=1 to=2") || !strings.Contains(log, "took=") {
		t.Errorf("the log says %q", log)
	}
	soundTallies(t, s)
	comparePages(t, s, m)
	if level(t, s) < 0 {
		t.Error("no list was long: nothing was tried")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, log = reopened(t, path); log != "" {
		t.Errorf("opened once more, the log says %q", log)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// several writes many images at random, some of a family and of snapshots.
func several(tx ledger.Tx) error {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 900 {
		if err := scattered(tx, rnd, 600); err != nil {
			return err
		}
	}
	all, err := tx.Images(context.Background(), ledger.ImageQuery{Limit: 50})
	for n, i := range all {
		i = i.Clone()
		i.Family, i.Snapshots = []string{"", "web", "web"}[n%3], []ledger.Snapshot{{ID: "snap-1"}, {ID: "snap-2"}, {ID: "snap-1"}}[:n%4]
		err = errors.Join(err, tx.PutImage(i))
	}
	return err
}

func reopened(t *testing.T, path string) (*Store, string) {
	t.Helper()
	var log bytes.Buffer
	s, err := Open(t.Context(), path, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s, log.String()
}

// Whoever does not want to wait keeps the file as it was.
func TestOlderSchemaStaysWhenStopped(t *testing.T) {
	t.Parallel()
	s, path := fresh(t)
	if err := errors.Join(s.Update(t.Context(), several), s.Close()); err != nil {
		t.Fatal(err)
	}
	meddle(t, path, older)
	ctx, cancel := context.WithCancel(t.Context())
	log := slog.New(slog.NewTextHandler(stopper{cancel}, nil)) // stops it at the first word
	if _, err := Open(ctx, path, Options{Log: log}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
	if got := dump(t, path, "pragma_user_version"); got != "1" {
		t.Errorf("the file has schema %s, want 1", got)
	}
	s, _ = reopened(t, path)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

type stopper struct{ stop context.CancelFunc }

func (s stopper) Write(p []byte) (int, error) {
	s.stop()
	return len(p), nil
}
