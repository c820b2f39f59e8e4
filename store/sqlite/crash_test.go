package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/store/sqlite"
)

// crashPlace names the database to a copy of the test program that writes
// until it is killed.
const crashPlace = "IMAGESHARE_TEST_CRASH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPlace); path != "" {
		fmt.Fprintln(os.Stderr, writeForEver(path)) // not reached, but by an error
		os.Exit(3)
	}
	os.Exit(m.Run())
}

const crashWriters = 16

func crashKey(writer int) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.ECS, Region: "cn-a", ID: fmt.Sprintf("m-%d", writer%4)} // four to an image
}

// writeForEver shares images with new accounts and prints each one that was
// acknowledged.
func writeForEver(path string) error {
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	before, err := s.Events(context.Background(), ledger.EventQuery{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range crashWriters {
		go func() {
			for n := len(before); ; n++ { // no number of the child before
				account := fmt.Sprintf("%d%06d", 100+w, n)
				if err := s.Update(context.Background(), shareWith(crashKey(w), account)); err != nil {
					failed <- err
				}
				fmt.Println(crashKey(w).ID, account) // one write: a line is whole or missing
			}
		}()
	}
	return <-failed
}

func shareWith(key ledger.ImageKey, account string) func(ledger.Tx) error {
	return func(tx ledger.Tx) error {
		i := &ledger.Image{Key: key, Owner: "1", State: ledger.Available}
		old, err := tx.Image(context.Background(), key)
		if err == nil {
			i = old.Clone()
		} else if !errors.Is(err, ledger.ErrNoImage) {
			return err
		}
		s := ledger.Share{Account: account, At: time.Unix(1700000000, 0).UTC()}
		i.Shares = append(i.Shares, s)
		e := ledger.Event{Entity: key.Entity(), Time: s.At, Added: []ledger.Share{s}, Token: key.ID + account}
		return errors.Join(tx.PutImage(i), tx.Append(e))
	}
}

func TestKilledUnderLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	acknowledged := map[string]bool{}
	for range 2 { // the second child goes on in the file that the first one left
		killWriters(t, path, 500, acknowledged)
		checkCrashed(t, path, acknowledged)
	}
}

// killWriters runs a child until it acknowledged so many changes, and kills it.
func killWriters(t *testing.T, path string, enough int, acknowledged map[string]bool) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashPlace+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // what the pipe still held was read
		}
		acknowledged[strings.TrimSpace(line)] = true
		if n == enough {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v", err)
	}
}

// checkCrashed checks that all that was acknowledged is there, and that
// records, reverse and history say the same.
func checkCrashed(t *testing.T, path string, acknowledged map[string]bool) {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	images, err := s.Images(t.Context(), ledger.ImageQuery{})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, i := range images {
		chain, err := s.Events(t.Context(), ledger.EventQuery{Entity: i.Key.Entity()})
		if err != nil || len(chain) != len(i.Shares) {
			t.Fatalf("%v: %d entries for %d shares, %v", i.Key, len(chain), len(i.Shares), err)
		}
		last := ledger.Event{}
		for n, e := range chain {
			if e.Prev != last.Hash || e.Seq != last.Seq+1 || e.Hash != e.Sum() || !e.Added[0].Equal(i.Shares[n]) {
				t.Errorf("entry %d of %v is not linked or adds not what the record has: %+v", e.Seq, i.Key, e)
			}
			last = e
			there[i.Key.ID+" "+i.Shares[n].Account] = true
		}
	}
	for line := range acknowledged {
		if !there[line] {
			t.Errorf("%s was acknowledged and is not there", line)
		}
	}
	checkReverse(t, s, images)
	t.Logf("%d acknowledged, %d there", len(acknowledged), len(there))
}

// checkReverse checks both ways: each share is found from its account, and an
// account has no more.
func checkReverse(t *testing.T, s *sqlite.Store, images []*ledger.Image) {
	t.Helper()
	var all sync.WaitGroup
	for _, i := range images {
		all.Go(func() {
			for _, share := range i.Shares {
				q := ledger.UsableQuery{Account: ledger.AccountKey{Cloud: ledger.Alibaba, ID: share.Account}, Now: share.At}
				grants, err := s.Usable(t.Context(), q)
				if err != nil || len(grants) != 1 || grants[0].Image != i.Key || !grants[0].Equal(share) {
					t.Errorf("usable by %s: %+v, %v, want %v", share.Account, grants, err, i.Key)
				}
			}
		})
	}
	all.Wait()
}
