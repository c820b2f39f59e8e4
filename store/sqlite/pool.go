package sqlite

import (
	"context"
	"errors"
	"sync"

	"imageshare/ledger"
)

// pool is the connections for reading. The one given back last is lent first:
// its pages are warm, and a quiet server opens no more than it needs.
type pool struct {
	dsn    string
	places chan struct{} // one for each connection that may be in use
	lists  chan struct{} // one for each that may be in use for a list
	closed chan struct{}

	mu   sync.Mutex
	idle []*conn
}

func newPool(dsn string, size int) *pool {
	return &pool{dsn: dsn, places: make(chan struct{}, size), lists: make(chan struct{}, max(1, size-1)), closed: make(chan struct{})}
}

// useLong lends a connection for what may take long. It leaves one for
// look-ups: a list whose rows come late is not told that nobody waits for it.
func (p *pool) useLong(ctx context.Context, do func(*conn) error) error {
	if err := p.enter(ctx, p.lists); err != nil {
		return err
	}
	defer func() { <-p.lists }()
	return p.use(ctx, do)
}

// use lends a connection to a function.
func (p *pool) use(ctx context.Context, do func(*conn) error) error {
	if err := p.enter(ctx, p.places); err != nil {
		return err
	}
	defer func() { <-p.places }()
	c := p.take()
	if c == nil {
		var err error
		if c, err = dial(p.dsn); err != nil {
			return err
		}
	}
	defer p.give(c)
	return do(c)
}

// enter waits for a place.
func (p *pool) enter(ctx context.Context, places chan<- struct{}) error {
	select { // on its own, as the other would choose any that is ready
	case <-p.closed:
		return ledger.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	select {
	case places <- struct{}{}:
		return nil
	case <-p.closed:
		return ledger.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take is an idle connection, nil if there is none.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

func (p *pool) give(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
}

// close refuses new readers and waits for those that read.
func (p *pool) close() error {
	close(p.closed)
	for range cap(p.places) {
		p.places <- struct{}{}
	}
	var all error
	for _, c := range p.idle {
		all = errors.Join(all, c.close())
	}
	return all
}
