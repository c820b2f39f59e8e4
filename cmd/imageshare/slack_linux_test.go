package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every thread of a server may be woken late, those too that the runtime starts
// before the program begins.
func TestSlack(t *testing.T) {
	t.Parallel()
	cmd, _ := startProgram(t, "--store", "memory:")
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", cmd.Process.Pid))
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	for _, thread := range threads {
		has, err := os.ReadFile(filepath.Join("/proc", filepath.Base(thread), "timerslack_ns"))
		if errors.Is(err, os.ErrPermission) {
			t.Skip("the slack of another process is shown to whoever may set it")
		} else if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(string(has)); got != "1000000" {
			t.Errorf("%s: %s ns, want a millisecond", thread, got)
		}
	}
}
