package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/sign"
	"imageshare/store/sqlite"
)

// asProgram makes the test binary be the program itself, so that a test has a
// process of its own to kill.
const asProgram = "IMAGESHARE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

const (
	writers = 16
	images  = 4
	batch   = 3   // accounts in one change
	enough  = 400 // answers, and the server is killed in the middle of the next
)

// TestKilledWhileWriting kills the server under sixteen clients that write,
// opens the store again and holds it against what was answered: every
// acknowledged change is there, and none of the others is half there.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("version: 1\naccounts: [{cloud: tencent, id: '5', keys: [{id: AKID5, secret: s5}]}]\nimages:\n")
	for i := range images {
		fmt.Fprintf(&text, "  - {product: cvm, region: ap-guangzhou, id: %s, owner: '5'}\n", imageID(i))
	}
	path := filepath.Join(dir, "x.db")
	cmd, addr := startProgram(t, "--store", "sqlite:"+path, "--seed", write(t, dir, "seed.yaml", text.String()),
		"--rate-limits", "off", "--share-quota", "cvm=100000", "--log-level", "error")
	acknowledged := writeUntilKilled(t, cmd, addr)
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	checkSurvivors(t, s, acknowledged)
	checkHistory(t, s)
}

func imageID(i int) string { return fmt.Sprintf("img-%08d", i%images) }

// itself is the test binary.
func itself(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func startProgram(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(itself(t), append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it may be gone already
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr, _, _ := strings.Cut(strings.TrimPrefix(line, "ready wires="), " ")
	return cmd, addr
}

// change is one batch of accounts that one client shared an image with.
type change struct {
	image    string
	accounts []string
}

// writeUntilKilled returns what was acknowledged.
func writeUntilKilled(t *testing.T, cmd *exec.Cmd, addr string) []change {
	t.Helper()
	var mu sync.Mutex
	var done []change
	var next atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for {
				c := newChange(int(next.Add(1)))
				if !send(addr, c) {
					return
				}
				mu.Lock()
				if done = append(done, c); len(done) == enough {
					_ = cmd.Process.Kill() // SIGKILL: nothing is finished, nothing is closed
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	_ = cmd.Wait() // killed, so an error
	if len(done) < enough {
		t.Fatalf("the server stopped after %d answers", len(done))
	}
	return done
}

func newChange(n int) change {
	c := change{image: imageID(n)}
	for i := range batch {
		c.accounts = append(c.accounts, fmt.Sprint(1_000_000+n*batch+i))
	}
	return c
}

// send makes one change and reports whether it was acknowledged.
func send(addr string, c change) bool {
	body := fmt.Sprintf(`{"ImageId":%q,"AccountIds":["%s"],"Permission":"SHARE"}`, c.image, strings.Join(c.accounts, `","`))
	r := &sign.Request{Method: "POST", Host: addr, Path: "/", Header: http.Header{}, Body: []byte(body)}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": "ModifyImageSharePermission", "X-TC-Version": "2017-03-12", "X-TC-Region": "ap-guangzhou",
	} {
		r.Header.Set(name, value)
	}
	sign.SignTC3(r, sign.Key{ID: "AKID5", Secret: "s5"}, sign.TC3Options{At: time.Now()})
	h, err := http.NewRequest("POST", "http://"+addr+"/", bytes.NewReader(r.Body))
	if err != nil {
		return false
	}
	h.Header = r.Header
	answer, err := http.DefaultClient.Do(h)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	return err == nil && bytes.Contains(got, []byte("RequestId")) && !bytes.Contains(got, []byte("Error"))
}

func checkSurvivors(t *testing.T, s ledger.Store, acknowledged []change) {
	t.Helper()
	shared := map[string][]string{}
	for i := range images {
		img, err := s.Image(context.Background(), ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: imageID(i)})
		if err != nil {
			t.Fatal(err)
		}
		for _, share := range img.Shares {
			shared[imageID(i)] = append(shared[imageID(i)], share.Account)
		}
	}
	for _, c := range acknowledged {
		for _, a := range c.accounts {
			if !slices.Contains(shared[c.image], a) {
				t.Errorf("%s of an acknowledged change is not there", a)
			}
		}
	}
	for image, accounts := range shared {
		whole := map[string]int{}
		for _, a := range accounts {
			var n int
			_, _ = fmt.Sscan(a, &n) // our own numbers
			whole[fmt.Sprint((n-1_000_000)/batch)]++
		}
		for n, got := range whole {
			if got != batch {
				t.Errorf("%d of %d accounts of change %s are there on %s", got, batch, n, image)
			}
		}
	}
}

// checkHistory holds every share against the entry that made it, and every
// entry against the one before.
func checkHistory(t *testing.T, s ledger.Store) {
	t.Helper()
	for i := range images {
		key := ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: imageID(i)}
		img, err := s.Image(context.Background(), key)
		if err != nil {
			t.Fatal(err)
		}
		events, err := s.Events(context.Background(), ledger.EventQuery{Entity: key.Entity()})
		if err != nil {
			t.Fatal(err)
		}
		prev, added := "", 0
		for n, e := range events {
			if e.Seq != int64(n+1) || e.Prev != prev || e.Hash != e.Sum() {
				t.Errorf("%s: entry %d does not follow the one before", key, n+1)
			}
			prev, added = e.Hash, added+len(e.Added)
		}
		if added != len(img.Shares) {
			t.Errorf("%s: %d shares, %d in its history", key, len(img.Shares), added)
		}
	}
}
