package main

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestCollect(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	after := func(cached size) int {
		debug.SetGCPercent(100)
		collect(cached)
		return debug.SetGCPercent(100)
	}
	t.Setenv("GOGC", "100")
	if p := after(64 << 20); p != 100 {
		t.Errorf("a share that was named became %d", p)
	}
	if err := os.Unsetenv("GOGC"); err != nil {
		t.Fatal(err)
	}
	for cached, want := range map[size]int{0: 100, 32 << 20: 50, 64 << 20: 33, 100 << 30: 1} {
		if p := after(cached); p != want {
			t.Errorf("beside a cache of %v it is %d %%, want %d", cached, p, want)
		}
	}
}
