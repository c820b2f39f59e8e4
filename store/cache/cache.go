// Package cache stands in front of an engine of one process and remembers the
// records that are looked up most: images, accounts and access keys. What it
// answers is what the engine would have answered.
//
// That holds because nothing is kept that a change might have made untrue. A
// change that writes a record first drops it here and closes its cell; from
// then until the change is over, however it ends, readers of that cell ask the
// engine and what they are told is not kept. So a change that was acknowledged
// is seen by every read that begins afterwards, and what one read has seen no
// later read unsees.
//
// Records are kept encoded, in memory of a fixed size without pointers: ten
// times as many fit as would as structs, and the garbage collector does not
// look at them. What is used least is forgotten first.
//
// Limits: it knows of the changes that go through it and of no others, so it is
// for engines that nobody else writes to, and must not stand before a cluster.
// Lists, and what View reads, always come from the engine.
package cache

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/coocood/freecache"

	"imageshare/ledger"
)

// Store is an engine with its cache. It keeps every promise that the engine keeps.
type Store struct {
	ledger.Store
	records *freecache.Cache
	terms   terms
	seed    maphash.Seed
	cells   [cells]cell
	keys    keys
	asked   [places]atomic.Uint32 // a part of the name that was last asked for at each place
}

// cells is how many parts the keys are spread over. One change closes as many
// as it writes records.
const cells = 4096

// cell is the part of the keys that may be kept, or not, together.
type cell struct {
	mu      sync.Mutex
	changes int    // under way on a record of the cell
	moved   uint64 // counts what makes an answer that was asked for before untrue
}

var _ ledger.Store = (*Store)(nil)

// places is how many names are remembered that were asked for and not kept.
const places = 1 << 18

// New puts a cache of some bytes before an engine. It takes them as it fills.
func New(engine ledger.Store, bytes int) *Store {
	return &Store{Store: engine, records: freecache.NewCache(bytes), seed: maphash.MakeSeed()}
}

// Image answers as the engine does.
func (s *Store) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	name := imageName(k)
	if i := get(s, name, (*codec).image); i != nil {
		i.Key = k
		return i, nil
	}
	return fill(s, name, (*codec).image, func() (*ledger.Image, error) { return s.Store.Image(ctx, k) })
}

// Account answers as the engine does.
func (s *Store) Account(ctx context.Context, k ledger.AccountKey) (*ledger.Account, error) {
	name := accountName(k)
	if a := get(s, name, (*codec).accountRecord); a != nil {
		return a, nil
	}
	return fill(s, name, (*codec).accountRecord, func() (*ledger.Account, error) { return s.Store.Account(ctx, k) })
}

// Credential answers as the engine does.
func (s *Store) Credential(ctx context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	n := keyName{c, keyID}
	if k := s.keys.get(n); k != nil {
		return k, nil
	}
	in := s.cell(n.bytes())
	moved := in.now()
	k, err := s.Store.Credential(ctx, c, keyID)
	if err == nil {
		in.keep(moved, func() { s.keys.put(n, k) })
	}
	return k, err
}

// get is a record that is kept, else nil.
func get[T any](s *Store, name []byte, code func(*codec, *T)) *T {
	var v *T
	err := s.records.GetFn(name, func(b []byte) error {
		v = new(T)
		return decode(&s.terms, b, v, code)
	})
	if err != nil {
		return nil
	}
	return v
}

// fill asks, and keeps the answer. What is not there is not kept: nobody should
// fill the cache with names that mean nothing.
func fill[T any](s *Store, name []byte, code func(*codec, *T), ask func() (*T, error)) (*T, error) {
	c := s.cell(name)
	moved := c.now()
	found, err := ask()
	if err == nil && s.worth(name) {
		c.keep(moved, func() { s.put(name, encode(&s.terms, found, code)) })
	}
	return found, err
}

// worth reports whether a record is worth a place: once the cache is full, what
// is asked for once takes none from what is asked for again and again.
func (s *Store) worth(name []byte) bool {
	if s.records.EvacuateCount() == 0 {
		return true
	}
	h := maphash.Bytes(s.seed, name)
	mark := uint32(h>>32) | 1
	return s.asked[h%places].Swap(mark) == mark
}

// put keeps a record; one too large to be worth it is not kept.
func (s *Store) put(name, record []byte) { _ = s.records.Set(name, record, 0) }

func (s *Store) cell(name []byte) *cell { return &s.cells[maphash.Bytes(s.seed, name)%cells] }

func (c *cell) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// keep keeps what was asked for when moved was read, unless it may be untrue by now.
func (c *cell) keep(moved uint64, put func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes == 0 && c.moved == moved {
		put()
	}
}

// shut drops a record that a change is about to write, and closes its cell.
func (s *Store) shut(name []byte, drop func()) *cell {
	c := s.cell(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.moved++
	drop()
	return c
}

// open ends what a change had closed.
func (c *cell) open(times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes -= times
	c.moved++
}
