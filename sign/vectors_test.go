package sign_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
)

// vector is one record of a file in testdata.
type vector struct {
	fields  map[string]string
	headers []sign.Param
	params  []sign.Param
}

func (v vector) get(name, otherwise string) string {
	if s, ok := v.fields[name]; ok {
		return s
	}
	return otherwise
}

func readVectors(t *testing.T, file string) []vector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for block := range strings.SplitSeq(string(text), "\n\n") {
		v := vector{fields: map[string]string{}}
		for line := range strings.Lines(block) {
			v.add(t, strings.TrimSuffix(line, "\n"))
		}
		if len(v.fields) > 0 {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no records", file)
	}
	return all
}

func (v *vector) add(t *testing.T, line string) {
	t.Helper()
	if line == "" || line[0] == '#' {
		return
	}
	key, value, ok := strings.Cut(line, ": ")
	header, headerValue, isHeader := strings.Cut(value, ": ")
	name, paramValue, isParam := strings.Cut(value, "=")
	switch {
	case key == "header" && isHeader:
		v.headers = append(v.headers, sign.Param{Name: header, Value: headerValue})
	case key == "param" && isParam:
		v.params = append(v.params, sign.Param{Name: name, Value: paramValue})
	case ok && v.fields[key] == "":
		v.fields[key] = value
	default:
		t.Fatalf("line not understood: %q", line)
	}
}

func (v vector) key() sign.Key {
	return sign.Key{ID: v.get("id", ""), Secret: v.get("secret", ""), Token: v.get("token", "")}
}

func (v vector) request() *sign.Request {
	r := &sign.Request{
		Method:   v.get("method", ""),
		Host:     v.get("host", ""),
		Path:     v.get("path", "/"),
		RawQuery: v.get("query", ""),
		Header:   http.Header{},
		Body:     []byte(v.get("body", "")),
		Params:   slices.Clone(v.params),
	}
	for _, h := range v.headers {
		r.Header.Add(h.Name, h.Value)
	}
	return r
}

func (v vector) time(t *testing.T) time.Time {
	t.Helper()
	if s, ok := v.fields["timestamp"]; ok {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.Unix(n, 0).UTC()
	}
	at, err := time.Parse(time.RFC3339, v.get("time", ""))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// check looks at what was read, then at what the server says it signed, which
// it tells to whoever comes with the wrong secret.
func (v vector) check(t *testing.T, scheme string, p sign.Proof, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	got := [...]string{p.Scheme, p.KeyID, p.Token, p.Nonce, p.Signature}
	want := [...]string{scheme, v.get("id", ""), v.get("token", ""), v.get("nonce", ""), v.get("signature", "")}
	if got != want {
		t.Errorf("proof is %q, want %q", got, want)
	}
	if at := v.time(t); !p.Time.Equal(at) || p.Time.Location() != time.UTC {
		t.Errorf("time is %v, want %v", p.Time, at)
	}
	if err := p.Verify(secretOf(v.get("secret", ""))); err != nil {
		t.Errorf("verify: %v\n%s", err, expected(t, err).StringToSign)
	}
	v.checkTexts(t, expected(t, p.Verify(secretOf("another secret"))))
}

func (v vector) checkTexts(t *testing.T, m *sign.Mismatch) {
	t.Helper()
	for _, c := range []struct{ name, got string }{
		{"body-hash", m.Canonical[strings.LastIndexByte(m.Canonical, '\n')+1:]},
		{"canonical-hash", hexSum(m.Canonical)},
		{"string-to-sign", m.StringToSign},
	} {
		if want, ok := v.fields[c.name]; ok && c.got != want {
			t.Errorf("%s is\n%s, want\n%s\ncanonical:\n%s", c.name, c.got, want, m.Canonical)
		}
	}
}

// expected asserts that an error is a mismatch in both ways it can be asked.
func expected(t *testing.T, err error) *sign.Mismatch {
	t.Helper()
	var m *sign.Mismatch
	if !errors.Is(err, sign.ErrMismatch) || !errors.As(err, &m) {
		t.Fatalf("error is %v, want a mismatch", err)
	}
	return m
}

func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func eachVector(t *testing.T, file string, check func(t *testing.T, v vector)) {
	t.Helper()
	for _, v := range readVectors(t, file) {
		t.Run(v.get("name", ""), func(t *testing.T) {
			t.Parallel()
			check(t, v)
		})
	}
}

func TestVectorsTC3(t *testing.T) {
	t.Parallel()
	eachVector(t, "tc3.txt", func(t *testing.T, v vector) {
		at, signed, service := v.time(t), v.get("signed", "content-type;host"), v.get("service", "cvm")
		authorization := "TC3-HMAC-SHA256 Credential=" + v.get("id", "") + "/" + at.Format(time.DateOnly) + "/" +
			service + "/tc3_request, SignedHeaders=" + signed + ", Signature=" + v.get("signature", "")
		r := v.request()
		r.Header.Set("X-TC-Timestamp", v.get("timestamp", ""))
		r.Header.Set("Authorization", authorization)
		if v.fields["unsigned"] != "" {
			r.Header.Set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")
		}
		p, err := sign.ReadTC3(r, v.get("alias", "other.example"))
		v.check(t, sign.SchemeTC3, p, err)
		if v.fields["verify-only"] != "" {
			return
		}
		again := v.request()
		sign.SignTC3(again, v.key(), sign.TC3Options{
			At: at, Service: service, Headers: strings.Split(signed, ";"),
			Host: v.get("sign-host", ""), Path: v.get("sign-path", ""), Unsigned: v.fields["unsigned"] != "",
		})
		if got := again.Header.Get("Authorization"); got != authorization {
			t.Errorf("signed as\n%s, want\n%s", got, authorization)
		}
	})
}

func TestVectorsTencent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, scheme string
		read         func(*sign.Request) (sign.Proof, error)
		sign         func(*sign.Request, sign.Key, sign.TencentOptions)
	}{
		{"tencent_v1.txt", sign.SchemeTencentV1, sign.ReadTencentV1, sign.SignTencentV1},
		{"tencent_v2.txt", sign.SchemeTencentV2, sign.ReadTencentV2, sign.SignTencentV2},
	} {
		eachVector(t, c.file, func(t *testing.T, v vector) {
			r := v.tencent()
			p, err := c.read(r)
			v.check(t, c.scheme, p, err)
			if v.fields["verify-only"] != "" {
				return
			}
			nonce, err := strconv.ParseUint(v.get("nonce", ""), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			again := v.request()
			c.sign(again, v.key(), sign.TencentOptions{At: v.time(t), Nonce: nonce, Method: v.get("sign-method", "")})
			sameParams(t, again.Params, r.Params)
		})
	}
}

// tencent is the request with what a parameter signature adds.
func (v vector) tencent() *sign.Request {
	r := v.request()
	r.Params = append(r.Params,
		sign.Param{Name: "Timestamp", Value: v.get("timestamp", "")},
		sign.Param{Name: "Nonce", Value: v.get("nonce", "")},
		sign.Param{Name: "SecretId", Value: v.get("id", "")},
		sign.Param{Name: "Signature", Value: v.get("signature", "")})
	for field, name := range map[string]string{"sign-method": "SignatureMethod", "token": "Token"} {
		if value, ok := v.fields[field]; ok {
			r.Params = append(r.Params, sign.Param{Name: name, Value: value})
		}
	}
	return r
}

func TestVectorsAlibabaV1(t *testing.T) {
	t.Parallel()
	eachVector(t, "alibaba_v1.txt", func(t *testing.T, v vector) {
		r := v.request()
		r.Params = append(r.Params,
			sign.Param{Name: "AccessKeyId", Value: v.get("id", "")},
			sign.Param{Name: "SignatureMethod", Value: "HMAC-SHA1"},
			sign.Param{Name: "SignatureVersion", Value: "1.0"},
			sign.Param{Name: "SignatureNonce", Value: v.get("nonce", "")},
			sign.Param{Name: "Timestamp", Value: v.get("time", "")},
			sign.Param{Name: "Signature", Value: v.get("signature", "")})
		if token, ok := v.fields["token"]; ok {
			r.Params = append(r.Params, sign.Param{Name: "SecurityToken", Value: token})
		}
		p, err := sign.ReadAlibabaV1(r)
		v.check(t, sign.SchemeAlibabaV1, p, err)
		again := v.request()
		sign.SignAlibabaV1(again, v.key(), sign.AlibabaV1Options{
			At: v.time(t), Nonce: v.get("nonce", ""), Millis: strings.Contains(v.get("time", ""), "."),
		})
		sameParams(t, again.Params, r.Params)
	})
}

func TestVectorsACS3(t *testing.T) {
	t.Parallel()
	eachVector(t, "acs3.txt", func(t *testing.T, v vector) {
		r := v.request()
		err := sign.SignACS3(r, v.key(), sign.ACS3Options{At: v.time(t), Nonce: v.get("nonce", "")})
		if err != nil {
			t.Fatal(err)
		}
		if _, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature="); got != v.get("signature", "") {
			t.Errorf("signature is %s, want %s", got, v.get("signature", ""))
		}
		p, err := sign.ReadACS3(r)
		v.check(t, sign.SchemeACS3, p, err)
	})
}

// sameParams compares in any order, which both vendors' schemes leave free.
func sameParams(t *testing.T, got, want []sign.Param) {
	t.Helper()
	byName := func(a, b sign.Param) int { return strings.Compare(a.Name, b.Name) }
	got, want = slices.SortedFunc(slices.Values(got), byName), slices.SortedFunc(slices.Values(want), byName)
	if !slices.Equal(got, want) {
		t.Errorf("signed parameters are\n%v, want\n%v", got, want)
	}
}
