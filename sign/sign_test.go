package sign_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"imageshare/sign"
)

const secret = "examplesecret"

var (
	key = sign.Key{ID: "AKIDexample", Secret: secret}
	now = time.Date(2026, 11, 22, 18, 56, 44, 0, time.UTC)
)

// trap is something done to a request after it was signed, and what becomes of
// it: a rule broken when it is read, ErrMismatch when it is verified, or nil.
type trap struct {
	name   string
	change func(r *sign.Request)
	rule   error
	field  string
}

// scheme is one row of this package as the tests see it.
type scheme struct {
	request func() *sign.Request // signed with key at now
	read    func(r *sign.Request) (sign.Proof, error)
}

// wire is a scheme with its signing side, for what all of them have in common.
type wire struct {
	request func() *sign.Request // not signed yet
	sign    func(t testing.TB, r *sign.Request, k sign.Key)
	read    func(r *sign.Request) (sign.Proof, error)
	parts   func(s *signed) []part // what the signature covers
}

func secretOf(text string) *sign.Secret {
	s := new(sign.Secret)
	s.Reset(text)
	return s
}

func (w wire) signed(t testing.TB) *sign.Request {
	t.Helper()
	r := w.request()
	w.sign(t, r, key)
	return r
}

func wires() map[string]wire {
	return map[string]wire{
		"TC3": {tc3Request, func(_ testing.TB, r *sign.Request, k sign.Key) {
			sign.SignTC3(r, k, sign.TC3Options{At: now})
		}, func(r *sign.Request) (sign.Proof, error) { return sign.ReadTC3(r) }, tc3Parts},
		"TencentV1": {tencentV1Request, func(_ testing.TB, r *sign.Request, k sign.Key) {
			sign.SignTencentV1(r, k, sign.TencentOptions{At: now, Nonce: 4800})
		}, sign.ReadTencentV1, tencentParts},
		"TencentV2": {tencentV2Request, func(_ testing.TB, r *sign.Request, k sign.Key) {
			sign.SignTencentV2(r, k, sign.TencentOptions{At: now, Nonce: 4800})
		}, sign.ReadTencentV2, tencentParts},
		"AlibabaV1": {alibabaV1Request, func(_ testing.TB, r *sign.Request, k sign.Key) {
			sign.SignAlibabaV1(r, k, sign.AlibabaV1Options{At: now, Nonce: "3ee8c1b8-83d3-44af"})
		}, sign.ReadAlibabaV1, alibabaV1Parts},
		"ACS3": {acs3Request, func(t testing.TB, r *sign.Request, k sign.Key) {
			t.Helper()
			if err := sign.SignACS3(r, k, sign.ACS3Options{At: now, Nonce: "3ee8c1b8"}); err != nil {
				t.Fatal(err)
			}
		}, sign.ReadACS3, acs3Parts},
	}
}

func (s scheme) run(t *testing.T, traps []trap) {
	t.Helper()
	for _, c := range traps {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := s.request()
			c.change(r)
			p, err := s.read(r)
			if err == nil {
				err = p.Verify(secretOf(secret))
			} else if p.Verify != nil {
				t.Error("a refused request came with a proof")
			}
			if !errors.Is(err, c.rule) {
				t.Fatalf("error is %v, want %v", err, c.rule)
			}
			checkError(t, err, c.field)
		})
	}
}

// checkError looks at the detail: a field for what cannot be read, texts for
// what does not match, and never the secret.
func checkError(t *testing.T, err error, field string) {
	t.Helper()
	var f *sign.FieldError
	switch {
	case err == nil:
		return
	case errors.Is(err, sign.ErrMismatch):
		expected(t, err)
	case !errors.As(err, &f) || f.Field != field:
		t.Errorf("error is %v, want field %q", err, field)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("error %q contains the secret", err)
	}
}

func setHeader(name, value string) func(*sign.Request) {
	return func(r *sign.Request) { r.Header.Set(name, value) }
}

func addHeader(name, value string) func(*sign.Request) {
	return func(r *sign.Request) { r.Header.Add(name, value) }
}

func inHeader(name, old, replacement string) func(*sign.Request) {
	return func(r *sign.Request) {
		r.Header.Set(name, strings.Replace(r.Header.Get(name), old, replacement, 1))
	}
}

func dropHeader(name string) func(*sign.Request) {
	return func(r *sign.Request) { r.Header.Del(name) }
}

func setBody(body string) func(*sign.Request) {
	return func(r *sign.Request) { r.Body = []byte(body) }
}

func setParam(name, value string) func(*sign.Request) {
	return func(r *sign.Request) { *find(r, name) = sign.Param{Name: name, Value: value} }
}

func addParam(name, value string) func(*sign.Request) {
	return func(r *sign.Request) { r.Params = append(r.Params, sign.Param{Name: name, Value: value}) }
}

func dropParam(name string) func(*sign.Request) {
	return func(r *sign.Request) {
		r.Params = slices.DeleteFunc(r.Params, func(p sign.Param) bool { return p.Name == name })
	}
}

func find(r *sign.Request, name string) *sign.Param {
	for i := range r.Params {
		if r.Params[i].Name == name {
			return &r.Params[i]
		}
	}
	panic("the test's request has no " + name)
}

// upperHex and unpadded respell a signature without changing its bytes.
func upperHex(r *sign.Request) {
	head, hex, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	r.Header.Set("Authorization", head+"Signature="+strings.ToUpper(hex))
}

func unpadded(r *sign.Request) {
	p := find(r, "Signature")
	p.Value = strings.TrimRight(p.Value, "=")
}

// strayBits changes the bits of the last Base64 digit that encode nothing.
func strayBits(r *sign.Request) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	p := find(r, "Signature")
	last := len(p.Value) - 2 // 20 bytes end in one "="
	digit := strings.IndexByte(digits, p.Value[last])
	p.Value = p.Value[:last] + string(digits[digit|1]) + "="
}

func TestEmptySecretMatchesNothing(t *testing.T) {
	t.Parallel()
	for name, w := range wires() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := w.request()
			w.sign(t, r, sign.Key{ID: key.ID})
			p, err := w.read(r)
			if err != nil {
				t.Fatal(err)
			}
			expected(t, p.Verify(secretOf("")))
		})
	}
}

func TestVerifyAtTheSameTime(t *testing.T) {
	t.Parallel()
	for name, w := range wires() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := w.read(w.signed(t))
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					if err := p.Verify(secretOf(secret)); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		})
	}
}

func TestSigningAgainReplacesTheFirstSignature(t *testing.T) {
	t.Parallel()
	temporary := sign.Key{ID: "STS.first", Secret: "first", Token: "token"}
	for name, w := range wires() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := w.request()
			w.sign(t, r, temporary)
			w.sign(t, r, key)
			p, err := w.read(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Verify(secretOf(secret)); err != nil || p.KeyID != key.ID || p.Token != "" {
				t.Errorf("proof is %+v, %v, want key %q without token", p, err, key.ID)
			}
		})
	}
}

// TestSignLeavesSharedParamsAlone guards requests made from one list.
func TestSignLeavesSharedParamsAlone(t *testing.T) {
	t.Parallel()
	shared := append(make([]sign.Param, 0, 32), sign.Param{Name: "Action", Value: "A"})
	first := &sign.Request{Method: http.MethodGet, Host: "a", Params: shared}
	second := &sign.Request{Method: http.MethodGet, Host: "b", Params: shared}
	sign.SignTencentV1(first, key, sign.TencentOptions{At: now, Nonce: 1})
	sign.SignTencentV1(second, key, sign.TencentOptions{At: now, Nonce: 2})
	p, err := sign.ReadTencentV1(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(secretOf(secret)); err != nil {
		t.Errorf("the second signature changed the first request: %v", err)
	}
}

func TestFieldErrorIsShort(t *testing.T) {
	t.Parallel()
	err := &sign.FieldError{Rule: sign.ErrMalformed, Field: strings.Repeat("é", 1000), Reason: "sent more than once"}
	want := `"` + strings.Repeat("é", 64) + `": malformed: sent more than once`
	if err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                 "",
		"azAZ09-_.~":       "azAZ09-_.~",
		"a b*~中/+":         "a%20b%2A~%E4%B8%AD%2F%2B",
		"2016-02-23T12:46": "2016-02-23T12%3A46",
		"\x00\xff%&=":      "%00%FF%25%26%3D",
	} {
		if got := sign.Escape(in); got != want {
			t.Errorf("Escape(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestParseParams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw  string
		want []sign.Param
		rule error
	}{
		{"", nil, nil},
		{"b=1&a=%20+", []sign.Param{{Name: "b", Value: "1"}, {Name: "a", Value: "  "}}, nil},
		{"&a&&b=c=d&", []sign.Param{{Name: "a"}, {Name: "b", Value: "c=d"}}, nil},
		{"a=1&a=2", []sign.Param{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}, nil},
		{"a=%zz&b=1", []sign.Param{{Name: "b", Value: "1"}}, sign.ErrMalformed},
		{"a=1&%=2", []sign.Param{{Name: "a", Value: "1"}}, sign.ErrMalformed},
	} {
		got, err := sign.ParseParams(c.raw)
		if !slices.Equal(got, c.want) || !errors.Is(err, c.rule) {
			t.Errorf("ParseParams(%q) is %v, %v, want %v, %v", c.raw, got, err, c.want, c.rule)
		}
	}
	// What cannot be read and what is empty is not looked at without end either.
	for pair, want := range map[string]int{"a&": 4096, "%&": 0, "&": 0} {
		got, err := sign.ParseParams(strings.Repeat(pair, 5000))
		var field *sign.FieldError
		if len(got) != want || !errors.As(err, &field) || field.Reason != "too many parameters" {
			t.Errorf("5000 times %q are %d, %v, want %d and too many", pair, len(got), err, want)
		}
	}
}
