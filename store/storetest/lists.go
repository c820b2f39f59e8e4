package storetest

import (
	"errors"
	"fmt"
	"slices"

	"imageshare/ledger"
)

var lists = []test{
	{"images by every mix of fields", "", imagesByEveryMix},
	{"images page by page", "", imagesPageByPage},
	{"images from behind a key that is not there", "", imagesFromBehindNothing},
	{"images follow their records", "", imagesFollowTheirRecords},
	{"images of an empty store", "", imagesOfAnEmptyStore},
	{"lists see what a change wrote before", "", listsInsideAChange},
}

// crowd is images of every product that share owners, names and ids, in key
// order. Owner number 1 is one account in each cloud.
func crowd() []*ledger.Image {
	var all []*ledger.Image
	places := map[ledger.Product][]string{ledger.CVM: {"ap-a", "ap-a-b", "ap-b"}, ledger.ECS: {"ap-a", "cn-a"}, ledger.ENS: {""}}
	for p, regions := range places {
		for _, region := range regions {
			for n := range 12 {
				i := image(ledger.ImageKey{Product: p, Region: region, ID: fmt.Sprintf("img-%08d", n)})
				i.Owner, i.Name, i.Public = fmt.Sprint(1+n%2), []string{"golden", "Golden", "golden "}[n%3], n%4 == 0
				if n%5 > 1 {
					i.Snapshots = []ledger.Snapshot{{ID: "snap-1"}, {ID: fmt.Sprint("snap-", n%5)}}
				}
				all = append(all, i)
			}
		}
	}
	slices.SortFunc(all, func(a, b *ledger.Image) int { return a.Key.Compare(b.Key) })
	return all
}

// mixes is every combination of fields of a query, some of which select nothing.
func mixes() []ledger.ImageQuery {
	qs := []ledger.ImageQuery{{}}
	widen := func(set ...func(*ledger.ImageQuery)) {
		for _, q := range slices.Clone(qs) {
			for _, s := range set {
				with := q
				s(&with)
				qs = append(qs, with)
			}
		}
	}
	widen(func(q *ledger.ImageQuery) { q.Product = ledger.CVM }, func(q *ledger.ImageQuery) { q.Product = ledger.ENS })
	widen(func(q *ledger.ImageQuery) { q.Region = "ap-a" }, func(q *ledger.ImageQuery) { q.Region = "none" })
	widen(func(q *ledger.ImageQuery) { q.Owner = ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1"} },
		func(q *ledger.ImageQuery) { q.Owner = ledger.AccountKey{Cloud: ledger.Tencent, ID: "2"} })
	widen(func(q *ledger.ImageQuery) { q.Name = "golden" })
	widen(func(q *ledger.ImageQuery) { q.Public = true })
	widen(func(q *ledger.ImageQuery) { q.Snapshot = "snap-1" })
	return qs
}

func imagesByEveryMix(r *rig) {
	everything := crowd()
	r.put(everything...)
	afters := []ledger.ImageKey{{}, {Product: ledger.CVM}, {Product: ledger.CVM, Region: "ap-a", ID: "img-00000004"},
		{Product: ledger.ECS, Region: "b"}, {Product: ledger.ENS, ID: "img-00000007x"}, {Product: "zzz"}}
	for _, q := range mixes() {
		for _, q.After = range afters {
			checkImages(r, q, everything)
		}
	}
}

// checkImages compares a list and its count with what the query's own words select.
func checkImages(r *rig, q ledger.ImageQuery, everything []*ledger.Image) {
	r.Helper()
	var want []*ledger.Image
	for _, i := range everything {
		if q.Match(i) && i.Key.Compare(q.After) > 0 {
			want = append(want, i)
		}
	}
	name := fmt.Sprintf("images of %+v", q)
	n, err := r.CountImages(r.Context(), q)
	if err != nil || n != len(want) {
		r.Errorf("%s: counted %d, %v, want %d", name, n, err, len(want))
	}
	for _, q.Limit = range []int{0, 5, len(want)} {
		got := all[*ledger.Image](r)(r.Images(r.Context(), q))
		page := want
		if q.Limit > 0 {
			page = want[:min(q.Limit, len(want))]
		}
		if !slices.EqualFunc(got, page, (*ledger.Image).Equal) {
			same(r, fmt.Sprintf("%s, limit %d", name, q.Limit), imageIDs(got), imageIDs(page))
		}
	}
}

func imagesPageByPage(r *rig) {
	everything := crowd()
	r.put(everything...)
	for _, limit := range []int{1, 7, len(everything), len(everything) + 1} {
		var got []string
		walk(r, limit, func(after *ledger.Image) []*ledger.Image {
			q := ledger.ImageQuery{Limit: limit}
			if after != nil {
				q.After = after.Key
			}
			page := all[*ledger.Image](r)(r.Images(r.Context(), q))
			got = append(got, imageIDs(page)...)
			return page
		})
		same(r, fmt.Sprintf("all pages of %d", limit), got, imageIDs(everything))
	}
}

// walk reads pages until one is short, and the page behind that has to be empty.
func walk[T any](r *rig, limit int, page func(after T) []T) {
	r.Helper()
	var after T
	for short := false; ; {
		found := page(after)
		switch {
		case len(found) > limit, short && len(found) > 0:
			r.Fatalf("a page of %d entries: limit %d, after a short one: %v", len(found), limit, short)
		case short:
			return
		case len(found) > 0:
			after = found[len(found)-1]
		}
		short = len(found) < limit
	}
}

func imagesFromBehindNothing(r *rig) {
	r.put(image(cvmKey("img-b0000000")), image(cvmKey("img-d0000000")))
	q := ledger.ImageQuery{After: cvmKey("img-c0000000"), Limit: 5}
	got := all[*ledger.Image](r)(r.Images(r.Context(), q))
	same(r, "images behind c", imageIDs(got), []string{"cvm/ap-guangzhou/img-d0000000"})
	q.After = cvmKey("img-d0000000")
	got = all[*ledger.Image](r)(r.Images(r.Context(), q))
	same(r, "images behind the last", imageIDs(got), nil)
}

// Every field that a list is selected by may change in place.
func imagesFollowTheirRecords(r *rig) {
	i := image(cvmKey("img-follow00"))
	for range 2 {
		for _, turn := range []func(){
			func() {},
			func() { i.Owner = stranger },
			func() { i.Name = "silver" },
			func() { i.Public = !i.Public },
			func() { i.Snapshots = []ledger.Snapshot{{ID: "snap-1"}, {ID: "snap-2"}, {ID: "snap-1"}} },
			func() { i.Snapshots = i.Snapshots[1:2] },
			func() { i.Owner, i.Name = owner, "golden" },
		} {
			turn()
			r.put(i)
			for _, q := range around() {
				checkImages(r, q, []*ledger.Image{i})
			}
		}
		r.must(func(tx ledger.Tx) error { return tx.DeleteImage(i.Key) })
		for _, q := range around() {
			checkImages(r, q, nil)
		}
	}
}

func around() []ledger.ImageQuery {
	return []ledger.ImageQuery{
		{}, {Owner: tencentOwner}, {Owner: ledger.AccountKey{Cloud: ledger.Tencent, ID: stranger}},
		{Name: "golden"}, {Name: "silver"}, {Public: true}, {Owner: tencentOwner, Name: "golden", Public: true},
		{Snapshot: "snap-1"}, {Snapshot: "snap-2"},
	}
}

func imagesOfAnEmptyStore(r *rig) {
	for _, q := range mixes() {
		checkImages(r, q, nil)
	}
}

// sight is the numbers of entries that each list answers.
func sight(r *rig, from ledger.Reader) (counts [5]int, err error) {
	images, err1 := from.Images(r.Context(), ledger.ImageQuery{Owner: tencentOwner})
	count, err2 := from.CountImages(r.Context(), ledger.ImageQuery{Name: "golden"})
	accounts, err3 := from.Accounts(r.Context(), ledger.AccountKey{}, 0)
	grants, err4 := from.Usable(r.Context(), ledger.UsableQuery{Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: grantee}, Now: noon})
	entries, err5 := from.Events(r.Context(), ledger.EventQuery{})
	return [5]int{len(images), count, len(accounts), len(grants), len(entries)}, errors.Join(err1, err2, err3, err4, err5)
}

func listsInsideAChange(r *rig) {
	var inside [5]int
	r.must(func(tx ledger.Tx) (err error) {
		i := image(cvmKey("img-inside00"), grantee)
		if err := errors.Join(tx.PutImage(i), tx.PutAccount(account(owner)), tx.Append(event(i.Key.Entity()))); err != nil {
			return err
		}
		inside, err = sight(r, tx)
		return err
	})
	outside, err := sight(r, r)
	if want := [5]int{1, 1, 1, 1, 1}; inside != want || outside != want || err != nil {
		r.Errorf("images, count, accounts, usable and events: %v inside the change, %v afterwards (%v), want %v", inside, outside, err, want)
	}
}
