package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"modernc.org/sqlite"

	"imageshare/ledger"
)

const many = 50_000

// crowded is a store with three lists of many images: owned by 1, held by 2
// and public. Every hundredth is deprecated, every thousandth is of the owner
// 3. They are written at one stroke, as by an older version, and then counted.
func crowded(t *testing.T) string {
	t.Helper()
	s, path := fresh(t)
	c := s.writer.c
	err := errors.Join(c.script(t.Context(), fmt.Sprintf(`
BEGIN;
WITH RECURSIVE every (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM every WHERE n < %d)
INSERT INTO images (product, region, id, owner, name, public, record, shares, state)
SELECT 'cvm', 'r', printf('img-%%08d', n), iif(n %% 1000, 'tencent/1', 'tencent/3'), '', 1,
	json_object('State', iif(n %% 100, 'available', 'deprecated'), 'CreatedAt', '2018-06-10T11:02:50Z'), '2 1528628570' || char(10), iif(n %% 100, NULL, 'deprecated')
FROM every;
INSERT INTO shares (account, product, region, owner, at, image) SELECT 'tencent/2', product, region, owner, 1528628570, id FROM images`, many-1)),
		fillTallies(t.Context(), &tx{view: view{turn: &turn{c: c}}}), c.exec("COMMIT"), s.Close())
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
		page, err := view{conn: c}.ImageSet(t.Context(), q)
		total := page.Total
		if err != nil || total < many*9/10 {
			t.Fatalf("%s: %d (%v)", name, total, err)
		}
		q.Limit = 20
		for _, q.Offset = range []int64{0, int64(total) / 3, int64(total) - 20} {
			pages := looked(t, c, func() {
				page, err := view{conn: c}.ImageSet(context.Background(), q)
				if err != nil || page.Total != total || len(page.Images) != 20 {
					t.Errorf("%s from %d: %d of %d (%v), want 20 of %d", name, q.Offset, len(page.Images), page.Total, err, total)
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
