package api

import (
	"strings"
	"time"
)

// Time writes a time as most of the wires do: UTC, whole seconds.
func Time(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Times writes a time of each item of a list, as Time does, in one text of which
// each is a part: with a text for each, they would be most of what a list
// allocates. The date is taken from the time before where it is the same, as it
// mostly is. All years have four digits, as in every record.
func Times[T any](list []T, of func(*T) time.Time) (at func(i int) string) {
	var text strings.Builder
	text.Grow(stamp * len(list))
	var d dated
	for i := range list {
		d.set(of(&list[i]))
		text.Write(d.text[:])
	}
	all := text.String()
	return func(i int) string { return all[i*stamp:][:stamp] }
}

// stamp is the length of a time.
const stamp = len("2006-01-02T15:04:05Z")

// dated is a time, the next of which is mostly of the same day.
type dated struct {
	text     [stamp]byte
	midnight time.Time // with which the day of what stands in text began
}

func (d *dated) set(t time.Time) {
	const date, day = len("2006-01-02T"), 24 * time.Hour
	t = t.UTC()
	if since := t.Sub(d.midnight); d.text[0] != 0 && 0 <= since && since < day {
		clock(d.text[date:], int(since/time.Second))
		return
	}
	t.AppendFormat(d.text[:0], time.RFC3339)
	d.midnight = t.Truncate(day)
}

// clock writes seconds of a day as 15:04:05.
func clock(b []byte, seconds int) {
	for i, n := range [...]int{seconds / 3600, seconds / 60 % 60, seconds % 60} {
		b[3*i], b[3*i+1] = byte('0'+n/10), byte('0'+n%10)
	}
}
