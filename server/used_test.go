package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"imageshare/ledger"
)

// kept is a used that writes into a log of its own: how many keys, how long
// after the beginning.
func kept(t *testing.T, fail func() error) (u *used, written *[]string) {
	t.Helper()
	written = &[]string{}
	began := time.Now()
	u = &used{log: slog.New(slog.DiscardHandler), waiting: map[ledger.CredentialName]time.Time{}}
	u.write = func(_ context.Context, all map[ledger.CredentialName]time.Time) error {
		*written = append(*written, fmt.Sprintf("%d after %v", len(all), time.Since(began)))
		return fail()
	}
	return u, written
}

// keyNamed is a key's name.
func keyNamed(id string) ledger.CredentialName {
	return ledger.CredentialName{Cloud: ledger.Tencent, KeyID: id}
}

func fine() error { return nil }

// The first use is written at once, the following ones together and rarely:
// each key once in half a minute.
func TestUsesAreWrittenTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, written := kept(t, fine)
		var keys [10]openedKey
		for i := range 100 { // by ten keys in turn, never just when they are written
			u.note(&keys[i%10], keyNamed(fmt.Sprint("AKID", i%10)), time.Now())
			time.Sleep(900 * time.Millisecond)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got, want := fmt.Sprint(*written), "[1 after 0s 9 after 30s 10 after 1m0s 10 after 1m30s]"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

// A key in constant use waits once, by the time it was first noted.
func TestUsesInARowAreOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, _ := kept(t, fine)
		u.wrote = time.Now()
		first := time.Now()
		var key openedKey
		for range 20 {
			u.note(&key, keyNamed("AKID"), time.Now())
			time.Sleep(time.Second)
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		if at := u.waiting[keyNamed("AKID")]; !at.Equal(first) {
			t.Errorf("got %v, want %v", at, first)
		}
	})
}

// What could not be written is written with what comes next.
func TestUsesSurviveAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		u, written := kept(t, func() error { return broken })
		u.note(new(openedKey), keyNamed("AKID1"), time.Now())
		synctest.Wait()
		broken = nil
		u.note(new(openedKey), keyNamed("AKID2"), time.Now())
		if err := u.flush(t.Context()); err != nil {
			t.Error(err)
		}
		if err := u.flush(t.Context()); err != nil { // nothing waits any more
			t.Error(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got, want := fmt.Sprint(*written), "[1 after 0s 2 after 0s]"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

// A request that began earlier and is noted later takes nothing back, nor does
// a clock that was set back hold up what comes after.
func TestUsesOutOfOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, _ := kept(t, fine)
		u.wrote = time.Now()
		now, name := time.Now(), keyNamed("AKID")
		u.note(new(openedKey), name, now)
		u.note(new(openedKey), name, now.Add(-time.Hour))
		if at := u.waiting[name]; !at.Equal(now) {
			t.Errorf("got %v, want %v", at, now)
		}
		var key openedKey
		key.noted.Store(now.Add(time.Hour).Unix())
		if key.justNoted(now) {
			t.Error("a use is near to one an hour later")
		}
	})
}

func TestUsesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, written := kept(t, fine)
		u.wrote = time.Now()
		var last *openedKey
		for i := range maxUsed + 5 {
			last = new(openedKey)
			u.note(last, keyNamed(fmt.Sprint("AKID", i)), time.Now())
		}
		if last.justNoted(time.Now()) {
			t.Error("a key for which there was no place is taken for noted")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got, want := fmt.Sprint(*written), fmt.Sprintf("[%d after 30s]", maxUsed); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
