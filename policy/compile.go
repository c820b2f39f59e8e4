package policy

import (
	"slices"
	"strings"

	"imageshare/ledger"
)

// Policy is a policy that can be asked, by Decide. It never changes, so any
// number of goroutines may ask it.
type Policy struct{ statements []statement }

// statement is one rule: what it says, of what, when.
type statement struct {
	deny       bool
	actions    []pattern // in lower case
	except     bool      // every action but these
	resources  []resource
	principals []principal // in place of resources, in a trust policy
	conditions []condition // all of them
}

// Compile makes the stored document of a user, a role or a session ready to be
// asked. A fault is an *Error, and none of a document that Parse or
// ParseSession gave. It costs as much as parsing: keep what it gives.
func Compile(cloud ledger.Cloud, doc ledger.Document) (*Policy, error) {
	_, statements, err := understand(cloud, []byte(doc), identity)
	if err != nil {
		return nil, err
	}
	return &Policy{statements}, nil
}

// document works from the outside in and stops at the first fault: what
// follows one is often only its consequence.
func (g grammar) document(v value, u use) ([]statement, error) {
	m, err := members("", v, g.versionKey, g.statement)
	if err != nil {
		return nil, err
	}
	if err := required("", m, g.versionKey, g.statement); err != nil {
		return nil, err
	}
	if n := m[g.versionKey]; n.kind != '"' || n.text != g.version {
		return nil, wrong(g.versionKey, "the only version is the text %q, quotes included", g.version)
	}
	rule := func(path string, v value) (statement, error) { return g.rule(path, v, u) }
	if all := m[g.statement]; g.single && all.kind == '{' {
		return one(g.statement, all, rule)
	}
	return each(g.statement, m[g.statement], rule)
}

// rule reads one statement.
func (g grammar) rule(path string, v value, u use) (s statement, err error) {
	m, err := g.ruleKeys(path, v, u)
	if err != nil {
		return s, err
	}
	if s.deny, err = g.denies(path, m); err != nil {
		return s, err
	}
	if s.actions, s.except, err = g.actionsOf(path, m); err != nil {
		return s, err
	}
	if u == trust {
		s.principals, err = g.principalsOf(path, m)
	} else {
		s.resources, err = g.resourcesOf(path, m)
	}
	if err != nil {
		return s, err
	}
	if c, ok := m[g.condition]; ok {
		s.conditions, err = g.conditions(join(path, g.condition), c)
	}
	return s, err
}

// ruleKeys names a misplaced key before it complains of unknown ones: who
// wrote it took one kind of policy for the other.
func (g grammar) ruleKeys(path string, v value, u use) (map[string]value, error) {
	about, misplaced, reason := g.resource, g.principal, "only a role's trust policy has one"
	switch u {
	case trust:
		about, misplaced, reason = g.principal, g.resource, "a trust policy has none, the role is its resource"
	case session:
		reason = "a session's policy has none, the session is its principal"
	}
	if slices.Contains(v.names, misplaced) {
		return nil, wrong(join(path, misplaced), "%s", reason)
	}
	known := []string{g.effect, g.action, about, g.condition}
	if g.notAction != "" {
		known = append(known, g.notAction)
	}
	return members(path, v, known...)
}

// denies reads allow or deny, where a typing error would open or close a door.
func (g grammar) denies(path string, m map[string]value) (bool, error) {
	if err := required(path, m, g.effect); err != nil {
		return false, err
	}
	v := m[g.effect]
	word := v.text
	if g.anyCase {
		word = strings.ToLower(word)
	}
	if v.kind != '"' || (word != g.allow && word != g.deny) {
		return false, wrong(join(path, g.effect), "write %q or %q", g.allow, g.deny)
	}
	return word == g.deny, nil
}

// actionsOf reads what a statement is about, or in RAM what it leaves out.
func (g grammar) actionsOf(path string, m map[string]value) (all []pattern, except bool, err error) {
	key := g.action
	if _, except = m[g.notAction]; except {
		if _, both := m[g.action]; both {
			return nil, false, wrong(join(path, g.notAction), "write %s or %s, not both", g.action, g.notAction)
		}
		key = g.notAction
	}
	if err := required(path, m, key); err != nil {
		return nil, false, err
	}
	all, err = oneOrMore(join(path, key), m[key], g.actionOf)
	return all, except, err
}

// actionOf puts an action into lower case: Alibaba says that case does not
// matter to most of its services, and Tencent does not say.
func (g grammar) actionOf(path, text string) (pattern, error) {
	if !g.actionForm.MatchString(text) {
		return pattern{}, wrong(path, "%q is no action: %s", text, g.actionHint)
	}
	return newPattern(strings.TrimPrefix(strings.ToLower(text), "name/")), nil
}

func (g grammar) resourcesOf(path string, m map[string]value) ([]resource, error) {
	if err := required(path, m, g.resource); err != nil {
		return nil, err
	}
	return oneOrMore(join(path, g.resource), m[g.resource], g.resourceOf)
}

// name splits a resource or principal into its parts. The last part may hold
// colons itself.
func (g grammar) name(path, text, example string) ([]string, error) {
	parts := strings.SplitN(text, ":", g.parts)
	if len(parts) != g.parts || parts[0] != g.scheme || parts[g.parts-1] == "" || strings.ContainsAny(text, " \t\r\n") {
		return nil, wrong(path, "%q does not have the %d parts of a name like %s", text, g.parts, example)
	}
	return parts, nil
}
