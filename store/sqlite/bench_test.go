package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/sqlite"
)

const benchImages = 100_000

func benchKey(n int) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.CVM, Region: fmt.Sprintf("ap-region-%d", n%10), ID: fmt.Sprintf("img-%08x", uint32(n)*2654435761)}
}

// filled is a store of many images, each shared with ten of 100 000 accounts.
func filled(b *testing.B) *sqlite.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "store.db"))
	b.Cleanup(func() { s.Close() })
	at := time.Unix(1700000000, 0).UTC()
	err := s.Update(b.Context(), func(tx ledger.Tx) error {
		for n := range benchImages {
			i := &ledger.Image{
				Key: benchKey(n), Owner: fmt.Sprint(100000000000 + n%1000), Name: fmt.Sprintf("golden-%d", n), State: ledger.Available, CreatedAt: at,
				Description: "base image", OSName: "TencentOS Server 3.1", OSType: "linux", Platform: "TencentOS", Architecture: "x86_64", SizeGiB: 50,
			}
			for k := range 10 {
				i.Shares = append(i.Shares, ledger.Share{Account: fmt.Sprint(200000000000 + (n*7+k*9973)%100_000), At: at.Add(time.Duration(k) * time.Second)})
			}
			if err := tx.PutImage(i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkReads(b *testing.B) {
	s := filled(b)
	b.Run("image with 10 shares", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Image(b.Context(), benchKey(rand.IntN(benchImages))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("images of an owner, 100", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			q := ledger.ImageQuery{Owner: ledger.AccountKey{Cloud: ledger.Tencent, ID: fmt.Sprint(100000000000 + rand.IntN(1000))}, Limit: 100}
			if found, err := s.Images(b.Context(), q); err != nil || len(found) != 100 {
				b.Fatal(len(found), err)
			}
		}
	})
	b.Run("usable by an account, 10", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			who := ledger.AccountKey{Cloud: ledger.Tencent, ID: fmt.Sprint(200000000000 + rand.IntN(100_000))}
			if found, err := s.Usable(b.Context(), ledger.UsableQuery{Account: who, Now: time.Unix(1700000000, 0), Limit: 10}); err != nil || len(found) == 0 {
				b.Fatal(len(found), err)
			}
		}
	})
}

// BenchmarkUpdate changes shares of images as the ledger does: read, write,
// append. Whoever writes waits for the disk; many who write share the wait.
func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d writers", writers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "store.db"))
			b.Cleanup(func() { s.Close() })
			b.ReportAllocs()
			b.ResetTimer()
			var number atomic.Int64
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					for n := int(number.Add(1)); n <= b.N; n = int(number.Add(1)) {
						if err := s.Update(b.Context(), shareWith(benchKey(n%1000), fmt.Sprint(100000000000+n))); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}
