package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/cache"
	"imageshare/store/memory"
)

var (
	noon  = time.Unix(1800000000, 0).UTC()
	alice = ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000001"}
	bob   = ledger.AccountKey{Cloud: ledger.Tencent, ID: "200000000002"}
)

func listed(set ledger.Set, who ledger.AccountKey) ledger.SetQuery {
	return ledger.SetQuery{Set: set, Account: who, Product: ledger.CVM, Region: "ap-guangzhou", Now: noon, Limit: 100}
}

// ImageSet counts what reaches the engine, as Image does.
func (c *counted) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	c.asked.Add(1)
	return c.Store.ImageSet(ctx, q)
}

// A page is asked for once: until a change touches its list or an image on it,
// or its time is over, and not for moments before it was asked for.
func TestRemembersPages(t *testing.T) {
	t.Parallel()
	share := ledger.Share{Account: bob.ID, At: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}
	renamed := image(1, share)
	renamed.Name = "renamed"
	others := image(3)
	others.Owner = "100000000009"
	ended := listed(ledger.Held, bob)
	ended.Now = share.Until
	early := listed(ledger.Held, bob)
	early.Now = noon.Add(-time.Minute)
	for _, c := range []struct {
		what  string
		q     ledger.SetQuery
		then  *ledger.Image // is written in between
		again ledger.SetQuery
		asks  int64
		n     int
	}{
		{what: "nothing happens", q: listed(ledger.Held, bob), again: listed(ledger.Held, bob), n: 1},
		{what: "a share ends", q: listed(ledger.Held, bob), again: ended, asks: 1},
		{what: "the clock goes back", q: listed(ledger.Held, bob), again: early, asks: 1, n: 1},
		{what: "an image is renamed", q: listed(ledger.Held, bob), then: renamed, again: listed(ledger.Held, bob), asks: 1, n: 1},
		{what: "a share is cancelled", q: listed(ledger.Held, bob), then: image(1), again: listed(ledger.Held, bob), asks: 1},
		{what: "a share is given", q: listed(ledger.Held, bob), then: image(2, share), again: listed(ledger.Held, bob), asks: 1, n: 2},
		{what: "an image is made", q: listed(ledger.Owned, alice), then: image(4), again: listed(ledger.Owned, alice), asks: 1, n: 3},
		{what: "somebody else makes one", q: listed(ledger.Owned, alice), then: others, again: listed(ledger.Owned, alice), n: 2},
	} {
		engine := &counted{Store: memory.New()}
		s := cache.New(engine, size)
		put(t, s, image(1, share))
		put(t, s, image(2))
		if _, err := s.ImageSet(t.Context(), c.q); err != nil {
			t.Fatal(err)
		}
		if c.then != nil {
			put(t, s, c.then)
		}
		engine.asked.Store(0)
		page, err := s.ImageSet(t.Context(), c.again)
		if n := engine.asked.Load(); err != nil || n != c.asks || len(page.Images) != c.n || page.Total != c.n {
			t.Errorf("%s: %d images of %d (%v) after asking the engine %d times, want %d after %d", c.what, len(page.Images), page.Total, err, n, c.n, c.asks)
		}
	}
}

// While a change is being answered nobody knows whether it was kept: pages of
// the lists that it touches come from the engine.
func TestPagesWhileAChangeIsUnderWay(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, size)
	put(t, s, image(1, ledger.Share{Account: bob.ID, At: noon}))
	engine.before = func() {
		for range 2 {
			if page, err := s.ImageSet(t.Context(), listed(ledger.Held, bob)); err != nil || page.Total != 0 {
				t.Errorf("read before the change was answered: %+v %v", page, err)
			}
		}
	}
	engine.asked.Store(0)
	put(t, s, image(1))
	if n := engine.asked.Load(); n != 2 {
		t.Errorf("the engine was asked %d times during the change, want every time", n)
	}
}

// Whatever is changed, pages are the engine's.
func TestPagesFollow(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 8))
	engine := memory.New()
	s := cache.New(engine, size)
	var queries []ledger.SetQuery
	for _, who := range []ledger.AccountKey{alice, bob, {Cloud: ledger.Tencent, ID: "30"}} {
		for _, set := range []ledger.Set{ledger.Owned, ledger.Held, ledger.Public} {
			q := listed(set, who)
			queries = append(queries, q)
			q.States = []ledger.State{ledger.Available}
			queries = append(queries, q)
		}
		q := listed(ledger.Owned, who)
		q.Family = "web"
		queries = append(queries, q)
		q = listed(ledger.Public, who)
		q.Without = []ledger.Set{ledger.Owned, ledger.Held}
		queries = append(queries, q)
		q = listed(ledger.Held, who)
		q.Owner = alice.ID
		queries = append(queries, q)
	}
	for range 600 {
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return meddle(t.Context(), tx, rnd) }); err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			q.Now = q.Now.Add(time.Duration(rnd.IntN(3)) * time.Second)
			for range 2 {
				got, err1 := s.ImageSet(t.Context(), q)
				want, err2 := engine.ImageSet(t.Context(), q)
				alike := func(a, b *ledger.Image) bool { return a.Listed(q.Account).Equal(b.Listed(q.Account)) }
				if err1 != nil || err2 != nil || got.Total != want.Total || !slices.EqualFunc(got.Images, want.Images, alike) {
					t.Fatalf("%+v: got %v of %d (%v), want %v of %d (%v)", q, got.Images, got.Total, err1, want.Images, want.Total, err2)
				}
			}
		}
	}
}

// meddle changes one thing of one image of ten.
func meddle(ctx context.Context, tx ledger.Tx, rnd *rand.Rand) error {
	i := image(rnd.IntN(10))
	if was, err := tx.Image(ctx, i.Key); err == nil {
		i = was.Clone()
	}
	share := ledger.Share{Account: []string{bob.ID, "30", "4"}[rnd.IntN(3)], At: noon.Add(-time.Duration(rnd.IntN(9)) * time.Second)}
	switch rnd.IntN(10) {
	case 0:
		i.Owner = []string{alice.ID, "30"}[rnd.IntN(2)]
	case 1:
		i.Family = []string{"", "web"}[rnd.IntN(2)]
	case 2:
		i.State, i.ReadyAt = ledger.Copying, noon.Add(time.Duration(rnd.IntN(3))*time.Second)
	case 3:
		i.State, i.ReadyAt = ledger.Available, time.Time{}
	case 4:
		i.Public = !i.Public
	case 5:
		i.Description += "."
	case 6:
		i.Shares = nil
	case 7:
		i.State, i.ReadyAt = ledger.Deprecated, time.Time{}
	case 8:
		if err := tx.PutImage(i); err != nil { // or there may be nothing to delete
			return err
		}
		return tx.DeleteImage(i.Key)
	default:
		if rnd.IntN(2) == 0 {
			share.Until = noon.Add(time.Duration(rnd.IntN(3)) * time.Second)
		}
		i.Shares = append(slices.DeleteFunc(i.Shares, func(s ledger.Share) bool { return s.Account == share.Account }), share)
		slices.SortFunc(i.Shares, ledger.Share.Compare)
	}
	return tx.PutImage(i)
}

// Writers make images public and take that back, two of them in each change,
// while readers ask for the page of them. Whatever page is answered shows both
// or neither, of one change, and never one from before another that was seen.
func TestPagesAreOfOneMoment(t *testing.T) {
	t.Parallel()
	s := overSQLite(t)
	pair := func(n, change int) error {
		return s.Update(t.Context(), func(tx ledger.Tx) error {
			for _, i := range []*ledger.Image{image(2 * n), image(2*n + 1)} {
				i.Public, i.Description = change%2 == 1, fmt.Sprint(change)
				if err := tx.PutImage(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var begun, acknowledged [raced]atomic.Int64
	crowd(func(n, c int) {
		begun[n].Store(int64(c))
		if err := pair(n, c); err != nil {
			t.Error(err)
		}
		acknowledged[n].Store(int64(c))
	}, func(seen *[raced]int64) {
		var last [raced]int64
		for n := range raced {
			last[n] = acknowledged[n].Load()
			seen[n] = max(seen[n], last[n])
		}
		page, err := s.ImageSet(t.Context(), listed(ledger.Public, alice))
		if err != nil {
			t.Error(err)
		}
		if slices.ContainsFunc(page.Images, func(i *ledger.Image) bool { return !i.Public }) {
			t.Errorf("%v are not all public", page.Images)
		}
		found := pairs(t, page, seen)
		for n := range raced {
			if here := found[n] > 0; last[n] == begun[n].Load() && here != (last[n]%2 == 1) {
				t.Errorf("pair %d is on the page: %v, but its last change was %d", n, here, last[n])
			}
		}
	})
}

// pairs are the changes of which a page shows pairs, 0 for those that are not
// on it. Nothing may be older than what was seen.
func pairs(t *testing.T, page ledger.SetPage, seen *[raced]int64) (of [raced]int64) {
	var found [2 * raced]int64
	for _, i := range page.Images {
		var n, change int64
		_, err1 := fmt.Sscanf(i.Key.ID, "img-%d", &n)
		if _, err := fmt.Sscan(i.Description, &change); err != nil || err1 != nil {
			t.Errorf("%+v: %v %v", i, err, err1)
			return of
		}
		found[n] = change
	}
	if page.Total != len(page.Images) {
		t.Errorf("%d images of %d", len(page.Images), page.Total)
	}
	for n := range seen {
		a, b := found[2*n], found[2*n+1]
		if a != b {
			t.Errorf("pair %d is of the changes %d and %d", n, a, b)
		}
		if a != 0 && a < seen[n] {
			t.Errorf("pair %d is of change %d, after %d was seen or acknowledged", n, a, seen[n])
		}
		of[n], seen[n] = a, max(seen[n], a)
	}
	return of
}
