package cache

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"
)

// table keeps records by name in memory of a fixed size: what they take and what
// finds them, all together. When it is full, the oldest makes room, but for one
// that was asked for since it was put here: that is put here once more.
//
// It is no library's, since one for this takes half a record's length for each
// and as much memory again, uncounted, for finding them.
//
// Limits: a record has at most a sixteenth of a shard, 60 KB where the table has
// a mebibyte or more. Of records so short that they run out of slots first, some
// are forgotten before it is full.
type table struct {
	shards []shard
	full   atomic.Bool // something made room for something else
}

// shard is a part of the table. Its ring has entries one behind the other, each
// a head, a name and a record; none goes over the ring's end.
type shard struct {
	mu    sync.Mutex
	slots []uint32 // in buckets: where in the ring entries are, each with a mark of its name; 0 for none
	ring  []byte
	// Where the oldest entry begins, and the next one will, as if the ring had no end.
	oldest, next uint64
}

const (
	shardSize = 1 << 20 // bytes, of ring and slots
	bucket    = 16      // slots: a line of a processor's cache
	perSlot   = 48      // bytes of the ring, which is less than most entries have

	// An entry begins at a multiple of step, so its place takes so many bits of a slot.
	step      = 4
	placeBits = 18
	placeMask = 1<<placeBits - 1

	// A head is the length of an entry and two flags: whether a slot leads there, and
	// whether it was seen since it was put where it is.
	headSize  = 4
	live      = 1 << 0
	seen      = 1 << 1
	flagsBits = 2

	nameSize = len(name{}.sum)
	// chances is how many entries are put once more for one that is new, so that
	// none waits for a whole turn of the ring.
	chances = 8
)

func newTable(bytes int) *table {
	t := &table{shards: make([]shard, max(1, bytes/shardSize))}
	const part = bucket * perSlot // of the ring, with a bucket
	parts := max(1, min(bytes/len(t.shards)/(part+4*bucket), (placeMask+1)*step/part))
	for i := range t.shards {
		t.shards[i].slots, t.shards[i].ring = make([]uint32, parts*bucket), make([]byte, parts*part)
	}
	return t
}

// see shows a record to a function, which must not keep it, and reports whether
// there is one.
func (t *table) see(n *name, look func([]byte)) bool {
	s := t.shard(n.hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, at := s.find(n)
	if at < 0 {
		return false
	}
	if h := s.head(at); h&seen == 0 {
		s.setHead(at, h|seen)
	}
	look(s.record(at))
	return true
}

// put keeps a copy of a record, in place of the one of its name, unless it is
// too long to be worth that.
func (t *table) put(n *name, record []byte) {
	s := t.shard(n.hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(n)
	length := headSize + nameSize + len(record)
	if length > len(s.ring)/16 {
		return
	}
	if s.free(length) && !t.full.Load() {
		t.full.Store(true)
	}
	at := s.begin(length)
	s.setHead(at, uint32(length)<<flagsBits|live)
	copy(s.ring[at+headSize:], n.sum[:])
	copy(s.record(at), record)
	s.lead(n.hash, at)
}

// drop forgets a record.
func (t *table) drop(n *name) {
	s := t.shard(n.hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(n)
}

// A hash's highest bits say the shard, those from the 17th on the bucket and the
// mark; the lowest are a cell's.

func (t *table) shard(hash uint64) *shard {
	i, _ := bits.Mul64(hash, uint64(len(t.shards)))
	return &t.shards[i]
}

func (s *shard) bucket(hash uint64) (slots []uint32, mark uint32) {
	h := uint32(hash >> 16)
	i := uint64(h) * uint64(len(s.slots)/bucket) >> 32 * bucket
	return s.slots[i : i+bucket], (1 + h%(1<<(32-placeBits)-1)) << placeBits
}

// find is the slot and the place of an entry, which is below 0 if there is none.
func (s *shard) find(n *name) (slot *uint32, at int) {
	slots, mark := s.bucket(n.hash)
	for i, v := range slots {
		if v&^placeMask != mark {
			continue
		}
		if at := int(v&placeMask) * step; [nameSize]byte(s.ring[at+headSize:]) == n.sum {
			return &slots[i], at
		}
	}
	return nil, -1
}

// lead lets a slot lead to an entry. Where a bucket has none left, the oldest of
// its entries gives up its own.
func (s *shard) lead(hash uint64, at int) {
	slots, mark := s.bucket(hash)
	best, most := 0, -1
	for i, v := range slots {
		if v == 0 {
			best = i
			break
		}
		if age := s.age(int(v&placeMask) * step); age > most {
			best, most = i, age
		}
	}
	if v := slots[best]; v != 0 {
		s.end(int(v&placeMask) * step)
	}
	slots[best] = mark | uint32(at/step)
}

// age is how much of the ring was put behind an entry.
func (s *shard) age(at int) int {
	return (s.wrap(s.next) - at + len(s.ring) - 1) % len(s.ring)
}

func (s *shard) drop(n *name) {
	if slot, at := s.find(n); at >= 0 {
		*slot = 0
		s.end(at)
	}
}

// end leaves an entry without a slot: its bytes are free once it is the oldest.
func (s *shard) end(at int) { s.setHead(at, s.head(at)&^live) }

// free makes room for an entry, and reports whether another was forgotten for it.
func (s *shard) free(length int) (forgot bool) {
	for left := chances; !s.fits(length); {
		switch s.pass(left > 0) {
		case putAgain:
			left--
		case forgotten:
			forgot = true
		}
	}
	return forgot
}

// What comes of the oldest entry when its room is wanted.
const (
	nothing = iota // no slot led there
	putAgain
	forgotten
)

// pass goes on to the next oldest entry. The one that was it is put once more if
// it was asked for and may be.
func (s *shard) pass(again bool) int {
	at := s.wrap(s.oldest)
	h := s.head(at)
	length := int(h >> flagsBits)
	s.oldest += padded(length)
	if h&live == 0 {
		return nothing
	}
	slot := s.slotOf(at)
	if !again || h&seen == 0 || !s.fits(length) {
		*slot = 0
		return forgotten
	}
	to := s.begin(length) // it may be over the old head, or the beginning of the rest
	copy(s.ring[to+headSize:to+length], s.ring[at+headSize:at+length])
	s.setHead(to, h&^seen)
	*slot = *slot&^placeMask | uint32(to/step)
	return putAgain
}

// slotOf is the slot that leads to an entry.
func (s *shard) slotOf(at int) *uint32 {
	slots, _ := s.bucket(binary.LittleEndian.Uint64(s.ring[at+headSize:]))
	for i, v := range slots {
		if v != 0 && int(v&placeMask)*step == at {
			return &slots[i]
		}
	}
	panic("unreachable: a slot leads to what is live")
}

// fits reports whether an entry can be put behind the newest.
func (s *shard) fits(length int) bool {
	return s.next+s.skip(length)+padded(length)-s.oldest <= uint64(len(s.ring))
}

// skip is what is left before the ring's end where an entry would go over it.
func (s *shard) skip(length int) uint64 {
	if left := uint64(len(s.ring) - s.wrap(s.next)); left < padded(length) {
		return left
	}
	return 0
}

// begin takes the room of an entry that fits. What it skips is an entry, too.
func (s *shard) begin(length int) (at int) {
	if skip := s.skip(length); skip > 0 {
		s.setHead(s.wrap(s.next), uint32(skip)<<flagsBits)
		s.next += skip
	}
	at = s.wrap(s.next)
	s.next += padded(length)
	return at
}

// wrap is where a place is in the ring.
func (s *shard) wrap(place uint64) int { return int(place % uint64(len(s.ring))) }

func padded(length int) uint64 { return uint64(length+step-1) / step * step }

func (s *shard) head(at int) uint32       { return binary.LittleEndian.Uint32(s.ring[at:]) }
func (s *shard) setHead(at int, h uint32) { binary.LittleEndian.PutUint32(s.ring[at:], h) }

func (s *shard) record(at int) []byte {
	return s.ring[at+headSize+nameSize : at+int(s.head(at)>>flagsBits)]
}
