package ledger_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"imageshare/ledger"
)

// market is a ledger of many images: of the caller and of two others, shared
// with the caller or not, public or not, in every state.
func market(t *testing.T) (b *book, all []*ledger.Image) {
	t.Helper()
	b = open(t, ledger.Config{})
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		i := &ledger.Image{
			Key: ledger.ImageKey{Product: ledger.CVM, Region: "ap-shanghai", ID: fmt.Sprintf("img-%08d", n)}, Owner: []string{owner.Account, "200", "300"}[rnd.IntN(3)],
			Name: fmt.Sprint("image ", n%7), State: ledger.Available, Public: rnd.IntN(2) == 0, Family: []string{"", "web", "db"}[rnd.IntN(3)],
			Snapshots: []ledger.Snapshot{{ID: fmt.Sprint("snap-", n%4)}}, CreatedAt: start.Truncate(time.Second),
		}
		switch rnd.IntN(4) {
		case 0:
			i.State = ledger.Failed
		case 1:
			i.State, i.ReadyAt = ledger.Creating, start.Add(time.Duration(rnd.IntN(3)-1)*time.Second).Truncate(time.Second)
		}
		if i.Owner != owner.Account && rnd.IntN(2) == 0 {
			i.Shares = []ledger.Share{{Account: owner.Account, At: start.Add(-time.Duration(rnd.IntN(3)) * time.Hour).Truncate(time.Second)}}
			if rnd.IntN(4) == 0 {
				i.Shares[0].Until = start.Truncate(time.Second)
			}
		}
		all = append(all, i)
	}
	if err := b.store.Update(context.Background(), func(tx ledger.Tx) error {
		for _, i := range all {
			if err := tx.PutImage(i); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b, all
}

// want is a view by looking at everything: the ids of all its images.
func want(v ledger.View, all []*ledger.Image) []string {
	type entry struct {
		set   int
		grant ledger.Grant
	}
	var found []entry
	for _, i := range all {
		i = i.Settled(start)
		in := map[ledger.Set]bool{ledger.Owned: i.Owner == owner.Account, ledger.Held: len(i.Live(start)) > 0, ledger.Public: i.Public}
		set := slices.IndexFunc(v.Sets, func(s ledger.Set) bool { return in[s] })
		as := ledger.Public
		if in[ledger.Owned] {
			as = ledger.Owned
		} else if in[ledger.Held] {
			as = ledger.Held
		}
		e := entry{set: set, grant: ledger.Grant{Image: i.Key}}
		switch {
		case set < 0, v.States != nil && !slices.Contains(v.States, i.State), v.Family != "" && v.Family != i.Family,
			v.Owner != "" && v.Sets[set] != ledger.Owned && v.Owner != i.Owner, v.Snapshot != "" && v.Snapshot != i.Snapshots[0].ID,
			v.Match != nil && !v.Match(ledger.Seen{Image: i, As: as}):
			continue
		case v.Sets[set] == ledger.Held:
			e.grant.Owner, e.grant.Share = i.Owner, i.Shares[0]
		}
		found = append(found, e)
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Or(cmp.Compare(a.set, b.set), a.grant.Compare(b.grant)) })
	var ids []string
	for _, e := range found {
		ids = append(ids, e.grant.Image.ID)
	}
	return ids
}

// Whatever mix of sets and filters is asked for, through an index or by looking
// at each image, a view is the same images in the same order.
func TestSeeByEveryMix(t *testing.T) {
	t.Parallel()
	b, all := market(t)
	views := []ledger.View{{Product: ledger.CVM, Region: "ap-shanghai"}}
	widen := func(set ...func(*ledger.View)) {
		for _, v := range slices.Clone(views) {
			for _, s := range set {
				with := v
				s(&with)
				views = append(views, with)
			}
		}
	}
	for _, sets := range [][]ledger.Set{
		{ledger.Owned}, {ledger.Held}, {ledger.Public}, {ledger.Owned, ledger.Held}, {ledger.Held, ledger.Public}, {ledger.Owned, ledger.Public},
		{ledger.Owned, ledger.Held, ledger.Public},
	} {
		views = append(views, ledger.View{Product: ledger.CVM, Region: "ap-shanghai", Sets: sets})
	}
	widen(func(v *ledger.View) { v.States = []ledger.State{ledger.Available} }, func(v *ledger.View) { v.States = []ledger.State{ledger.Creating, ledger.Failed} },
		func(v *ledger.View) { v.States = []ledger.State{} })
	widen(func(v *ledger.View) { v.Family = "web" })
	widen(func(v *ledger.View) { v.Owner = "200" }, func(v *ledger.View) { v.Owner = owner.Account })
	widen(func(v *ledger.View) { v.Snapshot = "snap-1" })
	widen(func(v *ledger.View) { v.Match = func(s ledger.Seen) bool { return s.Name != "image 3" } })
	for _, v := range views {
		checkView(t, b, v, want(v, all))
	}
}

// checkView reads a view in pages.
func checkView(t *testing.T, b *book, v ledger.View, ids []string) {
	t.Helper()
	var got []string
	for v.Limit = 7; v.Offset <= int64(len(ids)); v.Offset += v.Limit {
		page, total, err := b.See(context.Background(), owner, v)
		if err != nil || total != int64(len(ids)) {
			t.Errorf("%+v: %d in all (%v), want %d", v, total, err, len(ids))
			return
		}
		for _, s := range page {
			got = append(got, s.Key.ID)
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("%+v\n got %v\nwant %v", v, got, ids)
	}
}

// crowded is a store that says that its sets are greater than they are.
type crowded struct {
	ledger.Store
	more int
}

func (c crowded) View(ctx context.Context, look func(ledger.Glance) error) error {
	return c.Store.View(ctx, func(r ledger.Glance) error { return look(crowdedReader{r, c.more}) })
}

type crowdedReader struct {
	ledger.Glance
	more int
}

func (c crowdedReader) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	page, err := c.Glance.ImageSet(ctx, q)
	page.Total += c.more
	return page, err
}

// What no index has is looked for among so many images and no more; what an
// index has is found among any number.
func TestSeeAmongTooMany(t *testing.T) {
	t.Parallel()
	b, _ := market(t)
	l, err := ledger.New(context.Background(), ledger.Config{Store: crowded{b.store, 100_000}, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	v := ledger.View{
		Product: ledger.CVM, Region: "ap-shanghai", Sets: []ledger.Set{ledger.Owned, ledger.Held},
		States: []ledger.State{ledger.Available}, Owner: "200", Limit: 5,
	}
	if page, total, err := l.See(context.Background(), owner, v); err != nil || len(page) == 0 || total < 200_000 {
		t.Errorf("found by an index: %d of %d, %v", len(page), total, err)
	}
	v.Match = func(ledger.Seen) bool { return true }
	if _, _, err := l.See(context.Background(), owner, v); !errors.Is(err, ledger.ErrTooWide) {
		t.Errorf("looked through: %v, want ErrTooWide", err)
	}
}
