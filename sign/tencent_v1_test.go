package sign_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"imageshare/sign"
)

func tencentV1Request() *sign.Request {
	return &sign.Request{
		Method: http.MethodPost,
		Host:   "127.0.0.1:7080",
		Path:   "/",
		Params: []sign.Param{
			{Name: "Action", Value: "ModifyImageSharePermission"},
			{Name: "AccountIds.0", Value: "101104350000"},
			{Name: "Version", Value: "2017-03-12"},
		},
	}
}

func tencentV1Scheme(k sign.Key, method string) scheme {
	return scheme{
		request: func() *sign.Request {
			r := tencentV1Request()
			sign.SignTencentV1(r, k, sign.TencentOptions{At: now, Nonce: 4800, Method: method})
			return r
		},
		read: sign.ReadTencentV1,
	}
}

func TestTencentV1Refuses(t *testing.T) {
	t.Parallel()
	tencentV1Scheme(key, "HmacSHA1").run(t, []trap{
		{"no key id", dropParam("SecretId"), sign.ErrMissing, "SecretId"},
		{"empty key id", setParam("SecretId", ""), sign.ErrMissing, "SecretId"},
		{"no signature", dropParam("Signature"), sign.ErrMissing, "Signature"},
		{"no timestamp", dropParam("Timestamp"), sign.ErrMissing, "Timestamp"},
		{"timestamp with a sign", setParam("Timestamp", "+1465185768"), sign.ErrTime, "Timestamp"},
		{"timestamp that overflows", setParam("Timestamp", "99999999999999999999"), sign.ErrTime, "Timestamp"},
		{"no nonce", dropParam("Nonce"), sign.ErrMissing, "Nonce"},
		{"nonce that is no number", setParam("Nonce", "12a"), sign.ErrMalformed, "Nonce"},
		{"nonce of 21 digits", setParam("Nonce", strings.Repeat("1", 21)), sign.ErrMalformed, "Nonce"},
		{"a parameter twice", addParam("AccountIds.0", "1"), sign.ErrMalformed, "AccountIds.0"},
		{"the signature twice", addParam("Signature", "x"), sign.ErrMalformed, "Signature"},
		{"signature too long", setParam("Signature", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "Signature"},
		{"method too long", setParam("SignatureMethod", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "SignatureMethod"},
		{"token too long", addParam("Token", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "Token"},
		{"too many parameters", func(r *sign.Request) { r.Params = append(r.Params, manyParams(4096)...) }, sign.ErrMalformed, "parameters"},
	})
}

func manyParams(n int) []sign.Param {
	params := make([]sign.Param, n)
	for i := range params {
		params[i].Name = "More." + strconv.Itoa(i)
	}
	return params
}

func TestTencentV1Mismatch(t *testing.T) {
	t.Parallel()
	mismatch := func(name string, change func(*sign.Request)) trap {
		return trap{name, change, sign.ErrMismatch, ""}
	}
	tencentV1Scheme(key, "HmacSHA1").run(t, []trap{
		mismatch("another method", func(r *sign.Request) { r.Method = http.MethodGet }),
		mismatch("another host", func(r *sign.Request) { r.Host = "127.0.0.1" }),
		mismatch("another path", func(r *sign.Request) { r.Path = "/v2/index.php" }),
		mismatch("another value", setParam("AccountIds.0", "101104350001")),
		mismatch("a parameter more", addParam("AccountIds.1", "")),
		mismatch("a parameter less", dropParam("AccountIds.0")),
		mismatch("another digest", setParam("SignatureMethod", "HmacSHA256")),
		mismatch("signature without its padding", unpadded),
		mismatch("signature with stray bits", strayBits),
		mismatch("a plus that came as a space", setParam("Signature", "p3n pxBqF5JGZtDSxoVn5tGngf0=")),
		mismatch("names that meet when underscores go", func(r *sign.Request) {
			find(r, "Version").Name = "AccountIds_0"
		}),
	})
	tencentV1Scheme(sign.Key{ID: key.ID, Secret: secret, Token: "token"}, "").run(t, []trap{
		mismatch("another token", setParam("Token", "another")),
		mismatch("token dropped", dropParam("Token")),
	})
}

func TestTencentV1Tolerates(t *testing.T) {
	t.Parallel()
	fine := func(name string, change func(*sign.Request)) trap { return trap{name, change, nil, ""} }
	tencentV1Scheme(key, "HmacSHA256").run(t, []trap{
		fine("nothing changed", func(*sign.Request) {}),
		fine("parameters in another order", func(r *sign.Request) {
			r.Params[0], r.Params[2] = r.Params[2], r.Params[0]
		}),
		fine("absolute form without a path", func(r *sign.Request) { r.Path = "" }),
		fine("a dot that came as an underscore", func(r *sign.Request) { find(r, "AccountIds.0").Name = "AccountIds_0" }),
	})
}
