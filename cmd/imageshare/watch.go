package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// lookEvery is how often the deadlines of all connections are looked at, and so
// how late one may strike.
const lookEvery = time.Second

// watch keeps the deadlines of all connections. http.Server moves those of a
// connection eight times for each request, and nearly none is ever reached: a
// timer of the runtime for each costs more than to store a number, and to look
// at all numbers now and then.
//
// It changes nothing of what a deadline is. http.Server says how long what may
// take, a deadline that has passed fails reads or writes and nothing else, and
// whoever works without reading or writing is not cut off. A bound of our own
// over the states that http.Server tells would know less: idle ends there when
// a header was read whole, not when it begins.
type watch struct {
	// ticks are the times to look at; nil is a clock's, one every lookEvery.
	ticks <-chan time.Time

	mu       sync.Mutex // whoever comes, goes or looks; no request takes it
	conns    map[*watched]bool
	stopping bool
}

// on is a listener whose connections are watched. TLS goes around it, so that
// http.Server finds the connections of package tls that it looks for.
func (w *watch) on(l net.Listener) net.Listener { return &watchedListener{l, w} }

type watchedListener struct {
	net.Listener
	watch *watch
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.watch.add(c.(*net.TCPConn)), nil // every listener here is TCP's
}

// add watches a connection until it is closed; none that comes after the stop
// is waited for.
func (w *watch) add(c *net.TCPConn) *watched {
	one := &watched{TCPConn: c, watch: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopping {
		_ = c.Close() // nobody asked anything on it
		return one
	}
	if w.conns == nil {
		w.conns = map[*watched]bool{}
	}
	w.conns[one] = true
	return one
}

// run looks at every tick until the context ends.
func (w *watch) run(ctx context.Context) {
	ticks := w.ticks
	if ticks == nil {
		t := time.NewTicker(lookEvery)
		defer t.Stop()
		ticks = t.C
	}
	for {
		select {
		case now := <-ticks:
			w.look(now)
		case <-ctx.Done():
			return
		}
	}
}

// look lets the deadlines strike that have passed.
func (w *watch) look(now time.Time) {
	at := elapsed(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.reads.look(at, c.TCPConn.SetReadDeadline)
		c.writes.look(at, c.TCPConn.SetWriteDeadline)
	}
}

// note is http.Server.ConnState.
func (w *watch) note(c net.Conn, s http.ConnState) {
	if s != http.StateActive {
		return
	}
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	// It is the same for all requests but the first, and then only read.
	if one := c.(*watched); !one.asked.Load() {
		one.asked.Store(true)
	}
}

// stop ends the connections on which nothing was asked yet. Clients open some
// in advance, and http.Server.Shutdown waits five seconds for each, in case a
// request is on its way: a stop should take as long as the work, not longer.
// What is being asked has until then to arrive.
func (w *watch) stop(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopping = true
	for c := range w.conns {
		if !c.asked.Load() {
			_ = c.TCPConn.Close() // nobody asked anything on it
		}
		c.reads.hurry(elapsed(until))
	}
}

func (w *watch) forget(c *watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

// watched is a connection whose deadlines the watch keeps.
type watched struct {
	*net.TCPConn
	watch         *watch
	reads, writes deadline
	asked         atomic.Bool // a request came on it
}

func (c *watched) SetReadDeadline(t time.Time) error {
	return c.reads.set(t, c.TCPConn.SetReadDeadline)
}

func (c *watched) SetWriteDeadline(t time.Time) error {
	return c.writes.set(t, c.TCPConn.SetWriteDeadline)
}

func (c *watched) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *watched) Close() error {
	c.watch.forget(c)
	return c.TCPConn.Close()
}
