package sign_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"imageshare/sign"
)

func tc3Request() *sign.Request {
	return &sign.Request{
		Method: http.MethodPost,
		Host:   "127.0.0.1:7080",
		Path:   "/",
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   []byte(`{"ImageId":"img-6pb6lrmy"}`),
	}
}

func tc3Scheme(o sign.TC3Options, aliases ...string) scheme {
	return scheme{
		request: func() *sign.Request {
			r := tc3Request()
			r.Header.Set("X-TC-Action", "DescribeImageSharePermission")
			signing := o // the tests run side by side
			signing.At = now
			sign.SignTC3(r, key, signing)
			return r
		},
		read: func(r *sign.Request) (sign.Proof, error) { return sign.ReadTC3(r, aliases...) },
	}
}

func TestTC3Refuses(t *testing.T) {
	t.Parallel()
	tc3Scheme(sign.TC3Options{}).run(t, []trap{
		{"nothing signed", dropHeader("Authorization"), sign.ErrMissing, "Authorization"},
		{"SKIP", setHeader("Authorization", "SKIP"), sign.ErrMalformed, "Authorization"},
		{"scheme in lower case", inHeader("Authorization", "TC3-HMAC", "tc3-hmac"), sign.ErrMalformed, "Authorization"},
		{"two Authorization headers", addHeader("Authorization", "SKIP"), sign.ErrMalformed, "Authorization"},
		{"Authorization too long", setHeader("Authorization", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "Authorization"},
		{"fields in another order", inHeader("Authorization", "Credential", "Signature"), sign.ErrMalformed, "Authorization"},
		{"four fields", inHeader("Authorization", ", Sig", ", More=1, Sig"), sign.ErrMalformed, "Authorization"},
		{"two fields", inHeader("Authorization", ", Sig", "; Sig"), sign.ErrMalformed, "Authorization"},
		{"two spaces after a comma", inHeader("Authorization", ", Sig", ",  Sig"), sign.ErrMalformed, "Authorization"},
		{"scope without a service", inHeader("Authorization", "/cvm/", "//"), sign.ErrMalformed, "Authorization"},
		{"scope with a part more", inHeader("Authorization", "/cvm/", "/cvm/cvm/"), sign.ErrMalformed, "Authorization"},
		{"scope that ends in another word", inHeader("Authorization", "tc3_request", "aws4_request"), sign.ErrMalformed, "Authorization"},
		{"wrong date in scope", inHeader("Authorization", "/2026-11-22/", "/2026-11-23/"), sign.ErrScope, "Authorization"},
		{"no key id", inHeader("Authorization", key.ID, ""), sign.ErrMalformed, "Authorization"},
		{"no timestamp", dropHeader("X-TC-Timestamp"), sign.ErrMissing, "X-TC-Timestamp"},
		{"empty timestamp", setHeader("X-TC-Timestamp", " "), sign.ErrMissing, "X-TC-Timestamp"},
		{"negative timestamp", setHeader("X-TC-Timestamp", "-1"), sign.ErrTime, "X-TC-Timestamp"},
		{"timestamp with a fraction", setHeader("X-TC-Timestamp", "1551113065.0"), sign.ErrTime, "X-TC-Timestamp"},
		{"timestamp of 12 digits", setHeader("X-TC-Timestamp", "155111306500"), sign.ErrTime, "X-TC-Timestamp"},
		{"timestamp in other digits", setHeader("X-TC-Timestamp", "١٥"), sign.ErrTime, "X-TC-Timestamp"},
		{"host not signed", inHeader("Authorization", "content-type;host", "content-type"), sign.ErrUnsigned, "host"},
		{"content type not signed", inHeader("Authorization", "content-type;host", "host"), sign.ErrUnsigned, "content-type"},
		{"empty signed name", inHeader("Authorization", ";host", ";;host"), sign.ErrMalformed, "Authorization"},
		{"signed name twice", inHeader("Authorization", ";host", ";host;host"), sign.ErrMalformed, "Authorization"},
		{"signed name in capitals", inHeader("Authorization", ";host", ";Host"), sign.ErrMalformed, "Authorization"},
		{"33 signed names", inHeader("Authorization", ";host", ";host;"+manyNames(31)), sign.ErrMalformed, "Authorization"},
		{"signed header not sent", inHeader("Authorization", ";host", ";host;x-gone"), sign.ErrMalformed, "Authorization"},
		{"signed header sent twice", addHeader("Content-Type", "text/plain"), sign.ErrMalformed, "content-type"},
		{"signed header too long", setHeader("Content-Type", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "content-type"},
		{"host too long", func(r *sign.Request) { r.Host = strings.Repeat("a", 8<<10+1) }, sign.ErrMalformed, "Host"},
		{"two tokens", func(r *sign.Request) { r.Header["X-Tc-Token"] = []string{"a", "b"} }, sign.ErrMalformed, "X-TC-Token"},
		{"two payload marks", func(r *sign.Request) { r.Header["X-Tc-Content-Sha256"] = []string{"", "UNSIGNED-PAYLOAD"} }, sign.ErrMalformed, "X-TC-Content-SHA256"},
	})
}

func manyNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "x-" + strings.Repeat("a", i+1)
	}
	return strings.Join(names, ";")
}

func TestTC3Mismatch(t *testing.T) {
	t.Parallel()
	mismatch := func(name string, change func(*sign.Request)) trap {
		return trap{name, change, sign.ErrMismatch, ""}
	}
	tc3Scheme(sign.TC3Options{}, "cvm.tencentcloudapi.com").run(t, []trap{
		mismatch("another method", func(r *sign.Request) { r.Method = http.MethodGet }),
		mismatch("another host", func(r *sign.Request) { r.Host = "127.0.0.2:7080" }),
		mismatch("host as the alias, which was not signed", func(r *sign.Request) { r.Host = "cvm.tencentcloudapi.com" }),
		mismatch("a query that was not signed", func(r *sign.Request) { r.RawQuery = "Limit=1" }),
		mismatch("another body", setBody(`{"ImageId": "img-6pb6lrmy"}`)),
		mismatch("no body", setBody("")),
		mismatch("another content type", setHeader("Content-Type", "application/json; charset=utf-8")),
		mismatch("another second", setHeader("X-TC-Timestamp", strconv.FormatInt(now.Unix()+1, 10))),
		mismatch("another service", inHeader("Authorization", "/cvm/", "/sts/")),
		mismatch("body declared unsigned afterwards", setHeader("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")),
		mismatch("signature in capitals", upperHex),
		mismatch("signature cut short", func(r *sign.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-1])
		}),
	})
}

func TestTC3Tolerates(t *testing.T) {
	t.Parallel()
	fine := func(name string, change func(*sign.Request)) trap { return trap{name, change, nil, ""} }
	tc3Scheme(sign.TC3Options{}).run(t, []trap{
		fine("nothing changed", func(*sign.Request) {}),
		fine("no space after the commas", func(r *sign.Request) {
			r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), ", ", ","))
		}),
		fine("a path below a prefix", func(r *sign.Request) { r.Path = "/prefix" }),
		fine("absolute form without a path", func(r *sign.Request) { r.Path = "" }),
		fine("spaces around a value", setHeader("Content-Type", " application/json\t")),
		fine("a payload mark of another kind", setHeader("X-TC-Content-SHA256", "e3b0c442")),
		fine("a token, which the vendor leaves unsigned", setHeader("X-TC-Token", "token")),
	})
	tc3Scheme(sign.TC3Options{Unsigned: true}).run(t, []trap{
		fine("unsigned body changed", setBody("another")),
		{"payload mark dropped", dropHeader("X-TC-Content-SHA256"), sign.ErrMismatch, ""},
	})
	tc3Scheme(sign.TC3Options{Headers: []string{"host", "x-tc-action", "content-type"}}).run(t, []trap{
		fine("signed names out of order", func(*sign.Request) {}),
		{"signed action changed", setHeader("X-TC-Action", "DeleteImages"), sign.ErrMismatch, ""},
	})
}

func TestTC3Hosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent, signed string
		rule         error
	}{
		{"127.0.0.1:7080", "127.0.0.1:7080", nil},
		{"127.0.0.1:7080", "127.0.0.1", nil},
		{"127.0.0.1", "127.0.0.1", nil},
		{"127.0.0.1", "127.0.0.1:7080", sign.ErrMismatch},
		{"CVM.Example:80", "cvm.example", nil},
		{"[::1]:7080", "[::1]", nil},
		{"[::1]", "[::1]", nil},
		{"[::1]", "[:", sign.ErrMismatch},
		{"::1", "::1", nil},
		{"::1", ":", sign.ErrMismatch},
		{"gateway:1", "cvm.tencentcloudapi.com", nil},
		{"gateway:1", "sts.tencentcloudapi.com", sign.ErrMismatch},
		{"", "cvm.tencentcloudapi.com", nil},
	} {
		t.Run(c.sent+" signed as "+c.signed, func(t *testing.T) {
			t.Parallel()
			s := tc3Scheme(sign.TC3Options{Host: c.signed}, "cvm.tencentcloudapi.com")
			s.run(t, []trap{{"sent", func(r *sign.Request) { r.Host = c.sent }, c.rule, ""}})
		})
	}
}

// TestTC3FoldsASCIIOnly has values that a Unicode fold, or one of bytes by
// their low bits, would take for one another.
func TestTC3FoldsASCIIOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ signed, sent string }{
		{"A\xc1", "A\xe1"},
		{"A\xff", "A\xfe"},
		{"AK", "A\u212a"}, // the sign for kelvin
		{"AÉ", "Aé"},
	} {
		r := tc3Request()
		r.Header.Set("Content-Type", c.signed)
		sign.SignTC3(r, key, sign.TC3Options{At: now})
		r.Header.Set("Content-Type", c.sent)
		p, err := sign.ReadTC3(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(secretOf(secret)); !errors.Is(err, sign.ErrMismatch) {
			t.Errorf("%q signed and %q sent: error is %v, want %v", c.signed, c.sent, err, sign.ErrMismatch)
		}
	}
}
