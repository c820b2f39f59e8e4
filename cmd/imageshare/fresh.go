package main

import (
	"net"
	"net/http"
	"sync"
)

// fresh are the connections on which nothing was asked yet. Clients open some
// in advance, and http.Server.Shutdown waits five seconds for each, in case a
// request is on its way: a stop should take as long as the work, not longer.
type fresh struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
	over  bool // no new ones are waited for any more
}

// note is http.Server.ConnState.
func (f *fresh) note(c net.Conn, s http.ConnState) {
	if s == http.StateIdle { // after each request; it was asked on before that
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case s != http.StateNew:
		delete(f.conns, c)
	case f.over:
		_ = c.Close() // nobody asked anything on it
	default:
		if f.conns == nil {
			f.conns = map[net.Conn]bool{}
		}
		f.conns[c] = true
	}
}

// close ends them.
func (f *fresh) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	for c := range f.conns {
		_ = c.Close() // nobody asked anything on it
	}
}
