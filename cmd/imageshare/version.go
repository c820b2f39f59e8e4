package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
)

func version(_ context.Context, p program) error {
	rest, err := parseAll(flags("version"), p.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, err = fmt.Fprint(p.out, "imageshare version\n\nSays which version this binary is, and which Go made it.\n")
		return err
	case err == nil && len(rest) > 0:
		err = fmt.Errorf("version takes nothing more, not %q", rest[0])
	}
	if err != nil {
		return seeHelp(err, "version")
	}
	return printVersion(p.out)
}

// printVersion says what the Go tool recorded when it built this binary.
func printVersion(w io.Writer) error {
	built, ok := debug.ReadBuildInfo()
	if !ok {
		_, err := fmt.Fprintln(w, "imageshare, built without module information")
		return err
	}
	revision := ""
	for _, s := range built.Settings {
		if s.Key == "vcs.revision" {
			revision = " " + s.Value
		}
	}
	_, err := fmt.Fprintf(w, "imageshare %s%s %s\n", built.Main.Version, revision, built.GoVersion)
	return err
}
