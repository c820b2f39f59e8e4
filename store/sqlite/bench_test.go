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

// benchImage is shared with ten of 100 000 accounts.
func benchImage(n int) *ledger.Image {
	at := time.Unix(1700000000, 0).UTC()
	i := &ledger.Image{
		Key: benchKey(n), Owner: fmt.Sprint(100000000000 + n%1000), Name: fmt.Sprintf("golden-%d", n), State: ledger.Available, CreatedAt: at,
		Description: "base image", OSName: "TencentOS Server 3.1", OSType: "linux", Platform: "TencentOS", Architecture: "x86_64", SizeGiB: 50,
	}
	for k := range 10 {
		i.Shares = append(i.Shares, ledger.Share{Account: fmt.Sprint(200000000000 + (n*7+k*9973)%100_000), At: at.Add(time.Duration(k) * time.Second)})
	}
	return i
}

// filled is a store of many images, each shared with ten of 100 000 accounts.
func filled(b *testing.B) *sqlite.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "store.db"))
	b.Cleanup(func() { s.Close() })
	err := s.Update(b.Context(), func(tx ledger.Tx) error {
		for n := range benchImages {
			if err := tx.PutImage(benchImage(n)); err != nil {
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

// BenchmarkSets lists from one list of many images: pages by their number, and
// looking at each.
func BenchmarkSets(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "store.db"))
	b.Cleanup(func() { s.Close() })
	who := ledger.Caller{Cloud: ledger.Tencent, Account: "100000000001"}
	err := s.Update(b.Context(), func(tx ledger.Tx) error {
		for n := range benchImages {
			i := benchImage(n)
			i.Key.Region, i.Owner = "ap-region", who.Account
			if err := tx.PutImage(i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.New(b.Context(), ledger.Config{Store: s})
	if err != nil {
		b.Fatal(err)
	}
	v := ledger.View{Product: ledger.CVM, Region: "ap-region", Sets: []ledger.Set{ledger.Owned, ledger.Held, ledger.Public}, Limit: 20}
	see := func(b *testing.B, v ledger.View) {
		b.ReportAllocs()
		for b.Loop() {
			if page, total, err := l.See(b.Context(), who, v); err != nil || len(page) != 20 || total != benchImages {
				b.Fatal(len(page), total, err)
			}
		}
	}
	b.Run("first page", func(b *testing.B) { see(b, v) })
	b.Run("last page", func(b *testing.B) {
		v := v
		v.Offset = benchImages - 20
		see(b, v)
	})
	b.Run("looking at each", func(b *testing.B) {
		v := v
		v.Match = func(s ledger.Seen) bool { return s.Platform == "TencentOS" }
		see(b, v)
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
