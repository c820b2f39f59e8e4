package param

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Shape is a request struct read once, at start.
type Shape struct{ fields []field }

// field is one place of a request struct with its limits.
type field struct {
	name     string
	index    int
	kind     reflect.Kind // of the value, a pointer's element
	elem     *field       // of a list's item or, for a struct, of itself
	object   *Shape
	required bool
	fallback string
	min, max *big.Int
	maxLen   int
	maxItems int
	enum     []string
	digits   bool
	comma    bool
}

// NewShape reads a request struct and panics on one that no request could fill.
func NewShape(t reflect.Type) *Shape {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("param: request %s is no struct", t))
	}
	s := &Shape{}
	for i := range t.NumField() {
		f := newField(t.Field(i))
		f.index = i
		if slices.ContainsFunc(s.fields, func(o field) bool { return o.name == f.name }) {
			panic(fmt.Sprintf("param: %s has two fields %s", t, f.name))
		}
		s.fields = append(s.fields, f)
	}
	return s
}

func newField(sf reflect.StructField) field {
	f := typed(sf.Type)
	f.name = sf.Name
	f.rules(sf.Tag.Get("api"))
	if f.fallback != "" {
		f.provenDefault(sf.Type)
	}
	return f
}

// Limit applies further rules to fields by name; it panics where there is no
// such field or no such rule.
func (s *Shape) Limit(rules map[string]string) {
	for name, text := range rules {
		i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == name })
		if i < 0 {
			panic("param: limits name a field that is not there: " + name)
		}
		s.fields[i].rules(text)
	}
}

// rules applies a tag.
func (f *field) rules(tag string) {
	for rule := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(rule), "=")
		if !f.rule(key, value) {
			panic(fmt.Sprintf("param: field %s: rule %q is none that a %s can have", f.name, rule, f.kind))
		}
	}
}

// typed knows the types that a parameter can have.
func typed(t reflect.Type) field {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Struct {
			panic(fmt.Sprintf("param: %s: a list or an object needs no pointer", t))
		}
	}
	f := field{kind: t.Kind()}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int64:
	case reflect.Struct:
		f.elem = &field{object: NewShape(t)}
	case reflect.Slice:
		elem := typed(t.Elem())
		f.elem = &elem
	default:
		panic(fmt.Sprintf("param: no parameter is a %s", t))
	}
	return f
}

// rule applies one word of the tag and reports whether it means anything here.
func (f *field) rule(key, value string) bool {
	text, number, list := f.kind == reflect.String, f.kind == reflect.Int64, f.kind == reflect.Slice
	switch key {
	case "":
		return true
	case "required":
		f.required = true
		return true
	case "name":
		f.name = value
		return value != ""
	case "default":
		f.fallback = value
		return value != "" && !list
	case "digits":
		f.digits = true
		return text
	case "comma":
		f.comma = true
		return list && f.elem.kind == reflect.String
	case "enum":
		f.enum = strings.Split(value, "|")
		return text && value != ""
	}
	return f.bound(key, value, text || number, text, list)
}

// bound applies the rules that carry a number.
func (f *field) bound(key, value string, number, text, list bool) bool {
	n, ok := new(big.Int).SetString(value, 10)
	if !ok {
		return false
	}
	switch key {
	case "min":
		f.min = n
		return number
	case "max":
		f.max = n
		return number
	case "maxlen":
		f.maxLen = int(n.Int64())
		return text
	case "maxitems":
		f.maxItems = int(n.Int64())
		return list
	}
	return false
}

// provenDefault panics unless the default is a value that a caller could send.
func (f *field) provenDefault(t reflect.Type) {
	v := reflect.New(t).Elem()
	err := f.set(Param{Name: f.name, Text: f.fallback}, v)
	if err == nil {
		err = f.check(f.name, v)
	}
	if err != nil {
		panic(fmt.Sprintf("param: default %s: %v", strconv.Quote(f.fallback), err))
	}
}
