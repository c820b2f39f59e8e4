package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imageshare/ledger"
	"imageshare/store/sqlite"
)

func put(t testing.TB, s ledger.Store, name, text string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutSetting(name, text) }); err != nil {
		t.Fatal(err)
	}
}

func wantSetting(t testing.TB, s ledger.Store, name, want string) {
	t.Helper()
	if got, err := s.Setting(t.Context(), name); err != nil || got != want {
		t.Errorf("setting %s: got %q, %v, want %q", name, got, err, want)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	put(t, s, "name", "text")
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got %v, %v, want mode 0600", path+suffix, info, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("Close left a log of %d bytes", info.Size())
	}
}

// A path is a name, not a URI: nothing in it has a meaning.
func TestPathsOfStrangeNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"with space.db", "q?mode=memory", "100%.db", "a#b.db", ":memory:", "naïve.db", "a&b=c;d.db", "-x"} {
		path := filepath.Join(dir, name)
		s := open(t, path)
		put(t, s, "name", name)
		wantSetting(t, s, "name", name)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: got %v, %v, want a database", name, info, err)
		}
	}
	t.Chdir(dir)
	for _, name := range []string{"with space.db", ":memory:"} {
		s := open(t, name)
		wantSetting(t, s, "name", name)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "store.db"), filepath.Join(dir, "link.db")
	s := open(t, path)
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, link} {
		_, err := sqlite.Open(t.Context(), p, sqlite.Options{})
		if !errors.Is(err, sqlite.ErrInUse) || !strings.Contains(err.Error(), "stop") {
			t.Errorf("got %v, want ErrInUse and what to do", err)
		}
	}
	put(t, s, "name", "still ours")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, link)
	wantSetting(t, s, "name", "still ours")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A link may come before the file that it leads to.
func TestSecondOpenByALinkToNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "store.db"), filepath.Join(dir, "link.db")
	if err := os.Symlink("store.db", link); err != nil {
		t.Fatal(err)
	}
	s := open(t, link)
	defer s.Close()
	for _, p := range []string{path, link} {
		if second, err := sqlite.Open(t.Context(), p, sqlite.Options{}); !errors.Is(err, sqlite.ErrInUse) {
			t.Errorf("%s: got %v, want ErrInUse", p, err)
			if err == nil {
				second.Close()
			}
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info, err)
	}
	if _, err := os.Lstat(link + ".lock"); err == nil {
		t.Error("the lock is beside the link")
	}
}

// A link that leads nowhere is no database, and says what to do.
func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for to, want := range map[string]string{"none/store.db": "make its directory first", "round.db": "too many"} {
		link := filepath.Join(dir, "round.db")
		_ = os.Remove(link)
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Open(t.Context(), link, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), link) {
			t.Errorf("a link to %s: got %v, want the link and %q", to, err, want)
		}
	}
}

// refused opens a file that has to be refused and left as it was.
func refused(t *testing.T, path string, want error, words string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), path, sqlite.Options{})
	if !errors.Is(err, want) || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v, the path and %q", err, want, words)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("%s was changed (%v)", path, err)
	}
	if _, err = sqlite.Open(t.Context(), path, sqlite.Options{}); errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("a refused file stays locked: %v", err)
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"text":  "version: 1\naccounts: []\n",
		"noise": strings.Repeat("\x00\xff\x13", 5000),
		"start": "SQLite format 3\x00 and then something else",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, path, sqlite.ErrNotStore, "choose another file")
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(content[100:], strings.Repeat("\xee", 2000)) // the schema's own page, behind the file header
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, path, sqlite.ErrDamaged, "store.db-wal and ")
}

// What a disk does to a file that is being read costs answers, not the process.
func TestFileIsCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	for n := range 20 {
		putImage(t, s, n)
	}
	if err := s.Close(); err != nil { // all of it is in the file now
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	err := s.View(t.Context(), func(g ledger.Glance) error {
		if _, err := g.Image(t.Context(), imageKey(0)); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := os.Truncate(path, info.Size()/2); err != nil {
			return err
		}
		var all error
		for n := range 20 {
			_, err := g.Image(t.Context(), imageKey(n))
			all = errors.Join(all, err)
		}
		return all
	})
	if !errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("reads of half a file: got %v, want ErrDamaged", err)
	}
}

func imageKey(n int) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: fmt.Sprintf("img-%08d", n)}
}

// putImage puts an image that takes most of a page.
func putImage(t *testing.T, s ledger.Store, n int) {
	t.Helper()
	i := &ledger.Image{Key: imageKey(n), Owner: "1", Name: "golden", Description: strings.Repeat("x", 3000), State: ledger.Available}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }); err != nil {
		t.Fatal(err)
	}
}

func TestOpenWithoutAPlace(t *testing.T) {
	if _, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "store.db"), sqlite.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "store.db"), sqlite.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

func TestReadsTakeTheCallersContext(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store.db"))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, one := s.Image(ctx, ledger.ImageKey{Product: ledger.CVM, ID: "img-aaaaaaaa"})
	_, many := s.Events(ctx, ledger.EventQuery{})
	if !errors.Is(one, context.Canceled) || !errors.Is(many, context.Canceled) {
		t.Errorf("got %v and %v, want Canceled", one, many)
	}
}
