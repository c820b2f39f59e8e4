package api

import (
	"time"
	"unsafe"
)

// Time writes a time as most of the wires do: UTC, whole seconds.
func Time(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Times writes a time of each item of a list, as Time does, in one text of which
// each is a part: with a text for each, they would be most of what a list
// allocates. The date is taken from the time before where it is the same, as it
// mostly is. All years have four digits, as in every record.
func Times[T any](list []T, of func(*T) time.Time) (at func(i int) string) {
	text := make([]byte, stamp*len(list))
	var d dated
	for i := range list {
		d.put(text[i*stamp:][:stamp], of(&list[i]))
	}
	all := unsafe.String(unsafe.SliceData(text), len(text)) // nobody writes there again
	return func(i int) string { return all[i*stamp:][:stamp] }
}

// stamp is the length of a time.
const stamp = len("2006-01-02T15:04:05Z")

// dated is the date of a time, which mostly is that of the next.
type dated struct {
	text     [stamp]byte // as Time writes a time of that day
	midnight int64       // with which it began, in seconds of 1970
}

func (d *dated) put(b []byte, t time.Time) {
	const date, day = len("2006-01-02T"), 24 * 60 * 60
	since := t.Unix() - d.midnight
	if d.text[0] == 0 || since < 0 || since >= day {
		t = t.UTC()
		t.AppendFormat(d.text[:0], time.RFC3339)
		since = int64(t.Hour()*3600 + t.Minute()*60 + t.Second())
		d.midnight = t.Unix() - since
	}
	copy(b, d.text[:])
	clock(b[date:], uint32(since))
}

// clock writes seconds of a day as 15:04:05.
func clock(b []byte, seconds uint32) {
	for i, n := range [...]uint32{seconds / 3600, seconds / 60 % 60, seconds % 60} {
		b[3*i], b[3*i+1] = byte('0'+n/10), byte('0'+n%10)
	}
}
