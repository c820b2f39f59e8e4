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
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
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

const usage = `imageshare serves the image sharing APIs of Tencent Cloud and Alibaba Cloud.

  imageshare serve --dev      try it: memory store, demo keys, nothing to set up
  imageshare serve            serve from ./imageshare.db; see imageshare serve --help
  imageshare version          what this binary is

`

// run is the program as a value: exit code out, everything else handed in.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) int {
	err := command(ctx, args, env, stdout, stderr)
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

func command(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) error {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "serve":
		return serve(ctx, args, env, stdout, stderr)
	case "version", "--version":
		return version(stdout)
	case "help", "--help", "-h":
		_, err := io.WriteString(stdout, usage)
		return err
	}
	return usageError{fmt.Errorf("no command %q: try serve, version or help", name)}
}
