package sign_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"imageshare/sign"
)

func acs3Request() *sign.Request {
	return &sign.Request{
		Method:   http.MethodPost,
		Host:     "127.0.0.1:7080",
		Path:     "/",
		RawQuery: "ImageId=m-1&RegionId=cn-hangzhou",
		Header: http.Header{
			"Content-Type":  {"application/x-www-form-urlencoded"},
			"X-Acs-Action":  {"ModifyImageSharePermission"},
			"X-Acs-Version": {"2014-05-26"},
		},
		Body: []byte("AddAccount.1=155780923770"),
	}
}

func acs3Scheme(t *testing.T, k sign.Key) scheme {
	return scheme{
		request: func() *sign.Request {
			t.Helper()
			r := acs3Request()
			if err := sign.SignACS3(r, k, sign.ACS3Options{At: now, Nonce: "3ee8c1b8"}); err != nil {
				t.Fatal(err)
			}
			return r
		},
		read: sign.ReadACS3,
	}
}

func TestACS3Refuses(t *testing.T) {
	t.Parallel()
	unsigned := func(name string) func(*sign.Request) { return inHeader("Authorization", ";"+name, "") }
	acs3Scheme(t, key).run(t, []trap{
		{"nothing signed", dropHeader("Authorization"), sign.ErrMissing, "Authorization"},
		{"another algorithm", inHeader("Authorization", "HMAC-SHA256", "HMAC-SM3"), sign.ErrMalformed, "Authorization"},
		{"no key id", inHeader("Authorization", key.ID, ""), sign.ErrMalformed, "Authorization"},
		{"no action", dropHeader("x-acs-action"), sign.ErrMissing, "x-acs-action"},
		{"no version", dropHeader("x-acs-version"), sign.ErrMissing, "x-acs-version"},
		{"no date", dropHeader("x-acs-date"), sign.ErrMissing, "x-acs-date"},
		{"no nonce", dropHeader("x-acs-signature-nonce"), sign.ErrMissing, "x-acs-signature-nonce"},
		{"no content hash", dropHeader("x-acs-content-sha256"), sign.ErrMissing, "x-acs-content-sha256"},
		{"host not signed", unsigned("host"), sign.ErrUnsigned, "host"},
		{"action not signed", unsigned("x-acs-action"), sign.ErrUnsigned, "x-acs-action"},
		{"version not signed", unsigned("x-acs-version"), sign.ErrUnsigned, "x-acs-version"},
		{"date not signed", unsigned("x-acs-date"), sign.ErrUnsigned, "x-acs-date"},
		{"nonce not signed", unsigned("x-acs-signature-nonce"), sign.ErrUnsigned, "x-acs-signature-nonce"},
		{"content hash not signed", unsigned("x-acs-content-sha256"), sign.ErrUnsigned, "x-acs-content-sha256"},
		{"token not signed", setHeader("x-acs-security-token", "t"), sign.ErrUnsigned, "x-acs-security-token"},
		{"second key id not signed", setHeader("x-acs-accesskey-id", key.ID), sign.ErrUnsigned, "x-acs-accesskey-id"},
		{"action sent twice", addHeader("x-acs-action", "DeleteImage"), sign.ErrMalformed, "x-acs-action"},
		{"content type sent twice", addHeader("Content-Type", "text/plain"), sign.ErrMalformed, "content-type"},
		{"nonce of 257 bytes", setHeader("x-acs-signature-nonce", strings.Repeat("a", 257)), sign.ErrMalformed, "x-acs-signature-nonce"},
		{"date as seconds", setHeader("x-acs-date", "1551113065"), sign.ErrTime, "x-acs-date"},
		{"query that cannot be decoded", func(r *sign.Request) { r.RawQuery = "a=%zz" }, sign.ErrMalformed, "query"},
		{"a query parameter twice", func(r *sign.Request) { r.RawQuery = "a=1&%61=2" }, sign.ErrMalformed, "a"},
		{"too many query parameters", func(r *sign.Request) { r.RawQuery = strings.Repeat("a=1&", 4097) }, sign.ErrMalformed, "query"},
	})
	acs3Scheme(t, sign.Key{ID: "STS.first", Secret: secret, Token: "token"}).run(t, []trap{
		{"two different key ids", inHeader("Authorization", "STS.first", "STS.second"), sign.ErrMalformed, "x-acs-accesskey-id"},
		{"another token", setHeader("x-acs-security-token", "other"), sign.ErrMismatch, ""},
		{"token gone", dropHeader("x-acs-security-token"), sign.ErrMalformed, "Authorization"},
	})
}

func TestACS3Mismatch(t *testing.T) {
	t.Parallel()
	mismatch := func(name string, change func(*sign.Request)) trap {
		return trap{name, change, sign.ErrMismatch, ""}
	}
	acs3Scheme(t, key).run(t, []trap{
		mismatch("another method", func(r *sign.Request) { r.Method = http.MethodGet }),
		mismatch("host without its port", func(r *sign.Request) { r.Host = "127.0.0.1" }),
		mismatch("another path", func(r *sign.Request) { r.Path = "/x" }),
		mismatch("another query value", func(r *sign.Request) { r.RawQuery = "ImageId=m-2&RegionId=cn-hangzhou" }),
		mismatch("a query parameter more", func(r *sign.Request) { r.RawQuery += "&DryRun=" }),
		mismatch("another body", setBody("AddAccount.1=155780923771")),
		mismatch("another action", setHeader("x-acs-action", "DeleteImage")),
		mismatch("another date", setHeader("x-acs-date", "2026-11-22T18:56:45Z")),
		mismatch("another nonce", setHeader("x-acs-signature-nonce", "3ee8c1b9")),
		mismatch("another content type", setHeader("Content-Type", "text/plain")),
		mismatch("signature in capitals", upperHex),
	})
}

func TestACS3Tolerates(t *testing.T) {
	t.Parallel()
	fine := func(name string, change func(*sign.Request)) trap { return trap{name, change, nil, ""} }
	acs3Scheme(t, key).run(t, []trap{
		fine("nothing changed", func(*sign.Request) {}),
		fine("query in another order and spelling", func(r *sign.Request) { r.RawQuery = "RegionId=cn%2dhangzhou&&ImageId=m-1" }),
		fine("absolute form without a path", func(r *sign.Request) { r.Path = "" }),
		fine("an x-acs header that only informs", setHeader("x-acs-trace", "1")),
	})
	withoutType := acs3Scheme(t, key)
	withoutType.request = func() *sign.Request {
		r := acs3Request()
		r.Header.Del("Content-Type")
		if err := sign.SignACS3(r, key, sign.ACS3Options{At: now, Nonce: "n"}); err != nil {
			t.Fatal(err)
		}
		return r
	}
	withoutType.run(t, []trap{fine("content type not signed", setHeader("Content-Type", "text/plain"))})
}

// TestACS3ContentHashMustBeTheBodys signs two different hashes with the right
// key: one in the header, the body's own in the last line.
func TestACS3ContentHashMustBeTheBodys(t *testing.T) {
	t.Parallel()
	s := acs3Scheme(t, key)
	r := s.request()
	r.Header.Set("x-acs-content-sha256", strings.Repeat("0", 64))
	p, err := s.read(r)
	if err != nil {
		t.Fatal(err)
	}
	m := expected(t, p.Verify(secretOf(secret)))
	head, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	r.Header.Set("Authorization", head+"Signature="+hexMAC(secret, m.StringToSign))
	if p, err = s.read(r); err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(secretOf(secret)); !errors.Is(err, sign.ErrMismatch) {
		t.Errorf("error is %v, want %v", err, sign.ErrMismatch)
	}
}

func hexMAC(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestSignACS3RefusesABadQuery(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"a=%", "a=1&a=2"} {
		r := acs3Request()
		r.RawQuery = query
		if err := sign.SignACS3(r, key, sign.ACS3Options{At: now, Nonce: "n"}); !errors.Is(err, sign.ErrMalformed) {
			t.Errorf("signing query %q: error is %v, want %v", query, err, sign.ErrMalformed)
		}
	}
}
