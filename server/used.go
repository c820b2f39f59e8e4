package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"imageshare/ledger"
)

const (
	// usedEvery is how often last uses are written at most, and usedStep how soon
	// after a noted use of a key another is not: what is told is a minute late at
	// the most.
	usedEvery = 30 * time.Second
	usedStep  = 30 * time.Second
	// maxUsed bounds what waits to be written. Keys beyond it are noted by a
	// later use.
	maxUsed = 10000
	// usedPatience is how long a store may take to write them.
	usedPatience = 10 * time.Second
)

// used collects when keys last signed, so that no request writes to the store:
// a timer does, which is set by the first use after a writing and fires at once
// if the last one is long ago.
type used struct {
	write func(context.Context, map[ledger.CredentialName]time.Time) error
	log   *slog.Logger

	writing sync.Mutex // held while they are written, so that flush is the last

	mu      sync.Mutex
	waiting map[ledger.CredentialName]time.Time
	armed   bool
	wrote   time.Time // by this process's own clock, when they were last written
}

func newUsed(l *ledger.Ledger, log *slog.Logger) *used {
	return &used{write: l.NoteKeysUsed, log: log, waiting: map[ledger.CredentialName]time.Time{}}
}

// note remembers that a key signed a request that verified.
func (u *used) note(k *openedKey, name ledger.CredentialName, at time.Time) {
	if k.justNoted(at) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	was, waits := u.waiting[name]
	if at.Before(was) || (!waits && len(u.waiting) >= maxUsed) {
		return
	}
	u.waiting[name] = at
	k.noted.Store(at.Unix())
	u.arm()
}

// arm sets the timer unless it is set. Whoever calls it holds the lock.
func (u *used) arm() {
	if u.armed {
		return
	}
	u.armed = true
	time.AfterFunc(max(0, usedEvery-time.Since(u.wrote)), func() {
		ctx, cancel := context.WithTimeout(context.Background(), usedPatience)
		defer cancel()
		// A store that was given back is an end, not a fault.
		if err := u.flush(ctx); err != nil && !errors.Is(err, ledger.ErrClosed) {
			u.log.Warn("when keys were last used could not be written, and will be tried again", "error", err)
		}
	})
}

// flush writes what waits. What could not be written waits on, for the next
// use that is noted to try again.
func (u *used) flush(ctx context.Context) error {
	u.writing.Lock()
	defer u.writing.Unlock()
	u.mu.Lock()
	taken := u.waiting
	u.waiting, u.armed, u.wrote = map[ledger.CredentialName]time.Time{}, false, time.Now()
	u.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	err := u.write(ctx, taken)
	if err != nil {
		u.giveBack(taken)
	}
	return err
}

func (u *used) giveBack(taken map[ledger.CredentialName]time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for name, at := range taken {
		if at.After(u.waiting[name]) && len(u.waiting) < maxUsed {
			u.waiting[name] = at
		}
	}
}

// Flush writes what the server still has to write: for a stop, before the
// store is closed.
func (s *Server) Flush(ctx context.Context) error { return s.used.flush(ctx) }
