// Package param is what a caller sent and what an action may be sent: every
// dialect fills one flat Bag of dotted names, and a Shape, read once from a
// request struct, takes out of it what the struct declares, typed and within
// its limits.
//
// Fields are strings, integers, booleans, pointers to these (nil: not given),
// slices and structs; their names are the wire's. The tag `api:"…"` takes,
// separated by commas:
//
//	required        must be given
//	default=X       stands in when it is not
//	min=N, max=N    bounds of a number, also of one kept as text
//	maxlen=N        characters of a text
//	maxitems=N      items of a list
//	enum=A|B        the values there are
//	digits          a text of decimal digits
//	comma           a list sent as one text, its items joined by commas
//	name=X          the wire's name, where the vendor broke its own rule
//
// What concerns two fields is a method Check() error on the struct.
//
// Limits: of a JSON body two thousand parameters, sixteen levels and names of 512
// bytes; no documented call comes near any of them. Those of a query or a form
// package sign counts.
package param

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"imageshare/sign"
)

// Kind is how a parameter came.
type Kind uint8

// The kinds. Raw is text of a query or a form, which stands for whatever its
// field is; the others are a JSON body's own types.
const (
	Raw Kind = iota
	Text
	Number
	Bool
	List   // a JSON array is here; its items follow as their own parameters
	Object // likewise a JSON object
	null   // is in no finished bag, but counts until then: to read it costs as much
)

// Param is one parameter under its dotted name, as Filters.1.Values.2. Numbers
// stay digits: account numbers must not pass through floats.
type Param struct {
	Name string
	Text string
	Kind Kind
}

// Bag holds a request's parameters, flat, in the order they came.
type Bag []Param

// Bounds of what is read at all; no documented call comes near them.
const (
	MaxParams = 2000
	maxDepth  = 16
	// maxName is of a whole dotted name, which stands anew in each one below it.
	maxName = 512
)

// Media types of bodies.
const (
	Form = "application/x-www-form-urlencoded"
	JSON = "application/json"
)

// IsForm reports whether a body is a form.
func IsForm(h http.Header) bool { return IsOf(h, Form) }

// IsOf reports whether a body is of a media type, whatever charset it names: the
// npm client aliyun-sdk names one.
func IsOf(h http.Header, kind string) bool {
	sent := h.Get("Content-Type")
	if sent == Form || sent == JSON { // as most write them
		return sent == kind
	}
	sent, _, _ = strings.Cut(sent, ";")
	return strings.EqualFold(strings.TrimSpace(sent), kind)
}

// FromForm makes a bag of decoded query and form parameters, leaving out those
// that skip says.
func FromForm(params []sign.Param, skip func(sign.Param) bool) Bag {
	b := make(Bag, 0, len(params))
	for _, p := range params {
		if !skip(p) {
			b = append(b, Param{Name: p.Name, Text: p.Value})
		}
	}
	return b
}

// FromJSON flattens a JSON object. A null is absent; a name given twice, one
// with a dot, one too long and anything that is not one JSON object is
// ErrMalformed.
func FromJSON(body []byte) (Bag, error) {
	r := readings.Get().(*reading)
	defer r.end()
	d := r.begin(body)
	if d.PeekKind() != '{' {
		return nil, malformed("body", "is not a JSON object")
	}
	b, err := flatten(d, nil, "", 0)
	if err != nil {
		return nil, jsonError(err)
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, malformed("body", "goes on after its JSON object")
	}
	return slices.DeleteFunc(b, func(p Param) bool { return p.Kind == null }), nil
}

// reading is a decoder at a body. It is used again: making one costs more than a
// body of one parameter.
type reading struct {
	decoder *jsontext.Decoder
	body    bytes.Buffer
}

var readings = sync.Pool{New: func() any { return &reading{decoder: jsontext.NewDecoder(new(bytes.Buffer))} }}

// begin leaves nothing of an earlier body.
func (r *reading) begin(body []byte) *jsontext.Decoder {
	r.body = *bytes.NewBuffer(body)
	r.decoder.Reset(&r.body)
	return r.decoder
}

// end lets go of the body, which would be held as long as the decoder.
func (r *reading) end() {
	r.begin(nil)
	readings.Put(r)
}

// jsonError names the place where a body stopped being acceptable JSON.
func jsonError(err error) error {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return err
	}
	field := strings.ReplaceAll(strings.TrimPrefix(string(syntactic.JSONPointer), "/"), "/", ".")
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return malformed(field, "is given twice")
	}
	return malformed("body", "is not valid JSON at byte "+strconv.FormatInt(syntactic.ByteOffset, 10))
}

// flatten appends the next value under a name.
func flatten(d *jsontext.Decoder, b Bag, name string, depth int) (Bag, error) {
	if depth > maxDepth {
		return nil, malformed(name, "is nested too deeply")
	}
	if len(b) >= MaxParams {
		return nil, malformed(name, "comes after more parameters than any call has")
	}
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case '{':
		return flattenObject(d, add(b, name, "", Object), name, depth)
	case '[':
		return flattenList(d, add(b, name, "", List), name, depth)
	case '"':
		return add(b, name, t.String(), Text), nil
	case '0':
		return add(b, name, t.String(), Number), nil
	case 't', 'f':
		return add(b, name, t.String(), Bool), nil
	}
	return add(b, name, "", null), nil
}

// add appends a parameter; the body itself has no name and is none.
func add(b Bag, name, text string, k Kind) Bag {
	if name == "" {
		return b
	}
	return append(b, Param{Name: name, Text: text, Kind: k})
}

func flattenObject(d *jsontext.Decoder, b Bag, name string, depth int) (Bag, error) {
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := t.String()
		if len(name)+len(key) > maxName {
			return nil, malformed(name, "has a name in it that is longer than any parameter's")
		}
		if key == "" || strings.Contains(key, ".") {
			return nil, malformed(under(name, key), "is no name of a parameter")
		}
		if b, err = flatten(d, b, under(name, key), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return b, err
}

func flattenList(d *jsontext.Decoder, b Bag, name string, depth int) (Bag, error) {
	var err error
	for i := 0; ; i++ {
		switch d.PeekKind() {
		case ']', 0:
			_, err = d.ReadToken()
			return b, err
		}
		if b, err = flatten(d, b, under(name, strconv.Itoa(i)), depth+1); err != nil {
			return nil, err
		}
	}
}

func under(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

func malformed(field, reason string) error {
	return &Error{Rule: ErrMalformed, Field: field, Reason: reason}
}

// Distinct counts a name that is given twice with one value once. The Python
// SDK of Alibaba Cloud sends a region in the query that a caller put into the
// form as well, and signs it once.
func Distinct(params []sign.Param) []sign.Param {
	seen := make(map[sign.Param]bool, len(params))
	return slices.DeleteFunc(params, func(p sign.Param) bool {
		again := seen[p]
		seen[p] = true
		return again
	})
}

// Unique refuses a name given twice: two readers might take two values.
func Unique(params []sign.Param) error {
	seen := make(map[string]bool, len(params))
	for _, p := range params {
		if seen[p.Name] {
			return malformed(p.Name, "is given twice")
		}
		seen[p.Name] = true
	}
	return nil
}

// Value is the first value of a name, "" if it was not given.
func Value(params []sign.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
