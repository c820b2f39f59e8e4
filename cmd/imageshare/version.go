package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

// version prints what the Go tool recorded when it built this binary.
func version(w io.Writer) error {
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
