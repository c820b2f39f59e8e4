package server

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxFailures is how many requests from one address may fail to be believed
	// in one window. Who guesses a secret gets nowhere with sixteen tries a second,
	// and checking these costs nothing worth naming. Who tests a client's wrong
	// signatures does not get here: the tests of nine SDKs that come with this
	// server make a few dozen in a minute, and a suite of a thousand cases runs
	// under --dev or --rate-limits off.
	maxFailures = 1000
	// failureWindow is fixed, so an address is forgiven when it ends, whatever
	// else came from there: what is refused unchecked does not count.
	failureWindow = time.Minute
	// failureRows and failureCells: see suspects.
	failureRows  = 2
	failureCells = 1 << 14
)

// suspects counts failures by address in a table that never grows, however
// many addresses there are: each address has one cell in each row, chosen by a
// seed that nobody knows, and counts as its smallest cell. Two addresses that
// meet in one row do not meet in the other; so an honest one is taken for
// another only when there are so many failures in a window (millions) that
// they fill every cell.
//
// A /64 of IPv6 counts as one address, since who has one has all of it.
type suspects struct {
	off  bool
	seed [failureRows]maphash.Seed

	mu     *sync.Mutex
	window *int64
	cells  *[failureRows][failureCells]uint16
}

func newSuspects(on bool) suspects {
	s := suspects{off: !on, mu: &sync.Mutex{}, window: new(int64), cells: &[failureRows][failureCells]uint16{}}
	for i := range s.seed {
		s.seed[i] = maphash.MakeSeed()
	}
	return s
}

// known reports whether too much that came from an address was not believed.
func (s suspects) known(source netip.Addr, now time.Time) bool {
	if s.off {
		return false
	}
	at := s.places(source)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(now)
	for row, cell := range at {
		if s.cells[row][cell] < maxFailures {
			return false
		}
	}
	return true
}

// note counts one failure.
func (s suspects) note(source netip.Addr, now time.Time) {
	if s.off {
		return
	}
	at := s.places(source)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(now)
	for row, cell := range at {
		// Beyond the limit there is nothing to know, so a cell cannot overflow.
		s.cells[row][cell] = min(s.cells[row][cell]+1, maxFailures)
	}
}

// roll begins a window. Whoever comes late is counted in the one that there is.
func (s suspects) roll(now time.Time) {
	w := now.Unix() / int64(failureWindow/time.Second)
	if ahead := w - *s.window; ahead > 0 || ahead < -late/int64(failureWindow/time.Second) {
		*s.window = w
		clear(s.cells[0][:])
		clear(s.cells[1][:])
	}
}

func (s suspects) places(source netip.Addr) (at [failureRows]uint64) {
	name := neighbourhood(source).As16()
	for row := range at {
		at[row] = maphash.Bytes(s.seed[row], name[:]) % failureCells
	}
	return at
}

// neighbourhood is the first address of an IPv6 address's /64, else the address
// itself.
func neighbourhood(source netip.Addr) netip.Addr {
	if source = source.Unmap(); !source.Is6() {
		return source
	}
	p, err := source.Prefix(64)
	if err != nil {
		panic("unreachable: an IPv6 address has 64 bits: " + err.Error())
	}
	return p.Addr()
}
