package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"imageshare/ledger"
)

var usable = []test{
	{"usable tells owner, start and end", "", usableTellsAll},
	{"usable ends with the share", "", usableEnds},
	{"usable page by page", "", usablePageByPage},
	{"usable keeps the clouds apart", "", usableKeepsCloudsApart},
	{"usable follows every change of an image", "", usableFollows},
}

func uses(account ledger.AccountKey) ledger.UsableQuery {
	return ledger.UsableQuery{Account: account, Now: noon}
}

var tencentGrantee = ledger.AccountKey{Cloud: ledger.Tencent, ID: grantee}

func usableTellsAll(r *rig) {
	i := image(cvmKey("img-told0000"), stranger, grantee)
	i.Shares[1].Until = noon.Add(time.Hour)
	r.put(i)
	got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(tencentGrantee)))
	if len(got) != 1 || got[0].Image != i.Key || got[0].Owner != owner || !got[0].Equal(i.Shares[1]) {
		r.Errorf("got %+v, want share %+v of %v", got, i.Shares[1], i)
	}
	i.Owner = "100000000008" // an image may change hands while its shares stay
	r.put(i)
	if got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(tencentGrantee))); len(got) != 1 || got[0].Owner != i.Owner {
		r.Errorf("got %+v, want owner %s", got, i.Owner)
	}
}

// A share grants nothing from the instant of its end on, whatever the clock's grain.
func usableEnds(r *rig) {
	end := noon.Add(time.Hour)
	i := image(cvmKey("img-ends0000"), grantee)
	i.Shares[0].Until = end
	r.put(i)
	for now, want := range map[time.Time]int{
		noon: 1, end.Add(-time.Second): 1, end.Add(-1): 1, end: 0, end.Add(1): 0, end.Add(time.Hour): 0,
	} {
		q := uses(tencentGrantee)
		q.Now = now
		if got := all[ledger.Grant](r)(r.Usable(r.Context(), q)); len(got) != want {
			r.Errorf("at %v: got %d, want %d", now, len(got), want)
		}
	}
}

func usablePageByPage(r *rig) {
	var grants []ledger.Grant
	for n, i := range crowd() {
		i.Shares = []ledger.Share{{Account: grantee, At: noon}, {Account: stranger, At: noon}}
		if n%5 == 0 { // ended ones must not fill a page
			i.Shares[0].Until = noon
		} else if i.Key.Product.Cloud() == ledger.Tencent {
			grants = append(grants, ledger.Grant{Image: i.Key, Owner: i.Owner, Share: i.Shares[0]})
		}
		r.put(i)
	}
	slices.SortFunc(grants, ledger.Grant.Compare)
	want := grantIDs(grants)
	for _, limit := range []int{1, 4, len(want), len(want) + 1} {
		var got []string
		walk(r, limit, func(after ledger.Grant) []ledger.Grant {
			q := uses(tencentGrantee)
			q.After, q.Limit = after, limit
			page := all[ledger.Grant](r)(r.Usable(r.Context(), q))
			got = append(got, grantIDs(page)...)
			return page
		})
		same(r, fmt.Sprintf("all pages of %d", limit), got, want)
	}
	got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(tencentGrantee)))
	same(r, "usable without a limit", grantIDs(got), want)
}

func usableKeepsCloudsApart(r *rig) {
	r.put(image(cvmKey("img-cloud000"), grantee),
		image(ledger.ImageKey{Product: ledger.ENS, ID: "m-1"}, grantee),
		image(ledger.ImageKey{Product: ledger.ECS, Region: "cn-a", ID: "m-1"}, grantee))
	got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(tencentGrantee)))
	same(r, "of Tencent", grantIDs(got), []string{"cvm/ap-guangzhou/img-cloud000"})
	alibaba := ledger.AccountKey{Cloud: ledger.Alibaba, ID: grantee}
	got = all[ledger.Grant](r)(r.Usable(r.Context(), uses(alibaba)))
	same(r, "of Alibaba", grantIDs(got), []string{"ecs/cn-a/m-1", "ens/-/m-1"})
}

// Whatever is written in whatever order, an account can use just the images
// whose records name it.
func usableFollows(r *rig) {
	rnd := rand.New(rand.NewPCG(1, 2))
	people := []string{"1", "2", "3", "4"}
	model := map[ledger.ImageKey]*ledger.Image{}
	for range 80 {
		key := cvmKey(fmt.Sprintf("img-%08d", rnd.IntN(4)))
		if model[key] != nil && rnd.IntN(4) == 0 {
			delete(model, key)
			r.must(func(tx ledger.Tx) error { return tx.DeleteImage(key) })
		} else {
			model[key] = image(key)
			for _, p := range people {
				if rnd.IntN(2) == 0 {
					s := ledger.Share{Account: p, At: noon.Add(time.Duration(rnd.IntN(3)) * time.Second)}
					model[key].Shares = append(model[key].Shares, s)
				}
			}
			r.put(model[key])
		}
		for _, p := range people {
			checkUsable(r, ledger.AccountKey{Cloud: ledger.Tencent, ID: p}, model)
		}
	}
}

func checkUsable(r *rig, who ledger.AccountKey, model map[ledger.ImageKey]*ledger.Image) {
	r.Helper()
	var want []ledger.Grant
	for key, i := range model {
		for _, s := range i.Shares {
			if s.Account == who.ID {
				want = append(want, ledger.Grant{Image: key, Owner: i.Owner, Share: s})
			}
		}
	}
	slices.SortFunc(want, ledger.Grant.Compare)
	got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(who)))
	if !slices.EqualFunc(got, want, func(a, b ledger.Grant) bool {
		return a.Image == b.Image && a.Owner == b.Owner && a.Equal(b.Share)
	}) {
		r.Errorf("usable by %v\n got %+v\nwant %+v", who, got, want)
	}
}
