package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDevSaysWhereThingsAre: what is in a file is not gone when --dev stops.
func TestDevSaysWhereThingsAre(t *testing.T) {
	t.Parallel()
	for store, want := range map[string]string{"memory:": "in memory, gone when", "sqlite:/srv/images.db": "in /srv/images.db. Wires"} {
		var out bytes.Buffer
		welcome(&out, store, 0, []string{"127.0.0.1:1"}, "127.0.0.1:3")
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: %s", store, out.String())
		}
	}
}
