package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"imageshare/ledger"
)

var sets = []test{
	{"sets of images page by page, after every change", "", setsFollow},
	{"images by the snapshot they are made of", "", bySnapshot},
	{"a view is of one moment", "", viewIsOfOneMoment},
	{"a view gives back what it was lent, whatever happens in it", "", viewEnds},
}

// setsFollow holds every page of every set against what was written.
func setsFollow(r *rig) {
	rnd := rand.New(rand.NewPCG(5, 6))
	owners := []string{owner, "100000000008"}
	model := map[ledger.ImageKey]*ledger.Image{}
	for range 60 {
		key := cvmKey(fmt.Sprintf("img-%08d", rnd.IntN(6)))
		if model[key] != nil && rnd.IntN(5) == 0 {
			delete(model, key)
			r.must(func(tx ledger.Tx) error { return tx.DeleteImage(key) })
		} else {
			model[key] = randomShares(rnd, key, owners[rnd.IntN(2)])
			model[key].Public = rnd.IntN(3) == 0
			r.put(model[key])
		}
		for _, q := range []ledger.SetQuery{
			{Set: ledger.Owned, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: owners[0]}},
			{Set: ledger.Held, Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "30"}},
			{Set: ledger.Public},
		} {
			q.Product, q.Region, q.Now = ledger.CVM, key.Region, noon.Add(2500*time.Millisecond)
			checkSet(r, q, model)
		}
	}
}

// checkSet reads a set in pages of two, and its number alone.
func checkSet(r *rig, q ledger.SetQuery, model map[ledger.ImageKey]*ledger.Image) {
	r.Helper()
	want := modelSet(q, model)
	var got []string
	for q.Offset = 0; q.Offset <= int64(len(want))+1; q.Offset += 2 {
		q.Limit = 2
		page, total, err := r.ImageSet(r.Context(), q)
		if err != nil || total != len(want) {
			r.Fatalf("set %d from %d: %d in all (%v), want %d", q.Set, q.Offset, total, err, len(want))
		}
		for _, i := range page {
			got = append(got, i.Key.ID)
			sameImage(r, r.Store, i)
		}
	}
	if !slices.Equal(got, want) {
		r.Errorf("set %d: %v, want %v", q.Set, got, want)
	}
	q.Offset, q.Limit = 0, 0
	if page, total, err := r.ImageSet(r.Context(), q); err != nil || len(page) != 0 || total != len(want) {
		r.Errorf("set %d counted: %d of %d (%v), want 0 of %d", q.Set, len(page), total, err, len(want))
	}
}

// modelSet is a set by looking at everything.
func modelSet(q ledger.SetQuery, model map[ledger.ImageKey]*ledger.Image) []string {
	type entry struct{ order, id string }
	var all []entry
	for _, i := range model {
		switch {
		case q.Set == ledger.Owned && i.OwnerKey() == q.Account, q.Set == ledger.Public && i.Public:
			all = append(all, entry{i.Key.ID, i.Key.ID})
		case q.Set == ledger.Held:
			for _, s := range i.Live(q.Now) {
				if s.Account == q.Account.ID {
					all = append(all, entry{fmt.Sprintf("%s %020d %s", i.Owner, s.At.Unix(), i.Key.ID), i.Key.ID})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.order, b.order) })
	var ids []string
	for _, e := range all {
		ids = append(ids, e.id)
	}
	return ids
}

// viewIsOfOneMoment reads, and reads again what somebody wants to change
// meanwhile. The change may wait for the view, or not; it is not seen.
func viewIsOfOneMoment(r *rig) {
	before, after := image(cvmKey("img-view0000")), image(cvmKey("img-view0000"))
	after.Name = "changed"
	r.put(before)
	changed := make(chan error, 1)
	err := r.View(r.Context(), func(v ledger.Reader) error {
		sameImage(r, v, before)
		go func() { changed <- r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(after) }) }()
		sameImage(r, v, before)
		return nil
	})
	if err := <-changed; err != nil {
		r.Error(err)
	}
	r.wantErr("a view that succeeds", err, nil)
	r.wantImage(after)
}

// viewEnds fails views, and more of them than there are readers.
func viewEnds(r *rig) {
	i := image(cvmKey("img-view0000"))
	r.put(i)
	for range 20 {
		err := r.View(r.Context(), func(v ledger.Reader) error {
			_, err := v.Image(r.Context(), cvmKey("img-nowhere0"))
			return err
		})
		r.wantErr("a view that fails", err, ledger.ErrNoImage)
		func() {
			defer func() { _ = recover() }()
			_ = r.View(r.Context(), func(ledger.Reader) error { panic("in a view") })
		}()
	}
	r.put(i)
	r.wantImage(i)
	r.must(func(ledger.Tx) error { return nil })
	if err := r.Close(); err != nil {
		r.Fatal(err)
	}
	r.wantErr("after Close", r.View(r.Context(), func(ledger.Reader) error { return nil }), ledger.ErrClosed)
}

func bySnapshot(r *rig) {
	for n, disks := range [][]string{{"snap-1"}, {"snap-2", "snap-3"}, {"snap-3"}, nil} {
		i := image(cvmKey(fmt.Sprintf("img-%08d", n)))
		for _, id := range disks {
			i.Snapshots = append(i.Snapshots, ledger.Snapshot{ID: id, Usage: "data"})
		}
		r.put(i)
	}
	for snapshot, want := range map[string]int{"snap-1": 1, "snap-3": 2, "snap-9": 0} {
		q := ledger.ImageQuery{Product: ledger.CVM, Snapshot: snapshot, Limit: 2}
		found, err := r.Images(r.Context(), q)
		n, errCount := r.CountImages(r.Context(), q)
		if err != nil || errCount != nil || len(found) != want || n != want {
			r.Errorf("%s: %d images (%v), counted %d (%v), want %d", snapshot, len(found), err, n, errCount, want)
		}
	}
	first, err := r.Images(r.Context(), ledger.ImageQuery{Snapshot: "snap-3", Limit: 1})
	if err != nil || len(first) != 1 || first[0].Key.ID != "img-00000001" {
		r.Errorf("the first of two: %v (%v)", first, err)
	}
}
