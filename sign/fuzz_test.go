package sign_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
)

// The property of every scheme: what we sign we verify, and what verifies,
// changed by one byte anywhere, does not.

// signed is a signed request with those texts beside it that a change must
// reach in another form.
type signed struct {
	r            *sign.Request
	body, secret string
}

// part is one changeable text of a signed request. Spellings that the vendor's
// own rules make equal have the same norm.
type part struct {
	text *string
	norm func(string) string
}

func exactly(text *string) part { return part{text, strings.Clone} }

// fold is what the vendor allows of a value under TC3. It works on bytes, so
// that a text which is not UTF-8 stays what it is.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return trimmed(string(b))
}

func trimmed(s string) string { return strings.Trim(s, " \t") }

// dotted is Tencent's rule for names.
func dotted(s string) string { return strings.ReplaceAll(s, "_", ".") }

// decoded is ACS3's rule for queries.
func decoded(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	return values.Encode()
}

func headerParts(h http.Header, norm func(string) string, names ...string) []part {
	var parts []part
	for _, name := range names {
		if values := h[http.CanonicalHeaderKey(name)]; len(values) > 0 {
			parts = append(parts, part{&values[0], norm})
		}
	}
	return parts
}

func paramParts(params []sign.Param, name func(string) string) []part {
	var parts []part
	for i := range params {
		parts = append(parts, part{&params[i].Name, name}, exactly(&params[i].Value))
	}
	return parts
}

// These say what each scheme covers, and with it what it does not: TC3 the
// path and most headers, AlibabaV1 the host and the path.

func tc3Parts(s *signed) []part {
	parts := []part{exactly(&s.r.Method), {&s.r.Host, fold}, exactly(&s.r.RawQuery), exactly(&s.body), exactly(&s.secret)}
	parts = append(parts, headerParts(s.r.Header, fold, "Content-Type")...)
	return append(parts, headerParts(s.r.Header, trimmed, "Authorization", "X-TC-Timestamp")...)
}

func tencentParts(s *signed) []part {
	parts := []part{exactly(&s.r.Method), exactly(&s.r.Host), exactly(&s.r.Path), exactly(&s.secret)}
	return append(parts, paramParts(s.r.Params, dotted)...)
}

func alibabaV1Parts(s *signed) []part {
	parts := []part{exactly(&s.r.Method), exactly(&s.secret)}
	return append(parts, paramParts(s.r.Params, strings.Clone)...)
}

func acs3Parts(s *signed) []part {
	parts := []part{
		exactly(&s.r.Method), exactly(&s.r.Host), exactly(&s.r.Path), {&s.r.RawQuery, decoded},
		exactly(&s.body), exactly(&s.secret),
	}
	return append(parts, headerParts(s.r.Header, trimmed, "Authorization", "Content-Type", "X-Acs-Action", "X-Acs-Version",
		"X-Acs-Date", "X-Acs-Signature-Nonce", "X-Acs-Content-Sha256", "X-Acs-Security-Token", "X-Acs-Accesskey-Id")...)
}

// flip changes one byte, and reports whether the request is now another one.
func (p part) flip(at int, delta byte) bool {
	if *p.text == "" || delta == 0 {
		return false
	}
	b := []byte(*p.text)
	b[at%len(b)] ^= delta
	before := p.norm(*p.text)
	*p.text = string(b)
	return p.norm(*p.text) != before
}

// roundTrip takes a signed request, sees it verify, changes it and sees it
// fail. Another key id may pass where the scheme does not sign it: that key
// has another secret.
func (w wire) roundTrip(t *testing.T, s *signed, where, at int, delta byte) {
	t.Helper()
	s.body = string(s.r.Body)
	p, err := w.read(s.r)
	if err != nil {
		t.Fatalf("what was signed cannot be read: %v", err)
	}
	if err := p.Verify(secretOf(s.secret)); err != nil {
		t.Fatalf("what was signed does not verify: %v\n%+v", err, expected(t, err))
	}
	id, parts := p.KeyID, w.parts(s)
	if !parts[where%len(parts)].flip(at, delta) {
		return
	}
	s.r.Body = []byte(s.body)
	p, err = w.read(s.r)
	if err == nil && p.KeyID == id && p.Verify(secretOf(s.secret)) == nil {
		t.Fatalf("a changed request verifies: %+v with secret %q", s.r, s.secret)
	}
}

// TestOneByteChanged goes through every byte of an ordinary request.
func TestOneByteChanged(t *testing.T) {
	t.Parallel()
	for name, w := range wires() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ordinary := &signed{r: w.signed(t), secret: secret}
			ordinary.body = string(ordinary.r.Body)
			for where, p := range w.parts(ordinary) {
				for at := range len(*p.text) {
					for _, delta := range []byte{1, ' ', 0x80} {
						w.roundTrip(t, &signed{r: w.signed(t), secret: secret}, where, at, delta)
					}
				}
			}
		})
	}
}

const long = 4 << 10 // under the limits, which have tests of their own

func FuzzTC3(f *testing.F) {
	w := wires()["TC3"]
	f.Add("POST", "127.0.0.1:7080", "/", "", "application/json", `{"ImageId": "img-1"}`, "AKID", "secret", "cvm", int64(1551113065), 0, 0, byte(1))
	f.Add("GET", "CVM.example", "/x", "B=1&A=%20+", "Application/X", "", "AKID", "s", "127", int64(0), 6, 20, byte(32))
	f.Fuzz(func(t *testing.T, method, host, path, query, kind, body, id, secret, service string, seconds int64, where, at int, delta byte) {
		if id == "" || service == "" || secret == "" || strings.ContainsAny(id+service, ",/") || where < 0 || at < 0 ||
			len(host)+len(kind)+len(id)+len(service) > long || seconds < 0 || seconds > 99999999999 {
			t.Skip()
		}
		r := &sign.Request{Method: method, Host: host, Path: path, RawQuery: query, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body)}
		sign.SignTC3(r, sign.Key{ID: id, Secret: secret}, sign.TC3Options{Service: service, At: time.Unix(seconds, 0)})
		w.roundTrip(t, &signed{r: r, secret: secret}, where, at, delta)
	})
}

func FuzzTencentV1(f *testing.F) {
	w := wires()["TencentV1"]
	f.Add("POST", "127.0.0.1:7080", "/", "AccountIds.0", "1", "AKID", "secret", "", int64(1551113065), uint64(4800), true, 0, 0, byte(1))
	f.Add("GET", "image.api.qcloud.com", "/v2/index.php", "a_b.c", "x&y=z", "AKID", "s", "token", int64(0), uint64(0), false, 5, 1, byte('_'^'.'))
	f.Fuzz(func(t *testing.T, method, host, path, name, value, id, secret, token string, seconds int64, nonce uint64, sha256 bool, where, at int, delta byte) {
		if id == "" || secret == "" || name == "Action" || len(id)+len(token) > long || seconds < 0 || seconds > 99999999999 || where < 0 || at < 0 {
			t.Skip()
		}
		digest := "HmacSHA1"
		if sha256 {
			digest = "HmacSHA256"
		}
		r := &sign.Request{Method: method, Host: host, Path: path, Params: []sign.Param{{Name: name, Value: value}, {Name: "Action", Value: "A"}}}
		sign.SignTencentV1(r, sign.Key{ID: id, Secret: secret, Token: token}, sign.TencentOptions{At: time.Unix(seconds, 0), Nonce: nonce, Method: digest})
		w.roundTrip(t, &signed{r: r, secret: secret}, where, at, delta)
	})
}

// FuzzTencentV2 compares what a caller may read instead of what was sent: of a
// file in a POST without a version nobody reads a byte.
func FuzzTencentV2(f *testing.F) {
	w := wires()["TencentV2"]
	f.Add("POST", "127.0.0.1:7080", "uinList_0", "1", "_a", "@x", "", "secret", "", int64(1551113065), uint64(4800), "TC2-HmacSHA256", 0, 0, byte(1))
	f.Add("GET", "image.api.qcloud.com", "a_b.c", "x&y=z", "A", "@", "2017-03-12", "s", "token", int64(0), uint64(0), "", 5, 1, byte('_'^'.'))
	f.Fuzz(func(t *testing.T, method, host, name, value, other, otherValue, version, secret, token string, seconds int64, nonce uint64, digest string, where, at int, delta byte) {
		r := &sign.Request{Method: method, Host: host, Path: "/v2/index.php", Params: []sign.Param{
			{Name: name, Value: value}, {Name: other, Value: otherValue}, {Name: "Version", Value: version},
		}}
		if secret == "" || len(digest)+len(token) > long || seconds < 0 || seconds > 99999999999 || where < 0 || at < 0 {
			t.Skip()
		}
		sign.SignTencentV2(r, sign.Key{ID: "AKID", Secret: secret, Token: token}, sign.TencentOptions{At: time.Unix(seconds, 0), Nonce: nonce, Method: digest})
		p, err := w.read(r)
		if err != nil {
			t.Skip() // two of the names are one
		}
		if err := p.Verify(secretOf(secret)); err != nil {
			t.Fatalf("what was signed does not verify: %v\n%+v", err, expected(t, err))
		}
		before, s := readable(r), &signed{r: r, secret: secret}
		parts := w.parts(s)
		if !parts[where%len(parts)].flip(at, delta) {
			return
		}
		const others = 4 // parts that are no parameters come first
		if p, err = w.read(r); err == nil && p.Verify(secretOf(s.secret)) == nil && (where%len(parts) < others || readable(r) != before) {
			t.Fatalf("a changed request verifies: %+v with secret %q", r, s.secret)
		}
	})
}

// readable is what a signed request of API 2.0 says, in any order.
func readable(r *sign.Request) string {
	params := sign.CoveredTencentV2(r)
	slices.SortFunc(params, func(a, b sign.Param) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
	return fmt.Sprint(params)
}

func FuzzAlibabaV1(f *testing.F) {
	w := wires()["AlibabaV1"]
	f.Add("POST", "ImageId", "m-1", "LTAI", "secret", "", "nonce", int64(1551113065000), false, 0, 0, byte(1))
	f.Add("GET", "Tag.1.Value", "a b*~中/+", "STS.1", "s", "token", "n", int64(850), true, 3, 2, byte(128))
	f.Fuzz(func(t *testing.T, method, name, value, id, secret, token, nonce string, millis int64, fraction bool, where, at int, delta byte) {
		if id == "" || secret == "" || nonce == "" || len(nonce) > 256 || name == "Action" || name == "SignatureType" ||
			len(id)+len(token) > long || millis < 0 || millis > 253402300799000 || where < 0 || at < 0 {
			t.Skip()
		}
		r := &sign.Request{Method: method, Params: []sign.Param{{Name: name, Value: value}, {Name: "Action", Value: "A"}, {Name: "SignatureType"}}}
		sign.SignAlibabaV1(r, sign.Key{ID: id, Secret: secret, Token: token}, sign.AlibabaV1Options{At: time.UnixMilli(millis), Nonce: nonce, Millis: fraction})
		w.roundTrip(t, &signed{r: r, secret: secret}, where, at, delta)
	})
}

func FuzzACS3(f *testing.F) {
	w := wires()["ACS3"]
	f.Add("POST", "127.0.0.1:7080", "/", "ImageId", "m-1", "text/plain", "a=1", "DescribeImages", "LTAI", "secret", "", "nonce", int64(1551113065), 0, 0, byte(1))
	f.Add("GET", "ecs.example", "", "a*~", "中 +", "", "", "A", "STS.1", "s", "token", "n", int64(0), 7, 30, byte(4))
	f.Add("GET", "ecs.example", "/", "a", "1", "\r", "", "A", "LTAI", "s", "token", "n", int64(0), 7, 30, byte(4)) // white, and no blank
	f.Fuzz(func(t *testing.T, method, host, path, name, value, kind, body, action, id, secret, token, nonce string, seconds int64, where, at int, delta byte) {
		if id == "" || secret == "" || trimmed(action) == "" || trimmed(nonce) == "" || len(nonce) > 256 || strings.Contains(id, ",") ||
			len(host)+len(kind)+len(action)+len(id)+len(token) > long || seconds < 0 || seconds > 253402300799 || where < 0 || at < 0 ||
			(token != "" && (trimmed(token) == "" || trimmed(id) != id)) {
			t.Skip()
		}
		r := &sign.Request{
			Method: method, Host: host, Path: path, RawQuery: sign.Escape(name) + "=" + sign.Escape(value), Body: []byte(body),
			Header: http.Header{"Content-Type": {kind}, "X-Acs-Action": {action}, "X-Acs-Version": {"2014-05-26"}},
		}
		if err := sign.SignACS3(r, sign.Key{ID: id, Secret: secret, Token: token}, sign.ACS3Options{At: time.Unix(seconds, 0), Nonce: nonce}); err != nil {
			t.Fatal(err)
		}
		w.roundTrip(t, &signed{r: r, secret: secret}, where, at, delta)
	})
}

// checkStranger is what holds for any bytes at all: a refusal names its rule
// and its field, and nobody verifies without the secret.
func checkStranger(t *testing.T, p sign.Proof, err error) {
	t.Helper()
	var field *sign.FieldError
	switch {
	case err == nil && p.KeyID != "" && p.Signature != "":
		expected(t, p.Verify(secretOf("no client signs with this")))
	case err == nil:
		t.Fatalf("proof without key or signature: %+v", p)
	case !errors.As(err, &field):
		t.Fatalf("error is %v, want a field", err)
	}
}

func FuzzReadHeaders(f *testing.F) {
	for _, w := range []wire{wires()["TC3"], wires()["ACS3"]} {
		r := w.signed(f)
		var lines strings.Builder
		for name, values := range r.Header {
			lines.WriteString(name + ": " + values[0] + "\n")
		}
		f.Add(r.Method, r.Host, r.Path, r.RawQuery, lines.String(), r.Body)
	}
	f.Fuzz(func(t *testing.T, method, host, path, query, lines string, body []byte) {
		r := &sign.Request{Method: method, Host: host, Path: path, RawQuery: query, Header: http.Header{}, Body: body}
		for line := range strings.SplitSeq(lines, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Add(name, value)
		}
		p, err := sign.ReadTC3(r, "cvm.tencentcloudapi.com")
		checkStranger(t, p, err)
		p, err = sign.ReadACS3(r)
		checkStranger(t, p, err)
	})
}

func FuzzReadParams(f *testing.F) {
	for _, w := range []wire{wires()["TencentV1"], wires()["TencentV2"], wires()["AlibabaV1"]} {
		r := w.signed(f)
		var lines strings.Builder
		for _, p := range r.Params {
			lines.WriteString(p.Name + "=" + p.Value + "\n")
		}
		f.Add(r.Method, r.Host, r.Path, lines.String())
	}
	f.Fuzz(func(t *testing.T, method, host, path, lines string) {
		r := &sign.Request{Method: method, Host: host, Path: path}
		for line := range strings.SplitSeq(lines, "\n") {
			name, value, _ := strings.Cut(line, "=")
			r.Params = append(r.Params, sign.Param{Name: name, Value: value})
		}
		p, err := sign.ReadTencentV1(r)
		checkStranger(t, p, err)
		p, err = sign.ReadTencentV2(r)
		checkStranger(t, p, err)
		p, err = sign.ReadAlibabaV1(r)
		checkStranger(t, p, err)
	})
}
