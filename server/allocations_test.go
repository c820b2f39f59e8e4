//go:build !race

package server_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"imageshare/internal/wiretest"
)

// calls are what is measured, as the scripts write them.
var measured = []struct {
	name string
	line string
	body []string
}{
	{"shares of an image, TC3", "tc3 DescribeImageSharePermission", []string{`{"ImageId":"img-6pb6lrmy"}`}},
	{"shares of an image, HmacSHA256", "sha256-post DescribeImageSharePermission", []string{"ImageId=img-6pb6lrmy"}},
	{"shares of an image, by a user with policies, TC3", "tc3 DescribeImageSharePermission key=AKIDreader", []string{`{"ImageId":"img-6pb6lrmy"}`}},
	{"shares of an image, ACS3", "acs3 DescribeImageSharePermission", []string{"ImageId=m-shared"}},
	{"shares of an image, V1", "v1 DescribeImageSharePermission", []string{"ImageId=m-shared"}},
	{"an image by its id, TC3", "tc3 DescribeImages", []string{`{"ImageIds":["img-6pb6lrmy"]}`}},
	{"image quota, TC3", "tc3 DescribeImageQuota", []string{`{}`}},
}

const allocationsFile = "testdata/allocations.golden"

// TestAllocations is what keeps the hot path as it is: allocations do not
// depend on how busy a machine is, so a call that suddenly makes more of them
// is found here and not in a graph. A few more or less are the pools' doing.
func TestAllocations(t *testing.T) {
	c := everything()
	c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	d := wiretest.Open(t, c)
	var got strings.Builder
	for _, c := range measured {
		fmt.Fprintf(&got, "%3.0f %s\n", allocations(t, d, c.line, c.body), c.name)
	}
	if *update {
		if err := os.WriteFile(allocationsFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(allocationsFile)
	if err != nil {
		t.Fatal(err)
	}
	compareCounts(t, got.String(), string(want))
}

// compareCounts lets a tenth pass, either way: what became better should be
// written down, too.
func compareCounts(t *testing.T, got, want string) {
	t.Helper()
	wants := strings.Split(want, "\n")
	for i, line := range strings.Split(got, "\n") {
		var n, most float64
		if i >= len(wants) || line == "" {
			continue
		}
		_, err1 := fmt.Sscan(line, &n)
		_, err2 := fmt.Sscan(wants[i], &most)
		if err1 != nil || err2 != nil || line[3:] != wants[i][3:] {
			t.Fatalf("%q does not stand where %q stands: run with -update", line, wants[i])
		}
		if n > most*1.1+2 || n < most*0.9-2 {
			t.Errorf("allocations: %s, were %s: find out why, or run with -update", line, wants[i])
		}
	}
}

// allocations of one call, once everything is warm.
func allocations(t *testing.T, d *wiretest.Door, line string, body []string) float64 {
	t.Helper()
	const runs = 200
	requests := make([]*http.Request, runs+2)
	for i := range requests {
		requests[i] = d.Request(t, line, body...)
	}
	w := &answer{header: http.Header{}}
	next := 0
	call := func() {
		w.Reset()
		d.ServeHTTP(w, requests[next])
		next++
	}
	if call(); bytes.Contains(w.Bytes(), []byte(`"Code"`)) {
		t.Fatalf("%s: %s", line, w)
	}
	return testing.AllocsPerRun(runs, call)
}

// answer is a ResponseWriter that makes nothing of its own.
type answer struct {
	bytes.Buffer
	header http.Header
}

func (w *answer) Header() http.Header { return w.header }
func (w *answer) WriteHeader(int)     {}
