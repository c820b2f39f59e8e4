package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"imageshare/ledger"
)

var events = []test{
	{"entry keeps every field", "", entryKeepsEveryField},
	{"entries form a chain for each entity", "", entriesFormChains},
	{"one change may append several entries", "", severalEntries},
	{"history goes on after a deletion", "", historyGoesOn},
	{"entry changed by its writer later", "", entryChangedByItsWriter},
	{"events by every mix of fields", "", eventsByEveryMix},
	{"events page by page", "", eventsPageByPage},
	{"events by account, begun or ended", "", eventsByAccount},
	{"a token is used once", "", tokenUsedOnce},
	{"a token of a failed change is free", "", tokenOfAFailedChange},
}

// history is what a query answers, with every hash and link checked.
func (r *rig) history(q ledger.EventQuery) []ledger.Event {
	r.Helper()
	found := all[ledger.Event](r)(r.Events(r.Context(), q))
	for n, e := range found {
		if e.Hash != e.Sum() {
			r.Errorf("entry %d of %s does not say what was hashed: %+v", e.Seq, e.Entity, e)
		}
		if n > 0 && e.Position <= found[n-1].Position {
			r.Errorf("entry %d of %s stands at %d behind %d", e.Seq, e.Entity, e.Position, found[n-1].Position)
		}
	}
	return found
}

// wantChain checks that an entity has n entries, numbered and linked.
func (r *rig) wantChain(entity string, n int) []ledger.Event {
	r.Helper()
	chain := r.history(ledger.EventQuery{Entity: entity})
	if len(chain) != n {
		r.Fatalf("%s has %d entries, want %d", entity, len(chain), n)
	}
	prev := ""
	for i, e := range chain {
		if e.Entity != entity || e.Seq != int64(i)+1 || e.Prev != prev || e.Hash == "" {
			r.Errorf("entry %d of %s is numbered %d with link %q, want link %q", i+1, e.Entity, e.Seq, e.Prev, prev)
		}
		prev = e.Hash
	}
	return chain
}

func entryKeepsEveryField(r *rig) {
	given := fullEvent(cvmKey("img-entry000").Entity())
	r.append(event(given.Entity), given)
	got := r.wantChain(given.Entity, 2)[1]
	if f := zeroField(reflect.ValueOf(got)); f != "" {
		r.Errorf("nothing in field %s", f)
	}
	first, _ := event(given.Entity).Follow(ledger.Event{})
	want, _ := given.Follow(first)
	if want.Position = got.Position; !reflect.DeepEqual(got, want) {
		r.Errorf("entry\n got %+v\nwant %+v", got, want)
	}
	bare := r.history(ledger.EventQuery{Limit: 1})[0]
	if first.Position = bare.Position; !reflect.DeepEqual(bare, first) {
		r.Errorf("entry\n got %+v\nwant %+v", bare, first)
	}
}

// As with images, see imageChangedByItsWriter.
func entryChangedByItsWriter(r *rig) {
	given := fullEvent(cvmKey("img-entry000").Entity())
	r.append(given)
	given.Added[0].Account, given.Removed[0], given.Notes[0] = "8", "8", "other"
	want := fullEvent(given.Entity)
	got := r.wantChain(given.Entity, 1)[0]
	if !reflect.DeepEqual(got.Added, want.Added) || !slices.Equal(got.Removed, want.Removed) || !slices.Equal(got.Notes, want.Notes) {
		r.Errorf("entry\n got %+v\nwant %+v", got, want)
	}
}

func entriesFormChains(r *rig) {
	entities := []string{"image/cvm/ap-a/img-a", "image/cvm/ap-a/IMG-A", "image/ens/-/img-a", "account/tencent/1"}
	for round := range 3 {
		for _, e := range entities {
			r.append(event(e))
			r.wantChain(e, round+1)
		}
	}
	if n := len(r.history(ledger.EventQuery{})); n != 12 {
		r.Errorf("the whole history has %d entries, want 12", n)
	}
	r.wantChain("image/cvm/ap-a/img-b", 0)
}

func severalEntries(r *rig) {
	r.must(func(tx ledger.Tx) error {
		return errors.Join(tx.Append(event("image/cvm/a/1")), tx.Append(event("image/cvm/a/2")), tx.Append(event("image/cvm/a/1")))
	})
	r.append(event("image/cvm/a/1"))
	r.wantChain("image/cvm/a/1", 3)
	r.wantChain("image/cvm/a/2", 1)
}

func historyGoesOn(r *rig) {
	i := image(cvmKey("img-remade00"))
	for range 2 {
		r.must(func(tx ledger.Tx) error { return errors.Join(tx.PutImage(i), tx.Append(event(i.Key.Entity()))) })
		r.must(func(tx ledger.Tx) error { return errors.Join(tx.DeleteImage(i.Key), tx.Append(event(i.Key.Entity()))) })
	}
	r.wantChain(i.Key.Entity(), 4)
	a := account(owner)
	r.must(func(tx ledger.Tx) error { return errors.Join(tx.PutAccount(a), tx.Append(event(a.Key.Entity()))) })
	r.must(func(tx ledger.Tx) error {
		return errors.Join(tx.DeleteAccount(a.Key), tx.Append(event(a.Key.Entity())))
	})
	r.wantChain(a.Key.Entity(), 2)
}

// past is a history of several entities and actors whose clock went back once.
func past() []ledger.Event {
	var all []ledger.Event
	for n := range 30 {
		e := event([]string{"image/cvm/ap-a/img-1", "image/cvm/ap-a/img-2", "image/ecs/cn-a/m-1", "account/tencent/1"}[n%4])
		e.Actor = []string{"admin", "tencent/1", "tencent/1/user/x"}[n%3]
		e.Time = noon.Add(time.Duration(n) * time.Minute)
		if n >= 20 {
			e.Time = e.Time.Add(-8 * time.Minute)
		}
		if n%2 == 0 {
			e.Added = []ledger.Share{{Account: "7", At: noon}}
		}
		if n%5 == 0 {
			e.Removed, e.Token = []string{"8", "7"}, fmt.Sprint("token ", n)
		}
		all = append(all, e)
	}
	return all
}

func eventQueries() []ledger.EventQuery {
	qs := []ledger.EventQuery{{}}
	widen := func(set ...func(*ledger.EventQuery)) {
		for _, q := range slices.Clone(qs) {
			for _, s := range set {
				with := q
				s(&with)
				qs = append(qs, with)
			}
		}
	}
	widen(func(q *ledger.EventQuery) { q.Entity = "image/cvm/ap-a/img-1" })
	widen(func(q *ledger.EventQuery) { q.Account = ledger.AccountKey{Cloud: ledger.Tencent, ID: "7"} },
		func(q *ledger.EventQuery) { q.Account = ledger.AccountKey{Cloud: ledger.Alibaba, ID: "8"} })
	widen(func(q *ledger.EventQuery) { q.Actor = "tencent/1" })
	widen(func(q *ledger.EventQuery) { q.Token = "token 10" })
	widen(func(q *ledger.EventQuery) { q.Since = noon.Add(15 * time.Minute) },
		func(q *ledger.EventQuery) { q.Since = noon.Add(15*time.Minute + 1) },
		func(q *ledger.EventQuery) { q.Since = noon.AddDate(1, 0, 0) })
	widen(func(q *ledger.EventQuery) { q.Until = noon.Add(17 * time.Minute) },
		func(q *ledger.EventQuery) { q.Until = noon.Add(17*time.Minute + 1) })
	return qs
}

// selects says in the plainest words what a query asks for.
func selects(q ledger.EventQuery, e ledger.Event) bool {
	about := slices.Contains(e.Removed, q.Account.ID)
	for _, s := range e.Added {
		about = about || s.Account == q.Account.ID
	}
	cloud := map[string]ledger.Cloud{"image/c": ledger.Tencent, "image/e": ledger.Alibaba}[e.Entity[:7]]
	switch {
	case q.Entity != "" && q.Entity != e.Entity, q.Actor != "" && q.Actor != e.Actor, q.Token != "" && q.Token != e.Token:
		return false
	case q.Account != ledger.AccountKey{} && !(about && cloud == q.Account.Cloud):
		return false
	case !q.Since.IsZero() && e.Time.Before(q.Since):
		return false
	}
	return q.Until.IsZero() || e.Time.Before(q.Until)
}

func eventsByEveryMix(r *rig) {
	r.append(past()...)
	everything := r.history(ledger.EventQuery{})
	if len(everything) != len(past()) {
		r.Fatalf("%d entries, want %d", len(everything), len(past()))
	}
	for _, q := range eventQueries() {
		for _, q.After = range []int64{0, everything[9].Position} {
			checkEvents(r, q, everything)
		}
	}
}

func checkEvents(r *rig, q ledger.EventQuery, everything []ledger.Event) {
	r.Helper()
	var want []ledger.Event
	for _, e := range everything {
		if e.Position > q.After && selects(q, e) {
			want = append(want, e)
		}
	}
	for _, q.Limit = range []int{0, 3, len(want)} {
		page := want
		if q.Limit > 0 {
			page = want[:min(q.Limit, len(want))]
		}
		got := r.history(q)
		if !slices.EqualFunc(got, page, func(a, b ledger.Event) bool { return a.Position == b.Position && a.Hash == b.Hash }) {
			same(r, fmt.Sprintf("events of %+v", q), eventIDs(got), eventIDs(page))
		}
	}
}

func eventIDs(found []ledger.Event) []string {
	var ids []string
	for _, e := range found {
		ids = append(ids, fmt.Sprintf("%d:%s#%d", e.Position, e.Entity, e.Seq))
	}
	return ids
}

func eventsPageByPage(r *rig) {
	r.append(past()...)
	want := eventIDs(r.history(ledger.EventQuery{}))
	for _, limit := range []int{1, 7, len(want), len(want) + 1} {
		var got []string
		walk(r, limit, func(after ledger.Event) []ledger.Event {
			page := r.history(ledger.EventQuery{After: after.Position, Limit: limit})
			got = append(got, eventIDs(page)...)
			return page
		})
		same(r, fmt.Sprintf("all pages of %d", limit), got, want)
	}
}

func eventsByAccount(r *rig) {
	entity := cvmKey("img-account0").Entity()
	begun, ended, both, neither := event(entity), event(entity), event(entity), event(entity)
	begun.Added = []ledger.Share{{Account: grantee, At: noon}}
	ended.Removed = []string{stranger, grantee}
	both.Added, both.Removed = begun.Added, []string{grantee} // a share whose times were rewritten
	neither.Actor = tencentGrantee.String()
	r.append(begun, ended, both, neither)
	same(r, "entries about the grantee", eventIDs(r.history(ledger.EventQuery{Account: tencentGrantee})),
		eventIDs(r.history(ledger.EventQuery{})[:3]))
	other := ledger.AccountKey{Cloud: ledger.Alibaba, ID: grantee}
	same(r, "entries about its namesake", eventIDs(r.history(ledger.EventQuery{Account: other})), nil)
}

func tokenUsedOnce(r *rig) {
	e := event("image/cvm/a/1")
	e.Token = "once"
	r.append(e)
	again := func(tx ledger.Tx) error {
		other := event("image/cvm/a/2")
		other.Token = "once"
		return errors.Join(tx.PutSetting("trace", "left"), tx.Append(other))
	}
	r.wantErr("the same token", r.Update(r.Context(), again), ledger.ErrTokenUsed)
	r.wantSetting("trace", "")
	r.wantChain("image/cvm/a/2", 0)
	for _, free := range []string{"", "", "ONCE", "once "} { // none, twice, and other bytes
		e.Token = free
		r.append(e)
	}
	r.wantChain("image/cvm/a/1", 5)
	r.must(func(tx ledger.Tx) error {
		twice := event("image/cvm/a/1")
		twice.Token = "within"
		if err := tx.Append(twice); err != nil {
			return err
		}
		if err := tx.Append(twice); !errors.Is(err, ledger.ErrTokenUsed) {
			return fmt.Errorf("second entry of one change: got %v, want ErrTokenUsed", err)
		}
		return nil
	})
	r.wantChain("image/cvm/a/1", 6)
}

func tokenOfAFailedChange(r *rig) {
	e := event("image/cvm/a/1")
	e.Token = "spent in vain"
	r.wantErr("a change that fails", r.Update(r.Context(), func(tx ledger.Tx) error {
		return errors.Join(tx.Append(e), errMine)
	}), errMine)
	r.append(e)
	r.wantChain(e.Entity, 1)
}
