package cvm

import (
	"testing"
	"time"

	"imageshare/ledger"
)

// Whatever the order of the shares and the days between them, each is written
// as it would be alone.
func TestStamps(t *testing.T) {
	t.Parallel()
	var shares []ledger.Share
	for _, text := range []string{
		"2026-01-01T00:00:00Z", "2026-01-01T23:59:59Z", "2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z", // over midnight and back
		"2026-01-02T12:34:56+08:00", "2026-01-01T20:00:00-05:00", // of one day, in other zones
		"1970-01-01T00:00:01Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
		"0001-01-01T00:00:00Z", "0001-01-01T00:00:09Z", "9999-12-31T23:59:59Z", "2026-02-03T04:05:06Z",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, ledger.Share{At: at})
	}
	written := stamps(shares)
	for i, s := range shares {
		if got, want := written(i), stamp(s.At); got != want {
			t.Errorf("share %d is written as %s, want %s", i, got, want)
		}
	}
}
