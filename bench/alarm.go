package main

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// alarm wakes at a moment to some microseconds. The runtime's own timers wake a
// process with nothing else to do at whole milliseconds: at ten thousand
// requests a second that would be ten at once, each waiting for those before it.
type alarm struct {
	timer int // of the kernel, which the network poller watches like a connection
	file  *os.File
}

func newAlarm() (*alarm, error) {
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &alarm{timer, os.NewFile(uintptr(timer), "alarm")}, nil
}

// wait waits until a moment, if that is not over.
func (a *alarm) wait(until time.Time) error {
	rest := time.Until(until)
	if rest <= 0 {
		return nil
	}
	once := unix.ItimerSpec{Value: unix.NsecToTimespec(rest.Nanoseconds())}
	if err := unix.TimerfdSettime(a.timer, 0, &once, nil); err != nil {
		return err
	}
	_, err := a.file.Read(make([]byte, 8)) // how often it rang
	return err
}

// pace says when each request is due, to whichever client is free. That does
// not depend on how long earlier ones took: a slow answer delays those behind
// it, and counts for them.
func (g *generator) pace(ctx context.Context, due chan<- time.Time) (err error) {
	defer close(due)
	a, err := newAlarm()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.file.Close()) }()
	for n := 1; ; n++ {
		at := g.began.Add(time.Duration(float64(n) / g.Rate * float64(time.Second)))
		if at.After(g.began.Add(g.Warms + g.Lasts)) {
			return nil
		}
		if err := a.wait(at); err != nil {
			return err
		}
		select {
		case due <- at:
		case <-ctx.Done():
			return nil
		}
	}
}
