package server

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/store/memory"
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
	s.flight.limit = limit
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
		t.Errorf("%d KiB of bodies are held, %d KiB may be, %d KiB are counted", got>>10, limit>>10, s.flight.held.Load()>>10)
	}
	close(stay)
	all.Wait()
	if got := s.flight.held.Load(); got != 0 {
		t.Errorf("%d bytes are counted when nothing is held", got)
	}
}
