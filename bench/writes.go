package main

import (
	"context"
	"fmt"
)

// written is what durable changes reach with so many shares stored.
type written struct {
	Shares              int
	Alone, Crowd, Ratio float64 // changes a second by one client and by sixteen
	BatchOf10           float64 // changes a second by sixteen clients, each of so many accounts
	BatchOf500          float64
	// Reads at a steady rate, while nobody writes and while sixteen do.
	QuietP99, BusyP99 float64
}

const (
	crowd = 16
	// readRate is what is read while others write: little enough for one core
	// to do both.
	readRate = 2000
)

// writes are measured on a small file and on the whole one: what a change touches
// lies together in the one and anywhere in the other, where more of the log has
// to be copied for as many changes.
func (b *bench) writes(ctx context.Context) error {
	b.results.Writes = nil
	for _, p := range []population{few, b.whole()} {
		w, err := b.writesTo(ctx, p)
		if err != nil {
			return err
		}
		b.results.Writes = append(b.results.Writes, w)
		fmt.Printf("%9d shares: 1 client %.0f/s, %d clients %.0f/s, ratio %.2f; of 10 accounts %.0f/s, of 500 %.0f/s\n",
			w.Shares, w.Alone, crowd, w.Crowd, w.Ratio, w.BatchOf10, w.BatchOf500)
		fmt.Printf("    reads at %d/s: p99 %.2f ms, beside %d writers flat out %.2f ms, ratio %.2f\n", readRate, w.QuietP99, crowd, w.BusyP99, w.BusyP99/w.QuietP99)
	}
	return nil
}

// writesTo works on a copy, so that the file stays what it was.
func (b *bench) writesTo(ctx context.Context, p population) (w written, err error) {
	server, done, err := b.serveCopy(ctx, p, "--share-quota", "cvm=100000")
	if err != nil {
		return w, err
	}
	defer done(&err)
	j := b.job(0, false)
	j.Population, w.Shares = p, p.Images*p.Shares
	if err := b.changes(ctx, server, j, &w); err != nil {
		return w, err
	}
	return w, b.readsBeside(ctx, server, j, &w)
}

func (b *bench) changes(ctx context.Context, server *process, j job, w *written) error {
	j.Call = changes
	for _, c := range []struct {
		clients, accounts int
		to                *float64
	}{{1, 1, &w.Alone}, {crowd, 1, &w.Crowd}, {crowd, 10, &w.BatchOf10}, {crowd, 500, &w.BatchOf500}} {
		j.Clients, j.Batch, j.Seed = c.clients, c.accounts, uint64(c.clients)
		done, err := server.under(ctx, j)
		if err != nil {
			return err
		}
		*c.to = done.perSecond()
	}
	w.Ratio = w.Crowd / w.Alone
	return nil
}

// readsBeside measures reads without writers and with them, in turn.
func (b *bench) readsBeside(ctx context.Context, server *process, j job, w *written) error {
	j.Zipf, j.Rate, j.Lasts = true, readRate, 2*b.lasts
	var quiet, busy []float64
	for range b.rounds {
		alone, err := server.under(ctx, j)
		if err != nil {
			return err
		}
		loud := j
		loud.Writers = crowd
		beside, err := server.under(ctx, loud)
		if err != nil {
			return err
		}
		quiet, busy = append(quiet, alone.P99), append(busy, beside.P99)
	}
	itself := func(f float64) float64 { return f }
	w.QuietP99, w.BusyP99 = middle(quiet, itself), middle(busy, itself)
	return nil
}
