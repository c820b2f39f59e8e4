package state

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"imageshare/ledger"
)

// field is one key of an entry.
type field struct {
	key            string
	index          int
	required, flow bool
}

// shapes are the fields of every entry there is, read from the tags once.
var shapes = func() map[reflect.Type][]field {
	all := map[reflect.Type][]field{}
	learn(all, reflect.TypeFor[File]())
	return all
}()

// learn adds a type and those of its fields. Fields without a tag are not the file's.
func learn(all map[reflect.Type][]field, t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if _, known := all[t]; known || t.Kind() != reflect.Struct {
		return
	}
	all[t] = []field{}
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("state"), ",")
		if key == "" {
			continue
		}
		all[t] = append(all[t], field{
			key: key, index: i,
			required: strings.Contains(options, "required"), flow: strings.Contains(options, "flow"),
		})
		learn(all, t.Field(i).Type)
	}
}

// checker is an entry with rules that its fields' types do not say.
type checker interface{ check(entry) }

// entry is where an entry stands, for its faults.
type entry struct {
	*faults
	path string
	node *yaml.Node
}

// fault is about one key of the entry, written or not.
func (e entry) fault(key, format string, args ...any) {
	line := e.node.Line
	if n := member(e.node, key); n != nil {
		line = n.Line
	}
	e.add(line, "%s: %s", join(e.path, key), fmt.Sprintf(format, args...))
}

// member is the value of a key in a mapping, nil if it has none or is another
// kind of node: a list has items where a mapping has keys and values in turn.
func member(n *yaml.Node, key string) *yaml.Node {
	if kind(n) != aMap {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// join makes the path of a key: what people look for when the line has many.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// read fills v from a node; what the node cannot be becomes a fault.
func (f *faults) read(path string, n *yaml.Node, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		f.read(path, n, p.Elem())
		v.Set(p)
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *time.Time:
		f.readTime(path, n, to)
		return
	case *Document:
		f.readDocument(path, n, to)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.readEntry(path, n, v)
	case reflect.Slice:
		f.readList(path, n, v)
	case reflect.Map:
		f.readMap(path, n, v)
	default:
		f.readScalar(path, n, v)
	}
}

// readEntry goes on after a fault, so that one reading tells them all.
func (f *faults) readEntry(path string, n *yaml.Node, v reflect.Value) {
	if !f.want(path, n, aMap, "write key: value pairs") {
		return
	}
	fields := shapes[v.Type()]
	for i := 0; i < len(n.Content); i += 2 {
		at := slices.IndexFunc(fields, func(d field) bool { return d.key == n.Content[i].Value })
		if at < 0 {
			f.unknown(path, n.Content[i], fields)
			continue
		}
		f.read(join(path, fields[at].key), n.Content[i+1], v.Field(fields[at].index))
	}
	for _, d := range fields {
		if d.required && member(n, d.key) == nil {
			f.add(n.Line, "%s is missing", join(path, d.key))
		}
	}
	if line := v.FieldByName("Line"); line.IsValid() {
		line.SetInt(int64(n.Line))
	}
	if c, ok := v.Addr().Interface().(checker); ok {
		c.check(entry{f, path, n})
	}
}

// unknown lists the keys that are known, among which the one meant will be.
// Without a space behind its colon a value is part of the key, and it may be a secret.
func (f *faults) unknown(path string, key *yaml.Node, fields []field) {
	keys := make([]string, len(fields))
	for i, d := range fields {
		keys[i] = d.key
	}
	where := "at the top of " + f.what
	if path != "" {
		where = "in " + path
	}
	name, _, joined := strings.Cut(key.Value, ":")
	if joined {
		name, where = name+":", where+", where a space is missing behind the colon"
	}
	f.add(key.Line, "unknown key %q %s: the keys there are %s", name, where, strings.Join(keys, ", "))
}

// readList makes a list that is never nil: an empty one is written, too.
func (f *faults) readList(path string, n *yaml.Node, v reflect.Value) {
	if !f.want(path, n, aList, "write [] for an empty list") {
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		f.read(path+"["+strconv.Itoa(i)+"]", item, list.Index(i))
	}
	v.Set(list)
}

// readMap makes a mapping that is never nil, like readList.
func (f *faults) readMap(path string, n *yaml.Node, v reflect.Value) {
	if !f.want(path, n, aMap, "write {} for an empty one") {
		return
	}
	m := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		item := reflect.New(v.Type().Elem()).Elem()
		f.read(join(path, n.Content[i].Value), n.Content[i+1], item)
		m.SetMapIndex(reflect.ValueOf(n.Content[i].Value), item)
	}
	v.Set(m)
}

// want reports whether a node is of a kind. A key with nothing behind it is
// most often a list that somebody emptied, and could mean either way to.
func (f *faults) want(path string, n *yaml.Node, wanted, hint string) bool {
	switch got := kind(n); {
	case got == wanted:
		return true
	case path == "":
		f.add(n.Line, "%s is %s, not %s: %s", f.what, wanted, got, hint)
	case got == noValue:
		f.add(n.Line, "%s has no value: %s, or leave the key out", path, hint)
	default:
		f.add(n.Line, "%s is %s, not %s: %s", path, got, wanted, hint)
	}
	return false
}

// readScalar insists on the plain form of numbers and flags: a quoted "false"
// is most likely a slip of the program that wrote it.
func (f *faults) readScalar(path string, n *yaml.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		if f.want(path, n, truth, "write true or false, without quotes") {
			v.SetBool(isTrue(n))
		}
	case reflect.Int64:
		if !f.want(path, n, number, "write a whole number, without quotes") {
			return
		}
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil {
			f.add(n.Line, "%s is not a whole number of at most 18 digits", path)
		}
		v.SetInt(i)
	case reflect.String:
		f.readText(path, n, v)
	}
}

// readText takes any single value as it is written, quoted or not: 1e5 and
// 0777 are what they look like, and twenty digits stay twenty digits.
func (f *faults) readText(path string, n *yaml.Node, v reflect.Value) {
	switch got := kind(n); got {
	case aList, aMap, noValue:
		f.want(path, n, text, `write one value ("" for an empty one)`)
	default:
		v.SetString(n.Value)
	}
}

// The moments that a file may name. Before them lies the zero time, which
// means no time; behind them years that RFC 3339 cannot write.
var (
	firstTime = time.Unix(0, 0)
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// readTime cuts to whole seconds, which is what a store keeps of a share: other
// programs write fractions without being asked. A share ends early by that, never late.
func (f *faults) readTime(path string, n *yaml.Node, to *time.Time) {
	const hint = "write a time like 2018-06-10T11:02:50Z"
	if kind(n) != text {
		f.want(path, n, "a time", hint)
		return
	}
	t, err := time.Parse(time.RFC3339, n.Value)
	t = t.UTC().Truncate(time.Second)
	if err != nil || t.Before(firstTime) || t.After(lastTime) {
		f.add(n.Line, "%s: %q is not a time between 1970 and 9999: %s", path, n.Value, hint)
		return
	}
	*to = t
}

// readDocument takes the vendor's own words, to be checked when the cloud is known.
func (f *faults) readDocument(path string, n *yaml.Node, to *Document) {
	if !f.want(path, n, aMap, "write the policy document itself") {
		return
	}
	doc, err := appendJSON(nil, n)
	if fault, ok := err.(*Error); ok {
		f.add(fault.Line, "%s: %s", path, fault.Reason)
		return
	}
	*to = Document{Text: ledger.Document(doc), Line: n.Line}
}
