package api

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// An answer is written by what was made of its type once, at start: a list of
// ten shares takes a third of the time that looking at the type each time takes.
// What comes out is what package json writes, byte for byte (a test holds every
// action's answer to that): names in the order of the fields, nil lists as [].

// encoder appends the value of its type that is at a place in memory. A page of
// a hundred images is some two thousand values, and to be asked for a field or an
// item, with all checks, takes a reflect.Value longer than the text in it does.
type encoder func(b []byte, at unsafe.Pointer) ([]byte, error)

func encoderOf(t reflect.Type) encoder {
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return appendText(b, *(*string)(at)) }
	case reflect.Bool:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return strconv.AppendBool(b, *(*bool)(at)), nil }
	case reflect.Int:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) {
			return strconv.AppendInt(b, int64(*(*int)(at)), 10), nil
		}
	case reflect.Int64:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return strconv.AppendInt(b, *(*int64)(at), 10), nil }
	case reflect.Pointer:
		return pointerEncoder(t, "null")
	case reflect.Slice:
		return sliceEncoder(t)
	case reflect.Struct:
		return structEncoder(t)
	}
	panic(fmt.Sprintf("api: no answer is a %s", t))
}

// appendText quotes a text. Most have nothing to escape, and to look for that
// first takes a third of the time that the library does.
func appendText(b []byte, s string) ([]byte, error) { return endText(append(b, '"'), s) }

// endText writes a text whose first quote is written.
func endText(b []byte, s string) ([]byte, error) {
	if !plain(s) {
		return jsontext.AppendQuote(b[:len(b)-1], s)
	}
	return append(append(b, s...), '"'), nil
}

// plain reports whether no byte of a text must be escaped, and none is beyond
// ASCII, where it may be no UTF-8. Of eight bytes or more it looks at eight at a
// time, the last of which it may have seen.
func plain(s string) bool {
	if len(s) < 8 {
		return plainShort(s)
	}
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for rest := b; len(rest) > 8; rest = rest[8:] {
		if specialIn(binary.LittleEndian.Uint64(rest)) {
			return false
		}
	}
	return !specialIn(binary.LittleEndian.Uint64(b[len(b)-8:]))
}

// specialIn looks at eight bytes: one that is below another has its highest bit
// set when that is taken away. What it borrows then makes none look special but
// beside a special one.
func specialIn(w uint64) bool {
	const each = 0x0101010101010101
	below := w - each*' '
	quote := (w ^ each*'"') - each
	slash := (w ^ each*'\\') - each
	return (w|below|quote|slash)&(each<<7) != 0
}

func plainShort(s string) bool {
	for i := range len(s) {
		if special[s[i]] {
			return false
		}
	}
	return true
}

var special = func() (is [256]bool) {
	for c := range is {
		is[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return is
}()

// pointerEncoder writes what a pointer leads to, or what stands for none.
func pointerEncoder(t reflect.Type, none string) encoder {
	elem := encoderOf(t.Elem())
	return func(b []byte, at unsafe.Pointer) ([]byte, error) {
		to := *(*unsafe.Pointer)(at)
		if to == nil {
			return append(b, none...), nil
		}
		return elem(b, to)
	}
}

func sliceEncoder(t reflect.Type) encoder {
	elem, size := encoderOf(t.Elem()), t.Elem().Size()
	return func(b []byte, at unsafe.Pointer) (_ []byte, err error) {
		list := *(*[]struct{})(at) // the length is where it is in every slice
		place := unsafe.Pointer(unsafe.SliceData(list))
		b = append(b, '[')
		for i := range list {
			if i > 0 {
				b = append(b, ',')
			}
			var fault error
			if b, fault = elem(b, unsafe.Add(place, uintptr(i)*size)); fault != nil {
				err = fault
			}
		}
		return append(b, ']'), err
	}
}

// member is one field of a struct.
type member struct {
	offset uintptr
	name   name
	zero   func(at unsafe.Pointer) bool // whether it is left out; nil: never
	encode encoder                      // nil: it is a text, as most are
}

// name is a member's, with a comma before it, its quotes and its colon, and of a
// text the quote that begins it. What has a place for all of start is written
// as that, in fewer steps than a text of any length takes.
type name struct {
	text  string
	start [32]byte
}

func newName(text string) name {
	n := name{text: text}
	copy(n.start[:], text)
	return n
}

func (n *name) append(b []byte) []byte {
	end := len(b) + len(n.start)
	if end > cap(b) || len(n.text) > len(n.start) {
		return append(b, n.text...)
	}
	*(*[len(n.start)]byte)(b[len(b):end]) = n.start
	return b[:len(b)+len(n.text)]
}

type members []member

func structEncoder(t reflect.Type) encoder {
	if t.NumField() == 1 && t.Field(0).Anonymous {
		return pointerEncoder(t.Field(0).Type, "{}") // its fields, or none where it is nil
	}
	return membersOf(t).append
}

func membersOf(t reflect.Type) (all members) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			panic(fmt.Sprintf("api: %s embeds something beside other fields", t))
		}
		spelled, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		spelled = `,"` + cmp.Or(spelled, f.Name) + `":`
		m := member{offset: f.Offset, name: newName(spelled)}
		if f.Type.Kind() == reflect.String {
			m.name = newName(spelled + `"`)
		} else {
			m.encode = encoderOf(f.Type)
		}
		if options == "omitzero" {
			m.zero = zeroOf(f.Type)
		}
		all = append(all, m)
	}
	return all
}

// append writes a brace over the comma before the first.
func (all members) append(b []byte, at unsafe.Pointer) (_ []byte, err error) {
	begin := len(b)
	for i := range all {
		m, fault := &all[i], error(nil)
		field := unsafe.Add(at, m.offset)
		if m.zero != nil && m.zero(field) {
			continue
		}
		b = m.name.append(b)
		if m.encode == nil {
			b, fault = endText(b, *(*string)(field))
		} else {
			b, fault = m.encode(b, field)
		}
		if fault != nil {
			err = fault
		}
	}
	if len(b) == begin {
		return append(b, "{}"...), err
	}
	b[begin] = '{'
	return append(b, '}'), err
}

func zeroOf(t reflect.Type) func(unsafe.Pointer) bool {
	if t.Kind() == reflect.String {
		return func(at unsafe.Pointer) bool { return *(*string)(at) == "" }
	}
	return func(at unsafe.Pointer) bool { return reflect.NewAt(t, at).Elem().IsZero() }
}

// AppendJSON appends what Call returned. Text that is not UTF-8 is an error;
// it is appended all the same, with what cannot be written replaced.
func (a *Action) AppendJSON(b []byte, out any) ([]byte, error) { return a.encode(b, out) }
