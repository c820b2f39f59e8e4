package sign_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
)

func alibabaV1Request() *sign.Request {
	return &sign.Request{
		Method: http.MethodPost,
		Host:   "127.0.0.1:7080",
		Path:   "/",
		Params: []sign.Param{
			{Name: "Action", Value: "DescribeImageSharePermission"},
			{Name: "ImageId", Value: "m-bp1caf3yicx5jlfl0001"},
			{Name: "SignatureType"},
			{Name: "Version", Value: "2014-05-26"},
		},
	}
}

func alibabaV1Scheme(k sign.Key) scheme {
	return scheme{
		request: func() *sign.Request {
			r := alibabaV1Request()
			sign.SignAlibabaV1(r, k, sign.AlibabaV1Options{At: now, Nonce: "3ee8c1b8-83d3-44af"})
			return r
		},
		read: sign.ReadAlibabaV1,
	}
}

func TestAlibabaV1Refuses(t *testing.T) {
	t.Parallel()
	alibabaV1Scheme(key).run(t, []trap{
		{"no key id", dropParam("AccessKeyId"), sign.ErrMissing, "AccessKeyId"},
		{"empty key id", setParam("AccessKeyId", ""), sign.ErrMissing, "AccessKeyId"},
		{"no signature", dropParam("Signature"), sign.ErrMissing, "Signature"},
		{"no method", dropParam("SignatureMethod"), sign.ErrMissing, "SignatureMethod"},
		{"SHA-256", setParam("SignatureMethod", "HMAC-SHA256"), sign.ErrMethod, "SignatureMethod"},
		{"RSA", setParam("SignatureMethod", "SHA256withRSA"), sign.ErrMethod, "SignatureMethod"},
		{"method in lower case", setParam("SignatureMethod", "hmac-sha1"), sign.ErrMethod, "SignatureMethod"},
		{"no version", dropParam("SignatureVersion"), sign.ErrMissing, "SignatureVersion"},
		{"another version", setParam("SignatureVersion", "1.1"), sign.ErrMalformed, "SignatureVersion"},
		{"key pair", setParam("SignatureType", "PRIVATEKEY"), sign.ErrMethod, "SignatureType"},
		{"bearer, which comes without a key", func(r *sign.Request) {
			setParam("SignatureType", "BEARERTOKEN")(r)
			setParam("AccessKeyId", "")(r)
		}, sign.ErrMethod, "SignatureType"},
		{"no nonce", dropParam("SignatureNonce"), sign.ErrMissing, "SignatureNonce"},
		{"nonce of 257 bytes", setParam("SignatureNonce", strings.Repeat("a", 257)), sign.ErrMalformed, "SignatureNonce"},
		{"no timestamp", dropParam("Timestamp"), sign.ErrMissing, "Timestamp"},
		{"a parameter twice, query and body", addParam("ImageId", "m-1"), sign.ErrMalformed, "ImageId"},
		{"token too long", addParam("SecurityToken", strings.Repeat("a", 8<<10+1)), sign.ErrMalformed, "SecurityToken"},
		{"too many parameters", func(r *sign.Request) { r.Params = append(r.Params, manyParams(4096)...) }, sign.ErrMalformed, "parameters"},
	})
}

func TestAlibabaV1Timestamps(t *testing.T) {
	t.Parallel()
	for text, rule := range map[string]error{
		"2026-11-22T18:56:44Z":           nil,
		"2026-11-22T18:56:44.850Z":       nil,
		"2026-11-22T18:56:44.8Z":         sign.ErrTime,
		"2026-11-22T18:56:44,850Z":       sign.ErrTime,
		"2026-11-22T18:56:44.850000Z":    sign.ErrTime,
		"2026-11-22T8:56:44Z":            sign.ErrTime,
		"2026-11-22T8:56:44.8500Z":       sign.ErrTime,
		"2026-11-22 18:56:44Z":           sign.ErrTime,
		"2026-11-22T18:56:44":            sign.ErrTime,
		"2026-11-22T18:56:44+08:00":      sign.ErrTime,
		"2026-02-30T18:56:44Z":           sign.ErrTime,
		"2026-11-22T24:00:00Z":           sign.ErrTime,
		"1551113065":                     sign.ErrTime,
		strings.Repeat("2026-11-22T", 9): sign.ErrTime,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			s := alibabaV1Scheme(key)
			if rule == nil {
				s.request = func() *sign.Request { return signedAt(t, text) }
			}
			s.run(t, []trap{{"read", setParam("Timestamp", text), rule, "Timestamp"}})
		})
	}
}

func signedAt(t *testing.T, text string) *sign.Request {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	r := alibabaV1Request()
	sign.SignAlibabaV1(r, key, sign.AlibabaV1Options{At: at, Nonce: "n", Millis: at.Nanosecond() != 0})
	return r
}

func TestAlibabaV1Mismatch(t *testing.T) {
	t.Parallel()
	mismatch := func(name string, change func(*sign.Request)) trap {
		return trap{name, change, sign.ErrMismatch, ""}
	}
	alibabaV1Scheme(key).run(t, []trap{
		mismatch("another method", func(r *sign.Request) { r.Method = http.MethodGet }),
		mismatch("another value", setParam("ImageId", "m-bp1caf3yicx5jlfl0002")),
		mismatch("another key id", setParam("AccessKeyId", "other")),
		mismatch("another nonce", setParam("SignatureNonce", "other")),
		mismatch("an empty parameter less", dropParam("SignatureType")),
		mismatch("an empty parameter more", addParam("Force", "")),
		mismatch("a token that was not signed", addParam("SecurityToken", "token")),
		mismatch("signature without its padding", unpadded),
		mismatch("signature with stray bits", strayBits),
		mismatch("signature of a bearer token", setParam("Signature", "x")),
	})
	alibabaV1Scheme(key).run(t, []trap{
		{"parameters in another order", func(r *sign.Request) {
			r.Params[0], r.Params[3] = r.Params[3], r.Params[0]
		}, nil, ""},
		{"another host, which is not signed", func(r *sign.Request) { r.Host = "ecs.aliyuncs.com" }, nil, ""},
	})
}
