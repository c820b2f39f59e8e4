package cache

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"
)

// table keeps records by name in memory of a fixed size: what they take and what
// finds them, all together. When it is full, the oldest make room, but for some
// that were asked for since they were put here: these are put here once more.
//
// It is no library's, since one for this takes half a record's length for each
// and as much memory again, uncounted, for finding them.
//
// Limits: a record has at most a sixteenth of a shard, which is 60 KB where the
// table has 64 MiB and half of that just above one. Of records so short that they
// run out of slots first, some are forgotten before it is full. With more than
// 64 GiB shard and bucket of a name would depend on each other.
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
	// The entries that slots lead to, and their bytes.
	entries int
	bytes   uint64
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
	// again is how many times the bytes of an entry that is new are put once more for
	// it at the most, so that none waits for a whole turn of the ring.
	again = 8
)

func newTable(bytes int) *table {
	t := &table{shards: make([]shard, max(1, (bytes+shardSize-1)/shardSize))}
	const part = bucket * perSlot // of the ring, with a bucket
	parts := max(1, bytes/len(t.shards)/(part+4*bucket))
	// All at once, as what is taken by itself is rounded up.
	slots, rings := make([]uint32, len(t.shards)*parts*bucket), make([]byte, len(t.shards)*parts*part)
	for i := range t.shards {
		t.shards[i].slots, t.shards[i].ring = cut(&slots, parts*bucket), cut(&rings, parts*part)
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
	full := s.free(length)
	at := s.begin(length)
	s.setHead(at, uint32(length)<<flagsBits)
	copy(s.ring[at+headSize:], n.sum[:])
	copy(s.record(at), record)
	if full = s.lead(n.hash, at) || full; full && !t.full.Load() {
		t.full.Store(true)
	}
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
// its entries gives up its own; lead reports whether most others are taken, too.
func (s *shard) lead(hash uint64, at int) (full bool) {
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
		full = !s.slotsLeft()
	}
	slots[best] = mark | uint32(at/step)
	s.setHead(at, s.head(at)|live)
	s.entries, s.bytes = s.entries+1, s.bytes+padded(s.lengthOf(at))
	return full
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
func (s *shard) end(at int) {
	s.setHead(at, s.head(at)&^live)
	s.entries, s.bytes = s.entries-1, s.bytes-padded(s.lengthOf(at))
}

// roomy reports whether a quarter of ring and slots leads nowhere with an entry of
// a length, as what is new and what was dropped does.
func (s *shard) roomy(length int) bool {
	return s.bytes+padded(length) <= uint64(len(s.ring))/4*3 && s.slotsLeft()
}

func (s *shard) slotsLeft() bool { return s.entries <= len(s.slots)/4*3 }

// free makes room for an entry, and reports whether another was forgotten for it.
// While there is room no other has to be: the oldest are put once more, seen or
// not, and some before theirs is wanted, so that they never stand in the way all
// together.
func (s *shard) free(length int) (forgot bool) {
	size := uint64(len(s.ring))
	roomy := s.roomy(length)
	left := min(again*length, len(s.ring)/8)
	for roomy && s.next-s.oldest > size/8*7 && left >= s.lengthOf(s.wrap(s.oldest)) {
		moved, _ := s.pass(left, true)
		left -= max(moved, step)
	}
	for !s.fits(length) {
		moved, gone := s.pass(left, roomy)
		left -= moved
		forgot = forgot || gone
	}
	return forgot
}

// pass goes on to the next oldest entry. The one that was it is put once more if
// it may be, has no more bytes than are left for that, and was seen or need not be.
func (s *shard) pass(left int, unseen bool) (moved int, forgot bool) {
	at := s.wrap(s.oldest)
	h, length := s.head(at), s.lengthOf(at)
	s.oldest += padded(length)
	if h&live == 0 {
		return 0, false
	}
	slot := s.slotOf(at)
	if left < length || (h&seen == 0 && !unseen) {
		*slot = 0
		s.end(at)
		return 0, true
	}
	// It fits, as it did where it stood. The new place may be over the old one.
	to := s.begin(length)
	copy(s.ring[to+headSize:to+length], s.ring[at+headSize:at+length])
	s.setHead(to, h&^seen)
	*slot = *slot&^placeMask | uint32(to/step)
	return length, false
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

func (s *shard) lengthOf(at int) int { return int(s.head(at) >> flagsBits) }

func (s *shard) record(at int) []byte { return s.ring[at+headSize+nameSize : at+s.lengthOf(at)] }
