package main

import (
	"os"
	"runtime"
)

// lend runs something that waits for the disk for long. Where the runtime has
// one processor alone, it has two meanwhile: it would leave the one to whoever
// waits, and requests would wait as well. Two all the time would cost each
// request up to a third more, so they are for as long as it takes. Whoever names
// a number in the environment has just that.
func lend(do func()) {
	if _, named := os.LookupEnv("GOMAXPROCS"); !named && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
		defer runtime.SetDefaultGOMAXPROCS()
	}
	do()
}
