package ledger_test

import (
	"slices"
	"testing"
	"time"

	"imageshare/ledger"
)

func TestListed(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0).UTC()
	share := func(account string, hours int) ledger.Share {
		s := ledger.Share{Account: account, At: at}
		if hours > 0 {
			s.Until = at.Add(time.Duration(hours) * time.Hour)
		}
		return s
	}
	alice := ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}
	bob := ledger.AccountKey{Cloud: ledger.Tencent, ID: "2"}
	for _, c := range []struct {
		who    ledger.AccountKey
		shares []ledger.Share
		want   []ledger.Share
	}{
		{alice, nil, nil},
		{alice, []ledger.Share{share("2", 1), share("3", 3), share("4", 2)}, []ledger.Share{share("3", 3)}},
		{alice, []ledger.Share{share("2", 1), share("3", 0), share("4", 2)}, []ledger.Share{share("3", 0)}},
		{bob, []ledger.Share{share("3", 0), share("2", 1)}, []ledger.Share{share("2", 1)}},
		{bob, []ledger.Share{share("3", 0)}, nil},
	} {
		i := &ledger.Image{Key: golden, Owner: alice.ID, Name: "golden", Tags: map[string]string{"team": "base"}, Shares: c.shares}
		before := i.Clone()
		got := i.Listed(c.who)
		if !slices.EqualFunc(got.Shares, c.want, ledger.Share.Equal) || (len(got.Tags) > 0) != (c.who == alice) || got.Name != i.Name {
			t.Errorf("%v of %v: %v, tags %v", c.who, c.shares, got.Shares, got.Tags)
		}
		if again := got.Listed(c.who); again != got {
			t.Errorf("%v of %v: listed twice is another", c.who, c.shares)
		}
		if !i.Equal(before) {
			t.Errorf("%v: the image itself was changed", c.who)
		}
	}
}
