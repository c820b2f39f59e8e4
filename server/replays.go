package server

import (
	"hash/maphash"
	"sync"
	"time"
)

// replays remembers what was used until it would be too old to be used again.
// Only verified requests get here, so nobody without a key can fill it. What
// is kept of each is 64 bits under a seed that nobody knows: among a hundred
// million of them, a new request is taken for an old one once in a hundred
// billion times.
type replays struct {
	seed maphash.Seed
	mu   sync.Mutex
	// seen has in blocks what is forgotten together: until when each is remembered,
	// in seconds of 1970.
	seen map[int64]map[uint64]uint32
}

// forgetEvery is the length of what is forgotten together. There are few such
// blocks to look into: the longest window is hours, and most are minutes.
const forgetEvery = 10 * 60 // seconds

func newReplays() *replays {
	return &replays{seed: maphash.MakeSeed(), seen: map[int64]map[uint64]uint32{}}
}

// first reports whether once was not seen before, and remembers it.
func (r *replays) first(once string, until, now time.Time) bool {
	mark := maphash.String(r.seed, once)
	r.mu.Lock()
	defer r.mu.Unlock()
	for block, marks := range r.seen {
		if last, used := marks[mark]; used && int64(last) >= now.Unix() {
			return false
		}
		if block*forgetEvery+late < now.Unix() { // who comes late still meets it
			delete(r.seen, block)
		}
	}
	block := until.Unix()/forgetEvery + 1
	if r.seen[block] == nil {
		r.seen[block] = map[uint64]uint32{}
	}
	r.seen[block][mark] = uint32(until.Unix()) // good until the year 2106
	return true
}

// size is how many are remembered.
func (r *replays) size() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, marks := range r.seen {
		n += len(marks)
	}
	return n
}
