package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"imageshare/internal/wiretest"
)

// wire is a scheme of signatures with an honest change, its opposite, and what
// shows whether it happened; and attacks on the change.
type wire struct {
	name                string
	widen, narrow, show []string // a call as a script has it: its line, then its parameters
	attacks             []attack
}

// query rewrites the raw query.
func query(to func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.URL.RawQuery = to(r.URL.RawQuery) }
}

func more(text string) func(*http.Request) {
	return query(func(q string) string { return q + "&" + text })
}

func replace(old, text string) func(*http.Request) {
	return query(func(q string) string { return strings.Replace(q, old, text, 1) })
}

// without drops a parameter.
func without(name string) func(*http.Request) {
	return query(func(q string) string {
		var kept []string
		for _, p := range strings.Split(q, "&") {
			if !strings.HasPrefix(p, name+"=") {
				kept = append(kept, p)
			}
		}
		return strings.Join(kept, "&")
	})
}

func path(p string) func(*http.Request) { return func(r *http.Request) { r.URL.Path = p } }

func method(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }

func drop(header string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(header) } }

const tc3 = "TC3-HMAC-SHA256 Credential=AKIDother/2018-06-20/cvm/tc3_request, SignedHeaders=content-type;host, Signature=00"

func ecsWire(scheme string, attacks []attack) wire {
	return wire{
		name:    scheme,
		widen:   []string{scheme + " ModifyImageSharePermission", "ImageId=m-unshared", "AddAccount.1=" + target},
		narrow:  []string{scheme + " ModifyImageSharePermission", "ImageId=m-unshared", "RemoveAccount.1=" + target},
		show:    []string{scheme + " DescribeImageSharePermission", "ImageId=m-unshared"},
		attacks: attacks,
	}
}

func cvmWire(scheme string, attacks []attack) wire {
	return wire{
		name:    scheme,
		widen:   []string{scheme + " ModifyImageSharePermission", "ImageId=img-6pb6lrmy", "AccountIds.0=" + target, "Permission=SHARE"},
		narrow:  []string{scheme + " ModifyImageSharePermission", "ImageId=img-6pb6lrmy", "AccountIds.0=" + target, "Permission=CANCEL"},
		show:    []string{scheme + " DescribeImageSharePermission", "ImageId=img-6pb6lrmy"},
		attacks: attacks,
	}
}

var wires = []wire{
	ecsWire("v1", []attack{
		{"signature left out", without("Signature")},
		{"another account", replace(target, target+"1")},
		{"another key id", replace("LTAIexample", "LTAIother")},
		{"a key id that is none", replace("LTAIexample", "LTAInobody")},
		{"another method", method("POST")},
		{"another way to sign", replace("HMAC-SHA1", "HMAC-SHA256")},
		{"a bearer token", more("SignatureType=BEARERTOKEN&BearerToken=x")},
		{"a security token", more("SecurityToken=CAISforged")},
		{"another product's version", replace("2014-05-26", "2017-11-10")},
		{"a parameter once more", more("AddAccount.1=7")},
		{"a parameter in other letters", more("addaccount.2=7")},
		{"ACS3's header beside it", set("Authorization", "ACS3-HMAC-SHA256 Credential=LTAIother,SignedHeaders=host,Signature=00")},
		{"TC3's header beside it", set("Authorization", tc3)},
		{"on the path of Tencent's API 2.0", path("/v2/index.php")},
	}),
	ecsWire("acs3", []attack{
		{"signature left out", drop("Authorization")},
		{"host said not to be signed", swap("host;", "")},
		{"the action said not to be signed", swap("x-acs-action;", "")},
		{"another action", set("X-Acs-Action", "ModifyImageShareGroupPermission")},
		{"another version", set("X-Acs-Version", "2017-11-10")},
		{"another nonce", set("X-Acs-Signature-Nonce", "another")},
		{"another moment", set("X-Acs-Date", "2018-06-20T10:00:01Z")},
		{"two actions", add("X-Acs-Action", "ModifyImageShareGroupPermission")},
		{"two versions", add("X-Acs-Version", "2014-05-26")},
		{"two nonces", add("X-Acs-Signature-Nonce", "another")},
		{"two moments", add("X-Acs-Date", "2018-06-20T10:00:01Z")},
		{"two digests of the body", add("X-Acs-Content-Sha256", strings.Repeat("0", 64))},
		{"two tokens", func(r *http.Request) { r.Header["X-Acs-Security-Token"] = []string{"", "CAISforged"} }},
		{"two key ids", func(r *http.Request) { r.Header["X-Acs-Accesskey-Id"] = []string{"", "LTAIother"} }},
		{"two Authorization headers", add("Authorization", "ACS3-HMAC-SHA256 0")},
		{"another digest of the body", set("X-Acs-Content-Sha256", strings.Repeat("0", 64))},
		{"another body", body("AddAccount.2=7")},
		{"another account", replace(target, target+"1")},
		{"a security token", set("X-Acs-Security-Token", "CAISforged")},
		{"V1's parameters beside it", more("Signature=AA&SignatureMethod=HMAC-SHA1&AccessKeyId=LTAIother")},
		{"TC3's words in its header", swap("ACS3-HMAC-SHA256", "TC3-HMAC-SHA256")},
	}),
	cvmWire("sha256", []attack{
		{"signature left out", without("Signature")},
		{"another account", replace(target, target+"1")},
		{"another action", replace("ModifyImageSharePermission", "DeleteImages")},
		{"the way to sign left out", without("SignatureMethod")},
		{"TC3's header beside it", set("Authorization", tc3)},
		{"on the path of API 2.0", path("/v2/index.php")},
		{"another method", method("POST")},
		{"Alibaba's marks beside it", more("AccessKeyId=LTAIexample&SignatureNonce=1")},
		{"a token", more("Token=s1.forged.token")},
	}),
	cvmWire("v2-sha256", []attack{
		{"signature left out", without("Signature")},
		{"another account", replace(target, target+"1")},
		{"on the path of API 3.0", path("/")},
		{"the way to sign left out", without("SignatureMethod")},
		{"the version left out", without("Version")},
		{"a parameter in both spellings", more("AccountIds_0=7")},
	}),
}

// otherWires does to each scheme what TestAttacks does to TC3. A request that
// was answered is refused when it comes again, where the vendor says so.
func otherWires(t *testing.T, table *strings.Builder) {
	t.Helper()
	d := wiretest.Open(t, everything())
	for _, w := range wires {
		for _, a := range w.attacks {
			r := d.Request(t, w.widen[0], w.widen[1:]...)
			a.change(r)
			got := outcome(d.Do(r).Body.String())
			if got == "" || w.happened(t, d) {
				t.Errorf("%s: %s: answered %q: it must be refused", w.name, a.name, got)
			}
			fmt.Fprintf(table, "%-60s %s\n", w.name+": "+a.name, got)
			w.honest(t, d, a.name)
		}
	}
}

func (w wire) happened(t *testing.T, d *wiretest.Door) bool {
	return strings.Contains(d.Call(t, w.show[0], w.show[1:]...).Body.String(), target)
}

func (w wire) honest(t *testing.T, d *wiretest.Door, after string) {
	t.Helper()
	if c := code(d.Call(t, w.widen[0], w.widen[1:]...).Body.String()); c != "" || !w.happened(t, d) {
		t.Errorf("%s: after %s the honest request is answered %q", w.name, after, c)
	}
	if c := code(d.Call(t, w.narrow[0], w.narrow[1:]...).Body.String()); c != "" || w.happened(t, d) {
		t.Errorf("%s: after %s its opposite is answered %q", w.name, after, c)
	}
}

// A request that comes again is refused on the wires whose clients never
// repeat themselves, and changes nothing.
func TestReplays(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{
		"v1": "SignatureNonceUsed", "acs3": "SignatureNonceUsed", "v2-sha256": "AuthFailure.SignatureFailure",
	} {
		d := wiretest.Open(t, everything())
		id := "ImageId=m-unshared"
		if scheme == "v2-sha256" {
			id = "ImageId=img-6pb6lrmy"
		}
		r := d.Request(t, scheme+" DescribeImageSharePermission", id)
		if got := code(d.Do(r).Body.String()); got != "" {
			t.Errorf("%s: %q the first time", scheme, got)
		}
		if got := code(d.Do(r).Body.String()); got != want {
			t.Errorf("%s: %q the second time, want %q", scheme, got, want)
		}
	}
}
