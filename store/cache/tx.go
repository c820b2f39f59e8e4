package cache

import (
	"context"
	"errors"
	"slices"

	"imageshare/ledger"
)

// Update is the engine's, with every record that the change writes, and every
// list that it alters, kept out of the cache until the engine has said what
// became of it. A change that runs more than once closes its cells more than
// once, and one whose goroutine ends in the middle opens them all the same.
func (s *Store) Update(ctx context.Context, change func(ledger.Tx) error) error {
	shut := map[*cell]int{}
	defer func() {
		for c, times := range shut {
			s.open(c, times)
		}
	}()
	return s.Store.Update(ctx, func(tx ledger.Tx) error {
		n := &noting{Tx: tx, store: s, shut: shut}
		defer func() { n.read = nil }() // who keeps n is to ask the engine, which says that it is over
		return change(n)
	})
}

// noting is a change that says what it writes before it does.
type noting struct {
	ledger.Tx
	store *Store
	shut  map[*cell]int
	read  *spot // of the image that was read last, unless it was written since
}

func (n *noting) note(bytes []byte) {
	name := n.store.name(bytes)
	n.shut[n.store.shut(name, func() { n.store.records.drop(&name) })]++
}

func (n *noting) noteKey(k keyName) {
	n.shut[n.store.shut(n.store.name(k.bytes()), func() { n.store.keys.drop(k) })]++
}

// Image also remembers where the image stands: most changes that read one
// write it next.
func (n *noting) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	i, err := n.Tx.Image(ctx, k)
	if err == nil {
		n.read = spotOf(i)
		// What the change does to its copy must not be taken for what the image was.
		n.read.shares = slices.Clone(i.Shares)
	}
	return i, err
}

func (n *noting) PutImage(i *ledger.Image) error {
	if err := n.noteImage(i.Key, spotOf(i)); err != nil {
		return err
	}
	return n.Tx.PutImage(i)
}

func (n *noting) DeleteImage(k ledger.ImageKey) error {
	if err := n.noteImage(k, nil); err != nil {
		return err
	}
	return n.Tx.DeleteImage(k)
}

// noteImage notes an image and the lists in which it stands, or will, in
// another way.
func (n *noting) noteImage(k ledger.ImageKey, is *spot) error {
	if n.read == nil || n.read.key != k {
		n.read = nil
		if _, err := n.Image(context.Background(), k); err != nil && !errors.Is(err, ledger.ErrNoImage) {
			return err
		}
	}
	n.note(imageName(k))
	for _, list := range moves(n.read, is) {
		n.shut[n.store.shut(n.store.name(list), func() {})]++
	}
	n.read = nil
	return nil
}

func (n *noting) PutAccount(a *ledger.Account) error {
	if err := n.noteAccount(a.Key); err != nil {
		return err
	}
	n.noteKeys(a)
	return n.Tx.PutAccount(a)
}

func (n *noting) DeleteAccount(k ledger.AccountKey) error {
	if err := n.noteAccount(k); err != nil {
		return err
	}
	return n.Tx.DeleteAccount(k)
}

// noteAccount notes an account with the keys that it has had until now.
func (n *noting) noteAccount(k ledger.AccountKey) error {
	old, err := n.Tx.Account(context.Background(), k)
	if err != nil && !errors.Is(err, ledger.ErrNoAccount) {
		return err // so does a change that is over, whose cells nobody would open
	}
	n.note(accountName(k))
	if old != nil {
		n.noteKeys(old)
	}
	return nil
}

func (n *noting) noteKeys(a *ledger.Account) {
	for _, c := range a.Credentials() {
		n.noteKey(keyName{a.Key.Cloud, c.ID})
	}
}
