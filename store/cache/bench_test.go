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

// BenchmarkPage is a page of a hundred images with a snapshot and a share each.
func BenchmarkPage(b *testing.B) {
	s := cache.New(memory.New(), 64<<20)
	at := time.Unix(1700000000, 0).UTC()
	err := s.Update(b.Context(), func(tx ledger.Tx) error {
		for n := range 100 {
			i := image(n)
			i.Name, i.OSName, i.Architecture, i.State, i.CreatedAt = "golden", "TencentOS Server 3.1", "x86_64", ledger.Available, at
			i.Snapshots = []ledger.Snapshot{{ID: "snap-12345678", Usage: "system", SizeGiB: 50}}
			i.Shares = []ledger.Share{{Account: "200000000001", At: at}}
			if err := tx.PutImage(i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	q := ledger.SetQuery{Account: image(0).OwnerKey(), Product: ledger.CVM, Region: image(0).Key.Region, Set: ledger.Owned, Limit: 100}
	b.ReportAllocs()
	for b.Loop() {
		if p, err := s.ImageSet(b.Context(), q); err != nil || len(p.Images) != 100 {
			b.Fatal(len(p.Images), err)
		}
	}
}
