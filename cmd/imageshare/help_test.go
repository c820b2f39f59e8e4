package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestDevSaysWhereThingsAre: what is in a file is not gone when --dev stops.
func TestDevSaysWhereThingsAre(t *testing.T) {
	t.Parallel()
	for store, want := range map[string]string{"memory:": "in memory, gone when", "sqlite:/srv/images.db": "in /srv/images.db. Wires"} {
		if said := welcomed(t, "--dev", "--store", store); !strings.Contains(said, want) {
			t.Errorf("%s: %s", store, said)
		}
	}
}

// welcomed is what serve says with such flags, on two addresses.
func welcomed(t *testing.T, args ...string) string {
	t.Helper()
	c, err := parse(args, env(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	welcome(&out, c, []string{"[::1]:1", "127.0.0.1:2"}, "127.0.0.1:3")
	return out.String()
}

// TestDevNamesNoKeysThatAreNotThere: a seed of one's own takes the demo's place.
func TestDevNamesNoKeysThatAreNotThere(t *testing.T) {
	t.Parallel()
	said := welcomed(t, "--dev", "--seed", "mine.yaml")
	if strings.Contains(said, "AKIDexample") || strings.Contains(said, "m-bp1caf3yicx5jlfl0001") || !strings.Contains(said, "the state of mine.yaml in memory") {
		t.Error(said)
	}
	if said = welcomed(t, "--dev"); !strings.Contains(said, "AKIDexample / examplesecret") || strings.Count(said, "[::1]:1") != 9 || strings.Contains(said, "127.0.0.1:1") {
		t.Error(said)
	}
}
