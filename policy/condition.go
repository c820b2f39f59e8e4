package policy

import (
	"maps"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// kind is what an operator compares and a key holds. A policy that compares an
// address as text is refused: both vendors list operators by kind of key.
type kind int

const (
	text kind = iota
	number
	date
	boolean
	address
)

var kindNames = [...]string{"text", "numbers", "times", "true and false", "addresses"}

// operand is what is compared: what the request says, or a document. Which
// field it is, is the operator's kind.
type operand struct {
	text   string // in a document, a pattern where the operator is one of patterns
	number *big.Rat
	date   time.Time
	yes    bool
	source netip.Addr   // a request's
	block  netip.Prefix // a document's
}

// condition is one key under one operator.
type condition struct {
	operator
	key
	ifExist bool
	values  []operand
}

// met is true where any value fits, or for the operators with Not in their
// name where none does. Of a key that the request does not have, CAM says by
// its suffix _if_exist that the others are not met; RAM says nothing and is
// taken to mean the same, Not or not.
func (c *condition) met(r *Request) bool {
	asked, there := c.of(r)
	if c.null {
		return slices.ContainsFunc(c.values, func(v operand) bool { return v.yes != there })
	}
	if !there {
		return c.ifExist
	}
	return c.not != slices.ContainsFunc(c.values, func(v operand) bool { return c.fits(asked, v) })
}

// conditions reads operators, each with keys, each with one value or several.
// All must be met.
func (g grammar) conditions(path string, v value) ([]condition, error) {
	return inside(path, v, func(path, name string, v value) ([]condition, error) {
		c, err := g.operatorOf(path, name)
		if err != nil {
			return nil, err
		}
		return inside(path, v, func(path, key string, v value) ([]condition, error) {
			err := g.compare(path, key, v, &c)
			return []condition{c}, err
		})
	})
}

// operatorOf reads an operator with what may stand around it.
func (g grammar) operatorOf(path, name string) (c condition, err error) {
	bare := name
	for _, q := range g.quantors {
		if rest, ok := strings.CutPrefix(name, q); ok {
			bare = rest
		}
	}
	if g.anySuffix != "" {
		bare, c.ifExist = strings.CutSuffix(bare, g.anySuffix)
	}
	o, ok := g.operators[bare]
	if !ok || o.null && bare != name {
		return c, wrong(path, "unknown operator: the operators are %s", strings.Join(slices.Sorted(maps.Keys(g.operators)), ", "))
	}
	c.operator = o
	return c, nil
}

// compare reads a key and its values.
func (g grammar) compare(path, name string, v value, c *condition) (err error) {
	k, ok := g.keys[name]
	if !ok {
		return wrong(path, "unknown condition key: the keys here are %s", strings.Join(slices.Sorted(maps.Keys(g.keys)), ", "))
	}
	if !c.null && !slices.Contains(k.kinds, c.kind) {
		return wrong(path, "this key holds %s, and the operator compares %s", kindNames[k.kinds[0]], kindNames[c.kind])
	}
	c.key = k
	c.values, err = one(path, v, func(path string, v value) (operand, error) {
		if !strings.ContainsRune(`"0tf`, rune(v.kind)) {
			return operand{}, wrong(path, "want text, a number, true or false, got %s", words[v.kind])
		}
		if k.check != nil && !c.null {
			if err := k.check(path, v.text); err != nil {
				return operand{}, err
			}
		}
		return g.operandOf(path, v.text, c.kind)
	})
	return err
}

// operandOf reads a value, which both vendors take as JSON's text, number or
// bool alike.
func (g grammar) operandOf(path, s string, k kind) (o operand, err error) {
	ok, want := true, ""
	switch k {
	case text:
		o.text = s
	case number:
		o.number, ok = rational(s)
		want = "number: write digits, such as 100000000001"
	case date:
		o.date, ok = g.instant(s)
		want = "time: write one like 2018-06-01T00:00:00Z"
	case boolean:
		o.yes, ok = s == "true", s == "true" || s == "false"
		want = "bool: write true or false"
	case address:
		o.block, ok = block(s)
		want = "address or block of them: write one like 10.0.0.1 or 10.0.0.0/8"
	}
	if !ok {
		return o, wrong(path, "%q is no %s", s, want)
	}
	return o, nil
}

// rationalForm is short: 1e999999999 would be a very long number.
var rationalForm = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?$`)

// rational keeps all digits: account numbers do not fit a float.
func rational(s string) (*big.Rat, bool) {
	if !rationalForm.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// instant reads a time of ISO 8601 in the forms of the vendors' samples.
func (g grammar) instant(s string) (time.Time, bool) {
	layouts := []string{time.RFC3339, "2006-01-02T15:04Z07:00"}
	if g.localTime {
		layouts = append(layouts, "2006-01-02T15:04:05", time.DateTime)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// block reads an address as the block of it alone. Bits behind a block's
// length may be set, as in the 10.217.182.3/24 of Tencent's samples.
func block(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), a.Zone() == "" && !a.Is4In6()
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil && !p.Addr().Is4In6()
}
