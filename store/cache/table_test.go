package cache

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"testing"
)

// named is the name of a number, as if its text had been summed.
func named(n int) *name {
	rnd := rand.New(rand.NewPCG(uint64(n), 1))
	v := name{hash: rnd.Uint64()}
	binary.LittleEndian.PutUint64(v.sum[:], v.hash)
	binary.LittleEndian.PutUint32(v.sum[8:], rnd.Uint32())
	return &v
}

func (t *table) get(n int) (record []byte) {
	t.see(named(n), func(b []byte) { record = bytes.Clone(b) })
	return record
}

// sound checks that slots and entries agree: each slot leads to an entry that is
// live and belongs into its bucket under its mark, each such entry has one slot,
// and entries fill the ring from the oldest to the next.
func (s *shard) sound(t *testing.T) {
	t.Helper()
	led, bytes := map[int]bool{}, uint64(0)
	for i, v := range s.slots {
		if v == 0 {
			continue
		}
		at := int(v&placeMask) * step
		slots, mark := s.bucket(binary.LittleEndian.Uint64(s.ring[at+headSize:]))
		if mark != v&^placeMask || &slots[0] != &s.slots[i/bucket*bucket] || s.head(at)&live == 0 || led[at] {
			t.Fatalf("a slot leads to %d, which is not its entry", at)
		}
		led[at] = true
		bytes += padded(s.lengthOf(at))
	}
	found, place := 0, s.oldest
	for place < s.next {
		if s.head(s.wrap(place))&live != 0 {
			found++
		}
		place += max(step, padded(s.lengthOf(s.wrap(place))))
	}
	if found != len(led) || found != s.entries || bytes != s.bytes {
		t.Fatalf("%d slots and %d entries of %d, %d bytes of %d", len(led), found, s.entries, bytes, s.bytes)
	}
	if place != s.next || place-s.oldest > uint64(len(s.ring)) {
		t.Fatalf("entries from %d to %d of %d, in %d bytes", s.oldest, place, s.next, len(s.ring))
	}
}

// Whatever is put, seen and dropped: what is there is what was put last.
func TestTable(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		table := newTable(1 << 12 << (seed % 6))
		s := &table.shards[0]
		last := map[int][]byte{}
		longest := 1 << (4 + seed%9)
		for step := range 20_000 {
			n := rnd.IntN(3000)
			switch rnd.IntN(10) {
			case 0:
				table.drop(named(n))
				delete(last, n)
				if table.get(n) != nil {
					t.Fatal("what was dropped is there")
				}
			case 1, 2, 3, 4:
				record := bytes.Repeat([]byte{byte(rnd.Uint32())}, rnd.IntN(longest))
				table.put(named(n), record)
				last[n] = record
				if got := table.get(n); len(record) < len(s.ring)/16-64 && !bytes.Equal(got, record) {
					t.Fatalf("what was put is not there: %v, want %v", got, record)
				}
			default:
				if got := table.get(n); got != nil && !bytes.Equal(got, last[n]) {
					t.Fatalf("%v, want %v", got, last[n])
				}
			}
			if step%16 == 0 {
				s.sound(t)
			}
		}
	}
}

// Nothing is forgotten while there is room, but for the few whose bucket is full.
func TestTableForgetsNothingBeforeItIsFull(t *testing.T) {
	t.Parallel()
	const bytes, each = 4 << 20, 67
	table := newTable(bytes)
	put := 0
	for ; !table.full.Load(); put++ {
		table.put(named(put), make([]byte, each))
	}
	there := 0
	for n := range put {
		if table.get(n) != nil {
			there++
		}
	}
	if there < put*98/100 || put < bytes*85/100/(each+headSize+nameSize) {
		t.Errorf("%d of %d are there, in %d bytes", there, put, bytes)
	}
}

// What is asked for again and again stays, however much comes and goes.
func TestTableKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	table := newTable(1 << 19)
	const hot, each = 1000, 50
	for n := range hot {
		table.put(named(n), make([]byte, each))
	}
	for n := range 200_000 {
		table.put(named(hot+n), make([]byte, each))
		if table.get(n%hot) == nil {
			table.put(named(n%hot), make([]byte, each))
		}
	}
	missed := 0
	for n := range hot {
		if table.get(n) == nil {
			missed++
		}
	}
	if missed > hot/20 {
		t.Errorf("%d of %d are gone", missed, hot)
	}
}

// What is put again and again takes no place from what fits beside it, be it
// asked for or not.
func TestTableKeepsWhatFitsBesideWhatChanges(t *testing.T) {
	t.Parallel()
	for _, long := range []int{67, 2000, 10_000, 50_000} {
		table := newTable(1 << 20)
		const others = 3000 // a quarter of it
		for n := range others {
			table.put(named(n), make([]byte, 67))
		}
		for range 10 << 20 / (long + 16) { // ten turns of the ring
			table.put(named(-1), make([]byte, long))
		}
		table.shards[0].sound(t)
		there := 0
		for n := range others {
			if table.get(n) != nil {
				there++
			}
		}
		if there < others*98/100 || table.full.Load() {
			t.Errorf("beside a record of %d bytes that changes, %d of %d are there", long, there, others)
		}
	}
}

// What is asked for before each put stays, also of a long record.
func TestTableKeepsWhatWasSeen(t *testing.T) {
	t.Parallel()
	table := newTable(1 << 20)
	const others = 3000 // a quarter of it
	for n := range others {
		table.put(named(n), make([]byte, 67))
	}
	for range 300 {
		for n := range others {
			table.get(n)
		}
		table.put(named(-1), make([]byte, 10_000))
	}
	there := 0
	for n := range others {
		if table.get(n) != nil {
			there++
		}
	}
	if there < others*95/100 {
		t.Errorf("%d of %d are there, though all were asked for before each put", there, others)
	}
}

// A table takes what it may and no more, with all that finds what is in it.
func TestTableTakesWhatItMay(t *testing.T) {
	t.Parallel()
	for _, bytes := range []int{100_000, 512 << 10, 1 << 20, 1<<20 + 1, 2_000_000, 3<<20 + 12345, 64 << 20, 1 << 30} {
		total := 0
		table := newTable(bytes)
		for i := range table.shards {
			s := &table.shards[i]
			if total += len(s.ring) + 4*len(s.slots); len(s.ring) > (placeMask+1)*step {
				t.Errorf("%d: a ring of %d bytes has places that no slot leads to", bytes, len(s.ring))
			}
		}
		if total > bytes || total < bytes*99/100 {
			t.Errorf("%d bytes of %d", total, bytes)
		}
	}
}

// What is too long goes, rather than stay as it was before.
func TestTableOfLongRecords(t *testing.T) {
	t.Parallel()
	table := newTable(1 << 20)
	table.put(named(1), make([]byte, 1000))
	table.put(named(1), make([]byte, 1<<19))
	if table.get(1) != nil {
		t.Error("a record is there that another took the place of")
	}
	if table.put(named(2), make([]byte, 50_000)); len(table.get(2)) != 50_000 {
		t.Error("a record of 50 KB is not kept")
	}
}

func TestTableOfMany(t *testing.T) {
	t.Parallel()
	table := newTable(2 << 20)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(worker), 3))
			for range 20_000 {
				n := rnd.IntN(40_000)
				switch rnd.IntN(3) {
				case 0:
					table.put(named(n), bytes.Repeat([]byte{byte(n)}, 20+n%100))
				case 1:
					table.drop(named(n))
				default:
					for _, b := range table.get(n) {
						if b != byte(n) {
							t.Errorf("%d has a record of %d", n, b)
							return
						}
					}
				}
			}
		})
	}
	all.Wait()
	for i := range table.shards {
		table.shards[i].sound(t)
	}
}
