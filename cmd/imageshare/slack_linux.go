package main

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// slack is how much later than it asked for the kernel may wake a thread that
// naps. As long as there is work now and then, a thread of Go's runtime naps
// for 20 µs, looks whether another one is stuck, and naps again; the kernel's
// own slack of 50 µs lets it look seven thousand times a second, which takes a
// sixth to a quarter of the processor time of a server that is not busy all the
// while. Nothing here asks to be woken sooner than this.
const slack = time.Millisecond

// slacken begins the program anew, as the same process, since the runtime has
// started that thread before the program begins, and threads have the slack of
// the one that started them. It returns where they have it, from here or from
// whoever started the program (systemd calls it TimerSlackNSec), and where they
// cannot: that costs time and nothing else.
func slacken() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if had, err := threadSlack(); err != nil || had >= slack {
		return
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack), 0, 0, 0); err != nil {
		return
	}
	if has, err := threadSlack(); err != nil || has < slack { // as a thread of real time, which has none
		return
	}
	if self, err := os.Executable(); err == nil {
		_ = syscall.Exec(self, os.Args, os.Environ())
	}
}

func threadSlack() (time.Duration, error) {
	n, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	return time.Duration(n), err
}
