package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/cache"
	"imageshare/store/memory"
)

// View counts what reaches the engine, as Image does.
func (c *counted) View(ctx context.Context, look func(ledger.Glance) error) error {
	c.asked.Add(1)
	return c.Store.View(ctx, look)
}

// glimpse looks at two sets and at images.
func glimpse(t *testing.T, s ledger.Store, ids ...string) (ofAlice, ofBob ledger.SetPage, named []*ledger.Image) {
	t.Helper()
	err := s.View(t.Context(), func(g ledger.Glance) (err error) {
		named = nil
		if ofAlice, err = g.ImageSet(t.Context(), listed(ledger.Owned, alice)); err != nil {
			return err
		}
		if ofBob, err = g.ImageSet(t.Context(), listed(ledger.Held, bob)); err != nil {
			return err
		}
		for _, id := range ids {
			i, err := g.Image(t.Context(), ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: id})
			if err != nil {
				return err
			}
			named = append(named, i)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return ofAlice, ofBob, named
}

// A view of what is kept asks the engine nothing, and after a change for what
// changed alone.
func TestRemembersViews(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, size)
	share := ledger.Share{Account: bob.ID, At: noon}
	put(t, s, image(1, share))
	put(t, s, image(2))
	id := image(1).Key.ID
	for _, c := range []struct {
		what   string
		change *ledger.Image
		asks   int64
		ofBob  int
	}{
		{what: "the first time", asks: 3, ofBob: 1},
		{what: "again", ofBob: 1},
		{what: "after a change of the image that is named", change: image(1), asks: 2},
		{what: "after a share of another", change: image(2, share), asks: 2, ofBob: 1}, // and the image on the other page
	} {
		if c.change != nil {
			put(t, s, c.change)
		}
		engine.asked.Store(0)
		a, b, named := glimpse(t, s, id)
		if n := engine.asked.Load(); n != c.asks || a.Total != 2 || b.Total != c.ofBob || len(named) != 1 || len(b.Images) != c.ofBob {
			t.Errorf("%s: %d and %d images and %v, and the engine was asked %d times, want 2, %d, one and %d times", c.what, a.Total, b.Total, named, n, c.ofBob, c.asks)
		}
	}
}

// What changes while a view looks makes it look once more, at the engine.
func TestViewThatIsOvertaken(t *testing.T) {
	t.Parallel()
	share := ledger.Share{Account: bob.ID, At: noon}
	for what, change := range map[string]*ledger.Image{
		"a list that it reads next":   image(2, share),
		"an image that it reads next": {Key: image(1).Key, Owner: alice.ID, State: ledger.Available, Name: "renamed"},
		"what it does not read":       {Key: image(3).Key, Owner: "100000000009", State: ledger.Available},
	} {
		engine := &counted{Store: memory.New()}
		s := cache.New(engine, size)
		put(t, s, image(1))
		put(t, s, image(2))
		glimpse(t, s, image(1).Key.ID)
		looks := 0
		err := s.View(t.Context(), func(g ledger.Glance) error {
			owned, err := g.ImageSet(t.Context(), listed(ledger.Owned, alice))
			if err != nil {
				return err
			}
			if looks++; looks == 1 {
				put(t, s, change)
				engine.asked.Store(0)
			}
			held, err := g.ImageSet(t.Context(), listed(ledger.Held, bob))
			if err != nil {
				return err
			}
			named, err := g.Image(t.Context(), image(1).Key)
			if err != nil {
				return err
			}
			if owned.Images[0].Name != named.Name || held.Total != len(owned.Images[1].Shares) {
				t.Errorf("%s: %q and %q, %d images held and %v", what, owned.Images[0].Name, named.Name, held.Total, owned.Images[1].Shares)
			}
			return nil
		})
		if want := map[bool]int{true: 1, false: 2}[what == "what it does not read"]; err != nil || looks != want {
			t.Errorf("%s: %d looks (%v), want %d", what, looks, err, want)
		}
	}
}

// Nobody is at a name and nothing lies beyond the end of a list: that is known
// without a view of the engine, and the end without asking it twice.
func TestViewOfNothing(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, size)
	put(t, s, image(1))
	for offset := range int64(3) {
		engine.asked.Store(0)
		err := s.View(t.Context(), func(g ledger.Glance) error {
			q := listed(ledger.Owned, alice)
			q.Offset = 10 + offset
			if page, err := g.ImageSet(t.Context(), q); err != nil || page.Total != 1 || len(page.Images) != 0 {
				t.Errorf("beyond the end: %+v %v", page, err)
			}
			_, err := g.Image(t.Context(), image(9).Key)
			return err
		})
		if n, want := engine.asked.Load(), map[bool]int64{true: 2, false: 1}[offset == 0]; !errors.Is(err, ledger.ErrNoImage) || n != want {
			t.Errorf("%v after asking the engine %d times, want no such image after %d", err, n, want)
		}
	}
}

// That a list is known to be short says nothing about what is on it.
func TestPageBeforeTheEnd(t *testing.T) {
	t.Parallel()
	s := cache.New(memory.New(), size)
	put(t, s, image(1))
	for _, offset := range []int64{1, 0} {
		q := listed(ledger.Owned, alice)
		q.Offset = offset
		if page, err := s.ImageSet(t.Context(), q); err != nil || int64(len(page.Images)) != 1-offset {
			t.Errorf("from %d on: %d images (%v)", offset, len(page.Images), err)
		}
	}
}

// A page of the greatest size is kept in a cache of the usual one.
func TestRemembersALongPage(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, 64<<20)
	for n := range 100 {
		i := image(n)
		i.Name, i.Description = fmt.Sprintf("golden-%d", n), strings.Repeat("about it ", 20)
		i.Snapshots = []ledger.Snapshot{{ID: fmt.Sprintf("snap-%08d", n), Usage: "system", SizeGiB: 50}}
		put(t, s, i)
	}
	for range 2 {
		if page, err := s.ImageSet(t.Context(), listed(ledger.Owned, alice)); err != nil || len(page.Images) != 100 {
			t.Fatalf("%d images (%v)", len(page.Images), err)
		}
	}
	if n := engine.asked.Load(); n != 1 {
		t.Errorf("the engine was asked %d times, want once", n)
	}
}

// Writers move pairs of images from one set to another, while readers view
// both sets: each pair is in one of them, whole, and never as it was before
// another look.
func TestViewsAreOfOneMoment(t *testing.T) {
	t.Parallel()
	s := overSQLite(t)
	pair := func(n, change int) error {
		return s.Update(t.Context(), func(tx ledger.Tx) error {
			for _, i := range []*ledger.Image{image(2 * n), image(2*n + 1)} {
				i.Description = fmt.Sprint(change)
				if i.Public = change%2 == 1; !i.Public {
					i.Shares = []ledger.Share{{Account: bob.ID, At: noon.Add(-time.Hour)}}
				}
				if err := tx.PutImage(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for n := range raced {
		if err := pair(n, 0); err != nil {
			t.Fatal(err)
		}
	}
	var acknowledged [raced]atomic.Int64
	crowd(func(n, c int) {
		if err := pair(n, c); err != nil {
			t.Error(err)
		}
		acknowledged[n].Store(int64(c))
	}, func(seen *[raced]int64) {
		for n := range raced {
			seen[n] = max(seen[n], acknowledged[n].Load())
		}
		var both ledger.SetPage
		err := s.View(t.Context(), func(g ledger.Glance) error {
			both = ledger.SetPage{}
			sets := []ledger.SetQuery{listed(ledger.Public, bob), listed(ledger.Held, bob)}
			rand.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
			for _, q := range sets {
				page, err := g.ImageSet(t.Context(), q)
				if err != nil {
					return err
				}
				both.Images, both.Total = append(both.Images, page.Images...), both.Total+page.Total
			}
			return nil
		})
		if err != nil || both.Total != 2*raced {
			t.Errorf("%d images (%v), want each once", both.Total, err)
		}
		pairs(t, both, seen)
	})
}
