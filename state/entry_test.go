package state

import (
	"fmt"
	"strings"
	"testing"

	"imageshare/ledger"
	"imageshare/seal"
)

var one = ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}

const anyPolicy = `{"version":"2.0","statement":{"effect":"allow","action":"*","resource":"*"}}`

// parsers are the entries by what they are about; user and role are named a.
var parsers = map[string]func(data string) (Change, error){
	"account":  func(data string) (Change, error) { return ParseAccount("body", []byte(data), one) },
	"user":     func(data string) (Change, error) { return ParseUser("body", []byte(data), one, "a") },
	"policies": func(data string) (Change, error) { return ParsePolicies("body", []byte(data), one, "a") },
	"role":     func(data string) (Change, error) { return ParseRole("body", []byte(data), one, "r") },
}

// said is an account in short: keys, users with number, keys and policies, roles.
func said(a *ledger.Account) string {
	var b strings.Builder
	for _, k := range a.Keys {
		fmt.Fprint(&b, k.ID, " ")
	}
	for _, u := range a.Users {
		fmt.Fprintf(&b, "%s(%s %d %d) ", u.Name, u.Number, len(u.Keys), len(u.Policies))
	}
	for _, r := range a.Roles {
		fmt.Fprintf(&b, "%s[%s %d %v]", r.Name, strings.Repeat("t", min(1, len(r.Trust))), len(r.Policies), r.MaxSession)
	}
	return b.String()
}

// An entry changes what it is about and nothing else.
func TestEntries(t *testing.T) {
	t.Parallel()
	const before = "AKIDone AKIDtwo a(11 1 1) b( 0 0) r[ 1 0s]"
	const trust = `{"version":"2.0","statement":{"effect":"allow","action":"name/sts:AssumeRole","principal":{"qcs":"qcs::cam::uin/1:root"}}}`
	for _, c := range []struct{ kind, body, want string }{
		{"account", ``, before},
		{"account", `{}`, before},
		{"account", `{"cloud":"tencent","id":1}`, before},
		{"account", `{"keys":[{"id":"AKIDnew","secret":"s"}]}`, "AKIDnew a(11 1 1) b( 0 0) r[ 1 0s]"},
		{"account", `{"users":[{"name":"b"}],"roles":[]}`, "AKIDone AKIDtwo b( 0 0) "},
		{"user", ` `, before},
		{"user", `{"name":"a"}`, before},
		{"user", `{"id":""}`, "AKIDone AKIDtwo a( 1 1) b( 0 0) r[ 1 0s]"},
		{"user", `{"id":"12","keys":[],"policies":[` + anyPolicy + `,` + anyPolicy + `]}`, "AKIDone AKIDtwo a(12 0 2) b( 0 0) r[ 1 0s]"},
		{"policies", `[]`, "AKIDone AKIDtwo a(11 1 0) b( 0 0) r[ 1 0s]"},
		{"policies", `[` + anyPolicy + `,` + anyPolicy + `]`, "AKIDone AKIDtwo a(11 1 2) b( 0 0) r[ 1 0s]"},
		{"policies", `{"policies":[]}`, "AKIDone AKIDtwo a(11 1 0) b( 0 0) r[ 1 0s]"},
		{"role", `{}`, before},
		{"role", `{"name":"r","trust":` + trust + `,"policies":[],"maxSessionSeconds":900}`, "AKIDone AKIDtwo a(11 1 1) b( 0 0) r[t 0 15m0s]"},
	} {
		h := newHouse(t, seal.NewKey())
		h.must(small)
		change, err := parsers[c.kind](c.body)
		if err != nil {
			t.Errorf("%s %s: %v", c.kind, c.body, err)
			continue
		}
		for range 2 { // it may run again
			to := h.account(ledger.Tencent, "1").Clone()
			if err := change(to, h.key); err != nil || said(to) != c.want {
				t.Errorf("%s %s:\n got %s, %v\nwant %s", c.kind, c.body, said(to), err, c.want)
			}
		}
	}
}

// Who was not there is made, behind the others.
func TestEntriesOfSomebodyNew(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"user": "a( 0 0) ", "policies": "a( 0 1) ", "role": "r[ 0 0s]"} {
		body := map[string]string{"policies": "[" + anyPolicy + "]"}[kind]
		change, err := parsers[kind](body)
		if err != nil {
			t.Fatal(err)
		}
		to := &ledger.Account{Key: one}
		if err := change(to, seal.NewKey()); err != nil || said(to) != want {
			t.Errorf("%s: got %s, %v, want %s", kind, said(to), err, want)
		}
	}
}

func TestFaultyEntries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, body, want string }{
		{"account", `[]`, "body:1: an account is a mapping, not a list: write key: value pairs"},
		{"account", `{"id":"2"}`, `body:1: id: the entry is about "2", and the call about "1": leave it out, or correct one of them`},
		{"account", `{"key":[]}`, `body:1: unknown key "key" at the top of an account: the keys there are cloud, id, keys, users, roles`},
		{"account", `{"keys":[{"id":"AKIDx"}]}`, "body:1: keys[0] has no secret: write secret, or sealedSecret as an export has it"},
		{"account", "{\"users\":[{\"name\":\"a\"},\n{\"name\":\"a\"}]}", "body:2: user a stands twice, also on line 1: keep one"},
		{"account", `{"users":[{"name":"a","policies":[{}]}]}`, `body:1: users[0].policies[0]: version: it is missing`},
		{"user", `{"name":"b"}`, `body:1: name: the entry is about "b", and the call about "a": leave it out, or correct one of them`},
		{"user", `{"id":"x"}`, `body:1: id: "x" is not an account number: write 1 to 20 digits, the first not 0`},
		{"user", `{"policies":[{"version":"2.0","statement":{"effect":"allow","action":"nothing","resource":"*"}}]}`, `body:1: policies[0]: statement.action: "nothing" is no action`},
		{"user", `{"policies":`, "body:1: not JSON at column 13: it ends too early"},
		{"policies", ``, "body:1: it is empty: write [] to take all policies away"},
		{"policies", `{"keys":[]}`, "body:1: policies is a mapping, not a list: write [] for an empty list"},
		{"policies", `[{"version":"1","statement":[]}]`, `body:1: policies[0]: version: the only version is the text "2.0", quotes included`},
		{"role", `{"trust":` + anyPolicy + `}`, "body:1: trust: statement.resource: a trust policy has none, the role is its resource"},
		{"role", `{"maxSessionSeconds":1}`, "body:1: maxSessionSeconds: 1 is not a longest session"},
		{"role", `{"id":"r"}`, `body:1: id: "r" is not a role's number`},
	} {
		if _, err := parsers[c.kind](c.body); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s:\n got %v\nwant %s", c.kind, c.body, err, c.want)
		}
	}
}
