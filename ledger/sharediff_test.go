package ledger_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"imageshare/ledger"
)

// The difference of two lists of shares is what one has and the other has not,
// in the order of the lists, wherever in them it stands.
func TestShareDiff(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 2000 {
		was := someShares(r)
		is := slices.Clone(was)
		for range r.IntN(4) {
			is = append(is, someShares(r)...)
			is = slices.DeleteFunc(is, func(ledger.Share) bool { return r.IntN(5) == 0 })
		}
		is = inOrder(is)
		gone, come := ledger.ShareDiff(was, is)
		if got, want := fmt.Sprint(gone), fmt.Sprint(without(was, is)); got != want {
			t.Fatalf("round %d: from %v\nto %v\n%s are gone, want %s", round, was, is, got, want)
		}
		if got, want := fmt.Sprint(come), fmt.Sprint(without(is, was)); got != want {
			t.Fatalf("round %d: from %v\nto %v\n%s have come, want %s", round, was, is, got, want)
		}
	}
}

// someShares are few accounts, moments and ends, so that much is alike.
func someShares(r *rand.Rand) []ledger.Share {
	list := make([]ledger.Share, r.IntN(6))
	for i := range list {
		list[i] = ledger.Share{Account: fmt.Sprint(1 + r.IntN(20)), At: time.Unix(int64(r.IntN(3)), 0).UTC()}
		if r.IntN(3) == 0 {
			list[i].Until = time.Unix(int64(10+r.IntN(2)), 0).UTC()
		}
	}
	return inOrder(list)
}

// inOrder is as an image has its shares: one for an account, the last that it
// was given.
func inOrder(list []ledger.Share) []ledger.Share {
	by := map[string]ledger.Share{}
	for _, s := range list {
		by[s.Account] = s
	}
	return slices.SortedFunc(maps.Values(by), ledger.Share.Compare)
}

func without(list, others []ledger.Share) []ledger.Share {
	return slices.DeleteFunc(slices.Clone(list), func(s ledger.Share) bool { return slices.ContainsFunc(others, s.Equal) })
}
