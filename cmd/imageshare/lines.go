package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// linesWait is how long a log line may wait for others to be written with:
	// a write for each would cost as much as what a request reads.
	linesWait = 100 * time.Millisecond
	// linesMost is how many bytes may wait.
	linesMost = 32 << 10
)

// lines gathers log lines and writes many at once.
type lines struct {
	to io.Writer

	mu      sync.Mutex
	waiting []byte
	armed   bool
}

// Write takes one line or several, never a part of one.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, b...)
	switch {
	case len(l.waiting) >= linesMost:
		l.write()
	case !l.armed:
		l.armed = true
		time.AfterFunc(linesWait, l.flush)
	}
	return len(b), nil
}

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = false
	l.write()
}

// write is for whoever holds the lock. A log that cannot be written is nobody
// to tell.
func (l *lines) write() {
	if len(l.waiting) > 0 {
		_, _ = l.to.Write(l.waiting)
		l.waiting = l.waiting[:0]
	}
}

// urgent is a handler whose warnings and errors do not wait: they are what
// somebody looks for after the process was killed.
type urgent struct {
	slog.Handler
	lines *lines
}

func (u urgent) Handle(ctx context.Context, r slog.Record) error {
	err := u.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		u.lines.flush()
	}
	return err
}

func (u urgent) WithAttrs(a []slog.Attr) slog.Handler { return urgent{u.Handler.WithAttrs(a), u.lines} }
func (u urgent) WithGroup(name string) slog.Handler {
	return urgent{u.Handler.WithGroup(name), u.lines}
}
