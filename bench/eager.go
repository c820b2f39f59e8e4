package main

import (
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"time"
)

// eager reads a connection by looking again and again. A client that slept
// would have to be woken, and on one machine that is done by whoever sends it
// something: an interrupt of another core, in a virtual machine a tenth of what
// an answer costs. The floor would pay less of it, as it leaves its clients no
// time to fall asleep. A server whose clients are elsewhere pays none.
type eager struct {
	conn syscall.RawConn
	look func(fd uintptr) bool // made once: it is called more often than anything
	into []byte
	n    int
	err  error
}

// eagerness is how long nothing may come until an eager reader sleeps after all.
const eagerness = 20 * time.Millisecond

func newEager(conn *net.TCPConn) (*eager, error) {
	raw, err := conn.SyscallConn()
	e := &eager{conn: raw}
	e.look = e.looks
	return e, err
}

// Read is as a connection's own, with its deadlines.
func (e *eager) Read(p []byte) (int, error) {
	e.into = p
	if err := e.conn.Read(e.look); err != nil {
		return 0, err
	}
	if e.err == nil && e.n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return max(0, e.n), e.err
}

// looks reports whether something came: if not, whoever called it waits.
func (e *eager) looks(fd uintptr) bool {
	until := time.Now().Add(eagerness)
	for {
		e.n, e.err = syscall.Read(int(fd), e.into)
		if !errors.Is(e.err, syscall.EAGAIN) && !errors.Is(e.err, syscall.EINTR) {
			return true
		}
		if time.Now().After(until) {
			return false
		}
		runtime.Gosched()
	}
}
