package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"imageshare/ledger"
)

var sets = []test{
	{"sets of images, however narrowed, page by page", "", setsFollow},
	{"images by the snapshot they are made of", "", bySnapshot},
	{"a view is of one moment", "", viewIsOfOneMoment},
	{"a view gives back what it was lent, whatever happens in it", "", viewEnds},
}

// setsFollow holds pages of every set, however narrowed, against what was
// written.
func setsFollow(r *rig) {
	rnd := rand.New(rand.NewPCG(5, 6))
	model := map[ledger.ImageKey]*ledger.Image{}
	for range 40 {
		r.must(func(tx ledger.Tx) error { return scatter(tx, rnd, model) })
		for range 25 {
			q := randomSet(rnd)
			for _, after := range []time.Duration{0, 0, time.Second, -time.Second} { // what is asked again may be remembered
				q := q
				q.Now = q.Now.Add(after)
				checkSet(r, rnd, q, model)
			}
		}
	}
}

// scatter writes and deletes a few of forty images.
func scatter(tx ledger.Tx, rnd *rand.Rand, model map[ledger.ImageKey]*ledger.Image) error {
	for range 8 {
		key := cvmKey(fmt.Sprintf("img-%08d", rnd.IntN(40)))
		if model[key] != nil && rnd.IntN(3) == 0 {
			delete(model, key)
			if err := tx.DeleteImage(key); err != nil {
				return err
			}
			continue
		}
		model[key] = randomImage(rnd, key)
		if err := tx.PutImage(model[key].Clone()); err != nil {
			return err
		}
	}
	return nil
}

// randomImage is of one of two owners, mostly available, sometimes public.
func randomImage(rnd *rand.Rand, key ledger.ImageKey) *ledger.Image {
	i := randomShares(rnd, key, setOwners[rnd.IntN(2)])
	i.Public = rnd.IntN(3) > 0
	i.Family = []string{"", "web", "web db"}[rnd.IntN(3)]
	switch rnd.IntN(8) {
	case 0:
		i.State = ledger.States[rnd.IntN(len(ledger.States))]
	case 1:
		i.State, i.ReadyAt = ledger.Importing, noon.Add(time.Duration(rnd.IntN(4000))*time.Millisecond)
	}
	return i
}

var setOwners = []string{owner, "100000000008"}

// randomSet is a set, seen by an owner or by a holder of shares.
func randomSet(rnd *rand.Rand) ledger.SetQuery {
	who := append([]string{"30", "2"}, setOwners...)[rnd.IntN(4)]
	q := ledger.SetQuery{
		Set: ledger.Set(rnd.IntN(3)), Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: who}, Product: ledger.CVM, Region: cvmKey("").Region,
		Now: noon.Add(time.Duration(rnd.IntN(5000)) * time.Millisecond), Offset: int64(rnd.IntN(12)), Limit: rnd.IntN(12),
	}
	switch rnd.IntN(4) {
	case 0:
		q.States = []ledger.State{ledger.Available}
	case 1:
		q.States = ledger.States[rnd.IntN(len(ledger.States)):]
	}
	if q.Set == ledger.Owned {
		q.Family = []string{"", "web", "web db", "none"}[rnd.IntN(4)]
		return q
	}
	q.Owner = append([]string{"", "10000000000"}, setOwners...)[rnd.IntN(4)]
	if q.Set == ledger.Public && q.Owner == "" {
		q.Without = [][]ledger.Set{nil, {ledger.Owned}, {ledger.Held}, {ledger.Owned, ledger.Held}}[rnd.IntN(4)]
	}
	return q
}

// checkSet reads a page of a set and its number, and one far behind the end.
func checkSet(r *rig, rnd *rand.Rand, q ledger.SetQuery, model map[ledger.ImageKey]*ledger.Image) {
	r.Helper()
	want := modelSet(q, model)
	found, err := r.ImageSet(r.Context(), q)
	page, total := found.Images, found.Total
	if err != nil || total != len(want) {
		r.Errorf("%+v: %d in all (%v), want %d", q, total, err, len(want))
	}
	checkUntil(r, q, found.Until, imageIDs(want), model)
	from := min(int(q.Offset), len(want))
	want = want[from:min(from+q.Limit, len(want))]
	if !slices.EqualFunc(page, want, func(a, b *ledger.Image) bool { return a.Listed(q.Account).Equal(b.Listed(q.Account)) }) {
		r.Errorf("%+v\n got %v\nwant %v", q, imageIDs(page), imageIDs(want))
	}
	q.Offset, q.Limit = math.MaxInt64-int64(rnd.IntN(2)), 5
	if far, err := r.ImageSet(r.Context(), q); err != nil || len(far.Images) != 0 || far.Total != total {
		r.Errorf("%+v: %v of %d (%v), want none of %d", q, imageIDs(far.Images), far.Total, err, total)
	}
}

// checkUntil looks whether a set stays what it is until then, or for ever.
func checkUntil(r *rig, q ledger.SetQuery, until time.Time, want []string, model map[ledger.ImageKey]*ledger.Image) {
	r.Helper()
	if !until.IsZero() && !until.After(q.Now) {
		r.Errorf("%+v: until %v, which has been", q, until)
	}
	now := q.Now
	for later := now; later.Before(now.Add(6*time.Second)) && (until.IsZero() || later.Before(until)); later = later.Add(499 * time.Millisecond) {
		q.Now = later
		if got := imageIDs(modelSet(q, model)); !slices.Equal(got, want) {
			r.Errorf("%+v: until %v, but at %v it is %v and no longer %v", q, until, later, got, want)
			return
		}
	}
}

// modelSet is a set by looking at everything.
func modelSet(q ledger.SetQuery, model map[ledger.ImageKey]*ledger.Image) []*ledger.Image {
	order := map[ledger.ImageKey]string{}
	var all []*ledger.Image
	for key, i := range model {
		in := map[ledger.Set]bool{ledger.Owned: i.OwnerKey() == q.Account, ledger.Public: i.Public}
		for _, s := range i.Live(q.Now) {
			if s.Account == q.Account.ID {
				in[ledger.Held] = true
				if q.Set == ledger.Held {
					order[key] = fmt.Sprintf("%s %020d ", i.Owner, s.At.Unix())
				}
			}
		}
		order[key] += key.ID
		state := i.State
		if !i.ReadyAt.IsZero() && !q.Now.Before(i.ReadyAt) {
			state = ledger.Available
		}
		if in[q.Set] && (q.States == nil || slices.Contains(q.States, state)) && (q.Family == "" || i.Family == q.Family) &&
			(q.Owner == "" || i.Owner == q.Owner) && !slices.ContainsFunc(q.Without, func(s ledger.Set) bool { return in[s] }) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b *ledger.Image) int { return strings.Compare(order[a.Key], order[b.Key]) })
	return all
}

// viewIsOfOneMoment reads, and reads again what somebody wants to change
// meanwhile. The change may wait for the view, or not; what was read first is
// read again.
func viewIsOfOneMoment(r *rig) {
	before, after := image(cvmKey("img-view0000")), image(cvmKey("img-view0000"))
	after.Name = "changed"
	r.put(before)
	changed := make(chan error, 1)
	change := sync.OnceFunc(func() {
		go func() { changed <- r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(after) }) }()
	})
	var first, second *ledger.Image
	err := r.View(r.Context(), func(v ledger.Glance) (err error) {
		if first, err = v.Image(r.Context(), before.Key); err != nil {
			return err
		}
		change()
		second, err = v.Image(r.Context(), before.Key)
		return err
	})
	if first == nil || second == nil || !first.Equal(second) {
		r.Errorf("one view shows %+v and then %+v", first, second)
	}
	change() // if the view did not come so far
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
		err := r.View(r.Context(), func(v ledger.Glance) error {
			_, err := v.Image(r.Context(), cvmKey("img-nowhere0"))
			return err
		})
		r.wantErr("a view that fails", err, ledger.ErrNoImage)
		func() {
			defer func() { _ = recover() }()
			_ = r.View(r.Context(), func(ledger.Glance) error { panic("in a view") })
		}()
	}
	r.put(i)
	r.wantImage(i)
	r.must(func(ledger.Tx) error { return nil })
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
