package memory

import (
	"slices"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// tx is a change under way. It reads and writes the store's own records, which
// nobody else can see meanwhile.
type tx struct {
	*records
	undo []func() // for each write, what takes it back
}

func (t *tx) takeBack() {
	for n := len(t.undo) - 1; n >= 0; n-- {
		t.undo[n]()
	}
}

// put sets a key of a map and notes what was there.
func put[K comparable, V any](t *tx, m map[K]V, k K, v V) {
	was, had := m[k]
	t.undo = append(t.undo, func() {
		if delete(m, k); had {
			m[k] = was
		}
	})
	m[k] = v
}

// drop forgets a key of a map and notes what was there.
func drop[K comparable, V any](t *tx, m map[K]V, k K) {
	if was, had := m[k]; had {
		t.undo = append(t.undo, func() { m[k] = was })
		delete(m, k)
	}
}

// PutImage keeps a copy: a caller that goes on changing its own record would
// otherwise rewrite ours past every lock.
func (t *tx) PutImage(i *ledger.Image) error {
	if err := engine.CheckImage(i); err != nil {
		return err
	}
	put(t, t.images, i.Key, i.Clone())
	return nil
}

func (t *tx) DeleteImage(key ledger.ImageKey) error {
	if _, ok := t.images[key]; !ok {
		return ledger.ErrNoImage
	}
	drop(t, t.images, key)
	return nil
}

func (t *tx) PutAccount(a *ledger.Account) error {
	if err := engine.CheckAccount(a); err != nil {
		return err
	}
	// All of it is checked before any of it is written: a change may go on
	// after it was refused an account.
	if err := t.free(a); err != nil {
		return err
	}
	t.dropAccount(a.Key)
	put(t, t.accounts, a.Key, a.Clone())
	for _, c := range a.Credentials() {
		put(t, t.keys, named{a.Key.Cloud, c.ID}, c)
	}
	for number, h := range a.Holders() {
		put(t, t.numbers, named{a.Key.Cloud, number}, h)
	}
	return nil
}

// free checks that no other account has a key or number of this one.
func (t *tx) free(a *ledger.Account) error {
	for _, c := range a.Credentials() {
		if other, ok := t.keys[named{a.Key.Cloud, c.ID}]; ok && other.Account != a.Key {
			return engine.KeyTaken(a, c.ID)
		}
	}
	for number := range a.Holders() {
		if other, ok := t.numbers[named{a.Key.Cloud, number}]; ok && other.Account != a.Key {
			return engine.NumberTaken(a, number)
		}
	}
	return nil
}

func (t *tx) DeleteAccount(key ledger.AccountKey) error {
	if _, ok := t.accounts[key]; !ok {
		return ledger.ErrNoAccount
	}
	t.dropAccount(key)
	return nil
}

// dropAccount forgets an account, if it is there, and frees its keys and numbers.
func (t *tx) dropAccount(key ledger.AccountKey) {
	a, ok := t.accounts[key]
	if !ok {
		return
	}
	for _, c := range a.Credentials() {
		drop(t, t.keys, named{key.Cloud, c.ID})
	}
	for number := range a.Holders() {
		drop(t, t.numbers, named{key.Cloud, number})
	}
	drop(t, t.accounts, key)
}

func (t *tx) PutSetting(name, text string) error {
	if err := engine.CheckSetting(name, text); err != nil {
		return err
	}
	if text == "" {
		drop(t, t.settings, name)
		return nil
	}
	put(t, t.settings, name, text)
	return nil
}

func (t *tx) Append(e ledger.Event) error {
	if err := engine.CheckEvent(e); err != nil {
		return err
	}
	if e.Token != "" {
		if t.tokens[e.Token] {
			return ledger.ErrTokenUsed
		}
		put(t, t.tokens, e.Token, true)
	}
	// A copy, as of an image.
	e.Added, e.Removed, e.Notes = slices.Clone(e.Added), slices.Clone(e.Removed), slices.Clone(e.Notes)
	e, _ = e.Follow(t.last[e.Entity])
	e.Position = int64(len(t.events)) + 1
	put(t, t.last, e.Entity, e)
	r := t.records
	t.undo = append(t.undo, func() { r.events = r.events[:len(r.events)-1] })
	r.events = append(r.events, e)
	return nil
}
