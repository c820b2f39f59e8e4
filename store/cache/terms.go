package cache

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// terms are texts that many records have, like the name of an operating
// system. Each has a number from 1 on, for as long as the process runs.
type terms struct {
	texts atomic.Pointer[[]string] // as of the last that was added

	mu      sync.Mutex
	numbers map[string]uint64
}

// What anybody may write into a record must not fill the memory: once there are
// so many, other texts are written out. Those that people choose freely leave
// room for the vendors' own.
const (
	maxTerms = 1 << 12
	maxFree  = maxTerms / 2
	maxTerm  = 64 // bytes
)

// number is the number of a text, 0 where it has none, as the empty one. It gets
// one if it is among the first of some.
func (t *terms) number(text string, first int) uint64 {
	if text == "" {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.numbers[text]; n > 0 || len(text) > maxTerm || len(t.numbers) >= first {
		return n
	}
	if t.numbers == nil {
		t.numbers = map[string]uint64{}
		t.texts.Store(new([]string))
	}
	text = strings.Clone(text) // it may be part of a long one
	all := append(slices.Clip(*t.texts.Load()), text)
	t.texts.Store(&all)
	t.numbers[text] = uint64(len(all))
	return uint64(len(all))
}

// text is the text of a number that was given out, else the empty one.
func (t *terms) text(n uint64) string {
	if all := t.texts.Load(); all != nil && 0 < n && n <= uint64(len(*all)) {
		return (*all)[n-1]
	}
	return ""
}
