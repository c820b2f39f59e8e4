package policy

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds well above the vendors' own (both some six thousand characters), so
// that a document from a stranger costs little.
const (
	maxSize  = 32 << 10
	maxDepth = 8 // a condition's list of values is the sixth level
)

// value is one JSON value. Go's own types would turn numbers into floats and
// lose the order of keys.
type value struct {
	kind  jsontext.Kind // { [ " 0 t f n
	text  string        // a string's content; a number, true, false or null as written
	names []string      // of an object's members
	items []value       // of a list, or an object's members
}

// words name a kind of value for people.
var words = map[jsontext.Kind]string{
	'{': "an object", '[': "a list", '"': "text", '0': "a number", 't': "true", 'f': "false", 'n': "null",
}

// read is the one value that a document is. Names given twice and broken text
// are errors: two readers could take them differently.
func read(doc []byte) (value, error) {
	if len(doc) > maxSize {
		return value{}, wrong("", "%d bytes are too many for a policy: at most %d", len(doc), maxSize)
	}
	d := jsontext.NewDecoder(bytes.NewReader(doc))
	v, err := readValue(d)
	if err != nil {
		return value{}, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return value{}, wrong("", "something stands after the document")
	}
	return v, nil
}

// readValue goes no deeper than a sound document does, whatever the decoder allows.
func readValue(d *jsontext.Decoder) (value, error) {
	t, err := d.ReadToken()
	if err != nil {
		return value{}, syntax(err)
	}
	v := value{kind: t.Kind()}
	switch v.kind {
	case '"', '0', 't', 'f', 'n':
		v.text = t.String()
	case '{', '[':
		if d.StackDepth() > maxDepth {
			return value{}, wrong("", "nested deeper than %d levels", maxDepth)
		}
		return v, v.readItems(d)
	}
	return v, nil
}

// readItems leaves mismatched brackets to the decoder, which knows them.
func (v *value) readItems(d *jsontext.Decoder) error {
	for d.PeekKind() != '}' && d.PeekKind() != ']' {
		if v.kind == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return syntax(err)
			}
			v.names = append(v.names, name.String())
		}
		item, err := readValue(d)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	if _, err := d.ReadToken(); err != nil {
		return syntax(err)
	}
	return nil
}

// syntax words the decoder's error without its package's name.
func syntax(err error) error {
	var bad *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wrong("", "not JSON: it ends too early")
	case errors.As(err, &bad):
		return wrong("", "not JSON: %v at byte %d", bad.Err, bad.ByteOffset)
	}
	return wrong("", "not JSON: %v", err)
}

// appendTo writes the value as compact JSON.
func (v value) appendTo(b []byte) []byte {
	switch v.kind {
	case '"':
		return quote(b, v.text)
	case '0', 't', 'f', 'n':
		return append(b, v.text...)
	}
	b = append(b, byte(v.kind))
	for i, item := range v.items {
		if i > 0 {
			b = append(b, ',')
		}
		if v.kind == '{' {
			b = append(quote(b, v.names[i]), ':')
		}
		b = item.appendTo(b)
	}
	// In ASCII both closing brackets stand two behind their opening ones.
	return append(b, byte(v.kind)+2)
}

// quote escapes only what JSON must have escaped, so that one text has one form.
func quote(b []byte, s string) []byte {
	b, err := jsontext.AppendQuote(b, s)
	if err != nil {
		panic("unreachable: the decoder refused broken text: " + strconv.Quote(s))
	}
	return b
}
