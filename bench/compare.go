package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// compared is a call beside the floor.
type compared struct {
	Call, API, Scheme string
	Draw              string
	Floor, Server     side
	Ratio             float64 // of CPU
}

// side is what one of the two did.
type side struct {
	PerSecond float64
	CPU       float64 // µs a request
	Mallocs   float64 // a request
	MiB       float64
	P50, P99  float64 // ms, at full speed
}

// turns is how many short turns floor and server take for each round of others:
// a neighbour of the machine disturbs some of them, and the median is of none.
const turns = 3

// compare has floor and server take turns under one load. Each draws anew from
// the same popularity, which a cache has had time to learn. What counts is the
// pair of turns with the median ratio.
func (b *bench) compare(ctx context.Context, server *process, j job) (c compared, err error) {
	called := calls[j.Call]
	if err := b.floor.imitate(server, j.Population, called); err != nil {
		return c, err
	}
	j.Warms, j.Lasts = j.Warms/turns, j.Lasts/turns
	var pairs []compared
	for turn := range b.rounds * turns {
		j.Seed = uint64(100*j.Call + turn)
		same := j
		same.Same = true
		f, err := b.floor.under(ctx, same)
		if err != nil {
			return c, fmt.Errorf("floor: %w", err)
		}
		s, err := server.under(ctx, j)
		if err != nil {
			return c, fmt.Errorf("%s %s by %s: %w", called.Product, called.Action, called.Scheme, err)
		}
		pairs = append(pairs, compared{Floor: f.side(), Server: s.side(), Ratio: s.CPU / f.CPU})
	}
	c = middle(pairs, func(p compared) float64 { return p.Ratio })
	c.Call, c.API, c.Scheme, c.Draw = called.Name, string(called.Product)+" "+called.Action, called.Scheme, drawn(j)
	return c, nil
}

func (c cost) side() side {
	return side{PerSecond: c.perSecond(), CPU: c.CPU, Mallocs: c.Mallocs, MiB: c.MiB, P50: c.P50, P99: c.P99}
}

// middle is the one with the median of a figure.
func middle[T any](all []T, figure func(T) float64) T {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(figure(a), figure(b)) })
	return sorted[len(sorted)/2]
}

// drawn is how the images of a job are drawn.
func drawn(j job) string {
	if j.Zipf {
		return "zipf"
	}
	return "uniform"
}

func (c compared) String() string {
	return fmt.Sprintf("%-22s %-32s %-18s %-8s %7.0f/s %6.1f µs   floor %7.0f/s %5.1f µs   ratio %.2f   %3.0f allocations above the floor   p50 %.2f p99 %.2f ms   %.0f MiB",
		c.Call, c.API, c.Scheme, c.Draw, c.Server.PerSecond, c.Server.CPU, c.Floor.PerSecond, c.Floor.CPU, c.Ratio,
		c.Server.Mallocs-c.Floor.Mallocs, c.Server.P50, c.Server.P99, c.Server.MiB)
}

// load of a call, as most parts begin with.
func (b *bench) job(call int, zipf bool) job {
	return job{Population: b.whole(), Call: call, Zipf: zipf, Clients: b.clients, Warms: b.lasts / 5, Lasts: b.lasts}
}

// warm loads a server for a while, with another series of the same draw.
func (b *bench) warm(ctx context.Context, server *process, j job, lasts time.Duration) error {
	j.Warms, j.Lasts, j.Seed = lasts, time.Second, 1<<32
	_, err := server.under(ctx, j)
	return err
}

// learns is how long a cache has to learn: a uniform draw leaves it little.
func (b *bench) learns(j job) time.Duration {
	if j.Zipf {
		return b.warms
	}
	return b.warms / 8
}

// warmed is a server that has been under a load for a while.
func (b *bench) warmed(ctx context.Context, j job, flags ...string) (*process, error) {
	server, err := b.serve(ctx, j.Population, flags...)
	if err != nil {
		return nil, err
	}
	if err = b.warm(ctx, server, j, b.learns(j)); err != nil {
		_ = server.stop() // the load's fault is the one to tell
	}
	return server, err
}
