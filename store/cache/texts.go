package cache

import (
	"strings"
	"unsafe"
)

// unless is a text that is 0 as it was, else its number if it is among the first
// of some that asked for one; where none shall have one it is spelled.
func unless[S ~string](c *codec, s *S, was S, first int) {
	switch {
	case c.reading:
		if n := c.next(); n > 0 && first > 0 {
			*s = S(c.known(n - 1))
		} else if n > 0 {
			*s = S(c.spelled(n - 1))
		}
	case *s == was:
		c.write(0)
	case first > 0:
		c.name(string(*s), first)
	default:
		c.spell(string(*s))
	}
}

// word is a text that is a record's own, but for what stands before its last
// hyphen, with which others may begin.
func word[S ~string](c *codec, s *S, was S) { unless(c, s, was, 0) }

// own is a word that was nothing.
func own[S ~string](c *codec, s *S) { word(c, s, "") }

// spell writes one more than twice the length of what is a text's own, or one
// more than that and the number of what stands before.
func (c *codec) spell(s string) {
	number, begins := c.beginning(s)
	n := 2 * uint64(len(s)-begins)
	if begins > 0 {
		c.write(2 + n)
		c.write(number)
	} else {
		c.write(1 + n)
	}
	c.room += begins
	c.give(s[begins:])
}

// beginning is what others may begin with, and how long it is; 0 if it has no number.
func (c *codec) beginning(s string) (number uint64, length int) {
	const most = 2 * longest
	if length = strings.LastIndexByte(s, '-') + 1; 0 < length && length <= most {
		number = c.terms.number(s[:length], maxFree)
	}
	if number == 0 {
		length = 0
	}
	return number, length
}

func (c *codec) spelled(bits uint64) string {
	from := len(c.texts)
	if bits%2 > 0 {
		c.texts = append(c.texts, c.terms.text(c.next())...)
	}
	c.take(bits / 2)
	return c.text(from)
}

// give writes the bytes of a text.
func (c *codec) give(s string) {
	c.out = append(c.out, s...)
	c.room += len(s)
}

// take reads the bytes of a text.
func (c *codec) take(n uint64) string {
	if n > uint64(len(c.in)-c.at) {
		c.broken = true
		return ""
	}
	from := len(c.texts)
	c.texts = append(c.texts, c.in[c.at:c.at+int(n)]...)
	c.at += int(n)
	return c.text(from)
}

// plain is a text that begins like no other, as what is sealed does.
func plain[S ~string](c *codec, s *S) {
	if c.reading {
		*s = S(c.take(c.next()))
		return
	}
	c.whole(string(*s))
}

// whole writes a text behind its length, which take and next read.
func (c *codec) whole(s string) {
	c.write(uint64(len(s)))
	c.give(s)
}

// text is what was read last, from a place on. Nobody writes there again. It is
// part of all texts of its record: whoever keeps one for long keeps a copy.
func (c *codec) text(from int) string {
	b := c.texts[from:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// term is one of few texts of the vendors'.
func term[S ~string](c *codec, s *S, was S) { unless(c, s, was, maxTerms) }

// phrase is a text of anybody's that many records may have.
func phrase[S ~string](c *codec, s *S, was S) { unless(c, s, was, maxFree) }

// name writes one more than a text's number, or where it has none, 1 and the text.
func (c *codec) name(s string, first int) {
	n := c.terms.number(s, first)
	if c.write(1 + n); n == 0 {
		c.whole(s)
	}
}

// known is the text of a number, or for 0 the one that follows.
func (c *codec) known(n uint64) string {
	if n == 0 {
		return c.take(c.next())
	}
	return c.terms.text(n)
}
