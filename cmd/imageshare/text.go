package main

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// text is slog's text handler, with a shorter way for lines like those of
// requests: texts, whole numbers and durations, in no group. They are the same
// to the byte for a third of the work, and every request writes one. All other
// lines are made by slog's own handler, which is embedded.
type text struct {
	slog.Handler
	to io.Writer
	// second is the last second that a line was of, for the next of it.
	second *atomic.Pointer[second]
}

func newText(to io.Writer, o *slog.HandlerOptions) text {
	return text{slog.NewTextHandler(to, o), to, new(atomic.Pointer[second])}
}

// linesMade are buffers of lines that were written.
var linesMade = sync.Pool{New: func() any { return new(make([]byte, 0, 1<<10)) }}

// Handle writes a line at once: whoever takes it takes it whole.
func (h text) Handle(ctx context.Context, r slog.Record) error {
	made := linesMade.Get().(*[]byte)
	line, ok := h.append((*made)[:0], r)
	if !ok {
		linesMade.Put(made)
		return h.Handler.Handle(ctx, r)
	}
	_, err := h.to.Write(line)
	if *made = line; cap(line) <= maxLine {
		linesMade.Put(made)
	}
	return err
}

// maxLine bounds the buffers that are kept: a line with a stack is rare.
const maxLine = 16 << 10

// append makes a line, or leaves it to slog's own.
func (h text) append(b []byte, r slog.Record) (_ []byte, ok bool) {
	b = append(b, "time="...)
	if b, ok = h.appendTime(b, r.Time); !ok {
		return b, false
	}
	b = append(b, " level="...)
	b = append(b, r.Level.String()...)
	b = append(b, " msg="...)
	b = appendText(b, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		b, ok = appendAttr(b, a)
		return ok
	})
	return append(b, '\n'), ok
}

func appendAttr(b []byte, a slog.Attr) (_ []byte, ok bool) {
	switch {
	case a.Key != "":
	case a.Value.Kind() == slog.KindGroup:
		return appendGroup(b, a.Value.Group())
	default: // which may be no attribute at all
		return b, false
	}
	b = append(b, ' ')
	b = appendText(b, a.Key)
	b = append(b, '=')
	switch a.Value.Kind() {
	case slog.KindString:
		return appendText(b, a.Value.String()), true
	case slog.KindInt64:
		return strconv.AppendInt(b, a.Value.Int64(), 10), true
	case slog.KindDuration:
		return append(b, a.Value.Duration().String()...), true
	}
	return b, false
}

// appendGroup is for a group without a name, which is as if each of it stood by
// itself.
func appendGroup(b []byte, group []slog.Attr) (_ []byte, ok bool) {
	for _, a := range group {
		if b, ok = appendAttr(b, a); !ok {
			return b, false
		}
	}
	return b, true
}

// appendText quotes what could be taken for more than one value.
func appendText(b []byte, s string) []byte {
	if quoted(s) {
		return strconv.AppendQuote(b, s)
	}
	return append(b, s...)
}

func quoted(s string) bool {
	for i := bareEights(s); i < len(s); i++ {
		if !bare[s[i]] {
			return quotedRunes(s[i:])
		}
	}
	return s == ""
}

// bareEights is how many bytes a text begins with that are bare, looked at eight
// at a time: one that is below another has its highest bit set when that is
// taken away. What it borrows makes none look bare that is not.
func bareEights(s string) (n int) {
	const each = 0x0101010101010101
	for ; n+8 <= len(s); n += 8 {
		b := s[n : n+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		if (w|(w-each*'!')|((w^each*'"')-each)|((w^each*'=')-each))&(each<<7) != 0 {
			return n
		}
	}
	return n
}

// bare are the bytes that need no look at their neighbours, and no quotes.
var bare = func() (is [256]bool) {
	for b := byte('!'); b < utf8.RuneSelf; b++ {
		is[b] = b != '"' && b != '='
	}
	return is
}()

func quotedRunes(s string) bool {
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf && !bare[s[i]], r == utf8.RuneError, r >= utf8.RuneSelf && !unicode.IsPrint(r):
			return true
		}
	}
	return false
}

// second is how all times of one second in one zone are written.
type second struct {
	unix   int64
	zone   *time.Location
	before string // 2006-01-02T15:04:05.
	after  string // Z07:00
}

// appendTime is for years of four digits, without the first: no time is in it.
func (h text) appendTime(b []byte, t time.Time) (_ []byte, ok bool) {
	s := h.second.Load()
	if s == nil || s.unix != t.Unix() || s.zone != t.Location() {
		if y := t.Year(); y <= 1 || y > 9999 {
			return b, false
		}
		s = &second{t.Unix(), t.Location(), t.Format("2006-01-02T15:04:05."), t.Format("Z07:00")}
		h.second.Store(s)
	}
	milli := t.Nanosecond() / 1e6
	b = append(b, s.before...)
	b = append(b, byte('0'+milli/100), byte('0'+milli/10%10), byte('0'+milli%10))
	return append(b, s.after...), true
}
