package main

import (
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
