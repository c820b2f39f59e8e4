package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// JSON in the nodes of YAML, and back: one form for whatever reads or writes.

// checkJSON is nil if data is one JSON value, else an *Error with the line.
// Names given twice are for the check of the tree, which knows both lines.
func checkJSON(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	err := d.SkipValue()
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	at, reason := len(data), "it ends too early"
	if bad := (*jsontext.SyntacticError)(nil); errors.As(err, &bad) && !errors.Is(err, io.ErrUnexpectedEOF) {
		// The decoder's words may quote what stands there, which may be a secret.
		at, reason = int(bad.ByteOffset), "look for a comma, quote or bracket too many or too few, or a broken \\ escape"
	} else if err == nil {
		at, reason = int(d.InputOffset()), "something stands behind its end"
	}
	return &Error{Line: lineAt(data, at), Reason: fmt.Sprintf("not JSON at column %d: %s", at-bytes.LastIndexByte(data[:at], '\n'), reason)}
}

func lineAt(data []byte, offset int) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }

// readJSON turns text that checkJSON found sound into nodes.
func readJSON(data []byte) *yaml.Node {
	r := jsonReader{data: data, line: 1}
	r.d = jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	return r.value()
}

// jsonReader counts lines as it goes: a token holds no line end, so where it
// ends is where it stands.
type jsonReader struct {
	d    *jsontext.Decoder
	data []byte
	at   int64
	line int
}

func (r *jsonReader) token() jsontext.Token {
	t, err := r.d.ReadToken()
	if err != nil {
		panic("unreachable: the text was checked: " + err.Error())
	}
	r.line += bytes.Count(r.data[r.at:r.d.InputOffset()], []byte("\n"))
	r.at = r.d.InputOffset()
	return t
}

// value is the next value. A number keeps its digits and gets no tag: see kind.
func (r *jsonReader) value() *yaml.Node {
	t := r.token()
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.line, Value: t.String()}
	switch t.Kind() {
	case '{':
		n.Kind, n.Value = yaml.MappingNode, ""
		r.items(n)
	case '[':
		n.Kind, n.Value = yaml.SequenceNode, ""
		r.items(n)
	case '"':
		n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
	case 't', 'f':
		n.Tag = "!!bool"
	case 'n':
		n.Tag = "!!null"
	}
	return n
}

// items reads names and values alike: nodes keep a mapping as a list of both.
func (r *jsonReader) items(n *yaml.Node) {
	for r.d.PeekKind() != '}' && r.d.PeekKind() != ']' {
		n.Content = append(n.Content, r.value())
	}
	r.token()
}

// appendJSON writes a node as JSON. It fails on a number that JSON cannot write.
func appendJSON(b []byte, n *yaml.Node) ([]byte, error) {
	switch kind(n) {
	case aList, aMap:
		return appendItems(b, n)
	case number:
		return append(b, n.Value...), nil
	case truth:
		return fmt.Append(b, isTrue(n)), nil
	case noValue:
		return append(b, "null"...), nil
	case oddity:
		return nil, &Error{Line: n.Line, Reason: fmt.Sprintf("%s is %s: quote it if it is text", n.Value, oddity)}
	}
	return appendText(b, n.Value), nil
}

func appendItems(b []byte, n *yaml.Node) ([]byte, error) {
	open, end, step := byte('['), byte(']'), 1
	if n.Kind == yaml.MappingNode {
		open, end, step = '{', '}', 2
	}
	b = append(b, open)
	for i := 0; i < len(n.Content); i += step {
		if i > 0 {
			b = append(b, ',')
		}
		if step == 2 {
			b = append(appendText(b, n.Content[i].Value), ':')
		}
		var err error
		if b, err = appendJSON(b, n.Content[i+step-1]); err != nil {
			return nil, err
		}
	}
	return append(b, end), nil
}

func appendText(b []byte, s string) []byte {
	b, err := jsontext.AppendQuote(b, s)
	if err != nil {
		panic("unreachable: a file that is no UTF-8 was refused: " + err.Error())
	}
	return b
}
