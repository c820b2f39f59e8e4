package state

import (
	"bufio"
	"bytes"
	"errors"
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
	b := bufio.NewWriter(w)
	if err := f.write(&yamlWriter{b}); err != nil {
		return err
	}
	return b.Flush()
}

// WriteJSON writes the same as JSON, indented.
func (f *File) WriteJSON(w io.Writer) error {
	e := jsontext.NewEncoder(w, jsontext.WithIndent("  "))
	if err := e.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	if err := f.write(&jsonWriter{e}); err != nil {
		return err
	}
	return e.WriteToken(jsontext.EndObject)
}

// writer writes the top of a file. Entries come one by one: YAML's encoder
// holds all of a document until its end, gigabytes for a million shares.
type writer interface {
	field(key string, n *yaml.Node) error
	begin(key string) error
	entry(n *yaml.Node) error
	end() error
}

func (f *File) write(w writer) error {
	v := reflect.ValueOf(f).Elem()
	for _, d := range shapes[v.Type()] {
		from := v.Field(d.index)
		entries := from.Kind() == reflect.Slice && from.Len() > 0
		var err error
		switch {
		case d.key == "version":
			// A number, as people write it, though it is read as text.
			err = w.field(d.key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: f.Version})
		case entries:
			err = writeEntries(w, d.key, from)
		case !from.IsZero():
			err = writeField(w, d, from)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeField(w writer, d field, from reflect.Value) error {
	n, err := node(from, d.flow)
	if err != nil {
		return err
	}
	return w.field(d.key, n)
}

func writeEntries(w writer, key string, list reflect.Value) error {
	if err := w.begin(key); err != nil {
		return err
	}
	for i := range list.Len() {
		n, err := node(list.Index(i), false)
		if err != nil {
			return err
		}
		if err := w.entry(n); err != nil {
			return err
		}
	}
	return w.end()
}

// yamlWriter puts small documents together to one.
type yamlWriter struct{ *bufio.Writer }

func (w *yamlWriter) field(key string, n *yaml.Node) error {
	return w.put("", &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{textNode(key), n}})
}

func (w *yamlWriter) begin(key string) error {
	_, err := w.WriteString(key + ":\n")
	return err
}

func (w *yamlWriter) entry(n *yaml.Node) error {
	return w.put("  ", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}})
}

func (w *yamlWriter) end() error { return nil }

// put writes a document of its own further to the right, which it can be moved
// because no text in it goes over a line's end: see textNode.
func (w *yamlWriter) put(indent string, n *yaml.Node) error {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(n), e.Close()); err != nil {
		return err
	}
	for line := range bytes.Lines(b.Bytes()) {
		_, _ = w.WriteString(indent) // an error stays and is told by the next
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// jsonWriter writes as it goes; the encoder under it knows where commas belong.
type jsonWriter struct{ *jsontext.Encoder }

func (w *jsonWriter) field(key string, n *yaml.Node) error {
	if err := w.WriteToken(jsontext.String(key)); err != nil {
		return err
	}
	return w.entry(n)
}

func (w *jsonWriter) begin(key string) error {
	return errors.Join(w.WriteToken(jsontext.String(key)), w.WriteToken(jsontext.BeginArray))
}

func (w *jsonWriter) entry(n *yaml.Node) error {
	text, err := appendJSON(nil, n)
	if err != nil {
		return err
	}
	return w.WriteValue(text)
}

func (w *jsonWriter) end() error { return w.WriteToken(jsontext.EndArray) }

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

// entryNode writes the fields in the order of their type, which is the order in
// which people write them.
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

// mapNode sorts the keys, so that two exports of one state are the same bytes.
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
