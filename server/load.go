package server

import (
	"math/rand/v2"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"imageshare/api"
)

const (
	// maxServed is how many requests may be past their envelope at once. Reads
	// are done in microseconds, so where there are more, they wait for something:
	// for the disk behind hundreds of changes, or for a place to read.
	maxServed = 512
	// maxWait is how long a request may wait for a processor, in the middle,
	// before some are turned away: a client that hears so in time asks again
	// later, one that hears nothing asks again at once.
	maxWait = 50 * time.Millisecond
	// waitEvery is how often that is looked at, and waitLooks how many looks in
	// a row must find it so: a machine may stop everything for a moment.
	waitEvery = 20 * time.Millisecond
	waitLooks = 5
	// Turning a request away costs more than half of serving it, most of it
	// reading the request. So the tenths that are turned away grow and shrink one
	// by one, and some are always served: turning all away would help nobody.
	shedMost = 8
)

// load says when there is too much to do. Two things can be short: what
// requests wait for, which shows in how many are being served, and processors,
// which shows in how long whatever could run waits for one.
type load struct {
	served atomic.Int64
	wait   waiting
}

// enter takes a place among those that are served, or answers ErrOverload.
// Whoever got one leaves it.
func (l *load) enter(now time.Time) error {
	if l.wait.shed(now, rand.Float64()) {
		return api.ErrOverload
	}
	if l.served.Add(1) > maxServed {
		l.leave()
		return api.ErrOverload
	}
	return nil
}

func (l *load) leave() { l.served.Add(-1) }

// waiting watches how long goroutines that could run wait for a processor. It
// looks when a request comes and the last look is old, so that an idle server
// does nothing.
type waiting struct {
	read func() *metrics.Float64Histogram // nil reads the runtime's own
	next atomic.Int64                     // when to look again, in nanoseconds of 1970

	long   atomic.Int64 // looks that found long waits, less those that did not
	mu     sync.Mutex
	sample []metrics.Sample
	before []uint64
}

// shed says whether a request is one of those that are turned away; dice is a
// number from 0 up to 1.
func (w *waiting) shed(now time.Time, dice float64) bool {
	at := w.next.Load()
	due := time.Duration(at - now.UnixNano())
	// A clock that was set back must not keep anybody from looking.
	if (due <= 0 || due > waitEvery) && w.next.CompareAndSwap(at, now.Add(waitEvery).UnixNano()) {
		w.look()
	}
	return dice*10 < float64(w.long.Load()-waitLooks)
}

// look judges the waits since the last look.
func (w *waiting) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.histogram()
	step := int64(-1)
	if w.middle(h) > maxWait.Seconds() {
		step = 1
	}
	w.long.Store(min(max(w.long.Load()+step, 0), waitLooks+shedMost))
	w.before = append(w.before[:0], h.Counts...)
}

func (w *waiting) histogram() *metrics.Float64Histogram {
	if w.read != nil {
		return w.read()
	}
	if w.sample == nil {
		w.sample = []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	}
	metrics.Read(w.sample)
	return w.sample[0].Value.Float64Histogram()
}

// middle is the median of what was counted since before, in seconds; the lower
// end of its bucket.
func (w *waiting) middle(h *metrics.Float64Histogram) float64 {
	since := func(i int) uint64 {
		if i < len(w.before) {
			return h.Counts[i] - w.before[i]
		}
		return h.Counts[i]
	}
	var all, seen uint64
	for i := range h.Counts {
		all += since(i)
	}
	for i := range h.Counts {
		if seen += since(i); seen*2 > all {
			return h.Buckets[i]
		}
	}
	return 0
}
