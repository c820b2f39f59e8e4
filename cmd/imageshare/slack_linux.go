package main

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A thread that naps may be woken later than it asked for, by its slack.
const (
	usual = 50 * time.Microsecond // of Linux, for threads that nobody gave another
	slack = time.Millisecond
)

// slacken gives all threads more slack, where the Go runtime has one processor
// alone. As long as there is work now and then, a thread of the runtime naps for
// 20 µs, looks whether another one is stuck, and naps again. With the usual
// slack that is up to nine thousand times a second, and a sixth to a quarter of
// what a server that is not busy all the while takes of its processor.
//
// That thread has begun before the program does, and threads have the slack of
// the one that started them: so the program begins anew, as the same process.
//
// With more processors the runtime also naps, for 3 µs, before one of them takes
// over what another is about to do: a millisecond would be too long for that. And
// whoever gave the program a slack of another length (systemd's TimerSlackNSec)
// has just that.
func slacken() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if has, err := threadSlack(); err != nil || has != usual || runtime.GOMAXPROCS(0) > 1 {
		return
	}
	defer func() { _ = setSlack(usual) }() // if it is still here, it was in vain
	if err := setSlack(slack); err != nil {
		return
	}
	if has, err := threadSlack(); err != nil || has != slack { // as a thread of real time, which has none
		return
	}
	if self, err := os.Executable(); err == nil {
		replace(self)
	}
}

// replace executes a file in the place of the program. Where that is refused,
// it leaves the limit of open files as it was: package syscall lowers it before
// it asks.
func replace(file string) {
	var files syscall.Rlimit
	known := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files)
	_ = syscall.Exec(file, os.Args, os.Environ())
	if known == nil {
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files)
	}
}

func threadSlack() (time.Duration, error) {
	n, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	return time.Duration(n), err
}

func setSlack(d time.Duration) error { return unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(d), 0, 0, 0) }
