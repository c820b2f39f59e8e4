package sqlite

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// On one processor, everybody for whom something has arrived goes first; but
// once in 61 times the runtime picks whom it likes.
func TestYield(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so it runs beside no other test
	y, err := newYielder()
	if err != nil {
		t.Fatal(err)
	}
	var went atomic.Int64
	var gone sync.WaitGroup
	var doors []*os.File
	for range 8 {
		out, in, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		doors = append(doors, in)
		gone.Go(func() {
			defer out.Close()
			for b := make([]byte, 1); ; went.Add(1) {
				if _, err := out.Read(b); err != nil {
					return
				}
			}
		})
	}
	y.yield() // now all of them wait
	rounds, most := int64(100), 0
	for round := range rounds {
		for _, in := range doors {
			if _, err := in.Write([]byte{0}); err != nil {
				t.Fatal(err)
			}
		}
		y.yield()
		all := int64(len(doors)) * (round + 1)
		if went.Load() == all {
			most++
		}
		for went.Load() < all { // whose thread the machine has stopped is late for this round alone
			y.yield()
		}
	}
	if most < 75 {
		t.Errorf("in %d of %d rounds all went", most, rounds)
	}
	for _, in := range doors {
		in.Close()
	}
	gone.Wait()
	if err := y.close(); err != nil {
		t.Error(err)
	}
	y.yield() // who is closed waits for nobody
}
