package sqlite_test

import (
	"path/filepath"
	"testing"

	"imageshare/ledger"
	"imageshare/store/sqlite"
	"imageshare/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Opener {
		path := filepath.Join(t.TempDir(), "store.db")
		return func(t testing.TB) ledger.Store { return open(t, path) }
	})
}

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
