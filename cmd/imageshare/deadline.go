package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// deadline is one of a watched connection: a number as long as it lies ahead,
// and the runtime's own deadline once it has passed.
//
// One that has passed when it is set strikes at once: http.Server ends its own
// reads so, with one of long ago. One that passes later strikes when it is
// looked at.
type deadline struct {
	at atomic.Int64 // as elapsed has it; none or passed
	mu sync.Mutex   // whoever tells the runtime
}

const (
	none   = 0
	passed = -1
)

// begun is what deadlines are counted from, by a clock that nobody sets.
var begun = time.Now()

// elapsed is a time as a deadline holds it; what was before the program is passed.
func elapsed(t time.Time) int64 {
	if t.IsZero() {
		return none
	}
	if at := int64(t.Sub(begun)); at > 0 {
		return at
	}
	return passed
}

// set is net.Conn's; tell sets a deadline of the runtime's.
func (d *deadline) set(t time.Time, tell func(time.Time) error) error {
	at := elapsed(t)
	if was := d.at.Swap(at); was != passed && at != passed {
		return nil
	}
	return d.settle(tell)
}

// hurry brings a deadline that lies ahead forward, if that is sooner.
func (d *deadline) hurry(to int64) {
	for at := d.at.Load(); at > to; at = d.at.Load() {
		d.at.CompareAndSwap(at, to)
	}
}

// look lets it strike if it has passed by now.
func (d *deadline) look(now int64, tell func(time.Time) error) {
	if at := d.at.Load(); at > none && at <= now && d.at.CompareAndSwap(at, passed) {
		_ = d.settle(tell) // closed, so nobody is waiting
	}
}

// settle tells the runtime what holds. It follows on every change to passed and
// back, and reads the number again: of two who change it at the same moment the
// last to come here says what the other would.
func (d *deadline) settle(tell func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at.Load() == passed {
		return tell(begun)
	}
	return tell(time.Time{})
}
