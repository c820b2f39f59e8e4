package param

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Decode fills in, a pointer to the struct that the shape was read from, and
// runs its Check() error if it has one; strict refuses parameters that it does
// not declare. Errors are *Error.
func (s *Shape) Decode(in any, b Bag, strict bool) error {
	d := decoder{bag: b, used: make([]bool, len(b))}
	if len(b) > fewParams {
		d.index()
	}
	if err := d.object(s, "", reflect.ValueOf(in).Elem()); err != nil {
		return err
	}
	if err := d.leftOver(strict); err != nil {
		return err
	}
	if c, ok := in.(interface{ Check() error }); ok {
		return c.Check()
	}
	return nil
}

// decoder walks a request struct and takes what it declares out of a bag.
type decoder struct {
	bag  Bag
	used []bool
	at   map[string]int // of a large bag, where each name stands
}

// fewParams are found sooner by looking at each.
const fewParams = 64

// index keeps the time that a long list takes from growing with its square.
func (d *decoder) index() {
	d.at = make(map[string]int, len(d.bag))
	for i, p := range slices.Backward(d.bag) { // of two the first is meant
		d.at[p.Name] = i
	}
}

// find is where a name stands, or -1.
func (d *decoder) find(name string) int {
	if d.at == nil {
		return slices.IndexFunc(d.bag, func(p Param) bool { return p.Name == name })
	}
	if i, ok := d.at[name]; ok {
		return i
	}
	return -1
}

func (d *decoder) object(s *Shape, prefix string, v reflect.Value) error {
	for i := range s.fields {
		if err := d.field(&s.fields[i], prefix, v.Field(s.fields[i].index)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) field(f *field, prefix string, v reflect.Value) error {
	name := prefix + f.name
	given, err := d.value(f, name, v)
	switch {
	case err != nil:
		return err
	case given:
		return f.check(name, v)
	case f.required:
		return &Error{Rule: ErrMissing, Field: name}
	case f.fallback != "":
		return f.set(Param{Name: name, Text: f.fallback}, v)
	}
	return nil
}

// value fills v with what stands under a name and says whether anything did.
func (d *decoder) value(f *field, name string, v reflect.Value) (bool, error) {
	switch {
	case f.kind == reflect.Slice && !f.comma:
		return d.list(f, name, v)
	case f.kind == reflect.Struct:
		return d.nested(f, name, v)
	}
	p, ok := d.take(name)
	if !ok {
		return false, nil
	}
	return true, f.set(p, v)
}

// take finds the parameter of a name and marks it as declared.
func (d *decoder) take(name string) (Param, bool) {
	i := d.find(name)
	if i < 0 {
		return Param{}, false
	}
	d.used[i] = true
	return d.bag[i], true
}

func (d *decoder) nested(f *field, name string, v reflect.Value) (bool, error) {
	p, ok := d.take(name)
	switch {
	case ok && p.Kind != Object:
		return true, malformed(name, "is not an object")
	case !ok && !d.any(name+"."):
		return false, nil
	}
	return true, d.object(f.elem.object, name+".", v)
}

func (d *decoder) any(prefix string) bool {
	return slices.ContainsFunc(d.bag, func(p Param) bool { return strings.HasPrefix(p.Name, prefix) })
}

// list fills a slice from name.0, name.1 and so on, in the order of the
// numbers whatever the first is and whatever is left out.
func (d *decoder) list(f *field, name string, v reflect.Value) (bool, error) {
	if p, ok := d.take(name); ok && p.Kind != List {
		return true, malformed(name, "is not a list")
	}
	numbers, err := d.numbers(name)
	if err != nil || len(numbers) == 0 {
		return false, err
	}
	if most := f.mostItems(); len(numbers) > most {
		return true, outside(name, fmt.Sprintf("has more than %d items", most))
	}
	items := reflect.MakeSlice(v.Type(), len(numbers), len(numbers))
	for i, n := range numbers {
		item := name + "." + n
		if given, err := d.value(f.elem, item, items.Index(i)); err != nil {
			return true, err
		} else if !given {
			return true, malformed(item, "is not of the list's type")
		}
	}
	v.Set(items)
	return true, nil
}

// maxObjects is of a list without a bound of its own: no documented one has more
// than twenty, and for each the whole bag is looked through.
const maxObjects = 100

func (f *field) mostItems() int {
	switch {
	case f.maxItems > 0:
		return f.maxItems
	case f.elem.kind == reflect.Struct:
		return maxObjects
	}
	return math.MaxInt
}

// numbers are the distinct list numbers under a name, as written, in order.
func (d *decoder) numbers(name string) ([]string, error) {
	var found []string
	seen, prefix := map[string]bool{}, name+"."
	for _, p := range d.bag {
		rest, ok := strings.CutPrefix(p.Name, prefix)
		if !ok {
			continue
		}
		n, _, _ := strings.Cut(rest, ".")
		if !isDigits(n) || len(n) > 9 || (len(n) > 1 && n[0] == '0') {
			return nil, malformed(p.Name, "has no number in the list")
		}
		if !seen[n] {
			seen[n] = true
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		if c := len(a) - len(b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return found, nil
}

// leftOver finds what the request struct does not declare.
func (d *decoder) leftOver(strict bool) error {
	for i, p := range d.bag {
		if strict && !d.used[i] {
			return &Error{Rule: ErrUndeclared, Field: p.Name}
		}
	}
	return nil
}

// set turns one parameter into the field's type.
func (f *field) set(p Param, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case f.comma:
		return setJoined(p, v)
	case f.kind == reflect.String:
		return setText(p, v)
	case f.kind == reflect.Bool:
		return setBool(p, v)
	default:
		return setInt(p, v)
	}
}

func setText(p Param, v reflect.Value) error {
	if p.Kind != Raw && p.Kind != Text {
		return malformed(p.Name, "is not a text")
	}
	if !utf8.ValidString(p.Text) {
		return malformed(p.Name, "is not UTF-8")
	}
	v.SetString(p.Text)
	return nil
}

// setJoined splits a list that came as one text; empty items are nothing. It
// has no more items than a list that came as parameters: what is done for each,
// others wait for.
func setJoined(p Param, v reflect.Value) error {
	var text string
	if err := setText(p, reflect.ValueOf(&text).Elem()); err != nil {
		return err
	}
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
		if len(items) > MaxParams {
			return outside(p.Name, fmt.Sprintf("has more than %d items", MaxParams))
		}
	}
	v.Set(reflect.ValueOf(items))
	return nil
}

func setBool(p Param, v reflect.Value) error {
	switch {
	case p.Kind == Bool, p.Kind == Raw && (strings.EqualFold(p.Text, "true") || strings.EqualFold(p.Text, "false")):
		v.SetBool(strings.EqualFold(p.Text, "true"))
		return nil
	}
	return malformed(p.Name, "is not true or false")
}

func setInt(p Param, v reflect.Value) error {
	if p.Kind != Raw && p.Kind != Number {
		return malformed(p.Name, "is not a number")
	}
	n, err := strconv.ParseInt(p.Text, 10, 64)
	if err != nil {
		return malformed(p.Name, "is not a whole number of 64 bits")
	}
	v.SetInt(n)
	return nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// check holds a value that was given against the field's limits.
func (f *field) check(name string, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return f.checkText(name, v.String())
	case reflect.Int64:
		return f.checkNumber(name, big.NewInt(v.Int()))
	case reflect.Slice:
		if f.maxItems > 0 && v.Len() > f.maxItems {
			return outside(name, fmt.Sprintf("has more than %d items", f.maxItems))
		}
	}
	return nil
}

// maxDigits is of a number kept as text. The time to read one grows with the
// square of its length, and none that is documented has more than twenty.
const maxDigits = 100

func (f *field) checkText(name, text string) error {
	switch {
	case len(f.enum) > 0 && !slices.Contains(f.enum, text):
		return outside(name, "is none of "+strings.Join(f.enum, ", "))
	case f.maxLen > 0 && utf8.RuneCountInString(text) > f.maxLen:
		return outside(name, fmt.Sprintf("is longer than %d characters", f.maxLen))
	case f.digits && !isDigits(text):
		return malformed(name, "is not a number")
	case f.digits && len(text) > maxDigits:
		return outside(name, fmt.Sprintf("is longer than %d digits", maxDigits))
	case f.digits:
		n, _ := new(big.Int).SetString(text, 10)
		return f.checkNumber(name, n)
	}
	return nil
}

func (f *field) checkNumber(name string, n *big.Int) error {
	switch {
	case f.min != nil && n.Cmp(f.min) < 0:
		return outside(name, "is below "+f.min.String())
	case f.max != nil && n.Cmp(f.max) > 0:
		return outside(name, "is above "+f.max.String())
	}
	return nil
}

func outside(field, reason string) error {
	return &Error{Rule: ErrRange, Field: field, Reason: reason}
}
