package main

import (
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestDeadline is what the runtime hears: nothing of deadlines that lie ahead,
// and each that passes, and its end.
func TestDeadline(t *testing.T) {
	t.Parallel()
	type step func(*deadline, func(time.Time) error)
	set := func(at time.Time) step {
		return func(d *deadline, tell func(time.Time) error) { _ = d.set(at, tell) }
	}
	look := func(at time.Time) step {
		return func(d *deadline, tell func(time.Time) error) { d.look(elapsed(at), tell) }
	}
	first, between, second := begun.Add(time.Hour), begun.Add(90*time.Minute), begun.Add(2*time.Hour)
	longAgo, never := time.Unix(1, 0), time.Time{}
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"none over none":       {[]step{set(never), look(second)}, nil},
		"one ahead":            {[]step{set(first), set(second), look(between)}, nil},
		"taken back":           {[]step{set(first), set(never), look(between)}, nil},
		"one that passes":      {[]step{set(first), look(between)}, []string{"passed"}},
		"at its very instant":  {[]step{set(first), look(first)}, []string{"passed"}},
		"it passes once":       {[]step{set(first), look(between), look(second)}, []string{"passed"}},
		"taken back too late":  {[]step{set(first), look(between), set(never)}, []string{"passed", "never"}},
		"moved too late":       {[]step{set(first), look(between), set(second), look(between)}, []string{"passed", "never"}},
		"it passes again":      {[]step{set(first), look(between), set(second), look(second)}, []string{"passed", "never", "passed"}},
		"of long ago, at once": {[]step{set(longAgo), set(never)}, []string{"passed", "never"}},
		"of the very begin":    {[]step{set(begun), set(first)}, []string{"passed", "never"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d deadline
			var told []string
			for _, s := range c.steps {
				s(&d, func(at time.Time) error { told = append(told, verdict(at)); return nil })
			}
			if !slices.Equal(told, c.want) {
				t.Errorf("told %v, want %v", told, c.want)
			}
		})
	}
}

// verdict is how the runtime takes a deadline.
func verdict(at time.Time) string {
	switch {
	case at.IsZero():
		return "never"
	case at.After(time.Now()):
		return "a timer"
	}
	return "passed"
}

// TestDeadlineByMany sets and looks at the same moment: whatever the order, the
// runtime heard last what holds.
func TestDeadlineByMany(t *testing.T) {
	t.Parallel()
	times := []time.Time{{}, time.Unix(1, 0), begun.Add(time.Hour), begun.Add(2 * time.Hour)}
	for range 500 {
		var d deadline
		heard := "never"
		tell := func(at time.Time) error { heard = verdict(at); return nil } // under the deadline's lock
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { _ = d.set(times[rand.N(len(times))], tell) })
			all.Go(func() { d.look(elapsed(begun.Add(90*time.Minute)), tell) })
		}
		all.Wait()
		if at := d.at.Load(); (at == passed) != (heard == "passed") {
			t.Fatalf("the number is %d, and the runtime heard %s", at, heard)
		}
	}
}

// oneRequest moves deadlines as http.Server does for a request without a body
// on a connection that is kept.
func oneRequest(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(wirePatience)) // its first bytes are there
	_ = c.SetWriteDeadline(time.Now().Add(wirePatience + answering))
	_ = c.SetReadDeadline(time.Now().Add(wirePatience))
	_ = c.SetReadDeadline(time.Time{})
	_ = c.SetReadDeadline(time.Unix(1, 0)) // answered: the read for the client's leaving ends
	_ = c.SetReadDeadline(time.Time{})
	_ = c.SetWriteDeadline(time.Time{})
	_ = c.SetReadDeadline(time.Now().Add(idling))
}

func TestDeadlinesAllocateNothing(t *testing.T) {
	c := accepted(t, new(watch))
	if n := testing.AllocsPerRun(100, func() { oneRequest(c) }); n != 0 {
		t.Errorf("%v allocations for the deadlines of one request", n)
	}
}

// BenchmarkDeadlines is what a request's deadlines cost, with four looks at the
// clock in either way.
func BenchmarkDeadlines(b *testing.B) {
	c := accepted(b, new(watch))
	for name, one := range map[string]net.Conn{"runtime": c.TCPConn, "watched": c} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				oneRequest(one)
			}
		})
	}
}
