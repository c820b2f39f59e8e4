package state

import (
	"io"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// WriteYAML writes the file in the order and style of one written by hand.
func (f *File) WriteYAML(w io.Writer) error {
	n, err := node(reflect.ValueOf(f).Elem(), false)
	if err != nil {
		return err
	}
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return err
	}
	return e.Close()
}

// WriteJSON writes the same as JSON, indented.
func (f *File) WriteJSON(w io.Writer) error {
	n, err := node(reflect.ValueOf(f).Elem(), false)
	if err != nil {
		return err
	}
	text, err := appendJSON(nil, n)
	if err != nil {
		return err
	}
	indented := jsontext.Value(text)
	if err := indented.Indent(jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err = w.Write(append(indented, '\n'))
	return err
}

// node is a value as it stands in a file; flow puts it on one line.
func node(v reflect.Value, flow bool) (*yaml.Node, error) {
	switch from := v.Interface().(type) {
	case time.Time:
		return textNode(from.UTC().Format(time.RFC3339Nano)), nil
	case Document:
		return documentNode(from)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return node(v.Elem(), flow)
	case reflect.Struct:
		return entryNode(v, flow)
	case reflect.Slice:
		return listNode(v, flow)
	case reflect.Map:
		return mapNode(v), nil
	case reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Bool())}, nil
	case reflect.Int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}, nil
	}
	return textNode(v.String()), nil
}

func entryNode(v reflect.Value, flow bool) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if flow {
		n.Style = yaml.FlowStyle
	}
	for _, d := range shapes[v.Type()] {
		from := v.Field(d.index)
		// A list that is empty but there is written: it says that there is nothing.
		if from.IsZero() {
			continue
		}
		item, err := node(from, flow || d.flow)
		if err != nil {
			return nil, err
		}
		if d.key == "version" && v.Type() == reflect.TypeFor[File]() {
			item = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: version}
		}
		n.Content = append(n.Content, textNode(d.key), item)
	}
	return n, nil
}

// listNode puts each entry on a line of its own; a list of words is one line.
func listNode(v reflect.Value, flow bool) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Type().Elem().Kind() == reflect.String || v.Len() == 0 {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		item, err := node(v.Index(i), flow)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, item)
	}
	return n, nil
}

func mapNode(v reflect.Value) *yaml.Node {
	m := v.Interface().(map[string]string)
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		n.Content = append(n.Content, textNode(k), textNode(m[k]))
	}
	return n
}

// documentNode writes a policy as the JSON that it is, which is YAML too.
func documentNode(d Document) (*yaml.Node, error) {
	if err := checkJSON([]byte(d.Text)); err != nil {
		return nil, err
	}
	n := readJSON([]byte(d.Text))
	n.Style |= yaml.FlowStyle
	return n, nil
}

// plain is text that no reader of YAML, however old, takes for anything else.
var (
	plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	taken = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)

func textNode(s string) *yaml.Node {
	// Neither language can hold broken text.
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(s, "\uFFFD")}
	if !plain.MatchString(s) || slices.Contains(taken, strings.ToLower(s)) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
