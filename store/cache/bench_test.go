package cache_test

import (
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/cache"
	"imageshare/store/memory"
)

// BenchmarkImage is an image with ten shares that is in the cache, as most are
// that somebody asks for.
func BenchmarkImage(b *testing.B) {
	s := cache.New(memory.New(), 1<<20)
	i := image(1)
	for n := range 10 {
		i.Shares = append(i.Shares, ledger.Share{Account: "20000000000" + string(rune('0'+n)), At: time.Unix(1700000000, 0).UTC()})
	}
	if err := s.Update(b.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Image(b.Context(), i.Key); err != nil {
			b.Fatal(err)
		}
	}
}
