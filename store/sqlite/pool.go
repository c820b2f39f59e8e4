package sqlite

import (
	"context"
	"errors"

	"imageshare/ledger"
)

// pool is the connections for reading. A place in it is nil until the first
// reader needs it, so that a start costs nothing.
type pool struct {
	dsn    string
	places chan *conn
	closed chan struct{}
}

func newPool(dsn string, size int) *pool {
	p := &pool{dsn: dsn, places: make(chan *conn, size), closed: make(chan struct{})}
	for range size {
		p.places <- nil
	}
	return p
}

// use lends a connection to a function.
func (p *pool) use(ctx context.Context, do func(*conn) error) error {
	c, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer func() { p.places <- c }()
	if c == nil {
		if c, err = dial(p.dsn); err != nil {
			return err
		}
	}
	return do(c)
}

func (p *pool) take(ctx context.Context) (*conn, error) {
	select {
	case <-p.closed:
		return nil, ledger.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	default:
	}
	select {
	case c := <-p.places:
		return c, nil
	case <-p.closed:
		return nil, ledger.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// close refuses new readers and waits for those that read.
func (p *pool) close() error {
	close(p.closed)
	var all error
	for range cap(p.places) {
		if c := <-p.places; c != nil {
			all = errors.Join(all, c.close())
		}
	}
	return all
}
