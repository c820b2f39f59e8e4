package api_test

import (
	"testing"
	"time"

	"imageshare/api"
)

// Whatever the order of the times and the days between them, each is written as
// it would be alone.
func TestTimes(t *testing.T) {
	t.Parallel()
	var times []time.Time
	for _, text := range []string{
		"2026-01-01T00:00:00Z", "2026-01-01T23:59:59Z", "2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z", // over midnight and back
		"2026-01-02T12:34:56+08:00", "2026-01-01T20:00:00-05:00", // of one day, in other zones
		"1970-01-01T00:00:01Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
		"0001-01-01T00:00:00Z", "0001-01-01T00:00:09Z", "9999-12-31T23:59:59Z", "2026-02-03T04:05:06.789Z",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
	written := api.Times(times, func(t *time.Time) time.Time { return *t })
	for i, at := range times {
		if got, want := written(i), api.Time(at); got != want {
			t.Errorf("time %d is written as %s, want %s", i, got, want)
		}
	}
}
