// Command imageshare serves the image sharing APIs of Tencent Cloud and
// Alibaba Cloud over one ledger of who may use which image.
//
// This package reads the command line and the environment, and nothing below
// it does: everything else is handed what it needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		slacken() // before anything is open: it may begin the program anew
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends whatever does not listen to the first
	os.Exit(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// Exit codes of the outside contract.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// usageError is a command line that cannot be followed.
type usageError struct{ error }

// command is one of the words that may stand behind imageshare.
type command struct {
	name, does string
	run        func(context.Context, program) error
}

// commands are all of them, in the order of the help. A later one is a file
// with its noun, and a line here.
func commands() []command {
	list := []command{
		{"serve", "serve from ./imageshare.db, or --dev to try it", func(ctx context.Context, p program) error {
			return serve(ctx, p.args, p.env, p.out, p.errs)
		}},
		{"cert", "make certificates for clients that cannot speak plain http", func(_ context.Context, p program) error {
			return cert(p.args, time.Now(), p.out)
		}},
	}
	for _, n := range []noun{accountNoun(), userNoun(), roleNoun(), keyNoun()} {
		list = append(list, command{n.name, n.summary, n.run})
	}
	return append(list, command{"version", "what this binary is", version})
}

// run is the program as a value: exit code out, everything else handed in.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) int {
	err := dispatch(ctx, program{args: args, env: env, in: os.Stdin, out: stdout, errs: stderr})
	var bad usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &bad):
		fmt.Fprintf(stderr, "imageshare: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "imageshare: %v\n", err)
		return exitError
	}
}

// dispatch runs the command that is named first, and prints what there is where none is.
func dispatch(ctx context.Context, p program) error {
	all, name := commands(), "help"
	if len(p.args) > 0 {
		name, p.args = p.args[0], p.args[1:]
	}
	switch {
	case name == "help" && len(p.args) > 0:
		name, p.args = p.args[0], []string{"--help"}
	case name == "help", name == "--help", name == "-help", name == "-h":
		return usage(p.out, all)
	case name == "--version":
		name = "version"
	}
	names := make([]string, len(all))
	for i, c := range all {
		if names[i] = c.name; c.name == name {
			return c.run(ctx, p)
		}
	}
	return usageError{fmt.Errorf("no command %q: try %s or help", name, strings.Join(names, ", "))}
}

func usage(w io.Writer, all []command) error {
	fmt.Fprint(w, "imageshare serves the image sharing APIs of Tencent Cloud and Alibaba Cloud.\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range all {
		fmt.Fprintf(t, "  imageshare %s\t%s\n", c.name, c.does)
	}
	_ = t.Flush() // the next line tells whether it can be written
	_, err := fmt.Fprint(w, "\nimageshare COMMAND --help tells more of each.\n")
	return err
}
