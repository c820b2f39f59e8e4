package sqlite

import "context"

const (
	// checkpointed is how many pages are left in the log before they are copied
	// into the file.
	checkpointed = 1000
	// longLog is how many pages make it long. It begins anew only when a change
	// finds all of it copied and nobody reading it.
	longLog = 4 * checkpointed
)

// checkpoint copies what COMMITs have left in the log, once that is much. It
// waits for the disk several times as long as a COMMIT, so it is no part of
// one: the changes are answered by then. What it cannot copy, for want of room
// or while an old moment is being read, stays in the log, where it is as safe.
func (w *writer) checkpoint() {
	length, left, err := w.c.checkpoint("NOOP")
	w.stuck = min(w.stuck, left)
	switch {
	case err != nil:
		w.tell(err)
	case left == 0 || (left < checkpointed && length < longLog):
	case left >= w.stuck+checkpointed:
		w.lend(w.copyLog)
	default:
		w.copyLog() // what was in the way may be gone; mostly it is little
	}
}

func (w *writer) copyLog() {
	_, left, err := w.c.checkpoint("PASSIVE")
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
// all), and tells how many pages the log has and how many are left to copy.
func (c *conn) checkpoint(mode string) (length, left int64, err error) {
	err = c.query(context.Background(), func(r row) error {
		length, left = r.int(1), r.int(1)-r.int(2)
		return nil
	}, "PRAGMA wal_checkpoint("+mode+")")
	return length, left, err
}
