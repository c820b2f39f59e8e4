package state

import (
	"bytes"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"imageshare/ledger"
)

// One entry without a file around it: the body of a call that names the
// account, user or role elsewhere. It has the keys that it has in a file, and
// may say its own name again if that is the same one, so that an entry of an
// export can be sent as it stands.

// Change is what an entry does to the stored account. It may run again.
type Change func(to *ledger.Account, keys Sealer) error

// ParseAccount reads an account's entry. Faults come back as Errors.
func ParseAccount(name string, data []byte, key ledger.AccountKey) (Change, error) {
	f := &faults{name: name, what: "an account"}
	a := &Account{}
	f.entry(data, a, "cloud", string(key.Cloud), "id", key.ID)
	return func(to *ledger.Account, keys Sealer) error { return a.change(name, to, keys) }, f.err()
}

// ParseUser reads the entry of one user of an account; the others stay.
func ParseUser(name string, data []byte, key ledger.AccountKey, user string) (Change, error) {
	f := &faults{name: name, what: "a user"}
	u := &User{}
	f.entry(data, u, "name", user)
	f.documents(key.Cloud, "", u.Policies)
	return u.change(name), f.err()
}

// ParsePolicies reads the policies of a user: the list itself, or an entry
// that has nothing else.
func ParsePolicies(name string, data []byte, key ledger.AccountKey, user string) (Change, error) {
	f := &faults{name: name, what: "a list of policies"}
	u := &User{Name: user}
	if len(bytes.TrimSpace(data)) == 0 {
		f.add(1, "it is empty: write [] to take all policies away")
	} else if root := f.root(data); root != nil {
		at := root
		if kind(root) == aMap && len(root.Content) == 2 && root.Content[0].Value == "policies" {
			at = root.Content[1]
		}
		f.read("policies", at, reflect.ValueOf(&u.Policies).Elem())
		f.documents(key.Cloud, "", u.Policies)
	}
	return u.change(name), f.err()
}

// ParseRole reads the entry of one role of an account; the others stay.
func ParseRole(name string, data []byte, key ledger.AccountKey, role string) (Change, error) {
	f := &faults{name: name, what: "a role"}
	r := &Role{}
	f.entry(data, r, "name", role)
	r.documents(f, key.Cloud, "")
	return r.change, f.err()
}

// entry reads an entry whose name is known: pairs of a key and its value. An
// empty text is an entry that says nothing else.
func (f *faults) entry(data []byte, to any, known ...string) {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
	}
	root := f.root(data)
	if root == nil {
		return
	}
	if kind(root) == aMap {
		for i := 0; i < len(known); i += 2 {
			f.named(root, known[i], known[i+1])
		}
	}
	f.read("", root, reflect.ValueOf(to).Elem())
}

// named puts what is known into an entry that does not say it, and refuses one
// that says otherwise: it was meant for somebody else.
func (f *faults) named(root *yaml.Node, key, value string) {
	n := member(root, key)
	switch {
	case n == nil:
		root.Content = append(root.Content, textNode(key), textNode(value))
	case n.Kind == yaml.ScalarNode && kind(n) != noValue && n.Value != value:
		f.add(n.Line, "%s: the entry is about %q, and the call about %q: leave it out, or correct one of them", key, n.Value, value)
	}
}

// change writes the one user and leaves the others as they are: entries that
// write nothing but their names.
func (u *User) change(file string) Change {
	return func(to *ledger.Account, keys Sealer) error {
		list, known := make([]User, len(to.Users)), false
		for i, stored := range to.Users {
			if list[i].Name = stored.Name; stored.Name == u.Name {
				list[i], known = *u, true
			}
		}
		if !known {
			list = append(list, *u)
		}
		return newSealing(file, to, keys).users(to, list)
	}
}

// change is User.change for a role, which has nothing sealed.
func (r *Role) change(to *ledger.Account, _ Sealer) error {
	changed := roles(to.Roles, []Role{*r})[0]
	at := slices.IndexFunc(to.Roles, func(o ledger.Role) bool { return o.Name == r.Name })
	if at < 0 {
		to.Roles = append(to.Roles, changed)
		return nil
	}
	to.Roles[at] = changed
	return nil
}
