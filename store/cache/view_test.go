package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// glimpse looks at two sets and at an image, some of which is nowhere.
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

// A view of what is kept asks the engine nothing, and after a change just once.
func TestRemembersViews(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, 1<<20)
	share := ledger.Share{Account: bob.ID, At: noon}
	put(t, s, image(1, share))
	put(t, s, image(2))
	if a, b, _ := glimpse(t, s); a.Total != 2 || b.Total != 1 || engine.asked.Load() != 1 {
		t.Errorf("%d and %d images, and the engine was asked %d times, want 2 and 1 and once", a.Total, b.Total, engine.asked.Load())
	}
	id := image(1).Key.ID
	if _, err := s.Image(t.Context(), image(1).Key); err != nil {
		t.Fatal(err)
	}
	engine.asked.Store(0)
	if a, b, named := glimpse(t, s, id); a.Total != 2 || b.Total != 1 || len(named) != 1 || engine.asked.Load() != 0 {
		t.Errorf("%d and %d images and %v, and the engine was asked %d times, want 2, 1, one and never", a.Total, b.Total, named, engine.asked.Load())
	}
	put(t, s, image(3, share))
	engine.asked.Store(0)
	if a, b, _ := glimpse(t, s); a.Total != 3 || b.Total != 2 || engine.asked.Load() != 1 {
		t.Errorf("after a change %d and %d images, and the engine was asked %d times, want 3 and 2 and once", a.Total, b.Total, engine.asked.Load())
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
