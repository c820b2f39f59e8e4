// Package heap measures for tests what something keeps in memory.
//
// Limits: it measures the whole process, so nothing else may run meanwhile: a
// test that asks it is not parallel.
package heap

import "runtime"

// InUse is how many bytes of the heap are in use once all garbage is gone.
func InUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first left in pools
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
