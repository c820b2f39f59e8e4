package policy

import (
	"strings"
	"unicode/utf8"
)

// pattern is text in which * stands for any text, also none, and ? for one
// character. RAM says so of StringLike; that it holds everywhere else too, and
// in CAM, is decided here: no name in either cloud has a ? of its own.
type pattern struct {
	head string // up to the first wildcard: most patterns fail here
	wild string // from it on
}

func newPattern(text string) pattern {
	if i := strings.IndexAny(text, "*?"); i >= 0 {
		return pattern{text[:i], text[i:]}
	}
	return pattern{head: text}
}

func (p pattern) matches(s string) bool {
	rest, ok := strings.CutPrefix(s, p.head)
	switch {
	case !ok:
		return false
	case p.wild == "" || p.wild == "*":
		return p.wild == "*" || rest == ""
	}
	return match(p.wild, rest)
}

// match goes back to the last * alone, never to one before it: what that one
// could take more, the last one can take too. So the time is bounded by the
// product of both lengths, whatever a stranger writes.
//
// A * in s is itself a wildcard (a request for image/* asks for every image),
// which nothing less than a * covers.
func match(p, s string) bool {
	star, retry := -1, 0 // behind the last *, and from where in s to go on then
	i, j := 0, 0
	for j < len(s) {
		if i < len(p) && p[i] == '*' {
			i++
			star, retry = i, j
			continue
		}
		if n := step(p[i:], s[j:]); n > 0 {
			i, j = i+1, j+n
			continue
		}
		if star < 0 {
			return false
		}
		retry += width(s[retry:])
		i, j = star, retry
	}
	return strings.Trim(p[i:], "*") == ""
}

// step is how much of s the first byte of p takes, 0 where it does not fit.
func step(p, s string) int {
	switch {
	case p == "":
		return 0
	case p[0] == '?' && s[0] != '*':
		return width(s)
	case p[0] == s[0]:
		return 1
	}
	return 0
}

// width is the length of the first character.
func width(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}
