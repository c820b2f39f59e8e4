package server

import (
	"runtime/metrics"
	"testing"
	"time"

	"imageshare/api"
)

// waits is a histogram that counts waits of a length.
type waits struct{ metrics.Float64Histogram }

func newWaits() *waits {
	return &waits{metrics.Float64Histogram{Buckets: []float64{0, 0.001, 0.1, 1}, Counts: make([]uint64, 3)}}
}

func (h *waits) add(short, long uint64) {
	h.Counts[0] += short
	h.Counts[2] += long
}

func TestWaitingSheds(t *testing.T) {
	t.Parallel()
	h := newWaits()
	w := &waiting{read: func() *metrics.Float64Histogram { return &h.Float64Histogram }}
	now := start
	step := func(short, long uint64, dice float64) bool {
		now = now.Add(waitEvery)
		h.add(short, long)
		return w.shed(now, dice)
	}
	if step(1000, 400, 0) {
		t.Error("turned away while most ran at once")
	}
	for look := range waitLooks {
		if step(400, 1000, 0) {
			t.Errorf("turned away after %d looks at long waits: the machine may have stood still for a moment", look+1)
		}
	}
	if !step(400, 1000, 0.09) || w.shed(now, 0.11) {
		t.Error("one look more turns a tenth away")
	}
	for range 20 {
		step(0, 1000, 0)
	}
	if !w.shed(now, 0.79) || w.shed(now, 0.81) {
		t.Error("some are served whatever comes")
	}
	for range shedMost {
		step(1000, 0, 0)
	}
	if w.shed(now, 0) {
		t.Errorf("turned away after the waits were short for %d looks", shedMost)
	}
	if step(0, 0, 0) {
		t.Error("turned away where nothing ran")
	}
}

func TestWaitingLooksSeldom(t *testing.T) {
	t.Parallel()
	looks := 0
	h := newWaits()
	w := &waiting{read: func() *metrics.Float64Histogram { looks++; return &h.Float64Histogram }}
	for i := range 100 {
		w.shed(start.Add(time.Duration(i)*time.Millisecond), 0)
	}
	if looks != 5 {
		t.Errorf("%d looks in a tenth of a second, want one each %v", looks, waitEvery)
	}
}

func TestServedAtOnce(t *testing.T) {
	t.Parallel()
	l := &load{wait: waiting{read: func() *metrics.Float64Histogram { return &newWaits().Float64Histogram }}}
	for n := range maxServed {
		if err := l.enter(start); err != nil {
			t.Fatalf("request %d: %v", n, err)
		}
	}
	if err := l.enter(start); err != api.ErrOverload {
		t.Errorf("one more than there are places for: %v", err)
	}
	l.leave()
	if err := l.enter(start); err != nil {
		t.Errorf("after one was done: %v", err)
	}
}

// TestClockSetBack: nobody is turned away for the hour that comes twice.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	h := newWaits()
	w := &waiting{read: func() *metrics.Float64Histogram { return &h.Float64Histogram }}
	now := start
	step := func(short, long uint64) bool {
		now = now.Add(waitEvery)
		h.add(short, long)
		return w.shed(now, 0)
	}
	for range waitLooks + shedMost {
		step(0, 1000)
	}
	if !step(0, 1000) {
		t.Error("nobody is turned away")
	}
	now = now.Add(-time.Hour)
	for range waitLooks + shedMost {
		step(1000, 0)
	}
	if step(1000, 0) {
		t.Error("still turned away")
	}
}
