package api

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// An answer is written by what was made of its type once, at start: a list of
// ten shares takes a third of the time that looking at the type each time takes.
// What comes out is what package json writes, byte for byte (a test holds every
// action's answer to that): names in the order of the fields, nil lists as [].

// encoder appends a value of one type.
type encoder func(b []byte, v reflect.Value) ([]byte, error)

func encoderOf(t reflect.Type) encoder {
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, v reflect.Value) ([]byte, error) { return appendText(b, v.String()) }
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	case reflect.Pointer:
		return pointerEncoder(t)
	case reflect.Slice:
		return sliceEncoder(t)
	case reflect.Struct:
		return structEncoder(t)
	}
	panic(fmt.Sprintf("api: no answer is a %s", t))
}

// appendText quotes a text. Most have nothing to escape, and to look for that
// first takes a third of the time that the library does.
func appendText(b []byte, s string) ([]byte, error) {
	if !plain(s) {
		return jsontext.AppendQuote(b, s)
	}
	return append(append(append(b, '"'), s...), '"'), nil
}

func plain(s string) bool {
	for i := range len(s) {
		if special[s[i]] {
			return false
		}
	}
	return true
}

// special are the bytes that must be escaped, and those beyond ASCII, which may
// be no UTF-8.
var special = func() (is [256]bool) {
	for c := range is {
		is[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return is
}()

func pointerEncoder(t reflect.Type) encoder {
	elem := encoderOf(t.Elem())
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return elem(b, v.Elem())
	}
}

func sliceEncoder(t reflect.Type) encoder {
	elem := encoderOf(t.Elem())
	return func(b []byte, v reflect.Value) (_ []byte, err error) {
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			var fault error
			if b, fault = elem(b, v.Index(i)); fault != nil {
				err = fault
			}
		}
		return append(b, ']'), err
	}
}

// member is one field of a struct.
type member struct {
	index    int
	name     string // with a comma before it, its quotes and its colon
	omitZero bool
	encode   encoder
}

func structEncoder(t reflect.Type) encoder {
	if t.NumField() == 1 && t.Field(0).Anonymous {
		return embeddedEncoder(t.Field(0).Type)
	}
	var members []member
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			panic(fmt.Sprintf("api: %s embeds something beside other fields", t))
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		members = append(members, member{i, `,"` + name + `":`, options == "omitzero", encoderOf(f.Type)})
	}
	return func(b []byte, v reflect.Value) (_ []byte, err error) {
		b = append(b, '{')
		skip := len(",") // nothing stands before the first
		for i := range members {
			m := &members[i]
			field := v.Field(m.index)
			if m.omitZero && field.IsZero() {
				continue
			}
			var fault error
			if b, fault = m.encode(append(b, m.name[skip:]...), field); fault != nil {
				err = fault
			}
			skip = 0
		}
		return append(b, '}'), err
	}
}

// embeddedEncoder writes what a struct of nothing else embeds: its fields, or
// none where it is nil.
func embeddedEncoder(t reflect.Type) encoder {
	elem := encoderOf(t.Elem())
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.Field(0).IsNil() {
			return append(b, "{}"...), nil
		}
		return elem(b, v.Field(0).Elem())
	}
}

// AppendJSON appends what Call returned. Text that is not UTF-8 is an error;
// it is appended all the same, with what cannot be written replaced.
func (a *Action) AppendJSON(b []byte, out any) ([]byte, error) { return a.encode(b, out) }
