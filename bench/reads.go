package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"imageshare/ledger"
)

// calls compares every call with the floor: the first by both draws, the others
// by Zipf. Each product's are on a server of their own, or its images would be
// new to a cache that is full of another's.
func (b *bench) calls(ctx context.Context) error {
	b.results.Calls = nil
	if b.first {
		return errors.Join(b.callsOf(ctx, []int{0}, true), b.callsOf(ctx, []int{0}, false))
	}
	for _, product := range []ledger.Product{ledger.CVM, ledger.ECS, ledger.ENS} {
		var of []int
		for i, c := range calls {
			if c.Product == product && !c.largest {
				of = append(of, i)
			}
		}
		if err := b.callsOf(ctx, of, true); err != nil {
			return err
		}
	}
	return b.callsOf(ctx, []int{0}, false)
}

// callsOf compares some calls on a server that was warmed by the first of them.
func (b *bench) callsOf(ctx context.Context, some []int, zipf bool) (err error) {
	server, err := b.warmed(ctx, b.job(some[0], zipf))
	if err != nil {
		return err
	}
	defer server.end(&err)
	for _, i := range some {
		j := b.job(i, zipf)
		if err := b.warm(ctx, server, j, b.warms/24); err != nil { // lists are other records than images
			return err
		}
		c, err := b.compare(ctx, server, j)
		if err != nil {
			return err
		}
		b.results.Calls = append(b.results.Calls, c)
		fmt.Println(c)
	}
	return nil
}

// paced is the first call at half of what the server can do. Beside it stands
// the floor, at the same rate and at half of what it can do itself: who is busy
// half of the time waits longer for a machine that stood still for a moment.
type paced struct {
	Draw                string
	Server, Floor, Half rhythm
}

// rhythm is a steady rate: requests begin when they are due, however long the
// ones before take.
type rhythm struct {
	Rate, PerSecond      float64
	Busy                 float64 // part of the core
	P50, P99, P999, Most float64 // ms
}

func (r rhythm) String() string {
	return fmt.Sprintf("%6.0f/s, core %2.0f %% busy: p50 %.2f, p99 %.2f, p99.9 %.2f, most %.2f ms", r.PerSecond, 100*r.Busy, r.P50, r.P99, r.P999, r.Most)
}

// pace loads the server with half of what it can do, in turn with the floor.
func (b *bench) pace(ctx context.Context) error {
	b.results.Pace = nil
	for _, zipf := range []bool{true, false} {
		j := b.job(0, zipf)
		server, err := b.warmed(ctx, j)
		if err != nil {
			return err
		}
		p, err := b.paced(ctx, server, j)
		if err != nil {
			return err
		}
		b.results.Pace = append(b.results.Pace, p)
		fmt.Printf("%-8s %v\nfloor    %v\nfloor    %v\n", p.Draw, p.Server, p.Floor, p.Half)
		if err := server.stop(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) paced(ctx context.Context, server *process, j job) (p paced, err error) {
	if err := b.floor.imitate(server, j.Population, calls[0]); err != nil {
		return p, err
	}
	half, err := b.half(ctx, server, j)
	if err != nil {
		return p, err
	}
	j.Same = true
	own, err := b.half(ctx, b.floor, j)
	if err != nil {
		return p, err
	}
	alike := own
	alike.Rate = half.Rate
	var rounds [3][]rhythm
	for range b.rounds {
		for i, turn := range []job{half, alike, own} {
			done, err := []*process{server, b.floor, b.floor}[i].under(ctx, turn)
			if err != nil {
				return p, err
			}
			rounds[i] = append(rounds[i], done.rhythm(turn.Rate))
		}
	}
	p99 := func(r rhythm) float64 { return r.P99 }
	return paced{drawn(j), middle(rounds[0], p99), middle(rounds[1], p99), middle(rounds[2], p99)}, nil
}

// half is a job at half of what a process can do.
func (b *bench) half(ctx context.Context, of *process, j job) (job, error) {
	full, err := of.under(ctx, j)
	j.Rate, j.Lasts = full.perSecond()/2, 2*b.lasts
	return j, err
}

func (c cost) rhythm(rate float64) rhythm {
	return rhythm{rate, c.perSecond(), c.CPU * c.perSecond() / 1e6, c.P50, c.P99, c.P999, c.Most}
}

// grown is the first call with so many shares stored.
type grown struct {
	Images, Shares int
	Ready          float64 // ms from start to ready
	FileMiB        float64
	IdleMiB        float64
	compared
	PacedP99 float64 // ms, at growthRate
}

// growthRate is one that every size carries with ease.
const growthRate = 5000

// growth draws uniformly, so that no cache hides how deep a file has become.
func (b *bench) growth(ctx context.Context) error {
	b.results.Growth = nil
	for images := 1000; images <= b.images; images *= 10 {
		g, err := b.grownTo(ctx, population{Images: images, Shares: 10})
		if err != nil {
			return err
		}
		b.results.Growth = append(b.results.Growth, g)
		fmt.Printf("%9d shares: ready after %4.0f ms, %6.1f MiB of file, idle %4.1f MiB   %6.1f µs, ratio %.2f, p99 at %d/s %.2f ms, %.0f MiB\n",
			g.Shares, g.Ready, g.FileMiB, g.IdleMiB, g.Server.CPU, g.Ratio, growthRate, g.PacedP99, g.Server.MiB)
	}
	return nil
}

func (b *bench) grownTo(ctx context.Context, p population) (g grown, err error) {
	j := b.job(0, false)
	j.Population = p
	server, err := b.serve(ctx, p)
	if err != nil {
		return g, err
	}
	defer server.end(&err)
	g = grown{Images: p.Images, Shares: p.Images * p.Shares, Ready: float64(server.took.Microseconds()) / 1000, IdleMiB: server.resident()}
	file, err := p.file(ctx, b.data)
	if err != nil {
		return g, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return g, err
	}
	g.FileMiB = float64(info.Size()) / (1 << 20)
	if err := b.warm(ctx, server, j, b.learns(j)); err != nil {
		return g, err
	}
	if g.compared, err = b.compare(ctx, server, j); err != nil {
		return g, err
	}
	j.Rate = growthRate
	paced, err := server.under(ctx, j)
	g.PacedP99 = paced.P99
	return g, err
}

// wide is the first call for images with so many shares each.
type wide struct {
	Shares int
	compared
}

// width needs no many images: it is the answer that grows.
func (b *bench) width(ctx context.Context) error {
	b.results.Width = nil
	for _, shares := range []int{1, 10, 50, 500} {
		j := b.job(0, false)
		j.Population = population{Images: 2000, Shares: shares}
		server, err := b.serve(ctx, j.Population)
		if err != nil {
			return err
		}
		c, err := b.compare(ctx, server, j)
		if err != nil {
			return err
		}
		b.results.Width = append(b.results.Width, wide{shares, c})
		fmt.Printf("%3d shares an image: %6.1f µs, ratio %.2f, %4.0f allocations above the floor\n", shares, c.Server.CPU, c.Ratio, c.Server.Mallocs-c.Floor.Mallocs)
		if err := server.stop(); err != nil {
			return err
		}
	}
	return nil
}

// page is the largest page of a list.
type page struct {
	compared
	Milliseconds float64 // p50 with one client
}

// pages asks for the largest page that each list has.
func (b *bench) pages(ctx context.Context) (err error) {
	b.results.Pages = nil
	server, err := b.serve(ctx, b.whole())
	if err != nil {
		return err
	}
	defer server.end(&err)
	for i, c := range calls {
		if !c.largest {
			continue
		}
		j := b.job(i, false)
		if err := b.warm(ctx, server, j, b.warms/24); err != nil {
			return err
		}
		p := page{}
		if p.compared, err = b.compare(ctx, server, j); err != nil {
			return err
		}
		j.Clients, j.Lasts = 1, time.Second
		alone, err := server.under(ctx, j)
		if err != nil {
			return err
		}
		p.Milliseconds = alone.P50
		b.results.Pages = append(b.results.Pages, p)
		fmt.Printf("%-28s %-32s %6.2f ms, %7.1f µs CPU, ratio %.2f\n", p.Call, p.API, p.Milliseconds, p.Server.CPU, p.Ratio)
	}
	return nil
}
