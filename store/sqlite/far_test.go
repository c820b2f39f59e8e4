package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"

	"imageshare/ledger"
)

const many = 20_000

// crowded is a store with three lists of many images: owned by 1, held by 2
// and public. Every hundredth is deprecated, every thousandth is of the owner 3.
func crowded(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx ledger.Tx) error {
		for n := range many {
			i := &ledger.Image{Key: here, Owner: "1", State: ledger.Available, Public: true, CreatedAt: noon, Shares: []ledger.Share{{Account: "2", At: noon}}}
			i.Key.ID = fmt.Sprintf("img-%08d", n)
			if n%100 == 0 {
				i.State = ledger.Deprecated
			}
			if n%1000 == 0 {
				i.Owner = "3"
			}
			if err := tx.PutImage(i); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A page costs about the same wherever it lies: a few blocks of each level, and
// its images. That is counted in pages of the file that are looked at, some
// four of them for an image.
func TestFarPagesCostNoMore(t *testing.T) {
	t.Parallel()
	c, err := dial(dsn(crowded(t), "ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := c.pragma("mmap_size = 0"); err != nil { // or looking at a page is not counted
		t.Fatal(err)
	}
	available := []ledger.State{ledger.Available}
	walk := looked(t, c, func() {
		l := ownedRoll("tencent/1", string(here.Product), here.Region).entries(whole)
		l.columns, l.order = "count(*)", "1"
		if err := l.run(context.Background(), view{conn: c}, func(row) error { return nil }); err != nil {
			t.Error(err)
		}
	})
	for name, q := range map[string]ledger.SetQuery{
		"owned":            {Set: ledger.Owned, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}},
		"owned, available": {Set: ledger.Owned, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}, States: available},
		"held":             {Set: ledger.Held, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "2"}},
		"held of one":      {Set: ledger.Held, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "2"}, Owner: "1", States: available},
		"public":           {Set: ledger.Public},
		"public of one":    {Set: ledger.Public, Owner: "1"},
		"public of others": {Set: ledger.Public, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "3"}, Without: []ledger.Set{ledger.Owned, ledger.Held}},
	} {
		q.Product, q.Region, q.Now = here.Product, here.Region, noon
		_, total, err := view{conn: c}.ImageSet(t.Context(), q)
		if err != nil || total < many*9/10 {
			t.Fatalf("%s: %d (%v)", name, total, err)
		}
		q.Limit = 20
		for _, q.Offset = range []int64{0, int64(total) / 3, int64(total) - 20} {
			pages := looked(t, c, func() {
				page, n, err := view{conn: c}.ImageSet(context.Background(), q)
				if err != nil || n != total || len(page) != 20 {
					t.Errorf("%s from %d: %d of %d (%v), want 20 of %d", name, q.Offset, len(page), n, err, total)
				}
			})
			most := walk * 2 / 3
			if q.Without != nil {
				most = walk * 2 // each entry of a block may be looked for in what is left out: that does not grow with the list
			}
			if pages > most {
				t.Errorf("%s from %d: looked at %d pages of the file, want %d at the most; walking a list once is %d", name, q.Offset, pages, most, walk)
			}
		}
	}
}

// looked is how many pages of the file a connection asks for meanwhile.
func looked(t *testing.T, c *conn, do func()) (pages int) {
	t.Helper()
	count := func() (n int) {
		for _, op := range []sqlite.DBStatusOp{sqlite.DBStatusCacheHit, sqlite.DBStatusCacheMiss} {
			current, _, err := c.raw.(sqlite.DBStatus).Status(op, true)
			if err != nil {
				t.Fatal(err)
			}
			n += current
		}
		return n
	}
	count()
	do()
	return count()
}
