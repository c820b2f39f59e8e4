package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds nesting; a value inside the condition of a policy of a user
// is the deepest thing a file has, at some twelve.
const maxDepth = 20

// tree reads the bytes of a file into nodes with lines. What is sound JSON is
// read as JSON: YAML's reader knows neither all of its escapes nor tabs.
func (f *faults) tree(data []byte) *yaml.Node {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	notJSON := checkJSON(data)
	if notJSON == nil {
		return readJSON(data)
	}
	if line, what := unreadable(data); what != "" {
		f.add(line, "%s: save the file as UTF-8 text, and escape what cannot be printed", what)
		return nil
	}
	n, err := readYAML(data)
	switch {
	case err == nil:
		return n
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		err = notJSON // it was meant to be JSON, so say what that lacks
	}
	fault := &Error{}
	errors.As(err, &fault)
	f.add(fault.Line, "%s", fault.Reason)
	return nil
}

// unreadable finds the first character that YAML cannot hold: its reader would
// stop there without naming a line.
func unreadable(data []byte) (line int, what string) {
	line = 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return line, "not UTF-8"
		case r == '\n':
			line++
		case !unicode.In(r, printable):
			return line, fmt.Sprintf("character %U", r)
		}
		i += size
	}
	return 0, ""
}

// printable is what YAML 1.1 calls so (section 5.1), but for line ends.
var printable = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: '\t', Hi: '\t', Stride: 1}, {Lo: '\r', Hi: '\r', Stride: 1}, {Lo: ' ', Hi: '~', Stride: 1},
		{Lo: 0x85, Hi: 0x85, Stride: 1}, {Lo: 0xa0, Hi: 0xd7ff, Stride: 1},
		{Lo: 0xe000, Hi: 0xfefe, Stride: 1}, {Lo: 0xff00, Hi: 0xfffd, Stride: 1},
	},
	R32:         []unicode.Range32{{Lo: 0x10000, Hi: 0x10ffff, Stride: 1}},
	LatinOffset: 4,
}

// readYAML reads exactly one document.
func readYAML(data []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Error{Line: 1, Reason: "the file is empty: a state file begins with version: " + version}
	case err != nil:
		return nil, yamlError(data, err)
	}
	switch err := d.Decode(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, yamlError(data, err)
	}
	return nil, &Error{Line: max(second.Line, 1), Reason: "a second document begins: put everything into one"}
}

const noAliases = "anchors and aliases are not read: write the value out, and quote text that begins with & or *"

var (
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)
	// This one names no line, and what looks like an alias may be a secret.
	noAnchor = regexp.MustCompile(`^yaml: unknown anchor '(.*)' referenced$`)
	// These come from the second of the reader's two stages, which counts lines from 0.
	fromZero = regexp.MustCompile(`line \d+: (did not find expected (<document start>|node content|'-' indicator|key|',' or)|found (undefined|duplicate|incompatible))`)
)

// yamlError takes the line out of the reader's words. It is where the mapping
// or list begins that could not be read on, and without one the first.
func yamlError(data []byte, err error) error {
	line := 1
	if m := noAnchor.FindStringSubmatch(err.Error()); m != nil {
		return &Error{Line: lineAt(data, max(0, bytes.Index(data, []byte("*"+m[1])))), Reason: noAliases}
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		line, _ = strconv.Atoi(m[1]) // digits, by the pattern
	}
	if fromZero.MatchString(err.Error()) {
		line++
	}
	return &Error{Line: line, Reason: "what begins here is not YAML: " + yamlLine.ReplaceAllString(err.Error(), "")}
}

// sound walks the whole tree for what is refused wherever it stands, so that
// nobody after it needs to think of it.
func (f *faults) sound(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		f.add(n.Line, "nested deeper than %d levels", maxDepth)
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		// A few lines of them can stand for gigabytes.
		f.add(n.Line, noAliases)
		return
	case n.Style&yaml.TaggedStyle != 0:
		// What looks like a tag may be a secret that begins with !, so it is not repeated.
		f.add(n.Line, "tags are not read: leave it out, and quote text that begins with !")
		return
	case n.Kind == yaml.MappingNode:
		f.checkKeys(n)
	}
	for _, item := range n.Content {
		f.sound(item, depth+1)
	}
}

// checkKeys refuses keys that are no words, and keys written twice: of two
// values one would be lost without a word.
func (f *faults) checkKeys(n *yaml.Node) {
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			f.add(k.Line, "a key is one word")
			continue
		}
		if line, twice := seen[k.Value]; twice {
			f.add(k.Line, "key %q stands twice, also on line %d: keep one", k.Value, line)
		}
		seen[k.Value] = k.Line
	}
}

// What a node is, in words for people.
const (
	aList   = "a list"
	aMap    = "a mapping"
	noValue = "no value"
	text    = "text"
	number  = "a number"
	truth   = "true or false"
	oddity  = "a number in a notation of YAML's own"
)

// numberForm is a number as JSON writes it, the only way that both languages read.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// kind decides what a node is. Numbers are recognised here and not by their
// tag: the reader gives one too large for a float the tag of a text.
func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return aList
	case n.Kind == yaml.MappingNode:
		return aMap
	case n.Style&quoted != 0:
		return text
	case numberForm.MatchString(n.Value):
		return number
	case n.Tag == "!!null":
		return noValue
	case n.Tag == "!!bool":
		return truth
	case n.Tag == "!!int" || n.Tag == "!!float":
		return oddity
	}
	return text
}

// isTrue reads a node of kind truth, which YAML allows in capitals too.
func isTrue(n *yaml.Node) bool { return strings.EqualFold(n.Value, "true") }
