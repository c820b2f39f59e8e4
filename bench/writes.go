package main

import (
	"context"
	"fmt"
)

// written is what durable changes reach.
type written struct {
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

// writes works on a copy, so that the file stays what it was.
func (b *bench) writes(ctx context.Context) (err error) {
	server, done, err := b.serveCopy(ctx, b.whole(), "--share-quota", "cvm=100000")
	if err != nil {
		return err
	}
	defer done(&err)
	w := &written{}
	if err := b.changes(ctx, server, w); err != nil {
		return err
	}
	if err := b.readsBeside(ctx, server, w); err != nil {
		return err
	}
	b.results.Writes = w
	fmt.Printf("durable changes: 1 client %.0f/s, %d clients %.0f/s, ratio %.2f; of 10 accounts %.0f/s, of 500 %.0f/s\n",
		w.Alone, crowd, w.Crowd, w.Ratio, w.BatchOf10, w.BatchOf500)
	fmt.Printf("reads at %d/s: p99 %.2f ms, beside %d writers flat out %.2f ms, ratio %.2f\n", readRate, w.QuietP99, crowd, w.BusyP99, w.BusyP99/w.QuietP99)
	return nil
}

func (b *bench) change(clients, accounts int) job {
	return job{Population: b.whole(), Call: changes, Clients: clients, Batch: accounts, Warms: b.lasts / 5, Lasts: b.lasts, Seed: uint64(clients)}
}

func (b *bench) changes(ctx context.Context, server *process, w *written) error {
	for _, c := range []struct {
		clients, accounts int
		to                *float64
	}{{1, 1, &w.Alone}, {crowd, 1, &w.Crowd}, {crowd, 10, &w.BatchOf10}, {crowd, 500, &w.BatchOf500}} {
		done, err := server.under(ctx, b.change(c.clients, c.accounts))
		if err != nil {
			return err
		}
		*c.to = done.perSecond()
	}
	w.Ratio = w.Crowd / w.Alone
	return nil
}

// readsBeside measures reads without writers and with them, in turn.
func (b *bench) readsBeside(ctx context.Context, server *process, w *written) error {
	j := b.job(0, true)
	j.Rate, j.Lasts = readRate, 2*b.lasts
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
