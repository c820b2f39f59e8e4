package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/memory"
	"imageshare/store/storetest"
)

// small opens a store whose blocks are so small that a few entries have levels.
func small(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.writer.c.block = 3
	return s
}

func TestStoreOfSmallBlocks(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) storetest.Opener {
		path := filepath.Join(t.TempDir(), "store.db")
		return func(t testing.TB) ledger.Store { return small(t, path) }
	})
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	here = ledger.ImageKey{Product: ledger.CVM, Region: "r"}
)

// scattered writes or deletes an image of many at random: two owners, five
// holders, the last of little, shares that end, images that become available.
func scattered(tx ledger.Tx, rnd *rand.Rand, many int) error {
	i := &ledger.Image{Key: here, Owner: fmt.Sprint(1 + rnd.IntN(2)), State: ledger.Available, CreatedAt: noon, Public: rnd.IntN(2) == 0}
	i.Key.ID = fmt.Sprintf("img-%08d", rnd.IntN(many))
	if rnd.IntN(3) == 0 {
		if err := tx.DeleteImage(i.Key); err == nil {
			return nil
		}
	}
	if rnd.IntN(10) == 0 {
		i.State, i.ReadyAt = ledger.Creating, noon.Add(time.Duration(rnd.IntN(10_000))*time.Millisecond)
	}
	if rnd.IntN(10) == 0 {
		i.State = ledger.Deprecated
	}
	for who := 3; who < 8; who++ {
		s := ledger.Share{Account: fmt.Sprint(who), At: noon.Add(-time.Duration(rnd.IntN(3)) * time.Second)}
		if rnd.IntN(10) == 0 {
			s.Until = noon.Add(time.Duration(rnd.IntN(10)) * time.Second)
		}
		if rnd.IntN(2) == 0 && (who < 7 || rnd.IntN(50) == 0) {
			i.Shares = append(i.Shares, s)
		}
	}
	slices.SortFunc(i.Shares, ledger.Share.Compare)
	return tx.PutImage(i)
}

// Whatever is written, in whatever order, pages are those of the engine that
// looks at everything, and the tallies are what they claim to be.
func TestTalliesFollow(t *testing.T) {
	t.Parallel()
	s, m := small(t, filepath.Join(t.TempDir(), "store.db")), memory.New()
	t.Cleanup(func() { s.Close(); m.Close() })
	for round, many := range []int{300, 300, 20, 20, 0} { // they grow, churn, shrink and end
		for _, store := range []ledger.Store{s, m} {
			rnd := rand.New(rand.NewPCG(7, uint64(round)))
			change := func(tx ledger.Tx) error {
				for range min(200, many) {
					if err := scattered(tx, rnd, many); err != nil {
						return err
					}
				}
				return forget(tx, many)
			}
			if err := store.Update(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		}
		soundTallies(t, s)
		comparePages(t, s, m)
		if levels := level(t, s); many > 20 && levels < 2 {
			t.Errorf("round %d: the highest level is %d: nothing was tried", round, levels)
		}
	}
}

// forget deletes all but the first so many images.
func forget(tx ledger.Tx, many int) error {
	after := here
	after.ID = fmt.Sprintf("img-%08d", many-1)
	old, err := tx.Images(context.Background(), ledger.ImageQuery{After: after})
	for _, i := range old {
		if err := tx.DeleteImage(i.Key); err != nil {
			return err
		}
	}
	return err
}

func comparePages(t *testing.T, a, b ledger.Store) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		q := ledger.SetQuery{
			Set: ledger.Set(rnd.IntN(3)), Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: fmt.Sprint(1 + rnd.IntN(7))},
			Product: here.Product, Region: here.Region, Now: noon.Add(time.Duration(rnd.IntN(11)) * time.Second), Offset: rnd.Int64N(200), Limit: rnd.IntN(20),
		}
		switch rnd.IntN(3) {
		case 0:
			q.States = []ledger.State{ledger.Available}
		case 1:
			q.States = []ledger.State{ledger.Creating, ledger.Deprecated}
		}
		if q.Set == ledger.Public {
			q.Without = []ledger.Set{ledger.Owned, ledger.Held}
		} else if rnd.IntN(2) == 0 && q.Set == ledger.Held {
			q.Owner = fmt.Sprint(rnd.IntN(4))
		}
		got, err1 := a.ImageSet(t.Context(), q)
		want, err2 := b.ImageSet(t.Context(), q)
		if err1 != nil || err2 != nil || got.Total != want.Total || !slices.EqualFunc(got.Images, want.Images, (*ledger.Image).Equal) {
			t.Errorf("%+v: %d images of %d (%v), want %d of %d (%v)", q, len(got.Images), got.Total, err1, len(want.Images), want.Total, err2)
		}
	}
}

// soundTallies holds the tallies to their own rules: all levels of a list have
// the same sums, a block begins where its first part begins, and none is too
// great.
func soundTallies(t *testing.T, s *Store) {
	t.Helper()
	for rule, text := range map[string]string{
		"sums": "SELECT list, count(*) FROM (SELECT DISTINCT list, sum(n), sum(available) FROM tallies GROUP BY list, level) GROUP BY list HAVING count(*) > 1",
		"beginnings": "SELECT list, level FROM tallies a WHERE level > 0 AND NOT EXISTS (SELECT 1 FROM tallies b " +
			"WHERE b.list = a.list AND b.level = a.level - 1 AND b.owner = a.owner AND b.at = a.at AND b.id = a.id)",
		"sizes":   fmt.Sprintf("SELECT list, n FROM tallies WHERE level = 0 AND n > %d", s.writer.c.block),
		"numbers": "SELECT list, n FROM tallies WHERE n < 0 OR available NOT BETWEEN 0 AND n",
		"empty": "SELECT list, level FROM tallies a WHERE n = 0 AND (at > -9223372036854775808 OR NOT EXISTS (SELECT 1 FROM tallies WHERE list = a.list AND n > 0)) " +
			"AND NOT EXISTS (SELECT 1 FROM tallies b WHERE b.list = a.list AND b.level = a.level + 1 AND b.owner = a.owner AND b.at = a.at AND b.id = a.id)",
		"whole": "SELECT list, n FROM tallies GROUP BY list, level HAVING min(at) > -9223372036854775808",
	} {
		ask(t, s, text, func(r row) { t.Errorf("%s: list %v, %v", rule, r[0], r[1]) })
	}
}

func level(t *testing.T, s *Store) (highest int64) {
	t.Helper()
	ask(t, s, "SELECT ifnull(max(level), -1) FROM tallies", func(r row) { highest = r.int(0) })
	return highest
}

// ask runs a statement beside the writer, which may still look at its log.
func ask(t *testing.T, s *Store, text string, see func(row)) {
	t.Helper()
	err := s.readers.use(t.Context(), func(c *conn) error {
		return c.query(t.Context(), func(r row) error { see(r); return nil }, text)
	})
	if err != nil {
		t.Error(err)
	}
}
