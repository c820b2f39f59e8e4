package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/memory"
)

var (
	start  = time.Date(2018, 6, 20, 10, 0, 0, 500e6, time.UTC)
	owner  = ledger.Caller{Cloud: ledger.Tencent, Account: "100000000001", KeyID: "AKIDexample", Wire: "tencent-3.0", Action: "ModifyImageSharePermission", RequestID: "r1", Source: "192.0.2.1"}
	golden = ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-6pb6lrmy"}
)

// book is a ledger over the memory engine with a clock that tests move.
type book struct {
	*ledger.Ledger
	store ledger.Store
	now   time.Time
}

func open(t *testing.T, c ledger.Config) *book {
	t.Helper()
	b := &book{store: memory.New(), now: start}
	c.Store, c.Now = b.store, func() time.Time { return b.now }
	c.Regions = map[ledger.Product][]string{ledger.CVM: {"ap-guangzhou", "ap-shanghai"}, ledger.ECS: {"cn-hangzhou"}}
	var err error
	if b.Ledger, err = ledger.New(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	b.edit(t, func(e *ledger.Editor) error {
		return e.Image(golden, func(i *ledger.Image) error {
			i.Owner = owner.Account
			return nil
		})
	})
	return b
}

func (b *book) edit(t *testing.T, f func(*ledger.Editor) error) {
	t.Helper()
	if err := b.Edit(context.Background(), ledger.Caller{Wire: "seed"}, f); err != nil {
		t.Fatal(err)
	}
}

func (b *book) share(accounts ...string) error {
	return b.Share(context.Background(), owner, golden, ledger.Change{Add: accounts})
}

func (b *book) cancel(accounts ...string) error {
	return b.Share(context.Background(), owner, golden, ledger.Change{Remove: accounts})
}

// list is who has the golden image, in order.
func (b *book) list(t *testing.T) string {
	t.Helper()
	s, err := b.Sharing(context.Background(), owner, golden)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, share := range s.Shares {
		ids = append(ids, share.Account)
	}
	return strings.Join(ids, " ")
}

func (b *book) history(t *testing.T, q ledger.EventQuery) []ledger.Event {
	t.Helper()
	events, err := b.Reader().Events(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestOrderOfAList(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	if err := b.share("99999999999999999999", "10", "9"); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(-time.Second)
	if err := b.share("11"); err != nil {
		t.Fatal(err)
	}
	if got := b.list(t); got != "11 9 10 99999999999999999999" {
		t.Errorf("got %s: earlier first, then as numbers", got)
	}
	s, err := b.Sharing(context.Background(), owner, golden)
	if err != nil || s.Shares[0].At.Nanosecond() != 0 {
		t.Errorf("%v %v: times are whole seconds", s.Shares, err)
	}
}

func TestABatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{ShareQuotas: map[ledger.Product]int{ledger.CVM: 3}})
	before := len(b.history(t, ledger.EventQuery{}))
	for _, batch := range [][]string{{"1", "x"}, {"1", "100000000001"}, {"1", "2", "3", "4"}} {
		if err := b.share(batch...); err == nil {
			t.Errorf("%v was accepted", batch)
		}
	}
	if got := b.list(t); got != "" {
		t.Errorf("something of a failed batch stayed: %s", got)
	}
	if after := len(b.history(t, ledger.EventQuery{})); after != before {
		t.Errorf("%d entries for changes that did not happen", after-before)
	}
	if err := b.share("1", "1", "2", "3", "3"); err != nil {
		t.Errorf("an id given twice counts once: %v", err)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	set := func(change func(*ledger.Image)) func(*ledger.Editor) error {
		return func(e *ledger.Editor) error {
			return e.Image(golden, func(i *ledger.Image) error { change(i); return nil })
		}
	}
	user := func(e *ledger.Editor) error {
		return e.Account(ledger.AccountKey{Cloud: ledger.Tencent, ID: "5"}, func(a *ledger.Account) error {
			a.Users = []ledger.User{{Name: "u", Number: "6"}}
			return nil
		})
	}
	for name, c := range map[string]struct {
		edit   func(*ledger.Editor) error
		key    ledger.ImageKey
		caller string
		add    string
		want   error
	}{
		"malformed image id":    {key: ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-6PB"}, want: ledger.ErrImageID},
		"unknown image":         {key: ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-00000000"}, want: ledger.ErrNoImage},
		"in another region":     {key: ledger.ImageKey{Product: ledger.CVM, Region: "ap-shanghai", ID: "img-6pb6lrmy"}, want: ledger.ErrNoImage},
		"another's":             {caller: "2", want: ledger.ErrNotOwner},
		"a grantee shares on":   {edit: set(func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: "2"}} }), caller: "2", want: ledger.ErrNotOwner},
		"creating":              {edit: set(func(i *ledger.Image) { i.State = ledger.Creating }), want: ledger.ErrNotReady},
		"a copy under way":      {edit: set(func(i *ledger.Image) { i.State = ledger.Copying }), want: ledger.ErrNotReady},
		"failed":                {edit: set(func(i *ledger.Image) { i.State = ledger.Failed }), want: ledger.ErrNotReady},
		"deprecated":            {edit: set(func(i *ledger.Image) { i.State = ledger.Deprecated }), want: ledger.ErrDeprecated},
		"encrypted":             {edit: set(func(i *ledger.Image) { i.Encrypted = true }), want: ledger.ErrEncrypted},
		"state before target":   {edit: set(func(i *ledger.Image) { i.State = ledger.Creating }), add: "x", want: ledger.ErrNotReady},
		"not a number":          {add: "x", want: ledger.ErrTargetForm},
		"nought":                {add: "0", want: ledger.ErrTargetForm},
		"twenty-one digits":     {add: "123456789012345678901", want: ledger.ErrTargetForm},
		"other digits":          {add: "١٢٣", want: ledger.ErrTargetForm},
		"oneself":               {add: owner.Account, want: ledger.ErrTargetSelf},
		"a user's own number":   {edit: user, add: "6", want: ledger.ErrTargetUser},
		"an account with users": {edit: user, add: "5"},
		"shared already":        {edit: set(func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: "7"}} }), add: "7", want: ledger.ErrAlreadyShared},
		"a stranger":            {add: "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, ledger.Config{})
			if c.edit != nil {
				b.edit(t, c.edit)
			}
			who, key, add := owner, golden, "7"
			if c.caller != "" {
				who.Account = c.caller
			}
			if c.key.ID != "" {
				key = c.key
			}
			if c.add != "" {
				add = c.add
			}
			if err := b.Share(context.Background(), who, key, ledger.Change{Add: []string{add}}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestEndingSharesWorksInEveryState(t *testing.T) {
	t.Parallel()
	for _, state := range ledger.States {
		b := open(t, ledger.Config{})
		b.edit(t, func(e *ledger.Editor) error {
			return e.Image(golden, func(i *ledger.Image) error {
				i.State, i.Encrypted, i.Shares = state, true, []ledger.Share{{Account: "7"}}
				return nil
			})
		})
		if err := b.cancel("7", "8", "x", owner.Account); err != nil {
			t.Errorf("%s: %v", state, err)
		}
		if got := b.list(t); got != "" {
			t.Errorf("%s: still shared with %s", state, got)
		}
	}
}

func TestAnExpiredShareIsNone(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{ShareQuotas: map[ledger.Product]int{ledger.CVM: 1}})
	end := start.Truncate(time.Second).Add(10 * time.Second)
	b.edit(t, func(e *ledger.Editor) error {
		return e.Image(golden, func(i *ledger.Image) error {
			i.Shares = []ledger.Share{{Account: "7", Until: end}}
			return nil
		})
	})
	b.now = end.Add(-time.Nanosecond)
	if err := b.share("8"); !errors.Is(err, ledger.ErrShareQuota) {
		t.Errorf("before its end it takes a place: %v", err)
	}
	b.now = end
	if got := b.list(t); got != "" {
		t.Errorf("listed at its end: %s", got)
	}
	if err := b.share("7"); err != nil {
		t.Errorf("at its end it frees its place, and may begin again: %v", err)
	}
	grants, err := b.Reader().Usable(context.Background(), ledger.UsableQuery{Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "7"}, Now: b.now})
	if err != nil || len(grants) != 1 || !grants[0].Until.IsZero() {
		t.Errorf("usable: %v %v", grants, err)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	for _, err := range []error{b.share("7", "8"), b.cancel("9"), b.cancel("7")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	events := b.history(t, ledger.EventQuery{Entity: golden.Entity()})
	if len(events) != 3 {
		t.Fatalf("%d entries, want 3: made, shared, cancelled; cancelling nothing is none: %+v", len(events), events)
	}
	prev := ""
	for i, e := range events {
		if e.Seq != int64(i+1) || e.Prev != prev || e.Hash != e.Sum() {
			t.Errorf("entry %d does not follow: %+v", i, e)
		}
		prev = e.Hash
	}
	shared := events[1]
	if got := fmt.Sprint(shared.Actor, shared.KeyID, shared.Wire, shared.Action, shared.RequestID, shared.Source, shared.Time, len(shared.Added), shared.Removed); got !=
		fmt.Sprint("tencent/100000000001", "AKIDexample", "tencent-3.0", "ModifyImageSharePermission", "r1", "192.0.2.1", start, 2, []string(nil)) {
		t.Errorf("got %s", got)
	}
	if !slices.Equal(events[2].Removed, []string{"7"}) || len(events[2].Added) != 0 {
		t.Errorf("cancelled: %+v", events[2])
	}
	shared.Added[0].Account = "9"
	if shared.Sum() == shared.Hash {
		t.Error("another account has the same hash")
	}
}

func TestEditIsHeldTogether(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{KnownAccountsOnly: false})
	for name, c := range map[string]struct {
		change func(*ledger.Image)
		want   error
	}{
		"no owner":       {func(i *ledger.Image) { i.Owner = "" }, ledger.ErrTargetForm},
		"no state":       {func(i *ledger.Image) { i.State = "gone" }, ledger.ErrInvalid},
		"with its owner": {func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: i.Owner}} }, ledger.ErrTargetSelf},
		"twice":          {func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: "7"}, {Account: "7"}} }, ledger.ErrInvalid},
		"no account":     {func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: "-7"}} }, ledger.ErrTargetForm},
	} {
		err := b.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error {
			return e.Image(golden, func(i *ledger.Image) error { c.change(i); return nil })
		})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	err := b.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Image(ledger.ImageKey{Product: ledger.CVM, Region: "nowhere", ID: "img-00000000"}, func(i *ledger.Image) error { i.Owner = "1"; return nil })
	})
	if !errors.Is(err, ledger.ErrNoRegion) {
		t.Errorf("outside the regions: %v", err)
	}
}

func TestRegionsCanBeReplaced(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	b.edit(t, func(e *ledger.Editor) error { return e.Regions(ledger.ECS, []string{"cn-private-1"}) })
	if b.Region(ledger.ECS, "cn-private-1") != nil || !errors.Is(b.Region(ledger.ECS, "cn-hangzhou"), ledger.ErrNoRegion) {
		t.Error("the written list is not the list")
	}
	b.edit(t, func(e *ledger.Editor) error { return e.Clear() })
	if b.Region(ledger.ECS, "cn-hangzhou") != nil {
		t.Error("clearing does not bring the built-in list back")
	}
}

func TestClearKeepsHistory(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	if err := b.share("7"); err != nil {
		t.Fatal(err)
	}
	b.edit(t, func(e *ledger.Editor) error { return e.Clear() })
	if _, err := b.Sharing(context.Background(), owner, golden); !errors.Is(err, ledger.ErrNoImage) {
		t.Errorf("the image is still there: %v", err)
	}
	events := b.history(t, ledger.EventQuery{Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "7"}})
	if len(events) != 2 || !slices.Equal(events[1].Removed, []string{"7"}) {
		t.Errorf("the account's history: %+v", events)
	}
}

func TestAnEqualEditWritesNothing(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	same := func(e *ledger.Editor) error {
		if err := e.Account(ledger.AccountKey{Cloud: ledger.Tencent, ID: "5"}, func(a *ledger.Account) error {
			a.Keys = []ledger.AccessKey{{ID: "AKID5", Sealed: "s"}}
			return nil
		}); err != nil {
			return err
		}
		return e.Image(golden, func(i *ledger.Image) error {
			i.Tags, i.Shares = map[string]string{"team": "base"}, []ledger.Share{{Account: "7"}}
			return nil
		})
	}
	b.edit(t, same)
	before := len(b.history(t, ledger.EventQuery{}))
	b.now = b.now.Add(time.Hour)
	b.edit(t, same)
	if after := len(b.history(t, ledger.EventQuery{})); after != before {
		t.Errorf("%d entries for nothing", after-before)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]ledger.ImageKey{
		"cvm/ap-guangzhou/img-6pb6lrmy": golden,
		"ens/-/m-1":                     {Product: ledger.ENS, ID: "m-1"},
	} {
		if k.String() != want {
			t.Errorf("got %s, want %s", k, want)
		}
	}
	for text, ok := range map[string]bool{"tencent/1": true, "alibaba/99999999999999999999": true, "aws/1": false, "tencent/01": false, "tencent": false} {
		if _, err := ledger.ParseAccountKey(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// leaving is a store whose callers leave as soon as a change is kept.
type leaving struct {
	ledger.Store
	leave context.CancelFunc
}

func (s leaving) Update(ctx context.Context, change func(ledger.Tx) error) error {
	defer s.leave()
	return s.Store.Update(ctx, change)
}

// TestKeptRegionsAreInForce also where whoever wrote them has left meanwhile.
func TestKeptRegionsAreInForce(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	l, err := ledger.New(ctx, ledger.Config{Store: leaving{memory.New(), leave}})
	if err != nil {
		t.Fatal(err)
	}
	err = l.Edit(ctx, ledger.Caller{}, func(e *ledger.Editor) error { return e.Regions(ledger.CVM, []string{"ap-x"}) })
	if got := l.RegionIDs(ledger.CVM); err != nil || !slices.Equal(got, []string{"ap-x"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestRegionsAreWords: a list of them is kept as one text.
func TestRegionsAreWords(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	for _, id := range []string{"", " ", "a b", "a/b", "a\u00a0b", "a\u2003b"} {
		err := b.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error { return e.Regions(ledger.CVM, []string{id}) })
		if !errors.Is(err, ledger.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestQuotaThatWasLowered stands in the way of more accounts, not of fewer.
func TestQuotaThatWasLowered(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{ShareQuotas: map[ledger.Product]int{ledger.ECS: 2}})
	key, by := ledger.ImageKey{Product: ledger.ECS, Region: "cn-hangzhou", ID: "m-1"}, ledger.Caller{Cloud: ledger.Alibaba, Account: "9"}
	b.edit(t, func(e *ledger.Editor) error {
		return e.Image(key, func(i *ledger.Image) error {
			i.Owner = by.Account
			for _, account := range []string{"1", "2", "3", "4"} {
				i.Shares = append(i.Shares, ledger.Share{Account: account})
			}
			return nil
		})
	})
	for _, c := range []struct {
		change ledger.Change
		want   error
	}{
		{ledger.Change{Add: []string{"5"}}, ledger.ErrShareQuota},
		{ledger.Change{Add: []string{"3"}}, nil}, // has it already
		{ledger.Change{Add: []string{"5"}, Remove: []string{"1"}}, nil},
		{ledger.Change{Add: []string{"6", "7"}, Remove: []string{"2"}}, ledger.ErrShareQuota},
		{ledger.Change{Remove: []string{"2", "3", "4"}}, nil},
		{ledger.Change{Add: []string{"6", "7"}}, ledger.ErrShareQuota},
		{ledger.Change{Add: []string{"6"}}, nil},
	} {
		if err := b.Share(t.Context(), by, key, c.change); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.change, err, c.want)
		}
	}
}

// A quota may be 0, and its text says so.
func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	for _, rule := range []error{ledger.ErrShareQuota, ledger.ErrImageQuota} {
		if got := (&ledger.Error{Rule: rule}).Detail("limit"); got != "0" {
			t.Errorf("%v: limit %q, want 0", rule, got)
		}
	}
	if got := (&ledger.Error{Rule: ledger.ErrNoImage}).Error(); got != ledger.ErrNoImage.Error() {
		t.Errorf("a rule without a number: %q", got)
	}
}
