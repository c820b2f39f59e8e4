package main

import (
	"context"
	"fmt"
	"net"
	"time"
)

// overloaded is what becomes of three times as much as can be done.
type overloaded struct {
	What                 string
	Sustained            float64 // a second
	Done, Shed           float64 // a second, at three times that
	MiB                  float64 // most that the process had
	RecoveredP99, Normal float64 // ms, in the second after the load ended, and before it began
}

const (
	// crowds is how many connections ask at once.
	crowds = 2000
	slow   = 500 // connections that send half a request and stop
)

// overload asks three times of what was sustained, reads and then changes, with
// slow clients beside them, on a copy, since changes are what it is about.
func (b *bench) overload(ctx context.Context) (err error) {
	b.results.Overload = nil
	server, done, err := b.serveCopy(ctx, few, "--share-quota", "cvm=1000000")
	if err != nil {
		return err
	}
	defer done(&err)
	hold, err := holdOpen(server.addr)
	if err != nil {
		return err
	}
	defer hold()
	for _, asked := range []struct {
		what string
		call int
	}{{"reads", 0}, {"changes", changes}} {
		o, err := b.overloadedBy(ctx, server, job{Population: few, Call: asked.call, Batch: 1, Clients: 64, Warms: b.lasts / 5, Lasts: b.lasts})
		if err != nil {
			return err
		}
		o.What = asked.what
		b.results.Overload = append(b.results.Overload, o)
		fmt.Printf("%-8s sustained %6.0f/s; at three times that %6.0f/s done and %6.0f/s turned away, %.0f MiB; p99 before %.2f ms, in the second after %.2f ms\n",
			o.What, o.Sustained, o.Done, o.Shed, o.MiB, o.Normal, o.RecoveredP99)
	}
	return nil
}

func (b *bench) overloadedBy(ctx context.Context, server *process, j job) (o overloaded, err error) {
	full, err := server.under(ctx, j)
	if err != nil {
		return o, err
	}
	o.Sustained = full.perSecond()
	light := job{Population: j.Population, Clients: 16, Rate: 200, Lasts: time.Second}
	before, err := server.under(ctx, light)
	if err != nil {
		return o, err
	}
	j.Rate, j.Clients, j.Shed = 3*o.Sustained, crowds, true
	over, err := server.under(ctx, j)
	if err != nil {
		return o, err
	}
	after, err := server.under(ctx, light)
	o.Done, o.Shed, o.MiB = over.perSecond(), float64(over.load.Shed)/over.Seconds, over.MiB
	o.Normal, o.RecoveredP99 = before.P99, after.P99
	return o, err
}

// holdOpen opens connections that begin a request and never end it.
func holdOpen(addr string) (done func(), err error) {
	var all []net.Conn
	for range slow {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Le")); err != nil {
			return nil, err
		}
	}
	return func() {
		for _, c := range all {
			c.Close()
		}
	}, nil
}
