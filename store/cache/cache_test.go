package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/cache"
	"imageshare/store/memory"
	"imageshare/store/sqlite"
	"imageshare/store/storetest"
)

// size is one in which all that a test writes has room, its pages too: of a
// small cache a record may not take much.
const size = 8 << 20

func TestOverMemory(t *testing.T) {
	storetest.Run(t, func(testing.TB) storetest.Opener {
		return func(testing.TB) ledger.Store { return cache.New(memory.New(), size) }
	}, storetest.Forgets)
}

func TestOverSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Opener {
		path := filepath.Join(t.TempDir(), "store.db")
		return func(t testing.TB) ledger.Store {
			s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return cache.New(s, size)
		}
	})
}

// counted counts what reaches the engine, and can be held up before a change
// is answered.
type counted struct {
	ledger.Store
	asked  atomic.Int64
	before func() // runs when a change is done and not yet known to be
}

func (c *counted) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	c.asked.Add(1)
	return c.Store.Image(ctx, k)
}

func (c *counted) Update(ctx context.Context, change func(ledger.Tx) error) error {
	err := c.Store.Update(ctx, change)
	if c.before != nil {
		c.before()
	}
	return err
}

func image(n int, shares ...ledger.Share) *ledger.Image {
	return &ledger.Image{
		Key:   ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: fmt.Sprintf("img-%08d", n)},
		Owner: "100000000001", State: ledger.Available, CreatedAt: time.Unix(1700000000, 0).UTC(), Shares: shares,
	}
}

func put(t *testing.T, s ledger.Store, i *ledger.Image) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }); err != nil {
		t.Fatal(err)
	}
}

func TestAsksTheEngineOnce(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, size)
	put(t, s, image(1))
	for range 3 {
		if got, err := s.Image(t.Context(), image(1).Key); err != nil || !got.Equal(image(1)) {
			t.Fatal(got, err)
		}
	}
	if n := engine.asked.Load(); n != 1 {
		t.Errorf("the engine was asked %d times for one image that nobody changed, want once", n)
	}
	if _, err := s.Image(t.Context(), image(2).Key); !errors.Is(err, ledger.ErrNoImage) {
		t.Errorf("an image that is not there: %v", err)
	}
}

// Once the cache is full, what is asked for once takes no place from what is
// asked for again.
func TestKeepsWhatIsAskedForAgain(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, 1<<19)
	const many = 20_000 // some fifty bytes each: more than there is room for
	for n := range many {
		put(t, s, image(n))
	}
	ask := func(n int) {
		t.Helper()
		if _, err := s.Image(t.Context(), image(n).Key); err != nil {
			t.Fatal(err)
		}
	}
	for n := range many {
		ask(n)
	}
	put(t, s, image(many))
	engine.asked.Store(0)
	for _, want := range []int64{1, 2, 2, 2} {
		ask(many)
		if n := engine.asked.Load(); n != want {
			t.Errorf("the engine was asked %d times, want %d", n, want)
		}
	}
}

// While a change is being answered nobody knows whether it was kept: reads
// come from the engine, and none of them is remembered.
func TestClosedWhileAChangeIsUnderWay(t *testing.T) {
	t.Parallel()
	engine := &counted{Store: memory.New()}
	s := cache.New(engine, size)
	put(t, s, image(1))
	shared := image(1, ledger.Share{Account: "200000000002", At: time.Unix(1700000000, 0).UTC()})
	engine.before = func() {
		for range 2 {
			if got, err := s.Image(t.Context(), shared.Key); err != nil || !got.Equal(shared) {
				t.Errorf("read before the change was answered: %+v %v", got, err)
			}
		}
	}
	engine.asked.Store(0)
	put(t, s, shared)
	if n := engine.asked.Load(); n != 2 {
		t.Errorf("the engine was asked %d times during the change, want every time", n)
	}
}

// An engine may be asked before a change and answer after it: what it says
// then was true once, and must not be remembered.
func TestSlowAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	engine := &slow{Store: memory.New(), asked: make(chan struct{}), proceed: make(chan struct{})}
	s := cache.New(engine, size)
	shared := image(1, ledger.Share{Account: "200000000002", At: time.Unix(1700000000, 0).UTC()})
	put(t, s, shared)
	engine.hold.Store(true)
	done := make(chan *ledger.Image)
	go func() {
		got, _ := s.Image(t.Context(), shared.Key)
		done <- got
	}()
	<-engine.asked
	put(t, s, image(1))
	engine.hold.Store(false)
	close(engine.proceed)
	if got := <-done; !got.Equal(shared) {
		t.Fatalf("the slow read was to answer what was true when it began, got %+v", got)
	}
	if got, err := s.Image(t.Context(), shared.Key); err != nil || len(got.Shares) != 0 {
		t.Errorf("a cancelled share is served: %+v %v", got, err)
	}
}

type slow struct {
	ledger.Store
	hold    atomic.Bool
	asked   chan struct{}
	proceed chan struct{}
}

func (s *slow) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	i, err := s.Store.Image(ctx, k)
	if s.hold.Load() {
		s.asked <- struct{}{}
		<-s.proceed
	}
	return i, err
}

// A change that fails, panics or ends its goroutine opens what it had closed.
func TestOpensAgain(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func() error{
		"fails":  func() error { return errors.New("no") },
		"panics": func() error { panic("no") },
		"ends":   func() error { runtime.Goexit(); return nil },
	} {
		engine := &counted{Store: memory.New()}
		s := cache.New(engine, size)
		put(t, s, image(1))
		var gone sync.WaitGroup
		gone.Go(func() {
			_ = s.Update(t.Context(), func(tx ledger.Tx) error {
				if err := tx.DeleteImage(image(1).Key); err != nil {
					t.Error(err)
				}
				return end()
			})
		})
		gone.Wait()
		engine.asked.Store(0)
		for range 3 {
			if got, err := s.Image(t.Context(), image(1).Key); err != nil || !got.Equal(image(1)) {
				t.Errorf("%s: %+v %v", name, got, err)
			}
		}
		if n := engine.asked.Load(); n != 1 {
			t.Errorf("%s: the engine was asked %d times afterwards, want once: the cell stayed closed", name, n)
		}
	}
}

// A key goes with its account, and a key that an account no longer has is none.
func TestKeysOfAnAccount(t *testing.T) {
	t.Parallel()
	s := cache.New(memory.New(), size)
	account := func(ids ...string) *ledger.Account {
		a := &ledger.Account{Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000001"}}
		for _, id := range ids {
			a.Keys = append(a.Keys, ledger.AccessKey{ID: id, Sealed: "x"})
		}
		return a
	}
	register := func(a *ledger.Account) {
		t.Helper()
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutAccount(a) }); err != nil {
			t.Fatal(err)
		}
	}
	want := func(id string, want error) {
		t.Helper()
		for range 2 {
			if _, err := s.Credential(t.Context(), ledger.Tencent, id); !errors.Is(err, want) {
				t.Errorf("key %s: %v, want %v", id, err, want)
			}
		}
	}
	register(account("AKIDa", "AKIDb"))
	want("AKIDa", nil)
	want("AKIDb", nil)
	register(account("AKIDb", "AKIDc"))
	want("AKIDa", ledger.ErrNoKey)
	want("AKIDc", nil)
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.DeleteAccount(account().Key) }); err != nil {
		t.Fatal(err)
	}
	want("AKIDb", ledger.ErrNoKey)
}

// Writers give and cancel shares, some of which end by themselves, while
// readers fill the cache as fast as they can. A reader that begins after a
// cancel was acknowledged, or after an end, never sees the share again.
func TestNeverServesACancelledShare(t *testing.T) {
	t.Parallel()
	race(t, overSQLite(t))
}

func overSQLite(t *testing.T) ledger.Store {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return cache.New(s, size)
}

var crowded sync.Mutex

const (
	raced   = 8   // images
	changes = 150 // of each
)

func race(t *testing.T, s ledger.Store) {
	// acknowledged counts the changes of each image; the n-th leaves one share,
	// of account n. An even one has ended by the time it is given.
	var acknowledged [raced]atomic.Int64
	now := time.Unix(1800000000, 0).UTC()
	for n := range raced {
		put(t, s, image(n))
	}
	crowd(func(n, c int) {
		share := ledger.Share{Account: fmt.Sprint(c), At: now.Add(-time.Hour)}
		if c%2 == 0 {
			share.Until = now
		}
		put(t, s, image(n, share))
		acknowledged[n].Store(int64(c))
	}, func(seen *[raced]int64) {
		n := rand.IntN(raced)
		least := max(acknowledged[n].Load(), seen[n])
		seen[n] = look(t, s, n, least, now)
	})
}

// crowd has writers make changes 1, 2, 3… of each image, and readers read
// until all are made. A reader keeps what it has seen of each image. There is
// one crowd at a time: the readers of several would let no writer run.
func crowd(change func(image, number int), read func(seen *[raced]int64)) {
	crowded.Lock()
	defer crowded.Unlock()
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for n := range raced {
		writers.Go(func() {
			for c := 1; c <= changes; c++ {
				change(n, c)
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			for seen := [raced]int64{}; ; {
				select {
				case <-done:
					return
				default:
					read(&seen)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}

// look reads an image and answers whose share it is with, which must not be
// one before least.
func look(t *testing.T, s ledger.Store, n int, least int64, now time.Time) int64 {
	got, err := s.Image(t.Context(), image(n).Key)
	if err != nil {
		t.Error(err)
		return least
	}
	var with int64
	for _, share := range got.Shares {
		if _, err := fmt.Sscan(share.Account, &with); err != nil {
			t.Error(err)
		}
	}
	if with < least {
		t.Errorf("image %d is shared with %d, after the share with %d was seen or acknowledged", n, with, least)
	}
	if live := got.Live(now); with > 0 && with%2 == 0 && len(live) != 0 {
		t.Errorf("image %d: a share that has ended is served: %+v", n, live)
	}
	return with
}
