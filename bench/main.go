// Command bench measures what a signed call costs. The server is the real
// binary in a process of its own, over a SQLite file with shares in it; beside
// it, in the same run, stands the floor: a bare handler that answers the same
// bytes, verifies nothing and reads nothing. Figures are ratios of the two,
// since machines differ and the same machine is not always as fast.
//
// CPU is the server process's own time from /proc, so it needs Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"time"
)

type options struct {
	images   int
	shares   int
	requests int
	clients  int
	changes  int
}

func main() {
	var o options
	flag.IntVar(&o.images, "images", 10_000, "images stored")
	flag.IntVar(&o.shares, "shares", 10, "accounts on each image")
	flag.IntVar(&o.requests, "requests", 30_000, "signed lists in a run")
	flag.IntVar(&o.clients, "clients", 8, "connections that list at the same time")
	flag.IntVar(&o.changes, "changes", 2_000, "durable changes in a run")
	floor := flag.Bool("floor", false, "be the bare handler (the program starts itself so)")
	flag.Parse()
	if *floor {
		serveFloor()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, o); err != nil {
		log.Fatal(err)
	}
}

func measure(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "imageshare-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	floor, err := startFloor(ctx)
	if err != nil {
		return err
	}
	defer floor.stop()
	server, err := startServer(ctx, dir, o)
	if err != nil {
		return err
	}
	defer server.stop()
	fmt.Printf("%d images with %d shares each; ready after %v, resident %.1f MiB idle\n\n", o.images, o.shares, server.took.Round(time.Millisecond), server.resident())
	if err := lists(ctx, o, floor, server); err != nil {
		return err
	}
	return changes(ctx, o, server)
}

// lists compares signed DescribeImageSharePermission calls, images drawn
// uniformly, with the floor; three rounds in turn, since the machine drifts.
func lists(ctx context.Context, o options, floor, server *process) error {
	fmt.Println("signed DescribeImageSharePermission (TC3)   requests/s   CPU µs/request")
	for range 3 {
		f, err := load(ctx, floor, o, describe)
		if err != nil {
			return err
		}
		s, err := load(ctx, server, o, describe)
		if err != nil {
			return err
		}
		fmt.Printf("  bare handler                              %10.0f   %14.1f\n", f.perSecond, f.cpu)
		fmt.Printf("  imageshare                                %10.0f   %14.1f   ratio %.2f\n", s.perSecond, s.cpu, s.cpu/f.cpu)
	}
	return nil
}

// changes compares durable share changes by one client and by sixteen.
func changes(ctx context.Context, o options, server *process) error {
	fmt.Println("\ndurable ModifyImageSharePermission          changes/s")
	for range 3 {
		one := o
		one.clients, one.requests = 1, o.changes/4
		alone, err := load(ctx, server, one, modify)
		if err != nil {
			return err
		}
		many := o
		many.clients, many.requests = 16, o.changes
		crowd, err := load(ctx, server, many, modify)
		if err != nil {
			return err
		}
		fmt.Printf("  1 client %.0f, 16 clients %.0f: ratio %.2f\n", alone.perSecond, crowd.perSecond, crowd.perSecond/alone.perSecond)
	}
	return nil
}
