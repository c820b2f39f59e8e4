package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// job tells a load generator what to do. It is a process of its own, on a core
// of its own: its work must not be taken for the server's.
type job struct {
	Addr       string
	Population population
	Call       int // of calls, or changes
	Zipf       bool
	Clients    int           // connections, each kept as the SDKs keep theirs
	Rate       float64       // requests a second, begun when they are due; 0: as fast as answers come
	Warms      time.Duration // before it is measured
	Lasts      time.Duration // while it is
	Batch      int           // accounts that a change adds
	Writers    int           // more connections, which change shares all the while as fast as answers come
	Seed       uint64
	Same       bool // every answer is the same: the floor's
	Shed       bool // an answer that says "too much" counts apart and is no fault
}

// changes stands for a call: changes of shares.
const changes = -1

// load is what came of a job.
type load struct {
	Done, Shed           int64
	Seconds              float64
	P50, P99, P999, Most float64 // milliseconds from when a request was due
	Fault                string  // the first answer that was not as it should be
}

func (l load) perSecond() float64 { return float64(l.Done) / l.Seconds }

// beLoad is the generator: a job comes on standard input, "warm" goes out when
// the measured part begins, and what came of it at the end.
func beLoad(ctx context.Context, in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return err
	}
	written := make(chan error, 1)
	go func() { written <- j.write(ctx) }()
	g := &generator{job: j, out: out}
	result, err := g.run(ctx)
	if err := errors.Join(err, <-written); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// write is what the writers of a job do. They are clients of the same process:
// of two on one core, each would often wait for the other to leave it. They
// change images drawn uniformly: by Zipf's law the few that are read most would
// soon have thousands of shares, and it is their length that reads would feel.
func (j job) write(ctx context.Context) error {
	if j.Writers == 0 {
		return nil
	}
	j.Call, j.Zipf, j.Clients, j.Rate, j.Batch = changes, false, j.Writers, 0, 1
	g := &generator{job: j, out: io.Discard}
	l, err := g.run(ctx)
	if l.Fault != "" {
		return errors.New(l.Fault)
	}
	return err
}

// generator is a job while it is done.
type generator struct {
	job
	out   io.Writer
	draw  *draw
	began time.Time
	warm  atomic.Bool
	shed  atomic.Int64
	fault atomic.Pointer[string]
	added atomic.Int64
}

func (g *generator) run(ctx context.Context) (load, error) {
	g.draw = newDraw(g.Population, g.call().Product, g.Zipf)
	ctx, cancel := context.WithTimeout(ctx, g.Warms+g.Lasts)
	defer cancel()
	g.began = time.Now()
	g.added.Store(g.began.UnixNano() / 1000)
	seen := make([]*hdrhistogram.Histogram, g.Clients)
	failed := make([]error, g.Clients)
	var all sync.WaitGroup
	due := make(chan time.Time)
	if g.Rate > 0 {
		all.Go(func() { g.pace(ctx, due) })
	}
	for i := range g.Clients {
		seen[i] = hdrhistogram.New(1, time.Minute.Microseconds(), 3)
		all.Go(func() { failed[i] = g.client(ctx, i, due, seen[i]) })
	}
	time.Sleep(g.Warms)
	g.warm.Store(true)
	fmt.Fprintln(g.out, "warm")
	began := time.Now()
	all.Wait()
	took := time.Since(began).Seconds()
	total := seen[0]
	for _, h := range seen[1:] {
		total.Merge(h)
	}
	ms := func(q float64) float64 { return float64(total.ValueAtQuantile(q)) / 1000 }
	l := load{Done: total.TotalCount(), Shed: g.shed.Load(), Seconds: took, P50: ms(50), P99: ms(99), P999: ms(99.9), Most: float64(total.Max()) / 1000}
	if f := g.fault.Load(); f != nil {
		l.Fault = *f
	}
	return l, errors.Join(failed...)
}

// pace says when each request is due, to whichever client is free. That does
// not depend on how long earlier ones took: a slow answer delays those behind
// it, and counts for them. It watches the clock all the time: the runtime's
// timers wake a process at whole milliseconds, with ten requests at once.
func (g *generator) pace(ctx context.Context, due chan<- time.Time) {
	defer close(due)
	for n := 1; ; n++ {
		at := g.began.Add(time.Duration(float64(n) / g.Rate * float64(time.Second)))
		if at.After(g.began.Add(g.Warms + g.Lasts)) {
			return
		}
		for time.Now().Before(at) {
			runtime.Gosched()
		}
		select {
		case due <- at:
		case <-ctx.Done():
			return
		}
	}
}

// client is one connection that sends one request at a time, signed before it
// is due. Of a few clients each is eager; many would look in turn, and each of
// them too seldom.
func (g *generator) client(ctx context.Context, i int, due <-chan time.Time, seen *hdrhistogram.Histogram) error {
	c, d := g.call(), g.draw.series(g.Seed+uint64(i))
	w := &wire{addr: g.Addr, eager: g.Clients <= crowd}
	defer w.close()
	if err := w.dial(); err != nil && !g.Shed {
		return err
	}
	for {
		a := c.ask(g.Population, d.next())
		r, err := c.request(g.Addr, a)
		if err != nil {
			return err
		}
		began, ok := g.turn(ctx, due)
		if !ok {
			return nil
		}
		answer, err := w.send(r)
		if err != nil && g.Shed {
			continue
		} else if err != nil {
			return err
		}
		g.look(answer, a, seen, time.Since(began))
	}
}

// turn is when a client's next request is due, once it is.
func (g *generator) turn(ctx context.Context, due <-chan time.Time) (at time.Time, ok bool) {
	if g.Rate == 0 {
		return time.Now(), ctx.Err() == nil
	}
	at, ok = <-due
	return at, ok
}

func (g *generator) look(answer []byte, a ask, seen *hdrhistogram.Histogram, took time.Duration) {
	if g.Same {
		a.want = `{`
	}
	shed, ok := judge(answer, a.want)
	switch {
	case shed && g.Shed:
		if g.warm.Load() {
			g.shed.Add(1)
		}
	case !ok:
		text := fmt.Sprintf("wanted %s, got %.300s", cmp.Or(a.want, "an answer"), answer)
		g.fault.CompareAndSwap(nil, &text)
	case g.warm.Load():
		_ = seen.RecordValue(max(1, took.Microseconds())) // a minute is the most that a client waits
	}
}

// call is what the job asks for.
func (g *generator) call() call {
	if g.Call >= 0 {
		return calls[g.Call]
	}
	c := sharing
	c.ask = shareWith(func() []string {
		accounts := make([]string, g.Batch)
		for i := range accounts {
			accounts[i] = fmt.Sprint(g.added.Add(1))
		}
		return accounts
	})
	return c
}
