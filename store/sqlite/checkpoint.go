package sqlite

import (
	"context"
	"errors"
	"fmt"
)

const (
	// checkpointed is how many pages are left in the log before they are copied
	// into the file.
	checkpointed = 1000
	// longLog is how many pages make it long. It begins anew only when a change
	// finds all of it copied and nobody reading it.
	longLog = 4 * checkpointed
	// longestLog is how many make it so long that changes wait for those who
	// read it: where there is always somebody, it would else grow for ever.
	longestLog = 16 * longLog
	// So they wait: this many times so many milliseconds.
	renewals = patience / renewing
	renewing = 50
)

// checkpoint copies what COMMITs have left in the log, once that is much. It
// waits for the disk several times as long as a COMMIT, so it is no part of
// one: the changes are answered by then. What it cannot copy, for want of room
// or while an old moment is being read, stays in the log, where it is as safe.
func (w *writer) checkpoint() {
	l, err := w.c.checkpoint("NOOP")
	w.stuck, w.waited = min(w.stuck, l.left), min(w.waited, l.length)
	switch {
	case err != nil:
		w.tell(err)
	case l.length >= w.waited+w.longest:
		w.waited = l.length
		w.lend(w.renewLog)
	case l.left == 0 || (l.left < checkpointed && l.length < longLog):
	case l.left >= w.stuck+checkpointed:
		w.lend(w.copyLog)
	default:
		w.copyLog() // what was in the way may be gone; mostly it is little
	}
}

// renewLog has the next change begin the log anew. It waits for those who read
// now, not for who comes meanwhile: they read what is newest, which is in no
// one's way, and once all of it is copied, only the file. But a place in the
// log's index that SQLite waits for is taken again by the next who reads, and by
// all after him as long as somebody has it. So it waits in short attempts, each
// of which finds out anew who is in the way. Changes wait too; if somebody reads
// for longer, the log is left to grow as much again.
func (w *writer) renewLog() {
	_, err := w.c.pragma(fmt.Sprintf("busy_timeout = %d", renewing))
	for n := 0; err == nil && n < w.renewals && w.copyAs("RESTART"); n++ {
	}
	if _, after := w.c.pragma(fmt.Sprintf("busy_timeout = %d", patience)); err != nil || after != nil {
		w.tell(errors.Join(err, after))
	}
}

func (w *writer) copyLog() { w.copyAs("PASSIVE") }

// copyAs reports whether somebody was in the way.
func (w *writer) copyAs(mode string) (busy bool) {
	l, err := w.c.checkpoint(mode)
	if err == nil {
		w.stuck = l.left
	}
	w.tell(err)
	return l.busy
}

// tell says when the log can no longer be copied, and when it can again, which
// people would else notice by how long it is.
func (w *writer) tell(err error) {
	switch {
	case err != nil && !w.failing:
		w.log.Warn("the log of changes cannot be copied into the database: nothing is lost, and the log grows until there is room or the disk is mended", "error", err)
	case err == nil && w.failing:
		w.log.Info("the log of changes is copied into the database again")
	}
	w.failing = err != nil
}

// logState is what a checkpoint leaves.
type logState struct {
	length, left int64 // pages of the log, and how many of them are not copied
	busy         bool  // it did not come to its end because somebody reads
}

// checkpoint copies the log into the file, as far as a mode does: NOOP not at
// all. None fails because somebody reads.
func (c *conn) checkpoint(mode string) (l logState, err error) {
	err = c.query(context.Background(), func(r row) error {
		l = logState{r.int(1), r.int(1) - r.int(2), r.bool(0)}
		return nil
	}, "PRAGMA wal_checkpoint("+mode+")")
	return l, err
}
