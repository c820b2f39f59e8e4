package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"imageshare/ledger"
)

func TestDryRunLeavesNoTrace(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{ShareQuotas: map[ledger.Product]int{ledger.CVM: 1}})
	before := len(b.history(t, ledger.EventQuery{}))
	public := true
	dry := func(c ledger.Caller, ch ledger.Change) error {
		ch.DryRun = true
		return b.Share(context.Background(), c, golden, ch)
	}
	if err := dry(owner, ledger.Change{Add: []string{"1"}, Public: &public}); !errors.Is(err, ledger.ErrDryRun) {
		t.Errorf("a change that would have been made: %v", err)
	}
	if err := dry(owner, ledger.Change{Add: []string{"1", "2"}}); !errors.Is(err, ledger.ErrShareQuota) {
		t.Errorf("a change above the quota: %v", err)
	}
	stranger := owner
	stranger.Account = "100000000002"
	if err := dry(stranger, ledger.Change{}); !errors.Is(err, ledger.ErrNotOwner) {
		t.Errorf("a stranger's change of nothing: %v", err)
	}
	s, err := b.Sharing(context.Background(), owner, golden)
	if err != nil || s.Public || len(s.Shares) > 0 {
		t.Errorf("%+v %v: something stayed", s, err)
	}
	if after := len(b.history(t, ledger.EventQuery{})); after != before {
		t.Errorf("%d entries for changes that did not happen", after-before)
	}
}

func TestSharedWith(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	at := func(day int) time.Time { return time.Date(2018, 6, day, 0, 0, 0, 0, time.UTC) }
	put := func(region, id, account string, shares ...ledger.Share) {
		b.edit(t, func(e *ledger.Editor) error {
			return e.Image(ledger.ImageKey{Product: ledger.CVM, Region: region, ID: id}, func(i *ledger.Image) error {
				i.Owner, i.Shares = account, shares
				return nil
			})
		})
	}
	put("ap-guangzhou", "img-00000001", owner.Account, ledger.Share{Account: "10", At: at(3)}, ledger.Share{Account: "9", At: at(2)})
	put("ap-guangzhou", "img-00000002", owner.Account, ledger.Share{Account: "10", At: at(1), Until: at(20).Add(11 * time.Hour)})
	put("ap-guangzhou", "img-00000003", "100000000002", ledger.Share{Account: "11", At: at(1)})
	put("ap-shanghai", "img-00000004", owner.Account, ledger.Share{Account: "12", At: at(1)})

	list := func(offset, limit int64) string {
		page, total, err := b.SharedWith(context.Background(), owner, ledger.CVM, "ap-guangzhou", offset, limit)
		text := fmt.Sprintf("%d %v:", total, err)
		for _, s := range page {
			text += fmt.Sprintf(" %s@%d", s.Account, s.At.Day())
		}
		return text
	}
	for _, c := range []struct {
		what          string
		offset, limit int64
		want          string
	}{
		{"all", 0, 10, "2 <nil>: 10@1 9@2"},
		{"the first", 0, 1, "2 <nil>: 10@1"},
		{"the second", 1, 1, "2 <nil>: 9@2"},
		{"past the end", 7, 1, "2 <nil>:"},
	} {
		if got := list(c.offset, c.limit); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
	b.now = at(20).Add(11 * time.Hour)
	if got := list(0, 10); got != "2 <nil>: 9@2 10@3" {
		t.Errorf("after a first share ended: got %s", got)
	}
}
