package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// document checks from the outside in and stops at the first fault: what
// follows one is often only its consequence.
func (g grammar) document(v value, trust bool) error {
	m, err := members("", v, g.versionKey, g.statement)
	if err != nil {
		return err
	}
	if err := required("", m, g.versionKey, g.statement); err != nil {
		return err
	}
	if n := m[g.versionKey]; n.kind != '"' || n.text != g.version {
		return wrong(g.versionKey, "the only version is the text %q, quotes included", g.version)
	}
	all := m[g.statement]
	if g.single && all.kind == '{' {
		return g.check(g.statement, all, trust)
	}
	return each(g.statement, all, func(path string, v value) error { return g.check(path, v, trust) })
}

// check is for one statement. It names a misplaced key before it complains of
// unknown ones: who wrote it took one kind of policy for the other.
func (g grammar) check(path string, v value, trust bool) error {
	about, misplaced, reason := g.resource, g.principal, "only a role's trust policy has one"
	if trust {
		about, misplaced, reason = g.principal, g.resource, "a trust policy has none, the role is its resource"
	}
	if slices.Contains(v.names, misplaced) {
		return wrong(join(path, misplaced), "%s", reason)
	}
	known := []string{g.effect, g.action, about, g.condition}
	if g.notAction != "" {
		known = append(known, g.notAction)
	}
	m, err := members(path, v, known...)
	if err != nil {
		return err
	}
	if err := g.effects(path, m); err != nil {
		return err
	}
	if err := g.actions(path, m); err != nil {
		return err
	}
	if err := g.target(path, m, trust); err != nil {
		return err
	}
	if c, ok := m[g.condition]; ok {
		return conditions(join(path, g.condition), c)
	}
	return nil
}

// target checks what a statement is about: whom, in a trust policy, else which
// resources.
func (g grammar) target(path string, m map[string]value, trust bool) error {
	if trust {
		if err := required(path, m, g.principal); err != nil {
			return err
		}
		return g.principalsOf(join(path, g.principal), m[g.principal])
	}
	if err := required(path, m, g.resource); err != nil {
		return err
	}
	return oneOrMore(join(path, g.resource), m[g.resource], func(path string, v value) error {
		if v.text == "*" {
			return nil
		}
		return g.name(path, v, g.resourceExample)
	})
}

// name checks a resource or principal: parts joined by colons. The last part
// may hold colons itself.
func (g grammar) name(path string, v value, example string) error {
	parts := strings.SplitN(v.text, ":", g.parts)
	if len(parts) != g.parts || parts[0] != g.scheme || slices.Contains(parts[g.parts-1:], "") || strings.ContainsAny(v.text, " \t\r\n") {
		return wrong(path, "%q does not have the %d parts of a name like %s", v.text, g.parts, example)
	}
	return nil
}

// principalsOf checks whom a trust policy names. A wildcard is refused: nobody
// means to let every account act as a role.
func (g grammar) principalsOf(path string, v value) error {
	m, err := members(path, v, slices.Sorted(maps.Keys(g.principals))...)
	if err != nil {
		return err
	}
	if len(m) == 0 {
		return wrong(path, "it is empty: name who may act as the role")
	}
	// In the order as written, so that the first fault is always the same one.
	for _, kind := range v.names {
		check := host
		if g.principals[kind] {
			check = func(path string, v value) error { return g.name(path, v, g.principalExample) }
		}
		if err := oneOrMore(join(path, kind), m[kind], check); err != nil {
			return err
		}
	}
	return nil
}

// hostForm is how both vendors name their services.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9*-]+(\.[A-Za-z0-9-]+)+$`)

func host(path string, v value) error {
	if !hostForm.MatchString(v.text) {
		return wrong(path, "%q is no service: write one like ecs.aliyuncs.com", v.text)
	}
	return nil
}

// effects checks allow or deny, where a typing error would open or close a door.
func (g grammar) effects(path string, m map[string]value) error {
	if err := required(path, m, g.effect); err != nil {
		return err
	}
	v := m[g.effect]
	word := v.text
	if g.anyCase {
		word = strings.ToLower(word)
	}
	if v.kind != '"' || (word != g.allow && word != g.deny) {
		return wrong(join(path, g.effect), "write %q or %q", g.allow, g.deny)
	}
	return nil
}

// actions checks what a statement allows or denies, or in RAM what it leaves out.
func (g grammar) actions(path string, m map[string]value) error {
	key := g.action
	if _, not := m[g.notAction]; not && g.notAction != "" {
		if _, both := m[g.action]; both {
			return wrong(join(path, g.notAction), "write %s or %s, not both", g.action, g.notAction)
		}
		key = g.notAction
	}
	if err := required(path, m, key); err != nil {
		return err
	}
	return oneOrMore(join(path, key), m[key], func(path string, v value) error {
		if !g.actionForm.MatchString(v.text) {
			return wrong(path, "%q is no action: %s", v.text, g.actionHint)
		}
		return nil
	})
}

// conditions are operators, each with keys, each with one value or several.
func conditions(path string, v value) error {
	return inside(path, v, func(path string, v value) error {
		return inside(path, v, func(path string, v value) error {
			if v.kind == '[' {
				return each(path, v, scalar)
			}
			return scalar(path, v)
		})
	})
}

// scalar lets through what both vendors' samples have as a condition's value.
func scalar(path string, v value) error {
	if !strings.ContainsRune(`"0tf`, rune(v.kind)) {
		return wrong(path, "want text, a number, true or false, got %s", words[v.kind])
	}
	return nil
}

// inside checks the members of an object with keys of the writer's choice.
func inside(path string, v value, check func(string, value) error) error {
	if v.kind != '{' {
		return wrong(path, "want an object, got %s", words[v.kind])
	}
	for i, name := range v.names {
		if err := check(join(path, name), v.items[i]); err != nil {
			return err
		}
	}
	return nil
}

// members are an object's values by their keys, of which all must be known.
func members(path string, v value, known ...string) (map[string]value, error) {
	m := map[string]value{}
	if v.kind != '{' {
		return nil, wrong(path, "want an object, got %s", words[v.kind])
	}
	for i, name := range v.names {
		if !slices.Contains(known, name) {
			return nil, wrong(join(path, name), "unknown key: the keys here are %s", strings.Join(known, ", "))
		}
		m[name] = v.items[i]
	}
	return m, nil
}

// required names the first key that is missing, in the given order.
func required(path string, m map[string]value, keys ...string) error {
	for _, key := range keys {
		if _, there := m[key]; !there {
			return wrong(join(path, key), "it is missing")
		}
	}
	return nil
}

// oneOrMore checks a text, or a list of texts that has at least one.
func oneOrMore(path string, v value, check func(string, value) error) error {
	text := func(path string, v value) error {
		if v.kind != '"' {
			return wrong(path, "want text, got %s", words[v.kind])
		}
		return check(path, v)
	}
	if v.kind == '[' {
		return each(path, v, text)
	}
	return text(path, v)
}

// each checks every element of a list that must not be empty.
func each(path string, v value, check func(string, value) error) error {
	switch {
	case v.kind != '[':
		return wrong(path, "want a list, got %s", words[v.kind])
	case len(v.items) == 0:
		return wrong(path, "the list is empty")
	}
	for i, item := range v.items {
		if err := check(fmt.Sprintf("%s[%d]", path, i), item); err != nil {
			return err
		}
	}
	return nil
}

// join makes a path such as statement[0].action.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
