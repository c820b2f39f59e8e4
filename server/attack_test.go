package server_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"imageshare/internal/wiretest"
	"imageshare/sign"
)

var update = flag.Bool("update", false, "write testdata/attacks.golden again")

// target is whom every attack tries to let in; nobody else shares with it.
const target = "101104350099"

const (
	widen  = `{"ImageId":"img-6pb6lrmy","AccountIds":["` + target + `"],"Permission":"SHARE"}`
	cancel = `{"ImageId":"img-6pb6lrmy","AccountIds":["` + target + `"],"Permission":"CANCEL"}`
)

// attack is what somebody on the way does to a request that a client signed.
type attack struct {
	name   string
	change func(*http.Request)
}

// header rewrites one header.
func header(name string, to func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, to(r.Header.Get(name))) }
}

// swap replaces a part of the Authorization header.
func swap(old, text string) func(*http.Request) {
	return header("Authorization", func(s string) string { return strings.Replace(s, old, text, 1) })
}

func set(name, value string) func(*http.Request) {
	return header(name, func(string) string { return value })
}

// add sends a header once more.
func add(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

func body(text string) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	}
}

// lastDigit changes the last digit of the signature.
func lastDigit(s string) string {
	last := "0"
	if s[len(s)-1] == '0' {
		last = "1"
	}
	return s[:len(s)-1] + last
}

// attacks each leave the request one that its client did not sign.
var attacks = []attack{
	{"signature left out", func(r *http.Request) { r.Header.Del("Authorization") }},
	{"one digit of the signature changed", header("Authorization", lastDigit)},
	{"signature cut off", header("Authorization", func(s string) string { return s[:strings.LastIndex(s, "=")+1] })},
	{"nothing said to be signed", swap("content-type;host", "")},
	{"content-type said not to be signed", swap("content-type;host", "host")},
	{"host said not to be signed", swap("content-type;host", "content-type")},
	{"more said to be signed", swap("content-type;host", "content-type;host;x-tc-action")},
	{"an algorithm of no name", swap("TC3-HMAC-SHA256", "TC3-HMAC-NONE")},
	{"Authorization: SKIP", set("Authorization", "SKIP")},
	{"a bearer token", set("Authorization", "Bearer examplesecret")},
	{"TC3's words in ACS3's header", swap("TC3-HMAC-SHA256", "ACS3-HMAC-SHA256")},
	{"another account's key id", swap("AKIDexample", "AKIDother")},
	{"a key id that is none", swap("AKIDexample", "AKIDnobody")},
	{"another day in the scope", swap("/cvm/tc3_request", "9/cvm/tc3_request")},
	{"another service in the scope", swap("/cvm/", "/cbs/")},
	{"two Authorization headers", add("Authorization", "TC3-HMAC-SHA256 0")},
	{"two actions", add("X-Tc-Action", "DeleteImages")},
	{"two versions", add("X-Tc-Version", "2017-03-12")},
	{"two regions", add("X-Tc-Region", "ap-beijing")},
	{"two times", add("X-Tc-Timestamp", "1529488800")},
	{"two digests of the body", func(r *http.Request) { r.Header["X-Tc-Content-Sha256"] = []string{"", "UNSIGNED-PAYLOAD"} }},
	{"two tokens", func(r *http.Request) { r.Header["X-Tc-Token"] = []string{"", "s1.forged.token"} }},
	{"two content types", add("Content-Type", "application/x-www-form-urlencoded")},
	{"a forged token beside a stored key", set("X-Tc-Token", "s1.forged.token")},
	{"payload said not to be signed", set("X-Tc-Content-Sha256", "UNSIGNED-PAYLOAD")},
	{"another body", body(strings.Replace(widen, target, target+"1", 1))},
	{"a form in place of JSON", set("Content-Type", "application/x-www-form-urlencoded")},
	{"another host", func(r *http.Request) { r.Host = "evil.example" }},
	{"another method", func(r *http.Request) { r.Method = "PUT" }},
	{"a second later", header("X-Tc-Timestamp", func(s string) string { return plus(s, 1) })},
	{"a time that is no number", set("X-Tc-Timestamp", "now")},
	{"a time beyond every number", set("X-Tc-Timestamp", "99999999999999999999")},
	{"a time before 1970", set("X-Tc-Timestamp", "-1")},
	{"no time", func(r *http.Request) { r.Header.Del("X-Tc-Timestamp") }},
}

func plus(seconds string, n int64) string {
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return seconds
	}
	return strconv.FormatInt(at+n, 10)
}

// shared reports whether the target may use the image, as its owner sees it.
func shared(d *wiretest.Door) bool {
	return strings.Contains(d.Do(signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)).Body.String(), target)
}

// Each attack is refused and changes nothing; the request that it was made of
// does what it says, before and after.
func TestAttacks(t *testing.T) {
	t.Parallel()
	d := door(t)
	var table strings.Builder
	for _, a := range attacks {
		r := signed("ModifyImageSharePermission", widen)
		a.change(r)
		got := outcome(d.Do(r).Body.String())
		if got == "" || shared(d) {
			t.Errorf("%s: answered %q, shared %v: it must be refused", a.name, got, shared(d))
		}
		fmt.Fprintf(&table, "%-60s %s\n", "TC3: "+a.name, got)
		honest(t, d, a.name)
	}
	otherWires(t, &table)
	golden(t, table.String())
}

// refusal finds the code in what else an answer may be written as: XML, and the
// numbers of 2016.
var refusal = regexp.MustCompile(`<Code>([^<]+)|"code":([0-9]+)`)

// outcome is the code of a refusal, "" for a success.
func outcome(text string) string {
	if m := refusal.FindStringSubmatch(text); m != nil {
		return m[1] + m[2]
	}
	return code(text)
}

// honest shows that nothing but the attack was refused.
func honest(t *testing.T, d *wiretest.Door, after string) {
	t.Helper()
	if c := code(d.Do(signed("ModifyImageSharePermission", widen)).Body.String()); c != "" || !shared(d) {
		t.Errorf("after %s the honest request is answered %q", after, c)
	}
	if c := code(d.Do(signed("ModifyImageSharePermission", cancel)).Body.String()); c != "" || shared(d) {
		t.Errorf("after %s its cancel is answered %q", after, c)
	}
}

func golden(t *testing.T, table string) {
	t.Helper()
	const path = "testdata/attacks.golden"
	if *update {
		if err := os.WriteFile(path, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != table {
		t.Errorf("%s (%v) does not say what happened; -update writes it again:\n%s", path, err, table)
	}
}

// signedAt is an honest request of another moment.
func signedAt(at time.Time, action, text string) *http.Request {
	r := &sign.Request{Method: "POST", Host: "127.0.0.1:7080", Path: "/", Header: http.Header{}, Body: []byte(text)}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": action, "X-TC-Version": "2017-03-12", "X-TC-Region": "ap-guangzhou",
	} {
		r.Header.Set(name, value)
	}
	sign.SignTC3(r, sign.Key{ID: "AKIDexample", Secret: "examplesecret"}, sign.TC3Options{At: at})
	h := httptest.NewRequest("POST", "http://127.0.0.1:7080/", strings.NewReader(text))
	h.Header = r.Header
	return h
}

// Five minutes either way are the window, and not a second more.
func TestEdgesOfTheWindow(t *testing.T) {
	t.Parallel()
	d := door(t)
	const list = `{"ImageId":"img-6pb6lrmy"}`
	for off, want := range map[time.Duration]string{
		5 * time.Minute: "", -5 * time.Minute: "",
		5*time.Minute + time.Second: "AuthFailure.SignatureExpire", -5*time.Minute - time.Second: "AuthFailure.SignatureExpire",
		100 * 365 * 24 * time.Hour: "AuthFailure.SignatureExpire",
	} {
		if got := code(d.Do(signedAt(wiretest.Start.Add(off), "DescribeImageSharePermission", list)).Body.String()); got != want {
			t.Errorf("%v off: %q, want %q", off, got, want)
		}
	}
}

// What SDKs do not sign can be changed on the way: the README says what that
// allows. It allows no more than the body and the key do.
func TestUnsignedHeaders(t *testing.T) {
	t.Parallel()
	d := door(t)
	for name, c := range map[string]struct{ header, value, want string }{
		"another action":  {"X-Tc-Action", "ModifyImageSharePermission", "MissingParameter"},
		"another region":  {"X-Tc-Region", "eu-moscow", "InvalidImageId.NotFound"},
		"another version": {"X-Tc-Version", "2017-03-13", "NoSuchVersion"},
	} {
		r := signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)
		r.Header.Set(c.header, c.value)
		if got := code(d.Do(r).Body.String()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A list of ids that was a question can be sent on as a deletion, since both
// have the same body: the README says so.
func TestUnsignedAction(t *testing.T) {
	t.Parallel()
	d := door(t)
	r := signed("DescribeImages", `{"ImageIds":["img-unshared"]}`)
	r.Header.Set("X-Tc-Action", "DeleteImages")
	if got := code(d.Do(r).Body.String()); got != "" {
		t.Errorf("the deletion: %q", got)
	}
	got := d.Do(signed("DescribeImages", `{"ImageIds":["img-unshared"]}`)).Body.String()
	if !strings.Contains(got, `"TotalCount":0`) {
		t.Errorf("the image afterwards: %s", got)
	}
}

// Signature v1 and API 2.0 join names and values without encoding them, so one
// value with an "&" signs like two parameters. What comes of it is held to the
// rules of the action like anything else: the README says so.
func TestAmpersand(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"sha1", "sha256", "v2-sha256", "v2-tc2"} {
		d := door(t)
		for name, c := range map[string]struct {
			call        []string
			signs, sent string
			want        string
		}{
			"a value cut in two": {
				[]string{"ModifyImageAttribute", "ImageId=img-6pb6lrmy", "ImageDescription=nice&ImageFamily=other"},
				"nice%26ImageFamily%3Dother", "nice&ImageFamily=other", "",
			},
			"cut where the action has no such parameter": {
				[]string{"ModifyImageAttribute", "ImageId=img-6pb6lrmy", "ImageDescription=nice&ImageDoor=other"},
				"nice%26ImageDoor%3Dother", "nice&ImageDoor=other", "UnknownParameter",
			},
			"two accounts made one": {
				[]string{"ModifyImageSharePermission", "ImageId=img-6pb6lrmy", "Permission=SHARE", "AccountIds.0=7", "AccountIds.1=8"},
				"AccountIds.0=7&AccountIds.1=8", "AccountIds.0=7%26AccountIds.1%3D8", "InvalidAccountId.NotFound",
			},
		} {
			r := d.Request(t, scheme+" "+c.call[0], c.call[1:]...)
			if !strings.Contains(r.URL.RawQuery, c.signs) {
				t.Fatalf("%s: %s is not in %s", name, c.signs, r.URL.RawQuery)
			}
			replace(c.signs, c.sent)(r)
			if got := code(d.Do(r).Body.String()); got != c.want {
				t.Errorf("%s: %s: %q, want %q", scheme, name, got, c.want)
			}
		}
	}
}

// Bodies that are made to cost much are refused, signed or not.
func TestBombs(t *testing.T) {
	t.Parallel()
	d := door(t)
	for name, text := range map[string]string{
		"deep":         strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		"deep lists":   `{"AccountIds":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
		"long number":  `{"ImageId":` + strings.Repeat("9", 1_000_000) + "}",
		"a name twice": `{"ImageId":"img-6pb6lrmy","ImageId":"img-other000"}`,
		"cut off":      `{"ImageId":"img-6pb6`,
		"many names":   "{" + strings.Repeat(`"a":1,`, 100_000) + `"ImageId":"img-6pb6lrmy"}`,
		"no UTF-8":     "{\"ImageId\":\"\xff\"}",
	} {
		if got := code(d.Do(signed("DescribeImageSharePermission", text)).Body.String()); got == "" || got == "InternalError" {
			t.Errorf("%s: %q, want a refusal", name, got)
		}
	}
}
