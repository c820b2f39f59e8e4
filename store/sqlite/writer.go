package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// One COMMIT answers so many changes at the most, and those that began within
// such a time, so that the first of them does not wait for ever.
const (
	groupSize = 128
	groupTime = 20 * time.Millisecond
)

// writer is the one that writes. It runs the changes that wait for it one by
// one inside one transaction, each in a savepoint of its own, and answers them
// all after COMMIT: one wait for the disk serves them all.
type writer struct {
	c        *conn
	others   *yielder
	lend     func(func())
	log      *slog.Logger
	stuck    int64     // pages that the last checkpoint had to leave in the log
	waited   int64     // pages that it had when it was last to begin anew, unless it has
	longest  int64     // longestLog, but in tests
	renewals int       // likewise
	failing  bool      // it failed
	queue    chan *job // unbuffered: who is taken from it begins at once
	closing  chan struct{}
	gone     chan struct{}
}

// job is a change that waits for its turn. It runs on the goroutine of whoever
// brought it, so that a panic has that one's stack and runtime.Goexit ends
// that one, never the writer.
type job struct {
	ctx    context.Context
	begin  chan *turn // unbuffered: whoever gave up waiting is not begun
	ended  chan error // how the change went
	answer chan error // what became of it; nobody may be left to read it
}

func newWriter(c *conn, o Options) (*writer, error) {
	others, err := newYielder()
	return &writer{
		c: c, others: others, lend: o.lend(), log: o.log(), longest: longestLog, renewals: renewals,
		queue: make(chan *job), closing: make(chan struct{}), gone: make(chan struct{}),
	}, err
}

// update brings a change to the writer and waits for the truth.
func (w *writer) update(ctx context.Context, change func(ledger.Tx) error) error {
	j := &job{ctx: ctx, begin: make(chan *turn), ended: make(chan error), answer: make(chan error, 1)}
	if err := w.enter(j); err != nil {
		return err
	}
	select {
	case t := <-j.begin:
		engine.Run(change, &tx{view: view{turn: t}}, func(err error) {
			if fault := t.end(); err == nil {
				err = fault
			}
			j.ended <- err
		})
	case err := <-j.answer: // it could not begin
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-j.answer
}

func (w *writer) enter(j *job) error {
	select {
	case <-w.closing:
		return ledger.ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	default:
	}
	select {
	case w.queue <- j:
		return nil
	case <-w.closing:
		return ledger.ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// run serves the queue until the store is closed.
func (w *writer) run() {
	defer close(w.gone)
	for {
		select {
		case j := <-w.queue:
			w.group(j)
			w.checkpoint()
		case <-w.closing:
			return
		}
	}
}

// next is the next change that waits already, or nil. Between two changes
// others have their turn, to read, and to bring more of them.
func (w *writer) next() *job {
	w.others.yield()
	select {
	case j := <-w.queue:
		return j
	default:
		return nil
	}
}

// group runs the changes that wait, the first and those behind it, as one
// transaction. Also a change that failed is answered after COMMIT: it may have
// failed on what a neighbour wrote.
func (w *writer) group(first *job) {
	began := time.Now()
	err := w.c.exec("BEGIN IMMEDIATE")
	var jobs []*job
	var outcomes []error
	for j := first; j != nil; j = w.next() {
		outcome := err
		if err == nil {
			outcome, err = w.one(j)
		}
		jobs, outcomes = append(jobs, j), append(outcomes, outcome)
		if len(jobs) == groupSize || time.Since(began) > groupTime {
			break
		}
	}
	if err == nil {
		err = w.c.exec("COMMIT")
	}
	if err != nil {
		_ = w.c.exec("ROLLBACK") // there may be nothing left to roll back
	}
	for n, j := range jobs {
		if err != nil {
			outcomes[n] = fmt.Errorf("the change could not be kept: %w", err)
		}
		j.answer <- outcomes[n]
	}
}

// one runs one change in its savepoint. outcome is how the change went; err is
// why the whole transaction is lost, if it is: some errors, like a full disk,
// make SQLite roll back all of it by itself, savepoints included.
func (w *writer) one(j *job) (outcome, err error) {
	if err := w.c.exec("SAVEPOINT change"); err != nil {
		return nil, err
	}
	t := &turn{c: w.c}
	select {
	case j.begin <- t:
		outcome = <-j.ended
	case <-j.ctx.Done():
		outcome = j.ctx.Err()
	}
	if outcome != nil {
		err = w.c.exec("ROLLBACK TO change")
	}
	if err == nil {
		err = w.c.exec("RELEASE change")
	}
	if err != nil && t.fault != nil {
		err = t.fault // that is why; and a rule that one change broke is none of its neighbours'
	}
	return outcome, err
}

// close refuses what has not begun, waits for what has, and leaves the log empty.
func (w *writer) close() error {
	close(w.closing)
	<-w.gone
	_, err := w.c.checkpoint("TRUNCATE")
	return errors.Join(err, w.c.close(), w.others.close())
}

// turn is the writer's connection in the hands of one change. A change that
// hands its Tx to other goroutines, or keeps it for later, must not meet its
// successor on the connection, hence the lock.
type turn struct {
	mu    sync.Mutex
	c     *conn
	ended bool
	fault error // the first that the engine met
}

var errEnded = errors.New("the change is over")

// query knows no context: a statement interrupted would roll back the whole
// group, and a change that has begun is to be told the truth.
func (t *turn) query(see func(row) error, text string, args ...any) error {
	return t.guard(func() error { return t.c.query(context.Background(), see, text, args...) })
}

func (t *turn) exec(text string, args ...any) error {
	return t.guard(func() error { return t.c.exec(text, args...) })
}

// guard remembers the first fault: SQLite may have rolled everything back by
// then, and what a careless change writes afterwards would stand alone.
func (t *turn) guard(do func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return errEnded
	}
	if t.fault == nil {
		t.fault = do()
	}
	return t.fault
}

// end takes the connection back and tells the fault, which a careless change
// may have kept to itself.
func (t *turn) end() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	return t.fault
}
