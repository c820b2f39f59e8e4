package main

import (
	"os"
	"runtime/debug"
)

// beside is about what lives in memory beside a cache: it is how much garbage
// may pile up before the next collection.
const beside = 16 << 20

// collect has the garbage collector work as if a cache of a size were not on its
// heap. It would let as much garbage pile up as lives there, and to sweep that
// the runtime sees no network for as long, where it has one processor alone: 8 ms
// for what 64 MiB of cache allow. More seldom would cost no request less, as a
// collection looks at little of a cache. Whoever names a share in the environment
// has just that.
func collect(cached size) {
	if _, named := os.LookupEnv("GOGC"); named || cached == 0 {
		return
	}
	debug.SetGCPercent(int(max(1, 100*beside/(beside+cached))))
}
