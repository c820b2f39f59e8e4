package main

import (
	"os"
	"runtime"
	"testing"
)

func TestLend(t *testing.T) {
	had := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(had)
	during := func() (n int) {
		lend(func() { n = runtime.GOMAXPROCS(0) })
		return n
	}
	t.Setenv("GOMAXPROCS", "1")
	runtime.GOMAXPROCS(1)
	if n := during(); n != 1 {
		t.Errorf("a number that was named became %d", n)
	}
	if err := os.Unsetenv("GOMAXPROCS"); err != nil {
		t.Fatal(err)
	}
	if n := during(); n != 2 {
		t.Errorf("one processor became %d, want 2", n)
	}
	runtime.GOMAXPROCS(3)
	if n := during(); n != 3 || runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("three processors became %d and then %d", n, runtime.GOMAXPROCS(0))
	}
}
