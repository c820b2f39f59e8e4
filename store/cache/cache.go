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
// Pages of lists of images are kept with the images on them. A change closes
// the lists in which an image stands otherwise afterwards, as it does the image;
// a page is answered only if its list is as it was when it was kept. Of images
// that were touched since, the records as they are now take their places, if
// none was touched since the request began: so a page is of one moment, and so
// are all pages together that a View reads.
//
// Records are kept encoded, in memory of a fixed size without pointers: ten
// times as many fit as would as structs, and the garbage collector does not
// look at them. The oldest are forgotten first, but for those that were asked
// for since.
//
// Limits: it knows of the changes that go through it and of no others, so it is
// for engines that nobody else writes to, and must not stand before a cluster.
// Other lists always come from the engine.
package cache

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"imageshare/ledger"
)

// Store is an engine with its cache. It keeps every promise that the engine keeps.
type Store struct {
	ledger.Store
	records *table
	terms   terms
	seeds   [2]maphash.Seed
	keys    keys
	clock   atomic.Uint64 // counts the moments at which a change closed or opened a cell
	closed  atomic.Bool

	// What has no pointers stands last, where the garbage collector does not look.
	cells [cells]cell
	asked [marks]atomic.Uint32 // a part of the name that was last asked for at each of them
}

// cells is how many parts the keys are spread over. One change closes as many
// as it writes records and moves entries of lists, and with them what else is there.
const cells = 1 << 16

// cell is the part of the keys that may be kept, or not, together.
type cell struct {
	mu      sync.Mutex
	changes int           // under way on a record or a list of the cell
	moved   atomic.Uint64 // the clock when one last began or ended: what was asked for before may be untrue
}

var _ ledger.Store = (*Store)(nil)

// marks is how many names are remembered that were asked for and not kept.
const marks = 1 << 18

// New puts a cache of some bytes before an engine. It takes them as it fills.
func New(engine ledger.Store, bytes int) *Store {
	return &Store{
		Store: engine, records: newTable(bytes),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
	}
}

// Close closes the engine; the cache answers no more, so that the engine tells
// whoever asks.
func (s *Store) Close() error {
	s.closed.Store(true)
	return s.Store.Close()
}

// Image answers as the engine does.
func (s *Store) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	return s.image(ctx, s.name(imageName(k)), k)
}

// image is the image of a name.
func (s *Store) image(ctx context.Context, n name, k ledger.ImageKey) (*ledger.Image, error) {
	if i := get(s, n, (*codec).image); i != nil {
		i.Key = k
		return i, nil
	}
	return fill(s, n, (*codec).image, func() (*ledger.Image, error) { return s.Store.Image(ctx, k) })
}

// Account answers as the engine does.
func (s *Store) Account(ctx context.Context, k ledger.AccountKey) (*ledger.Account, error) {
	n := s.name(accountName(k))
	if a := get(s, n, (*codec).accountRecord); a != nil {
		return a, nil
	}
	return fill(s, n, (*codec).accountRecord, func() (*ledger.Account, error) { return s.Store.Account(ctx, k) })
}

// Credential answers as the engine does.
func (s *Store) Credential(ctx context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	n := keyName{c, keyID}
	if k := s.keys.get(n); k != nil && !s.closed.Load() {
		return k, nil
	}
	at := s.clock.Load()
	k, err := s.Store.Credential(ctx, c, keyID)
	if err == nil {
		s.name(n.bytes()).cell.keep(at, func() { k = s.keys.put(n, k) })
	}
	return k, err
}

// get is a record that is kept, else nil.
func get[T any](s *Store, n name, code func(*codec, *T)) (v *T) {
	var err error
	s.records.see(&n, func(b []byte) {
		v = new(T)
		err = decode(&s.terms, b, v, code)
	})
	if err != nil || s.closed.Load() {
		return nil
	}
	return v
}

// fill asks, and keeps the answer. What is not there is not kept: nobody should
// fill the cache with names that mean nothing.
func fill[T any](s *Store, n name, code func(*codec, *T), ask func() (*T, error)) (*T, error) {
	at := s.clock.Load()
	found, err := ask()
	if err == nil && s.worth(n.hash) {
		n.cell.keep(at, func() { s.records.put(&n, encode(&s.terms, found, code)) })
	}
	return found, err
}

// worth reports whether a record is worth a place: once the cache is full, what
// is asked for once takes none from what is asked for again and again.
func (s *Store) worth(hash uint64) bool {
	if !s.records.full.Load() {
		return true
	}
	mark := uint32(hash>>32) | 1
	return s.asked[hash%marks].Swap(mark) == mark
}

// name is what a record is called here, and where that leads. It is a sum of
// the whole name, which would take a third of a record: 96 bits under seeds that
// nobody knows, so that no two records ever have one.
type name struct {
	sum  [12]byte
	hash uint64 // most of it
	cell *cell
}

func (s *Store) name(bytes []byte) name {
	n := name{hash: maphash.Bytes(s.seeds[0], bytes)}
	binary.LittleEndian.PutUint64(n.sum[:8], n.hash)
	binary.LittleEndian.PutUint32(n.sum[8:], uint32(maphash.Bytes(s.seeds[1], bytes)))
	n.cell = &s.cells[n.hash%cells]
	return n
}

// since reports whether no change began or ended since a moment of the clock.
func (c *cell) since(at uint64) bool { return c.moved.Load() <= at }

// keep keeps what was asked for at a moment of the clock, unless it may be untrue by now.
func (c *cell) keep(at uint64, put func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes == 0 && c.since(at) {
		put()
	}
}

// quiet reports whether what was asked for at a moment of the clock is true.
func (c *cell) quiet(at uint64) (is bool) {
	c.keep(at, func() { is = true })
	return is
}

// shut drops a record that a change is about to write, and closes its cell.
func (s *Store) shut(n name, drop func()) *cell {
	n.cell.mu.Lock()
	defer n.cell.mu.Unlock()
	n.cell.changes++
	n.cell.moved.Store(s.clock.Add(1))
	drop()
	return n.cell
}

// open ends what a change had closed.
func (s *Store) open(c *cell, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes -= times
	c.moved.Store(s.clock.Add(1))
}
