package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// both is our handler and slog's, each with where it writes.
type both struct {
	ours, slogs slog.Handler
	our, their  bytes.Buffer
}

func newBoth(level slog.Level) *both {
	var b both
	o := &slog.HandlerOptions{Level: level}
	b.ours, b.slogs = newText(&b.our, o), slog.NewTextHandler(&b.their, o)
	return &b
}

// same writes a record in both ways.
func (b *both) same(t *testing.T, r slog.Record) {
	t.Helper()
	b.our.Reset()
	b.their.Reset()
	ctx := context.Background()
	if err := errors.Join(b.ours.Handle(ctx, r.Clone()), b.slogs.Handle(ctx, r.Clone())); err != nil {
		t.Fatal(err)
	}
	if got, want := b.our.String(), b.their.String(); got != want {
		t.Errorf("wrote\n%q, slog\n%q", got, want)
	}
}

// with adds to both.
func (b *both) with(group string, attrs []slog.Attr) {
	if group != "" {
		b.ours, b.slogs = b.ours.WithGroup(group), b.slogs.WithGroup(group)
	}
	b.ours, b.slogs = b.ours.WithAttrs(slices.Clone(attrs)), b.slogs.WithAttrs(slices.Clone(attrs))
}

// maker are records maker of a seed, and of texts that are odd.
type maker struct {
	*rand.Rand
	texts []string
}

var odd = []string{
	"", "a", "plain-text_0.9:/", "two words", "a=b", `a"b`, `a\b`, "a\nb", "\t", "\x00", "\x7f", "é", "日本", "a\u00a0b", "a\u2028b", "\u0085",
	"\xff", "a\xc3", "\ufffd", "\U0001f600", "\u200b", "\ue000", "%41", "{}", "[]", "'", "`", strings.Repeat("a", 300), strings.Repeat("é", 100) + " ",
}

func (m maker) text() string {
	switch m.IntN(3) {
	case 0:
		b := make([]byte, m.IntN(20))
		for i := range b {
			b[i] = byte(m.IntN(256))
		}
		return string(b)
	case 1:
		return string(rune(m.IntN(0x3000))) + m.texts[m.IntN(len(m.texts))]
	}
	return m.texts[m.IntN(len(m.texts))]
}

// number is large and small in turn.
func (m maker) number() int64 { return int64(m.Uint64()) >> m.IntN(64) }

func (m maker) time() time.Time {
	zones := []*time.Location{time.UTC, time.Local, time.FixedZone("", 8*3600), time.FixedZone("x", -3*3600-30*60), time.FixedZone("", 7)}
	switch m.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(m.number()%(1<<40), m.Int64N(1e9)).In(zones[m.IntN(len(zones))])
	case 2:
		return time.Date(m.IntN(3)+[]int{0, 1969, 9998}[m.IntN(3)], 12, 31, 23, 59, 59, m.IntN(1e9), zones[m.IntN(len(zones))])
	case 3:
		return time.Now()
	}
	// Of few seconds, so that one is met again.
	return time.Unix(1_800_000_000+m.Int64N(3), m.Int64N(1e9)).In(zones[m.IntN(len(zones))])
}

// valued is a value that is worked out when a line is made.
type valued struct{ v slog.Value }

func (v valued) LogValue() slog.Value { return v.v }

// pointed is a value that tells itself, and panics where it is nil.
type pointed struct{ text string }

func (p *pointed) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// failing is a value that cannot tell itself.
type failing struct{}

func (failing) MarshalText() ([]byte, error) { return nil, errors.New("no text") }

func (m maker) value(depth int) slog.Value {
	if m.IntN(2) == 0 {
		return slog.StringValue(m.text())
	}
	kinds := []func() slog.Value{
		func() slog.Value { return slog.Int64Value(m.number()) },
		func() slog.Value { return slog.DurationValue(time.Duration(m.number())) },
		func() slog.Value { return slog.Uint64Value(m.Uint64()) },
		func() slog.Value { return slog.BoolValue(m.IntN(2) == 0) },
		func() slog.Value { return slog.Float64Value(math.Float64frombits(m.Uint64())) },
		func() slog.Value { return slog.TimeValue(m.time()) },
		func() slog.Value { return slog.AnyValue(errors.New(m.text())) },
		func() slog.Value { return slog.AnyValue(nil) },
		func() slog.Value { return slog.AnyValue([]string{m.text(), m.text()}) },
		func() slog.Value { return slog.AnyValue([]byte(m.text())) },
		func() slog.Value { return slog.AnyValue(&pointed{m.text()}) },
		func() slog.Value { return slog.AnyValue((*pointed)(nil)) },
		func() slog.Value { return slog.AnyValue(failing{}) },
		func() slog.Value { return slog.AnyValue(slog.Level(m.IntN(20) - 10)) },
		func() slog.Value { return slog.AnyValue(valued{m.value(depth + 1)}) },
		func() slog.Value { return slog.AnyValue(struct{ A, B string }{m.text(), m.text()}) },
		func() slog.Value { return slog.AnyValue(&slog.Source{File: m.text(), Line: m.IntN(9)}) },
		func() slog.Value { return slog.GroupValue(m.attrs(depth + 1)...) },
	}
	return kinds[m.IntN(len(kinds))]()
}

func (m maker) attrs(depth int) []slog.Attr {
	if depth > 3 {
		return nil
	}
	list := make([]slog.Attr, m.IntN(10))
	for i := range list {
		if m.IntN(20) > 0 {
			list[i] = slog.Attr{Key: m.text(), Value: m.value(depth)}
		}
	}
	return list
}

// plain are attributes like those of a request's line.
func (m maker) plain() []slog.Attr {
	list := make([]slog.Attr, m.IntN(14))
	for i := range list {
		list[i] = slog.String(m.text(), m.text())
		if m.IntN(4) == 0 {
			list[i] = slog.Int64(m.text(), m.number())
		}
		if m.IntN(8) == 0 {
			list[i] = slog.Duration(m.text(), time.Duration(m.number()))
		}
	}
	return list
}

func (m maker) record() slog.Record {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError, slog.Level(m.IntN(40) - 20)}
	r := slog.NewRecord(m.time(), levels[m.IntN(len(levels))], m.text(), 0)
	switch m.IntN(4) {
	case 0:
		r.AddAttrs(m.plain()...)
	case 1: // as a request's line is
		r.AddAttrs(slog.Attr{Value: slog.GroupValue(m.plain()...)})
	default:
		r.AddAttrs(m.attrs(0)...)
	}
	return r
}

// writesTheSame makes records of a seed, and loggers with groups and attributes.
func writesTheSame(t *testing.T, seed uint64, texts ...string) {
	m := maker{rand.New(rand.NewPCG(seed, 0)), append(slices.Clone(odd), texts...)}
	b := newBoth(slog.LevelInfo)
	for range 3 {
		for range 8 {
			b.same(t, m.record())
		}
		b.with(m.text(), m.attrs(0))
	}
}

func TestTextWritesAsSlogDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		if writesTheSame(t, seed); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzTextWritesAsSlogDoes(f *testing.F) {
	for seed, text := range odd {
		f.Add(uint64(seed), text)
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) { writesTheSame(t, seed, text) })
}

// TestTextOfEveryByte writes each, and each rune of the first plane, alone and
// beside others, and each at every place of a text that is looked at eight bytes
// at a time.
func TestTextOfEveryByte(t *testing.T) {
	t.Parallel()
	b := newBoth(slog.LevelInfo)
	for n := range 0x11000 {
		r := slog.NewRecord(time.Unix(1, 0), slog.LevelInfo, string(rune(n)), 0)
		r.AddAttrs(slog.String("k", "é"+string(rune(n))), slog.String("b", "a"+string([]byte{byte(n)})+"a"))
		long := []byte("abcdefghijklmnopq")
		long[(n>>8)%len(long)] = byte(n)
		r.AddAttrs(slog.String("long", string(long)))
		b.same(t, r)
	}
}

func TestTextLevels(t *testing.T) {
	t.Parallel()
	b := newBoth(slog.LevelWarn)
	for level := slog.Level(-10); level < 20; level++ {
		if b.ours.Enabled(t.Context(), level) != b.slogs.Enabled(t.Context(), level) {
			t.Errorf("level %v", level)
		}
	}
}

// writes counts them.
type writes struct{ n int }

func (w *writes) Write(b []byte) (int, error) { w.n++; return len(b), nil }

// requested is a record as package server makes one for each request.
func requested() slog.Record {
	r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
	r.AddAttrs(
		slog.String("request", "3f924106-a2ec-42cc-94cb-b33756d68a73"), slog.String("wire", "tencent-3.0"), slog.String("door", "header"),
		slog.String("action", "DescribeImageSharePermission"), slog.String("actor", "tencent/100000000001"), slog.String("source", "127.0.0.1"),
		slog.Int("status", 200), slog.String("code", ""), slog.Duration("took", 123456*time.Nanosecond),
	)
	return r
}

func TestTextLineIsOneWriteAndNoAllocation(t *testing.T) {
	var w writes
	h, r := newText(&w, nil), requested()
	n := testing.AllocsPerRun(100, func() { _ = h.Handle(context.Background(), r) })
	if w.n != 101 || n != 0 {
		t.Errorf("%d writes of 101 lines, %v allocations for each", w.n, n)
	}
}

// TestTextByMany has lines of one handler, of those derived from it, and of
// slog's own way.
func TestTextByMany(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	to := &lines{to: &out}
	log := slog.New(newText(to, nil))
	done := make(chan struct{})
	for i := range 4 {
		go func() {
			for range 100 {
				log.Info("one", "n", i)
				log.With("n", i).Info("one")
				log.Info("one", "n", any([]int{i}))
			}
			done <- struct{}{}
		}()
	}
	for range 4 {
		<-done
	}
	to.flush()
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "time=") || !strings.Contains(line, " level=INFO msg=one n=") {
			t.Errorf("%q", line)
		}
	}
	if n := strings.Count(out.String(), "\n"); n != 4*300 {
		t.Errorf("%d lines", n)
	}
}

// BenchmarkText is one request's line in our way and in slog's.
func BenchmarkText(b *testing.B) {
	r := requested()
	for name, h := range map[string]slog.Handler{"ours": newText(io.Discard, nil), "slog": slog.NewTextHandler(io.Discard, nil)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = h.Handle(context.Background(), r)
			}
		})
	}
}
