// Command bench measures what a signed call costs, and what makes it cost
// more: how many shares are stored, how an image is drawn, how many write. The
// server is the real binary on a file with history in it; beside it, in the
// same run, stands the floor: a bare net/http handler that answers the same
// bytes, verifies nothing and reads nothing. Each has a core to itself, and so
// has the generator that loads them in turn. Figures are ratios of the two,
// since machines differ and the same machine is not always as fast. What is
// inside a call the server's own benchmark measures, without floor or network.
//
// Everything that was measured goes to results.json, and what is worth a look
// to charts beside it. CPU is a process's own time from /proc and cores are
// given by taskset, so it needs Linux.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	bin, data, out string
	only           string
	images         int
	warms, lasts   time.Duration
	rounds         int
	clients        int
	first          bool
}

func main() {
	be := flag.String("be", "", "be the floor or the load (the program starts itself so)")
	o := options{}
	flag.StringVar(&o.bin, "bin", "", "the binary to measure; built from the sources where none is given")
	flag.StringVar(&o.data, "data", "/var/tmp/imageshare-bench", "where the files of shares are kept between runs")
	flag.StringVar(&o.out, "out", "results", "where results.json and the charts go")
	flag.StringVar(&o.only, "only", "", "parts to measure, joined by commas: "+strings.Join(names(), ", ")+"; all of them where none is named")
	flag.IntVar(&o.images, "images", 1_000_000, "images of the file that most is measured on, each with ten shares")
	flag.DurationVar(&o.warms, "warm", 6*time.Minute, "how long a server is loaded before it is measured: the cache is full after nine million requests, and learns who is asked for again")
	flag.DurationVar(&o.lasts, "for", 5*time.Second, "how long each load lasts, beside the floor a third of it")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each is measured, calls beside the floor in three turns for each; the median counts")
	flag.BoolVar(&o.first, "first", false, "of the calls the first alone")
	flag.IntVar(&o.clients, "clients", 16, "connections")
	flag.Usage = explain
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch *be {
	case "floor":
		stop() // it ends as it is told to
		err = beFloor()
	case "load":
		err = beLoad(ctx, os.Stdin, os.Stdout)
	default:
		err = o.measure(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// parts are what can be measured, in the order of their stories.
var parts = []struct {
	name    string
	about   string
	measure func(*bench, context.Context) error
}{
	{"calls", "each call beside the floor, as fast as answers come: CPU, allocations, latencies, memory", (*bench).calls},
	{"layers", "what of the first call's CPU goes where inside the server, without the network", (*bench).layers},
	{"pace", "the first call at half of what the server can do: latencies beside the floor's at that rate and at half of its own", (*bench).pace},
	{"growth", "the first call as stored shares grow tenfold, images drawn uniformly: CPU, p99, start, file", (*bench).growth},
	{"width", "the first call for images of 1 to 500 shares, as the answer grows", (*bench).width},
	{"pages", "the largest page of each list: time with one client, CPU beside the floor", (*bench).pages},
	{"writes", "durable changes a second by one client and by sixteen, and what reads feel of them", (*bench).writes},
	{"overload", "three times of what is sustained, beside slow clients: what is done, turned away, and after", (*bench).overload},
	{"small", "before anybody asks: start to ready, idle memory, size of the binary", (*bench).small},
}

func names() (all []string) {
	for _, p := range parts {
		all = append(all, p.name)
	}
	return all
}

// explain is for whoever asks with -h.
func explain() {
	out := flag.CommandLine.Output()
	fmt.Fprint(out, "bench measures what signed calls cost, against a bare net/http handler in the same run.\nThe first call is a list of ten shares, signed with TC3. Parts, in their order:\n\n")
	for _, p := range parts {
		fmt.Fprintf(out, "  %-9s %s\n", p.name, p.about)
	}
	fmt.Fprint(out, "\nFigures go to results.json, charts beside it. Flags:\n\n")
	flag.PrintDefaults()
}

// bench is a run.
type bench struct {
	options
	floor   *process
	results *results
	held    []byte // the file that is in memory
}

func (o options) measure(ctx context.Context) (err error) {
	// The go command runs elsewhere and would take it for another.
	if o.data, err = filepath.Abs(o.data); err != nil {
		return err
	}
	if err := os.MkdirAll(o.data, 0o755); err != nil {
		return err
	}
	if o.bin == "" {
		if o.bin, err = build(ctx, o.data); err != nil {
			return err
		}
	}
	b := &bench{options: o}
	if b.results, err = readResults(o.out); err != nil {
		return err
	}
	if b.floor, err = startFloor(ctx); err != nil {
		return err
	}
	defer b.floor.stop() // it knows no end but the signal, which looks like a failure
	for _, p := range parts {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), p.name) {
			continue
		}
		fmt.Printf("\n# %s: %s\n\n", p.name, p.about)
		if err := p.measure(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := b.results.write(o.out); err != nil {
			return err
		}
	}
	return nil
}

// build builds the binary as it is given to people.
func build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "imageshare")
	return bin, compile(ctx, "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, "./cmd/imageshare")
}

// compile runs the go command among the sources of the server.
func compile(ctx context.Context, args ...string) error {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if text, err := c.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(text)))
	}
	return nil
}

// serve starts the server on the file of a population, which is held in memory.
func (b *bench) serve(ctx context.Context, p population, flags ...string) (*process, error) {
	file, err := p.file(ctx, b.data)
	if err != nil {
		return nil, err
	}
	return b.serveFile(ctx, file, flags...)
}

func (b *bench) whole() population { return population{Images: b.images, Shares: 10} }
