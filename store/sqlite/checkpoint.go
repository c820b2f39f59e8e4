package sqlite

import "context"

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
)

// checkpoint copies what COMMITs have left in the log, once that is much. It
// waits for the disk several times as long as a COMMIT, so it is no part of
// one: the changes are answered by then. What it cannot copy, for want of room
// or while an old moment is being read, stays in the log, where it is as safe.
func (w *writer) checkpoint() {
	length, left, err := w.c.checkpoint("NOOP")
	w.stuck, w.waited = min(w.stuck, left), min(w.waited, length)
	switch {
	case err != nil:
		w.tell(err)
	case length >= w.waited+w.longest:
		w.waited = length
		w.lend(w.renewLog)
	case left == 0 || (left < checkpointed && length < longLog):
	case left >= w.stuck+checkpointed:
		w.lend(w.copyLog)
	default:
		w.copyLog() // what was in the way may be gone; mostly it is little
	}
}

func (w *writer) copyLog() { w.copyAs("PASSIVE") }

// renewLog has the next change begin the log anew. It waits for those who read
// now, not for who comes meanwhile: they read what is newest, which is in no
// one's way, and once all of it is copied, only the file. Changes wait too; so
// if somebody reads longer than the connection is patient, the log is left to
// grow as much again before the next attempt.
func (w *writer) renewLog() { w.copyAs("RESTART") }

func (w *writer) copyAs(mode string) {
	_, left, err := w.c.checkpoint(mode)
	if err == nil {
		w.stuck = left
	}
	w.tell(err)
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

// checkpoint copies the log into the file, as far as a mode does (NOOP not at
// all; none fails because somebody reads), and tells how many pages the log has
// and how many are left to copy.
func (c *conn) checkpoint(mode string) (length, left int64, err error) {
	err = c.query(context.Background(), func(r row) error {
		length, left = r.int(1), r.int(1)-r.int(2)
		return nil
	}, "PRAGMA wal_checkpoint("+mode+")")
	return length, left, err
}
