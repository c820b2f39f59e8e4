package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"imageshare/ledger"
)

var grantees = []test{
	{"grantees page by page", "", granteesPageByPage},
	{"grantees follow every change of an image, its owner and the clock", "", granteesFollow},
}

// granteesOf asks for whom one of two owners shares with.
func granteesOf(owner string, now time.Time) ledger.GranteeQuery {
	return ledger.GranteeQuery{
		Owner: ledger.AccountKey{Cloud: ledger.Tencent, ID: owner}, Product: ledger.CVM, Region: cvmKey("").Region, Now: now,
	}
}

func granteesPageByPage(r *rig) {
	i := image(cvmKey("img-page0000"))
	i.Shares = []ledger.Share{{Account: "10", At: noon}, {Account: "9", At: noon}, {Account: "8", At: noon.Add(time.Second)}}
	slices.SortFunc(i.Shares, ledger.Share.Compare)
	r.put(i)
	for _, c := range []struct {
		offset, limit int64
		want          string
	}{
		{0, 0, "[9 10 8]"}, {0, 1, "[9]"}, {1, 1, "[10]"}, {2, 5, "[8]"}, {3, 5, "[]"}, {1 << 62, 1 << 62, "[]"}, {0, 1<<63 - 1, "[9 10 8]"},
	} {
		q := granteesOf(i.Owner, noon)
		q.Offset, q.Limit = c.offset, c.limit
		page, total, err := r.Grantees(r.Context(), q)
		if got := fmt.Sprint(numbers(page)); err != nil || total != 3 || got != c.want {
			r.Errorf("%d from %d: %s of %d (%v), want %s of 3", c.limit, c.offset, got, total, err, c.want)
		}
	}
}

func numbers(shares []ledger.Share) []string {
	list := []string{}
	for _, s := range shares {
		list = append(list, s.Account)
	}
	return list
}

// Whatever is written in whatever order, and whatever has ended since, an
// owner shares with just the accounts that its images' records name.
func granteesFollow(r *rig) {
	rnd := rand.New(rand.NewPCG(3, 4))
	owners := []string{owner, "100000000008"}
	model := map[ledger.ImageKey]*ledger.Image{}
	for range 80 {
		key := cvmKey(fmt.Sprintf("img-%08d", rnd.IntN(4)))
		if model[key] != nil && rnd.IntN(5) == 0 {
			delete(model, key)
			r.must(func(tx ledger.Tx) error { return tx.DeleteImage(key) })
		} else {
			model[key] = randomShares(rnd, key, owners[rnd.IntN(2)])
			r.put(model[key])
		}
		for _, o := range owners {
			for _, now := range []time.Time{noon, noon.Add(time.Second), noon.Add(2500 * time.Millisecond), noon.Add(time.Hour)} {
				checkGrantees(r, granteesOf(o, now), model)
			}
		}
	}
}

func randomShares(rnd *rand.Rand, key ledger.ImageKey, owner string) *ledger.Image {
	i := image(key)
	i.Owner, i.Shares = owner, nil
	for _, p := range []string{"1", "2", "30", "4"} {
		if rnd.IntN(2) == 0 {
			continue
		}
		s := ledger.Share{Account: p, At: noon.Add(time.Duration(rnd.IntN(3)) * time.Second)}
		if rnd.IntN(3) == 0 {
			s.Until = noon.Add(time.Duration(rnd.IntN(4)) * time.Second)
		}
		i.Shares = append(i.Shares, s)
	}
	slices.SortFunc(i.Shares, ledger.Share.Compare)
	return i
}

func checkGrantees(r *rig, q ledger.GranteeQuery, model map[ledger.ImageKey]*ledger.Image) {
	r.Helper()
	first := map[string]ledger.Share{}
	for _, i := range model {
		if i.Owner != q.Owner.ID {
			continue
		}
		for _, s := range i.Live(q.Now) {
			if was, seen := first[s.Account]; !seen || s.At.Before(was.At) {
				first[s.Account] = ledger.Share{Account: s.Account, At: s.At}
			}
		}
	}
	var want []ledger.Share
	for _, s := range first {
		want = append(want, s)
	}
	slices.SortFunc(want, ledger.Share.Compare)
	got, total, err := r.Grantees(r.Context(), q)
	if err != nil || total != len(want) || !slices.EqualFunc(got, want, ledger.Share.Equal) {
		r.Errorf("of %v at %v\n got %v of %d (%v)\nwant %v", q.Owner, q.Now, got, total, err, want)
	}
	q.Offset, q.Limit = 1, 1
	page, _, err := r.Grantees(r.Context(), q)
	if skip := min(1, len(want)); err != nil || !slices.EqualFunc(page, want[skip:min(2, len(want))], ledger.Share.Equal) {
		r.Errorf("second of %v: %v (%v), want of %v", q.Owner, page, err, want)
	}
}
