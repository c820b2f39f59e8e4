package engine

import "time"

// Sooner is the earlier of two moments, if the second is still to come; the
// first may be zero, for none.
func Sooner(first, t, now time.Time) time.Time {
	if t.After(now) && (first.IsZero() || t.Before(first)) {
		return t
	}
	return first
}
