package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the server's few numbers, registered on what was passed. Labels
// come from closed sets, never from a request.
type Metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
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
	x.Metrics.requests.WithLabelValues(wire, action, x.answer.Row).Inc()
	x.Metrics.durations.WithLabelValues(wire, action).Observe(took.Seconds())
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", x.id), slog.String("wire", wire), slog.String("door", x.door), slog.String("action", action),
		slog.String("actor", x.actor()), slog.String("source", x.source), slog.Int("status", x.answer.Status),
		slog.String("code", x.answer.Code), slog.Duration("took", took),
	}
	if x.err != nil {
		attrs = append(attrs, slog.String("error", short(x.err.Error())))
	}
	if p := (*panicError)(nil); errors.As(x.err, &p) {
		level = slog.LevelError
		attrs = append(attrs, slog.String("stack", p.stack))
	}
	x.Log.LogAttrs(context.Background(), level, "request", attrs...)
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

// panicError is a panic of an action, with where it happened.
type panicError struct {
	value any
	stack string
}

func panicked(p any) error { return &panicError{value: p, stack: string(debug.Stack())} }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }
