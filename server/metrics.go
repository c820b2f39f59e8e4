package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"imageshare/api"
)

// Metrics are the server's few numbers, registered on what was passed. Labels
// come from closed sets, never from a request.
type Metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec

	mu    sync.RWMutex
	known map[series]*counted // looking labels up costs more than counting
}

// series is one combination of labels, counted what counts it.
type (
	series  struct{ wire, action, code string }
	counted struct {
		requests  prometheus.Counter
		durations prometheus.Observer
	}
)

// of finds or makes what counts a combination of labels.
func (m *Metrics) of(s series) *counted {
	m.mu.RLock()
	c := m.known[s]
	m.mu.RUnlock()
	if c != nil {
		return c
	}
	c = &counted{m.requests.WithLabelValues(s.wire, s.action, s.code), m.durations.WithLabelValues(s.wire, s.action)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[s] = c
	return c
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		known: map[series]*counted{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "imageshare_requests_total", Help: "Requests on the vendors' wires, by the error code they ended with.",
		}, []string{"wire", "action", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "imageshare_request_seconds", Help: "Time from a request's header to its answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5},
		}, []string{"wire", "action"}),
	}
	r.MustRegister(m.requests, m.durations)
	return m
}

// finish counts and logs one request.
func (x *exchange) finish() {
	wire, action := "none", "none"
	if x.call != nil {
		wire = x.call.Wire
	}
	if x.action != nil {
		action = x.action.Name
	}
	took := x.Ledger.Now().Sub(x.began)
	c := x.Metrics.of(series{wire, action, x.answer.Row})
	c.requests.Inc()
	c.durations.Observe(took.Seconds())
	x.log(wire, action, took)
}

// log writes the request's line. The record is made by hand: a Logger would
// look for the line of the program that it comes from, which is always this one.
// What it says is one group without a name, which is as if each stood by itself,
// so that it takes no room of the record's own.
func (x *exchange) log(wire, action string, took time.Duration) {
	level := slog.LevelInfo
	if x.answer.Row == api.Internal {
		level = slog.LevelError
	}
	h := x.Log.Handler()
	if !h.Enabled(context.Background(), level) {
		return
	}
	x.line = append(x.line,
		slog.String("request", x.id), slog.String("wire", wire), slog.String("door", x.door), slog.String("action", action),
		slog.String("actor", x.actor()), slog.String("source", x.source), slog.Int("status", x.answer.Status),
		slog.String("code", x.answer.Code), slog.Duration("took", took),
	)
	x.logFailure()
	r := slog.NewRecord(x.began.Add(took), level, "request", 0)
	r.AddAttrs(slog.Attr{Value: slog.GroupValue(x.line...)})
	_ = h.Handle(context.Background(), r) // a log that cannot be written is nobody to tell
}

func (x *exchange) logFailure() {
	if x.why != "" {
		x.line = append(x.line, slog.String("error", x.why))
	}
	if x.stack != "" {
		x.line = append(x.line, slog.String("stack", x.stack))
	}
}

// failed keeps of an error what the log says, as an error may hold a request.
func (x *exchange) failed() {
	if x.err == nil {
		return
	}
	x.why = strings.Clone(short(x.err.Error()))
	if p := (*panicError)(nil); errors.As(x.err, &p) {
		x.stack = p.stack
	}
}

// short cuts what an error quotes of a request: a line of the log is not as
// long as a stranger likes.
func short(text string) string {
	const most = 1 << 10
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}

// actor is who spoke, once that is certain.
func (x *exchange) actor() string {
	if x.caller.Account == "" {
		return ""
	}
	return x.caller.Actor()
}

// panicError is a panic, with where it happened.
type panicError struct {
	value any
	stack string
}

func panicked(p any) error { return &panicError{value: p, stack: string(debug.Stack())} }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }
