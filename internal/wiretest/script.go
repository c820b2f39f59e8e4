package wiretest

import (
	"strings"
	"testing"
	"time"
)

// step is one line clock or one call with its answer.
type step struct {
	where  string // FILE:LINE
	clock  time.Duration
	keep   string // the name that the credentials of the call before get
	drop   string // what is dropped, or
	renew  string // dropped and made anew
	scheme string
	action string
	attrs  map[string]string
	body   []string
	status string
	code   string
	answer []string
}

// parse reads a script; a script that cannot be read fails the test.
func parse(t *testing.T, name, text string) []step {
	t.Helper()
	var steps []step
	var lines *[]string // where the lines of a body or an answer go
	for n, line := range strings.Split(text, "\n") {
		where := name + ":" + itoa(n+1)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			lines = nil
		case word == "clock":
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			steps = append(steps, step{where: where, clock: d})
		case word == "keep":
			steps = append(steps, step{where: where, keep: rest})
		case word == "drop", word == "renew":
			s := call(where, strings.Fields("x "+rest))
			steps = append(steps, step{where: where, attrs: s.attrs, drop: s.action})
			if word == "renew" {
				steps[len(steps)-1].drop, steps[len(steps)-1].renew = "", s.action
			}
		case word == "call":
			steps = append(steps, call(where, strings.Fields(rest)))
			lines = &steps[len(steps)-1].body
		case word == "->" && len(steps) > 0:
			s := &steps[len(steps)-1]
			s.status, s.code, _ = strings.Cut(rest, " ")
			lines = &s.answer
		case lines != nil:
			*lines = append(*lines, line)
		default:
			t.Fatalf("%s: %q is outside a call", where, line)
		}
	}
	return steps
}

func call(where string, words []string) step {
	s := step{where: where, attrs: map[string]string{}}
	for i, w := range words {
		key, value, attr := strings.Cut(w, "=")
		switch {
		case attr:
			s.attrs[key] = value
		case i == 0:
			s.scheme = w
		default:
			s.action = w
		}
	}
	return s
}

func (s step) attr(name, fallback string) string {
	if v, ok := s.attrs[name]; ok {
		return v
	}
	return fallback
}
