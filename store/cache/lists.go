package cache

import (
	"slices"
	"time"

	"imageshare/ledger"
)

// spot is what of an image decides in which lists it stands, and where.
type spot struct {
	key           ledger.ImageKey
	owner, family string
	state         ledger.State
	ready         time.Time
	public        bool
	shares        []ledger.Share
}

func spotOf(i *ledger.Image) *spot {
	return &spot{i.Key, i.Owner, i.Family, i.State, i.ReadyAt, i.Public, i.Shares}
}

// alike reports whether both stand at the same place of the same lists, those
// by share aside.
func (p *spot) alike(o *spot) bool {
	return p.owner == o.owner && p.family == o.family && p.state == o.state && p.ready.Equal(o.ready) && p.public == o.public
}

// moves are the lists that are others once an image is no longer in one spot
// but in another; nil is where it is not at all.
func moves(was, is *spot) (lists [][]byte) {
	if was != nil && is != nil && was.alike(is) {
		gone, come := ledger.ShareDiff(was.shares, is.shares)
		return append(was.held(gone), is.held(come)...)
	}
	for _, p := range []*spot{was, is} {
		if p != nil {
			lists = append(lists, p.lists()...)
		}
	}
	return lists
}

// lists are all that the image stands in.
func (p *spot) lists() [][]byte {
	all := append(p.held(p.shares), ownedList(p.account(p.owner), p.key.Product, p.key.Region))
	if p.public {
		all = append(all, publicList(p.key.Product, p.key.Region))
	}
	return all
}

// held are the lists in which it stands by some of its shares.
func (p *spot) held(shares []ledger.Share) (lists [][]byte) {
	for _, s := range shares {
		lists = append(lists, heldList(p.account(s.Account), p.key.Product, p.key.Region))
	}
	return lists
}

func (p *spot) account(number string) ledger.AccountKey {
	return ledger.AccountKey{Cloud: p.key.Product.Cloud(), ID: number}
}

// Lists have names as records do, by which their cells are found.

func ownedList(who ledger.AccountKey, p ledger.Product, region string) []byte {
	return nameOf('o', string(who.Cloud), who.ID, string(p), region)
}

func heldList(who ledger.AccountKey, p ledger.Product, region string) []byte {
	return nameOf('h', string(who.Cloud), who.ID, string(p), region)
}

func publicList(p ledger.Product, region string) []byte { return nameOf('p', string(p), region) }

// listsOf are those that a page is made of. What is public and the account's
// own besides is left out of a page by what is in the public list itself.
func listsOf(q ledger.SetQuery) [][]byte {
	switch {
	case q.Set == ledger.Owned:
		return [][]byte{ownedList(q.Account, q.Product, q.Region)}
	case q.Set == ledger.Held:
		return [][]byte{heldList(q.Account, q.Product, q.Region)}
	case slices.Contains(q.Without, ledger.Held):
		return [][]byte{publicList(q.Product, q.Region), heldList(q.Account, q.Product, q.Region)}
	}
	return [][]byte{publicList(q.Product, q.Region)}
}
