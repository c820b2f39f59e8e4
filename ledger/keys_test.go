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
)

var (
	house = ledger.AccountKey{Cloud: ledger.Tencent, ID: "5"}
	k1    = ledger.CredentialName{Cloud: ledger.Tencent, KeyID: "AKID1"}
	k2    = ledger.CredentialName{Cloud: ledger.Tencent, KeyID: "AKID2"}
)

// keyed is a book with an account that has a key, and a user that has another.
func keyed(t *testing.T) *book {
	t.Helper()
	b := open(t, ledger.Config{})
	b.edit(t, func(e *ledger.Editor) error {
		return e.Account(house, func(a *ledger.Account) error {
			a.Keys = []ledger.AccessKey{{ID: "AKID1", Sealed: "old-1"}}
			a.Users = []ledger.User{{Name: "u", Keys: []ledger.AccessKey{{ID: "AKID2", Sealed: "old-2"}}}}
			return nil
		})
	})
	return b
}

func (b *book) used(t *testing.T, name ledger.CredentialName) time.Time {
	t.Helper()
	at, err := b.KeyUsed(context.Background(), name.Cloud, name.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (b *book) note(t *testing.T, used map[ledger.CredentialName]time.Time) {
	t.Helper()
	if err := b.NoteKeysUsed(context.Background(), used); err != nil {
		t.Fatal(err)
	}
}

// Several servers note the same keys, each late and in its own order.
func TestLastUseOnlyMovesOn(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	if at := b.used(t, k1); !at.IsZero() {
		t.Errorf("before any use: got %v", at)
	}
	noon := time.Date(2018, 6, 20, 12, 0, 0, 5, time.UTC)
	b.note(t, map[ledger.CredentialName]time.Time{k1: noon, k2: noon.Add(time.Hour)})
	b.note(t, map[ledger.CredentialName]time.Time{k1: noon.Add(-time.Hour), k2: noon.Add(2 * time.Hour)})
	b.note(t, nil)
	if got, want := b.used(t, k1), noon.Truncate(time.Second); !got.Equal(want) {
		t.Errorf("an earlier time: got %v, want %v", got, want)
	}
	if got, want := b.used(t, k2), noon.Add(2*time.Hour).Truncate(time.Second); !got.Equal(want) {
		t.Errorf("a later time: got %v, want %v", got, want)
	}
}

// stepping counts the look-ups of each change: the keys that it notes.
type stepping struct {
	ledger.Store
	steps []int
}

type step struct {
	ledger.Tx
	keys *int
}

func (s *stepping) Update(ctx context.Context, change func(ledger.Tx) error) error {
	keys := 0
	defer func() { s.steps = append(s.steps, keys) }()
	return s.Store.Update(ctx, func(tx ledger.Tx) error { return change(&step{tx, &keys}) })
}

func (s *step) Credential(ctx context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	*s.keys++
	return s.Tx.Credential(ctx, c, keyID)
}

// Many keys are noted in several steps, so that others have their turn between.
func TestLastUsesInSteps(t *testing.T) {
	t.Parallel()
	s := &stepping{Store: keyed(t).store}
	l, err := ledger.New(context.Background(), ledger.Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	used := map[ledger.CredentialName]time.Time{k1: start, k2: start}
	for n := range 500 {
		used[ledger.CredentialName{Cloud: ledger.Tencent, KeyID: fmt.Sprint("gone", n)}] = start
	}
	s.steps = nil
	if err := l.NoteKeysUsed(context.Background(), used); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.steps); got != "[200 200 102]" {
		t.Errorf("keys of each step: %s", got)
	}
	for _, name := range []ledger.CredentialName{k1, k2} {
		if at, err := l.KeyUsed(context.Background(), name.Cloud, name.KeyID); err != nil || !at.Equal(start.Truncate(time.Second)) {
			t.Errorf("%s: got %v, %v", name.KeyID, at, err)
		}
	}
}

// Whatever takes a key away takes its last use away too.
func TestLastUseGoesWithTheKey(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]func(*ledger.Editor) error{
		"the key": func(e *ledger.Editor) error {
			return e.Account(house, func(a *ledger.Account) error { a.Keys = nil; return nil })
		},
		"the account": func(e *ledger.Editor) error { return e.DropAccount(house) },
		"everything":  (*ledger.Editor).Clear,
	} {
		b := keyed(t)
		b.note(t, map[ledger.CredentialName]time.Time{k1: start, k2: start})
		b.edit(t, drop)
		b.note(t, map[ledger.CredentialName]time.Time{k1: start}) // noted before it went, written after
		if text, err := b.store.Setting(context.Background(), ledger.KeyUsedSetting(k1.Cloud, k1.KeyID)); text != "" || err != nil {
			t.Errorf("%s: got %q, %v, want nothing", name, text, err)
		}
		if stays := name == "the key"; b.used(t, k2).IsZero() == stays {
			t.Errorf("%s: the other key was used at %v", name, b.used(t, k2))
		}
	}
}

func TestKnows(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	b.edit(t, func(e *ledger.Editor) error {
		yes, err1 := e.Knows(house)
		no, err2 := e.Knows(ledger.AccountKey{Cloud: ledger.Alibaba, ID: "5"})
		if !yes || no {
			t.Errorf("got %v, %v, want true, false", yes, no)
		}
		return errors.Join(err1, err2)
	})
}

// notes are what the history says about keys, without their order.
func (b *book) notes(t *testing.T) string {
	t.Helper()
	var all []string
	for _, e := range b.history(t, ledger.EventQuery{Entity: house.Entity()}) {
		slices.Sort(e.Notes)
		all = append(all, strings.Join(e.Notes, ", "))
	}
	return strings.Join(all, "; ")
}

func TestHistoryTellsWhatWasSwitched(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	for _, disabled := range []bool{true, true, false} {
		b.edit(t, func(e *ledger.Editor) error {
			return e.Account(house, func(a *ledger.Account) error { a.Users[0].Keys[0].Disabled = disabled; return nil })
		})
	}
	if got, want := b.notes(t), "account registered, key AKID1 made, key AKID2 made, user u made; key AKID2 disabled; key AKID2 enabled"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// anew seals as a test does: old-1 becomes new-1.
func anew(_, sealed string) (string, error) { return "new-" + strings.TrimPrefix(sealed, "old-"), nil }

func TestReseal(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	b.edit(t, func(e *ledger.Editor) error { // one without keys, behind it
		return e.Account(ledger.AccountKey{Cloud: ledger.Tencent, ID: "6"}, func(*ledger.Account) error { return nil })
	})
	read := 0
	secrets, accounts, err := b.Reseal(context.Background(), ledger.Caller{Wire: "cli"}, anew, func(n int) { read = n })
	if err != nil || secrets != 2 || accounts != 1 || read != 2 {
		t.Errorf("got %d secrets, %d accounts, %d read, %v", secrets, accounts, read, err)
	}
	a, err := b.Reader().Account(context.Background(), house)
	if got := fmt.Sprint(a.Keys, a.Users); err != nil || got != "[{AKID1 new-1 false}] [{u  [{AKID2 new-2 false}] []}]" {
		t.Errorf("got %s, %v", got, err)
	}
	if got := b.notes(t); !strings.HasSuffix(got, "; secrets sealed anew") {
		t.Errorf("history %s", got)
	}
	if all := b.history(t, ledger.EventQuery{Entity: "account/tencent/6"}); len(all) != 1 {
		t.Errorf("an account without keys has %d entries", len(all))
	}
}

// A secret that does not open stops all of it.
func TestResealIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	before := b.notes(t)
	wrong := errors.New("wrong key")
	_, _, err := b.Reseal(context.Background(), ledger.Caller{}, func(name, sealed string) (string, error) {
		if name == "tencent/AKID2" {
			return "", wrong
		}
		return anew(name, sealed)
	}, nil)
	if !errors.Is(err, wrong) {
		t.Errorf("got %v, want %v", err, wrong)
	}
	for _, name := range []ledger.CredentialName{k1, k2} {
		if c, err := b.Reader().Credential(context.Background(), name.Cloud, name.KeyID); err != nil || !strings.HasPrefix(c.Sealed, "old-") {
			t.Errorf("%s: got %+v, %v", name.KeyID, c, err)
		}
	}
	if after := b.notes(t); after != before {
		t.Errorf("history %s, was %s", after, before)
	}
}

// More accounts than are asked for at once.
func TestResealManyAccounts(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	b.edit(t, func(e *ledger.Editor) error {
		for i := range 1000 {
			err := e.Account(ledger.AccountKey{Cloud: ledger.Alibaba, ID: fmt.Sprint(i + 1)}, func(a *ledger.Account) error {
				a.Keys = []ledger.AccessKey{{ID: fmt.Sprint("LTAI", i), Sealed: "old-"}}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if secrets, accounts, err := b.Reseal(context.Background(), ledger.Caller{}, anew, nil); secrets != 1000 || accounts != 1000 || err != nil {
		t.Errorf("got %d, %d, %v", secrets, accounts, err)
	}
}

// A role's number and its longest session must be what the wires can say.
func TestSoundRoles(t *testing.T) {
	t.Parallel()
	b := open(t, ledger.Config{})
	for name, c := range map[string]struct {
		roles []ledger.Role
		want  string
	}{
		"none of either":    {[]ledger.Role{{Name: "a"}, {Name: "b"}}, ""},
		"both":              {[]ledger.Role{{Name: "a", ID: "0123", MaxSession: 900 * time.Second}, {Name: "b", ID: "4", MaxSession: 12 * time.Hour}}, ""},
		"an id of letters":  {[]ledger.Role{{Name: "a", ID: "4611x"}}, `role a with id "4611x"`},
		"an id too long":    {[]ledger.Role{{Name: "a", ID: strings.Repeat("1", 21)}}, "up to 20 digits"},
		"an id of two":      {[]ledger.Role{{Name: "a", ID: "1"}, {Name: "b", ID: "1"}}, "role id 1 stands twice"},
		"a short session":   {[]ledger.Role{{Name: "a", MaxSession: 899 * time.Second}}, "900 to 43200"},
		"a long session":    {[]ledger.Role{{Name: "a", MaxSession: 12*time.Hour + time.Second}}, "900 to 43200"},
		"half a second":     {[]ledger.Role{{Name: "a", MaxSession: 900*time.Second + 1}}, "whole seconds"},
		"less than no time": {[]ledger.Role{{Name: "a", MaxSession: -time.Hour}}, "900 to 43200"},
	} {
		err := b.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error {
			return e.Account(house, func(a *ledger.Account) error { a.Roles = slices.Clone(c.roles); return nil })
		})
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ledger.ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
