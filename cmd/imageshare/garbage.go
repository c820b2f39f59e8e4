package main

import (
	"os"
	"runtime/debug"
)

// beside is how much garbage may pile up beside a cache before the next
// collection. A collection looks at all connections: with half as much, a server
// with two thousand busy ones answers a tenth fewer requests.
const beside = 32 << 20

// collect has the garbage collector work as if a cache of a size were not on its
// heap. It would let as much garbage pile up as lives there, and to sweep that
// the runtime sees no network for as long, where it has one processor alone: 8 ms
// for what 64 MiB of cache allow. With few connections more garbage would make no
// request cheaper, as a collection looks at little of a cache. Whoever names a
// share in the environment has just that.
func collect(cached size) {
	if _, named := os.LookupEnv("GOGC"); named || cached == 0 {
		return
	}
	debug.SetGCPercent(int(max(1, 100*beside/(beside+cached))))
}
