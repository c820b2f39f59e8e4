package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"imageshare/admin"
	"imageshare/sign"
)

func nouns() []noun { return []noun{accountNoun(), userNoun(), roleNoun(), keyNoun()} }

// Every command explains itself, by an example that can be said.
func TestHelpOfCommands(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		code, out, _ := say("", n.name, "--help")
		for _, v := range n.verbs {
			if code != exitOK || !strings.Contains(out, v.example) {
				t.Errorf("%s --help: exit %d, no example of %s", n.name, code, v.name)
			}
			code, out, errs := say("", n.name, v.name, "--help")
			if code != exitOK || !strings.Contains(out, "Example:\n  "+v.example) || errs != "" {
				t.Errorf("%s %s --help: exit %d, %s%s", n.name, v.name, code, out, errs)
			}
			words := strings.Fields(v.example)
			chosen, args, err := n.choose(words[2:])
			if err == nil && chosen.name == v.name {
				f := flags(n.name)
				v.bind(f)
				args, err = parseAll(f, args)
			}
			if err := errors.Join(err, v.count(args)); words[1] != n.name || chosen.name != v.name || err != nil {
				t.Errorf("%q: is %s %s, %v", v.example, words[1], chosen.name, err)
			}
		}
	}
}

func TestHelpListsEveryCommand(t *testing.T) {
	t.Parallel()
	if code, out, _ := say("", "help", "key"); code != exitOK || !strings.Contains(out, "imageshare key VERB") {
		t.Errorf("help key: exit %d %s", code, out)
	}
	code, out, _ := say("")
	for _, c := range commands() {
		if !strings.Contains(out, "imageshare "+c.name+" ") || code != exitOK {
			t.Errorf("no %s in\n%s", c.name, out)
		}
	}
}

// say runs a command line with at most IMAGESHARE_ADMIN in the environment.
func say(admin string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	world := env()
	if admin != "" {
		world = env("IMAGESHARE_ADMIN", admin)
	}
	code = run(context.Background(), args, world, &o, &e)
	return code, o.String(), e.String()
}

// Flags may stand anywhere behind the command.
func TestFlagsAnywhere(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"create --user u tencent/5", "create tencent/5 --user u", "--user u create tencent/5", "--user=u --json create tencent/5", "create --user u -- tencent/5",
	} {
		n := keyNoun()
		v, args, err := n.choose(strings.Fields(words))
		if err != nil || v.name != "create" {
			t.Errorf("%s: %s, %v", words, v.name, err)
			continue
		}
		f := flags("key")
		v.bind(f)
		(&commonFlags{}).declare(f, new(bool))
		rest, err := parseAll(f, args)
		if got := fmt.Sprint(rest, f.Lookup("user").Value, err); got != "[tencent/5] u <nil>" {
			t.Errorf("%s: got %s", words, got)
		}
	}
}

// A bad command line is exit 2, and says how it is written.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"key":                                        "say one of create",
		"key lst":                                    `key has no verb "lst"`,
		"key create":                                 "CLOUD/ID is missing: see imageshare key create --help",
		"key create a b":                             `CLOUD/ID is wanted, not "a b"`,
		"key create tencent/5 --usr x":               "-usr: see imageshare key create --help",
		"key create aws/5":                           "write cloud/number",
		"key disable tencent/5 AKID x":               "[CLOUD/ID] KEYID is wanted",
		"account list now":                           "no arguments is wanted",
		"account --usr":                              "-usr: see imageshare account --help",
		"account list --admin ftp://x":               "write http://HOST:PORT",
		"account list --admin http://x/api":          "write http://HOST:PORT",
		"role put tencent/5 r --max-session long":    "write 1h or 90m",
		"user put tencent/5 u --id 7 --file x":       "leave the other flags out",
		"key rotate-seal --store memory:":            "gone when its server stops",
		"key rotate-seal --store sqlite:":            "write sqlite:PATH",
		"key rotate-seal --store postgres:x":         "write sqlite:PATH",
		"key rotate-seal --store sqlite:x.db":        "--new-secrets-key-file FILE",
		"key rotate-seal --admin http://127.0.0.1:1": "-admin: see imageshare key rotate-seal --help",
	} {
		if code, _, errs := say("", strings.Fields(line)...); code != exitUsage || !strings.Contains(strings.ToLower(errs), strings.ToLower(want)) {
			t.Errorf("%s: exit %d, %s; want 2 and %q", line, code, errs, want)
		}
	}
}

// Whatever else goes wrong is exit 1, and says what to do about it.
func TestNoServer(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("limit") {
		case "1000":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "<html>")
		}
	}))
	defer other.Close()
	for line, want := range map[string]string{
		"account list --admin 127.0.0.1:1":                              "cannot reach http://127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused: is `imageshare serve` running? Name its admin listener with --admin",
		"account list --admin " + other.URL:                             "not as an admin API does",
		"account show tencent/5 --admin " + other.URL:                   "is it a server of another version?",
		"account list --admin-token-file no.token":                      "no.token",
		"account put tencent/5 --file no.json":                          "name a file that is there, or - for standard input",
		"role put tencent/5 r --trust no.json":                          "no.json",
		"key rotate-seal --store sqlite:no.db --new-secrets-key-file n": "no store to seal anew",
	} {
		if code, _, errs := say("http://127.0.0.1:1", strings.Fields(line)...); code != exitError || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s; want 1 and %q", line, code, errs, want)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	word := write(t, dir, "token", "word\n")
	s := begin(t, "--dev", "--admin-token-file", word)
	if code, _, errs := say("http://"+s.admin, "account", "list"); code != exitError || !strings.Contains(errs, "name that file with --admin-token-file") {
		t.Errorf("without: exit %d %s", code, errs)
	}
	if code, out, errs := say("http://"+s.admin, "account", "list", "--admin-token-file", word); code != exitOK || !strings.Contains(out, "tencent/100000000001") {
		t.Errorf("with: exit %d %s", code, errs)
	}
}

// conversation runs commands against one server.
type conversation struct {
	t     *testing.T
	admin string
}

func (c conversation) ok(in string, args ...string) string {
	c.t.Helper()
	var out, errs bytes.Buffer
	err := dispatch(context.Background(), program{args: args, env: env("IMAGESHARE_ADMIN", c.admin), in: strings.NewReader(in), out: &out, errs: &errs})
	if err != nil {
		c.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return out.String()
}

// fails wants exit 1 and words.
func (c conversation) fails(want string, args ...string) {
	c.t.Helper()
	if code, _, errs := say(c.admin, args...); code != exitError || !strings.Contains(errs, want) {
		c.t.Errorf("%s: exit %d %s; want 1 and %q", strings.Join(args, " "), code, errs, want)
	}
}

const (
	readOnly = `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:Describe*"],"resource":["*"]}]}`
	anyone   = `{"version":"2.0","statement":[{"effect":"allow","action":"name/sts:AssumeRole","principal":{"qcs":["qcs::cam::uin/100000000001:root"]}}]}`
)

// times are those of the day of the test.
var times = regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// What people read, to the letter.
func TestWhatPeopleRead(t *testing.T) {
	t.Parallel()
	c, dir := conversation{t, "http://" + begin(t, "--dev").admin}, t.TempDir()
	policy, trust := write(t, dir, "policy.json", readOnly), write(t, dir, "trust.json", anyone)
	c.ok("keys: [{id: AKIDfive, secret: s, disabled: true}]", "account", "put", "tencent/5", "--file", "-")
	c.ok("", "user", "put", "tencent/5", "reader", "--id", "7", "--policy", policy, "--policy", policy)
	c.ok("", "role", "put", "tencent/5", "auditor", "--trust", trust, "--max-session", "90m")
	c.ok(`{"id":"42","policies":[`+readOnly+`]}`, "role", "put", "tencent/5", "other", "--file", "-")
	c.ok("", "role", "delete", "tencent/5", "auditor")
	for _, said := range []struct{ line, want string }{
		{"account list", `
ACCOUNT                   KEYS  USERS  ROLES  SINCE
alibaba/1234567890123456  1     0      0      DAY
alibaba/1234567890123457  1     0      0      DAY
tencent/5                 1     1      1      DAY
tencent/100000000001      1     0      0      DAY
tencent/100000000002      1     0      0      DAY
`},
		{"account tencent/5", `
tencent/5, since DAY

KEY       USER  STATE     LAST USED
AKIDfive  -     disabled  never

USER    NUMBER  KEYS  POLICIES
reader  7       0     2

ROLE   NUMBER  LONGEST SESSION  POLICIES
other  42      -                1
`},
		{"user list tencent/5", `
USER    NUMBER  KEYS  POLICIES
reader  7       0     2
`},
		{"role show tencent/5 other", `
ROLE   NUMBER  LONGEST SESSION  POLICIES
other  42      -                1

POLICY
{
  "version": "2.0",
  "statement": [
    {
      "effect": "allow",
      "action": [
        "cvm:Describe*"
      ],
      "resource": [
        "*"
      ]
    }
  ]
}
`},
		{"key enable AKIDfive", `
key AKIDfive of tencent/5 is enabled
`},
		{"account put tencent/5 --json", `
{"cloud":"tencent","id":"5","createdAt":"DAY","keys":[{"id":"AKIDfive","disabled":false,"lastUsed":null}],"users":[{"name":"reader","id":"7","keys":[],"policies":[` + readOnly + "," + readOnly + `]}],"roles":[{"name":"other","id":"42","maxSessionSeconds":0,"policies":[` + readOnly + `]}]}
`},
		{"key delete tencent/5 AKIDfive --json", "\n"},
		{"user delete tencent/5 reader", `
user reader of tencent/5 deleted
`},
		{"account delete tencent/5", `
account tencent/5 deleted
`},
	} {
		got := times.ReplaceAllString(c.ok("", strings.Fields(said.line)...), "DAY")
		if want := strings.TrimPrefix(said.want, "\n"); got != want {
			t.Errorf("%s:\n got\n%s\nwant\n%s", said.line, got, want)
		}
	}
}

// Faults are told by the names of the files that have them.
func TestFaultsNameTheFile(t *testing.T) {
	t.Parallel()
	c, dir := conversation{t, "http://" + begin(t, "--dev").admin}, t.TempDir()
	good, bad := write(t, dir, "good.json", readOnly), write(t, dir, "bad.json", strings.Replace(readOnly, "allow", "perhaps", 1))
	c.fails(bad+": statement[0].effect", "user", "put", "tencent/100000000001", "u", "--policy", good, "--policy", bad)
	c.fails(bad+": statement[0].", "role", "put", "tencent/100000000001", "r", "--trust", bad)
	c.fails(bad+":1: unknown key", "account", "put", "tencent/5", "--file", bad)
	c.fails("torn.json:2: not JSON", "user", "put", "tencent/100000000001", "u", "--policy", write(t, dir, "torn.json", "{\n  \"version\" 1}"))
	c.fails("no account tencent/5", "user", "put", "tencent/5", "u")
	c.fails("no account has a key AKIDno", "key", "disable", "AKIDno")
}

// A list of several pages is printed whole.
func TestListsAreComplete(t *testing.T) {
	t.Parallel()
	var seed strings.Builder
	seed.WriteString("version: 1\naccounts:\n")
	for i := range 2000 {
		fmt.Fprintf(&seed, "  - {cloud: tencent, id: %d, keys: [{id: AKID%[1]d, secret: s}]}\n", i+1)
	}
	s := begin(t, "--store", "memory:", "--seed", write(t, t.TempDir(), "seed.yaml", seed.String()))
	c := conversation{t, "http://" + s.admin}
	if got := strings.Count(c.ok("", "account", "list"), "\n"); got != 2001 {
		t.Errorf("%d lines, want 2001", got)
	}
	var all admin.List[admin.Account]
	if err := json.Unmarshal([]byte(c.ok("", "account", "list", "--json")), &all); err != nil || len(all.Items) != 2000 || all.Next != "" {
		t.Errorf("%d items, next %q, %v", len(all.Items), all.Next, err)
	}
	if got := c.ok("", "key", "disable", "AKID2000"); got != "key AKID2000 of tencent/2000 is disabled\n" {
		t.Errorf("found on the last page: %s", got)
	}
}

// works reports what the server says to a request signed with a key.
func works(t *testing.T, wire string, k admin.NewKey) string {
	t.Helper()
	r := &sign.Request{Method: "POST", Host: wire, Path: "/", Header: http.Header{}, Body: []byte(`{"ImageId":"img-6pb6lrmy"}`)}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": "DescribeImageSharePermission", "X-TC-Version": "2017-03-12", "X-TC-Region": "ap-guangzhou",
	} {
		r.Header.Set(name, value)
	}
	sign.SignTC3(r, sign.Key{ID: k.ID, Secret: k.Secret}, sign.TC3Options{At: time.Now()})
	q, err := http.NewRequest("POST", "http://"+wire+"/", bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header = r.Header
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var told struct {
		Response struct{ Error struct{ Code string } }
	}
	if err := json.NewDecoder(a.Body).Decode(&told); err != nil {
		t.Fatal(err)
	}
	return told.Response.Error.Code
}

// A key works from the call that makes it until the one that stops it.
func TestKeysOnTheWire(t *testing.T) {
	t.Parallel()
	s := begin(t, "--dev")
	c := conversation{t, "http://" + s.admin}
	var made, next admin.NewKey
	if err := json.Unmarshal([]byte(c.ok("", "key", "create", "tencent/100000000001", "--json")), &made); err != nil {
		t.Fatal(err)
	}
	expect := func(k admin.NewKey, want string) {
		t.Helper()
		if got := works(t, s.wires, k); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	expect(made, "")
	c.ok("", "key", "disable", made.ID)
	expect(made, "AuthFailure.SecretIdNotFound")
	c.ok("", "key", "enable", made.ID)
	expect(made, "")
	if err := json.Unmarshal([]byte(c.ok("", "key", "rotate", made.ID, "--json")), &next); err != nil {
		t.Fatal(err)
	}
	expect(made, "AuthFailure.SecretIdNotFound")
	expect(next, "")
	c.ok("", "key", "delete", next.ID)
	expect(next, "AuthFailure.SecretIdNotFound")
}
