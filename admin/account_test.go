package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"imageshare/admin"
	"imageshare/ledger"
)

// step is one call and what it is answered: JSON that the answer is, or, where
// it begins with …, words that it has.
type step struct {
	call, body string
	status     int
	want       string
}

const (
	first = "/api/v1/accounts/tencent/100000000001"
	fresh = "/api/v1/accounts/tencent/5"
	allow = `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:Describe*"],"resource":["*"]}]}`
	trust = `{"version":"2.0","statement":[{"effect":"allow","action":"name/sts:AssumeRole","principal":{"qcs":["qcs::cam::uin/100000000001:root"]}}]}`
)

func play(t *testing.T, h http.Handler, steps []step) {
	t.Helper()
	for _, s := range steps {
		method, path, _ := strings.Cut(s.call, " ")
		status, got := do(h, method, path, s.body)
		if words, ok := strings.CutPrefix(s.want, "…"); ok {
			if !strings.Contains(got, words) || !strings.HasPrefix(got, `{"error":{"code":"`) {
				t.Errorf("%s %s:\n got %s\nwant an error with %s", s.call, s.body, got, words)
			}
		} else if strings.TrimSpace(got) != s.want {
			t.Errorf("%s %s:\n got %s\nwant %s", s.call, s.body, got, s.want)
		}
		if status != s.status {
			t.Errorf("%s %s: status %d, want %d", s.call, s.body, status, s.status)
		}
	}
}

// An account's life, as its operator sees it.
func TestAccounts(t *testing.T) {
	t.Parallel()
	const bare = `{"cloud":"tencent","id":"5","createdAt":"2020-01-01T00:00:00Z","keys":[],"users":[],"roles":[]}`
	const keyed = `{"cloud":"tencent","id":"5","createdAt":"2020-01-01T00:00:00Z","keys":[{"id":"AKIDfive","disabled":false,"lastUsed":null}],"users":[],"roles":[]}`
	play(t, open(t, nil), []step{
		{"GET " + fresh, "", 404, "…no account tencent/5: register it first (PUT /api/v1/accounts/tencent/5, or imageshare account put tencent/5)"},
		{"PUT " + fresh, "", 201, bare},
		{"PUT " + fresh, "{}", 200, bare},
		{"PUT " + fresh, `{"keys":[{"id":"AKIDfive","secret":"s"}]}`, 200, keyed},
		{"PUT " + fresh, `{"cloud":"tencent","id":"5"}`, 200, keyed},
		{"GET " + fresh, "", 200, keyed},
		{"PUT " + fresh, `{"keys":[]}`, 200, bare},
		{"DELETE " + fresh, "", 204, ""},
		{"DELETE " + fresh, "", 404, "…no account tencent/5"},
		{"PUT /api/v1/accounts/alibaba/5", "", 201, strings.Replace(bare, "tencent", "alibaba", 1)},
	})
}

func TestUsers(t *testing.T) {
	t.Parallel()
	const alice = `{"name":"alice","id":"7","keys":[{"id":"AKIDalice","disabled":true,"lastUsed":null}],"policies":[` + allow + `]}`
	play(t, open(t, nil), []step{
		{"PUT " + fresh + "/users/alice", "{}", 404, "…no account tencent/5"},
		{"GET " + first + "/users/alice", "", 404, `…account tencent/100000000001 has no user \"alice\": look at those it has (GET /api/v1/accounts/tencent/100000000001, or imageshare user list tencent/100000000001), or make it with a PUT`},
		{"PUT " + first + "/users/alice", `{"id":"7","keys":[{"id":"AKIDalice","secret":"s","disabled":true}],"policies":[` + allow + `]}`, 201, alice},
		{"PUT " + first + "/users/alice", "", 200, alice},
		{"GET " + first + "/users/alice", "", 200, alice},
		{"PUT " + first + "/users/bob", "", 201, `{"name":"bob","keys":[],"policies":[]}`},
		{"PUT " + first + "/users/bob/policies", "[" + allow + "]", 200, `{"name":"bob","keys":[],"policies":[` + allow + `]}`},
		{"PUT " + first + "/users/bob/policies", `{"policies":[]}`, 200, `{"name":"bob","keys":[],"policies":[]}`},
		{"PUT " + first + "/users/carol/policies", "[" + allow + "]", 404, `…has no user \"carol\"`},
		{"PUT " + first + "/users/a%2Bb@x", "", 201, `{"name":"a+b@x","keys":[],"policies":[]}`},
		{"DELETE " + first + "/users/bob", "", 204, ""},
		{"DELETE " + first + "/users/bob", "", 404, "…no user"},
		{"GET " + first, "", 200, `{"cloud":"tencent","id":"100000000001","createdAt":"2020-01-01T00:00:00Z","keys":[{"id":"AKIDexample","disabled":false,"lastUsed":null}],"users":[` +
			alice + `,{"name":"a+b@x","keys":[],"policies":[]}],"roles":[]}`},
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	const auditor = `{"name":"auditor","id":"4611686018427756694","maxSessionSeconds":3600,"trust":` + trust + `,"policies":[` + allow + `]}`
	play(t, open(t, nil), []step{
		{"GET " + first + "/roles/auditor", "", 404, "…no role"},
		{"PUT " + first + "/roles/auditor", `{"trust":` + trust + `,"policies":[` + allow + `],"maxSessionSeconds":3600}`, 201, auditor},
		{"PUT " + first + "/roles/auditor", `{"name":"auditor"}`, 200, auditor},
		{"GET " + first + "/roles/auditor", "", 200, auditor},
		{"PUT " + first + "/roles/empty", `{"id":"42"}`, 201, `{"name":"empty","id":"42","maxSessionSeconds":0,"policies":[]}`},
		{"DELETE " + first + "/roles/auditor", "", 204, ""},
		{"DELETE " + first + "/roles/auditor", "", 404, "…no role"},
		{"PUT " + first + "/roles/auditor", "", 201, `{"name":"auditor","id":"4611686018427826158","maxSessionSeconds":0,"policies":[]}`},
	})
}

// What is refused says what was wrong and how to put it right.
func TestRefusals(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	before := exported(t, h)
	play(t, h, []step{
		{"GET /api/v1/accounts/aws/5", "", 400, `…\"aws/5\" is not an account: write cloud/number, for example tencent/100000000001`},
		{"PUT /api/v1/accounts/tencent/x", "", 400, "…is not an account"},
		{"PUT " + fresh, `{"keys":`, 400, "…body:1: not JSON"},
		{"PUT " + fresh, `{"id":"6"}`, 400, `…id: the entry is about \"6\", and the call about \"5\"`},
		{"PUT " + fresh, `{"key":[]}`, 400, "…the keys there are cloud, id, keys, users, roles"},
		{"PUT " + fresh, `{"keys":[{"id":"AKIDx"}]}`, 400, "…keys[0] has no secret: write secret"},
		{"PUT " + fresh, `{"keys":[{"id":"AKIDexample","secret":"s"}]}`, 409, "…key AKIDexample: a key id is one key"},
		{"PUT " + fresh, `{"users":[{"name":"a","id":"100000000002"}]}`, 409, "…NumberTaken"},
		{"PUT " + fresh, `{"users":[{"name":"a b"}]}`, 400, `…user \"a b\"`},
		{"PUT " + first + "/users/a%20b", "", 400, `…user \"a b\"`},
		{"PUT " + first + "/users/alice", `{"name":"bob"}`, 400, "…leave it out, or correct one of them"},
		{"PUT " + first + "/users/alice", `{"policies":[{"version":"2.0","statement":[{"effect":"perhaps","action":"*","resource":"*"}]}]}`, 400, "…policies[0]: statement[0].effect"},
		{"PUT " + first + "/users/alice", `{"keys":[{"id":"AKIDexample","secret":"s"}]}`, 409, "…KeyTaken"},
		{"PUT " + first + "/users/alice/policies", "", 400, "…it is empty: write []"},
		{"PUT " + first + "/users/alice/policies", "{}", 400, "…not a list"},
		{"PUT " + first + "/roles/auditor", `{"trust":` + allow + `}`, 400, "…trust: statement[0].resource"},
		{"PUT " + first + "/roles/auditor", `{"maxSessionSeconds":60}`, 400, "…write 900 to 43200"},
		{"PUT " + first + "/roles/auditor", `{"maxSession":900}`, 400, "…maxSessionSeconds, trust, policies"},
		{"PUT " + fresh, strings.Repeat(" ", 8<<20) + "{}", 413, "…at most 8 MiB"},
		{"PUT " + fresh + "?dryRun=true", "", 400, `…unknown parameter \"dryRun\": this call has none`},
		{"GET /api/v1/accounts?limit=0", "", 400, `…limit \"0\" is no number from 1 to 1000`},
		{"GET /api/v1/accounts?limit=1001", "", 400, "…1 to 1000"},
		{"GET /api/v1/accounts?cursor=x", "", 400, `…cursor \"x\" is not the next of an answer`},
		{"GET /api/v1/accounts?offset=1", "", 400, "…this call has limit, cursor"},
		{"GET /api/v1/accounts?limit=1&limit=2", "", 400, "…given twice"},
		{"GET /api/v1/accounts?limit=%zz", "", 400, "…the query is not"},
		{"POST /api/v1/accounts", "", 405, "…/api/v1/accounts takes GET, not POST"},
		{"PATCH " + first, "", 405, "…takes DELETE, GET, PUT, not PATCH"},
		{"DELETE /healthz", "", 405, "…takes GET"},
		{"POST " + first + "/keys?user=nobody", "", 404, `…has no user \"nobody\"`},
		{"POST " + first + "/keys?user=", "", 400, "…parameter user is empty"},
		{"POST " + first + "/keys?rotate=AKIDno", "", 404, "…have no key AKIDno"},
		{"POST " + first + "/keys?rotate=AKIDexample&user=a", "", 400, "…exclude each other"},
		{"POST " + first + "/keys", `{"id":"AKIDmine"}`, 400, "…takes no body"},
		{"POST " + fresh + "/keys", "", 404, "…no account tencent/5"},
		{"PATCH " + first + "/keys/AKIDno", `{"disabled":true}`, 404, "…have no key AKIDno"},
		{"PATCH " + first + "/keys/AKIDother", `{"disabled":true}`, 404, "…have no key AKIDother"},
		{"PATCH " + first + "/keys/AKIDexample", `{}`, 400, "…nothing else about a key can be changed"},
		{"PATCH " + first + "/keys/AKIDexample", `{"disabled":"true"}`, 400, "…BadRequest"},
		{"PATCH " + first + "/keys/AKIDexample", `{"disabled":true,"secret":"x"}`, 400, "…BadRequest"},
		{"DELETE " + first + "/keys/AKIDno", "", 404, "…have no key AKIDno"},
	})
	if after := exported(t, h); after != before {
		t.Errorf("something changed:\n%s\nwas\n%s", after, before)
	}
}

func exported(t *testing.T, h http.Handler) string {
	t.Helper()
	_, text := do(h, "GET", "/api/v1/state?secrets=plain", "")
	return text
}

func TestAllowNamesTheMethods(t *testing.T) {
	t.Parallel()
	w := ask(open(t, nil), "OPTIONS", first+"/keys/AKIDexample", "")
	if got := w.Header().Get("Allow"); w.Code != 405 || got != "DELETE, PATCH" {
		t.Errorf("got %d, Allow %q", w.Code, got)
	}
}

// Pages are told apart from ends, also where the last one is full.
func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for _, c := range []struct{ limit, want string }{
		{"1", "alibaba/1234567890123456 | alibaba/1234567890123457 | tencent/100000000001 | tencent/100000000002 | "},
		{"2", "alibaba/1234567890123456 alibaba/1234567890123457 | tencent/100000000001 tencent/100000000002 | "},
		{"3", "alibaba/1234567890123456 alibaba/1234567890123457 tencent/100000000001 | tencent/100000000002 | "},
		{"1000", "alibaba/1234567890123456 alibaba/1234567890123457 tencent/100000000001 tencent/100000000002 | "},
	} {
		got, cursor := "", ""
		for {
			_, text := do(h, "GET", "/api/v1/accounts?limit="+c.limit+cursor, "")
			var page admin.List[admin.Account]
			if err := json.Unmarshal([]byte(text), &page); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, a := range page.Items {
				ids = append(ids, string(a.Cloud)+"/"+a.ID)
			}
			got += strings.Join(ids, " ") + " | "
			if cursor = "&cursor=" + page.Next; page.Next == "" {
				break
			}
		}
		if got != c.want {
			t.Errorf("limit %s:\n got %s\nwant %s", c.limit, got, c.want)
		}
	}
}

func made(t *testing.T, h http.Handler, path string) admin.NewKey {
	t.Helper()
	status, text := do(h, "POST", path, "")
	var k admin.NewKey
	if err := json.Unmarshal([]byte(text), &k); err != nil || status != 201 {
		t.Fatalf("POST %s: %d %s", path, status, text)
	}
	return k
}

// A key is made in its vendor's form and told once.
func TestKeysAreMade(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	do(h, "PUT", first+"/users/alice", "")
	for path, form := range map[string]string{
		first + "/keys":                                  `^AKID[A-Za-z0-9]{32} [A-Za-z0-9]{32} $`,
		first + "/keys?user=alice":                       `^AKID[A-Za-z0-9]{32} [A-Za-z0-9]{32} alice$`,
		"/api/v1/accounts/alibaba/1234567890123456/keys": `^LTAI[A-Za-z0-9]{20} [A-Za-z0-9]{30} $`,
	} {
		k := made(t, h, path)
		if got := k.ID + " " + k.Secret + " " + k.User; !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("%s: got %q, want %s", path, got, form)
		}
		account, _, _ := strings.Cut(path, "/keys")
		if _, shown := do(h, "GET", account, ""); !strings.Contains(shown, k.ID) || strings.Contains(shown, k.Secret) {
			t.Errorf("%s: shown with its secret, or not at all: %s", path, shown)
		}
		if all := exported(t, h); !strings.Contains(all, `"secret": "`+k.Secret+`"`) {
			t.Errorf("%s: the secret is not the one that was told", path)
		}
	}
}

func TestKeysAreSwitchedRotatedAndDropped(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	do(h, "PUT", first+"/users/alice", `{"keys":[{"id":"AKIDalice","secret":"s"}]}`)
	play(t, h, []step{
		{"PATCH " + first + "/keys/AKIDalice", `{"disabled":true}`, 200, `{"id":"AKIDalice","disabled":true,"lastUsed":null}`},
		{"PATCH " + first + "/keys/AKIDalice", `{"disabled":true}`, 200, `{"id":"AKIDalice","disabled":true,"lastUsed":null}`},
		{"PATCH " + first + "/keys/AKIDalice", `{"disabled":false}`, 200, `{"id":"AKIDalice","disabled":false,"lastUsed":null}`},
	})
	k := made(t, h, first+"/keys?rotate=AKIDalice")
	if k.User != "alice" || k.Replaces != "AKIDalice" {
		t.Errorf("got %+v, want alice's in place of AKIDalice", k)
	}
	play(t, h, []step{
		{"GET " + first + "/users/alice", "", 200, `{"name":"alice","keys":[{"id":"AKIDalice","disabled":true,"lastUsed":null},{"id":"` + k.ID + `","disabled":false,"lastUsed":null}],"policies":[]}`},
		{"DELETE " + first + "/keys/AKIDalice", "", 204, ""},
		{"DELETE " + first + "/keys/AKIDalice", "", 404, "…have no key"},
	})
	if k := made(t, h, first+"/keys?rotate=AKIDexample"); k.User != "" {
		t.Errorf("got %+v, want the account's own", k)
	}
}

// The history tells each step and no secret.
func TestHistoryOfKeys(t *testing.T) {
	t.Parallel()
	var l *ledger.Ledger
	h := open(t, func(c *admin.Config) { l = c.Ledger })
	k := made(t, h, first+"/keys")
	do(h, "PATCH", first+"/keys/"+k.ID, `{"disabled":true}`)
	do(h, "PATCH", first+"/keys/"+k.ID, `{"disabled":true}`) // changes nothing
	do(h, "PATCH", first+"/keys/"+k.ID, `{"disabled":false}`)
	rotated := made(t, h, first+"/keys?rotate="+k.ID)
	do(h, "DELETE", first+"/keys/"+k.ID, "")
	events, err := l.Reader().Events(context.Background(), ledger.EventQuery{Entity: "account/tencent/100000000001"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events[1:] { // the first is the seed's
		got = append(got, fmt.Sprintf("%s %s %s %v", e.Actor, e.Wire, e.Action, e.Notes))
	}
	text := strings.NewReplacer(k.ID, "OLD", rotated.ID, "NEW").Replace(strings.Join(got, "\n"))
	want := `admin admin CreateKey [key OLD made]
admin admin SwitchKey [key OLD disabled]
admin admin SwitchKey [key OLD enabled]
admin admin RotateKey [key NEW made key OLD disabled]
admin admin DeleteKey [key OLD dropped]`
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if all := fmt.Sprint(events); strings.Contains(all, k.Secret) || strings.Contains(all, rotated.Secret) || strings.Contains(all, "s1.") {
		t.Error("a secret stands in the history")
	}
}

// When a key was used is shown, and forgotten with the key and by a reset.
func TestLastUsed(t *testing.T) {
	t.Parallel()
	var l *ledger.Ledger
	h := open(t, func(c *admin.Config) { l = c.Ledger })
	use := func() {
		t.Helper()
		at := time.Date(2019, 12, 31, 23, 59, 0, 0, time.UTC)
		err := l.NoteKeysUsed(context.Background(), map[ledger.CredentialName]time.Time{{Cloud: ledger.Tencent, KeyID: "AKIDexample"}: at})
		if err != nil {
			t.Fatal(err)
		}
	}
	shows := func(want string) {
		t.Helper()
		if _, got := do(h, "GET", first, ""); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	use()
	shows(`{"id":"AKIDexample","disabled":false,"lastUsed":"2019-12-31T23:59:00Z"}`)
	do(h, "DELETE", first+"/keys/AKIDexample", "")
	do(h, "PUT", first, `{"keys":[{"id":"AKIDexample","secret":"s"}]}`)
	shows(`"lastUsed":null`)
	use()
	if status, text := do(h, "POST", "/api/v1/state/reset", ""); status != 204 {
		t.Fatal(text)
	}
	shows(`"lastUsed":null`)
}

// What the server itself cannot do is told without its reasons.
func TestFailures(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	h := open(t, func(c *admin.Config) {
		c.Random, c.Log = iotest.ErrReader(errors.New("no dice")), slog.New(slog.NewTextHandler(&log, nil))
	})
	status, got := do(h, "POST", first+"/keys", "")
	if status != 500 || strings.Contains(got, "dice") || !strings.Contains(log.String(), "no dice") {
		t.Errorf("%d %s, log %s", status, got, log.String())
	}
}
