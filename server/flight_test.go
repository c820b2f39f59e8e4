package server

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/store/memory"
	"imageshare/tencent"
)

// stuck is a body whose end waits for a gate.
type stuck struct {
	left int
	came func()
	gate chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	if s.left > 0 {
		n := min(len(p), s.left)
		s.left -= n
		return n, nil
	}
	s.came()
	<-s.gate
	return 0, io.EOF
}

// The flight counts all bodies in memory, also those in room that others had
// before: however often room was used, no more of it is taken than the limit.
func TestFlightCountsRoom(t *testing.T) {
	// Not parallel: room is kept between collections only, so none may run.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	l, err := ledger.New(context.Background(), ledger.Config{Store: memory.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Ledger: l, Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(prometheus.NewRegistry()), NewID: uuid.NewString})
	h := s.Handler(api.NewCatalogue())
	const size, each, limit = 3 << 10, 200, 1 << 20
	s.flights[0].limit = limit
	var gone, held atomic.Int64
	var all sync.WaitGroup
	send := func(gate chan struct{}, bytes *atomic.Int64) (done *sync.WaitGroup) {
		var begun sync.WaitGroup
		done = new(sync.WaitGroup)
		for range each {
			begun.Add(1)
			done.Add(1)
			all.Go(func() {
				defer done.Done()
				come := sync.OnceFunc(begun.Done)
				defer come() // it may be refused before its end
				r := httptest.NewRequest("POST", "/", &stuck{size, func() { bytes.Add(size); come() }, gate})
				r.ContentLength = size + 500
				h.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		begun.Wait()
		return done
	}
	stay := make(chan struct{})
	for range 5 {
		pass := make(chan struct{})
		done := send(pass, &gone)
		close(pass)
		done.Wait()       // these leave their room
		send(stay, &held) // and these take it
	}
	if got := held.Load(); got == 0 || got > limit {
		t.Errorf("%d KiB of bodies are held, %d KiB may be, %d KiB are counted", got>>10, limit>>10, s.flights[0].held.Load()>>10)
	}
	close(stay)
	all.Wait()
	if got := s.flights[0].held.Load(); got != 0 {
		t.Errorf("%d bytes are counted when nothing is held", got)
	}
}

// Some clients begin the largest bodies there are and end none of them: others
// are kept from large bodies, but not from those that calls have.
func TestStalledBodiesKeepNobodyOut(t *testing.T) {
	t.Parallel()
	l, err := ledger.New(context.Background(), ledger.Config{Store: memory.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Ledger: l, Dialects: []api.Dialect{tencent.Dialect{}}, Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(prometheus.NewRegistry()), NewID: uuid.NewString})
	h := s.Handler(api.NewCatalogue())
	post := func(body io.Reader) string {
		r := httptest.NewRequest("POST", "http://cvm.tencentcloudapi.com/", body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}
	var begun, ended sync.WaitGroup
	gate := make(chan struct{})
	for range 7 { // one after the other, so that six find room
		begun.Add(1)
		come := sync.OnceFunc(begun.Done)
		ended.Go(func() {
			defer come() // it may be refused
			post(&stuck{8 << 20, come, gate})
		})
		begun.Wait()
	}
	if held := s.flights[1].held.Load(); held != 6*(maxBody+1) {
		t.Errorf("%d MiB are held of large bodies", held>>20)
	}
	if got := post(strings.NewReader("A=1")); !strings.Contains(got, "MissingParameter") {
		t.Errorf("a small one: %s", got)
	}
	if got := post(&stuck{8 << 20, func() {}, gate}); !strings.Contains(got, "RequestLimitExceeded") {
		t.Errorf("one more large one: %s", got)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "http://127.0.0.1:7080/", &stuck{8 << 20, func() {}, gate}))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "try again") {
		t.Errorf("one that nobody can tell whose it is: %d %s", w.Code, w.Body)
	}
	close(gate)
	ended.Wait()
	if a, b := s.flights[0].held.Load(), s.flights[1].held.Load(); a+b != 0 {
		t.Errorf("%d and %d bytes are counted when nothing is held", a, b)
	}
}
