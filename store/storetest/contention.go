package storetest

import (
	"errors"
	"fmt"
	"sync"

	"imageshare/ledger"
)

var contention = []test{
	{"many change one image", "", manyChangeOneImage},
	{"many change images of their own", "", manyChangeTheirOwn},
	{"changes that fail hurt no neighbour", "", failuresHurtNoNeighbour},
	{"two race for the last place of a quota", "", raceForLastPlace},
	{"two race for one key id", "", raceForKey},
	{"a read behind an acknowledged change sees it", "", readBehindChange},
	{"a list never sees half a change", "", listSeesNoHalf},
}

// together runs do for each number at the same time and waits for all.
func together(n int, do func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// grow adds a share to an image, with its history.
func grow(r *rig, key ledger.ImageKey, accounts ...string) change {
	return func(tx ledger.Tx) error {
		old, err := tx.Image(r.Context(), key)
		if err != nil {
			return err
		}
		i, e := old.Clone(), event(key.Entity())
		for _, a := range accounts {
			i.Shares = append(i.Shares, ledger.Share{Account: a, At: noon})
		}
		e.Added = i.Shares[len(old.Shares):]
		return errors.Join(tx.PutImage(i), tx.Append(e))
	}
}

func manyChangeOneImage(r *rig) {
	key := cvmKey("img-one00000")
	r.put(image(key))
	together(8, func(n int) {
		for k := range 5 {
			if err := r.Update(r.Context(), grow(r, key, fmt.Sprint(100+10*n+k))); err != nil {
				r.Error(err)
			}
		}
	})
	i, err := r.Image(r.Context(), key)
	if err != nil || len(i.Shares) != 40 {
		r.Fatalf("got %+v, %v, want 40 shares", i, err)
	}
	for n, e := range r.wantChain(key.Entity(), 40) {
		// One after the other: each entry adds just what the record shows in its place.
		if len(e.Added) != 1 || !e.Added[0].Equal(i.Shares[n]) {
			r.Errorf("entry %d added %v, the record has %v", e.Seq, e.Added, i.Shares[n])
		}
		got := all[ledger.Grant](r)(r.Usable(r.Context(), uses(ledger.AccountKey{Cloud: ledger.Tencent, ID: i.Shares[n].Account})))
		same(r, "usable", grantIDs(got), []string{key.String()})
	}
}

func manyChangeTheirOwn(r *rig) {
	together(8, func(n int) {
		key := cvmKey(fmt.Sprintf("img-own%05d", n))
		if err := r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(image(key)) }); err != nil {
			r.Error(err)
		}
		for k := range 5 {
			if err := r.Update(r.Context(), grow(r, key, fmt.Sprint(100+k))); err != nil {
				r.Error(err)
			}
		}
	})
	for n := range 8 {
		key := cvmKey(fmt.Sprintf("img-own%05d", n))
		r.wantImage(image(key, "100", "101", "102", "103", "104"))
		r.wantChain(key.Entity(), 5)
	}
}

func failuresHurtNoNeighbour(r *rig) {
	key := cvmKey("img-shared00")
	r.put(image(key))
	together(24, func(n int) {
		mine := grow(r, key, fmt.Sprint(100+n))
		err := r.Update(r.Context(), func(tx ledger.Tx) error {
			err := errors.Join(mine(tx), tx.PutSetting(fmt.Sprint(n), "written"))
			switch {
			case err != nil:
				return err
			case n%3 == 1:
				return errMine
			case n%3 == 2:
				panic("of number " + fmt.Sprint(n))
			}
			return nil
		})
		r.wantErr(fmt.Sprint("change ", n), err, []error{nil, errMine, ledger.ErrPanicked}[n%3])
	})
	i, err := r.Image(r.Context(), key)
	if err != nil || len(i.Shares) != 8 {
		r.Fatalf("got %+v, %v, want 8 shares", i, err)
	}
	r.wantChain(key.Entity(), 8)
	for n := range 24 {
		r.wantSetting(fmt.Sprint(n), []string{"written", "", ""}[n%3])
	}
}

func raceForLastPlace(r *rig) {
	key := cvmKey("img-quota000")
	r.put(image(key, "100", "101"))
	l, err := ledger.New(r.Context(), ledger.Config{Store: r.Store, ShareQuotas: map[ledger.Product]int{ledger.CVM: 3}})
	if err != nil {
		r.Fatal(err)
	}
	caller := ledger.Caller{Cloud: ledger.Tencent, Account: owner}
	answers := make([]error, 8)
	together(len(answers), func(n int) {
		answers[n] = l.Share(r.Context(), caller, key, ledger.Change{Add: []string{fmt.Sprint(200 + n)}})
	})
	won := 0
	for _, err := range answers {
		if err == nil {
			won++
		} else if !errors.Is(err, ledger.ErrShareQuota) {
			r.Error(err)
		}
	}
	i, err := r.Image(r.Context(), key)
	if err != nil || won != 1 || len(i.Shares) != 3 {
		r.Errorf("%d won the last place, the image is %+v, %v", won, i, err)
	}
	r.wantChain(key.Entity(), 1)
}

func raceForKey(r *rig) {
	answers := make([]error, 8)
	together(len(answers), func(n int) {
		answers[n] = r.Update(r.Context(), func(tx ledger.Tx) error {
			return tx.PutAccount(account(fmt.Sprint(100+n), "AKIDraced"))
		})
	})
	won := 0
	for n, err := range answers {
		if err == nil {
			won++
			r.wantCredential(ledger.Tencent, "AKIDraced", &account(fmt.Sprint(100+n), "AKIDraced").Credentials()[0])
		} else if !errors.Is(err, ledger.ErrKeyTaken) {
			r.Error(err)
		}
	}
	if won != 1 {
		r.Errorf("%d accounts got the key, want 1", won)
	}
}

func readBehindChange(r *rig) {
	together(6, func(n int) {
		key, who := cvmKey(fmt.Sprintf("img-read%04d", n)), fmt.Sprint(100+n)
		for k := range 6 {
			want := image(key)
			if k%2 == 0 {
				want = image(key, who)
			}
			if err := r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(want.Clone()) }); err != nil {
				r.Error(err)
			}
			r.wantSame(want)
			grants, err := r.Usable(r.Context(), uses(ledger.AccountKey{Cloud: ledger.Tencent, ID: who}))
			if err != nil || len(grants) != len(want.Shares) {
				r.Errorf("usable right behind the change: %v, %v, want %d", grants, err, len(want.Shares))
			}
		}
	})
}

// wantSame is wantImage for goroutines that may not end the test.
func (r *rig) wantSame(want *ledger.Image) {
	if got, err := r.Image(r.Context(), want.Key); err != nil || !got.Equal(want) {
		r.Errorf("right behind the change: got %+v, %v, want %+v", got, err, want)
	}
}

func listSeesNoHalf(r *rig) {
	a, b := image(cvmKey("img-half000a")), image(cvmKey("img-half000b"))
	r.put(a, b)
	together(4, func(n int) {
		for k := range 15 {
			if n == 0 {
				a.SizeGiB, b.SizeGiB = int64(k), int64(k)
				r.put(a, b)
				continue
			}
			both, err := r.Images(r.Context(), ledger.ImageQuery{Owner: tencentOwner})
			if err != nil || len(both) != 2 || both[0].SizeGiB != both[1].SizeGiB {
				r.Errorf("half a change: %+v, %v", both, err)
			}
		}
	})
}
