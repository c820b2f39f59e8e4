package sign

import (
	"encoding/base64"
	"strings"
	"time"
)

// SchemeAlibabaV1 is Alibaba's parameter signature, with SignatureVersion 1.0.
const SchemeAlibabaV1 = "AlibabaV1"

const (
	hmacSHA1         = "HMAC-SHA1"
	alibabaV1Version = "1.0"
)

type alibabaV1 struct {
	method    string
	params    []Param
	signature string
}

// ReadAlibabaV1 reads Alibaba's parameter signature. Empty parameters are
// signed like any other; the vendor's Go client always sends one.
func ReadAlibabaV1(r *Request) (Proof, error) {
	sorted, err := sortParams(r.Params)
	if err != nil {
		return Proof{}, err
	}
	// Bearer tokens come without a key, and key pairs with another method.
	// Either is better told that its type is not known here.
	if kind, err := param(sorted, "SignatureType"); err != nil || kind != "" {
		return Proof{}, &FieldError{Rule: ErrMethod, Field: "SignatureType"}
	}
	need, err := needParams(sorted,
		"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature")
	if err != nil {
		return Proof{}, err
	}
	if err := checkAlibabaV1(need[1], need[2], need[3]); err != nil {
		return Proof{}, err
	}
	at, err := isoTime("Timestamp", need[4])
	if err != nil {
		return Proof{}, err
	}
	token, err := param(sorted, "SecurityToken")
	if err != nil {
		return Proof{}, err
	}
	c := &alibabaV1{method: r.Method, params: withoutSignature(sorted), signature: need[5]}
	return Proof{
		Scheme: SchemeAlibabaV1, KeyID: need[0], Token: token, Time: at,
		Nonce: need[3], Signature: need[5], Verify: checked(c),
	}, nil
}

func checkAlibabaV1(method, version, nonce string) error {
	switch {
	case method != hmacSHA1:
		return &FieldError{Rule: ErrMethod, Field: "SignatureMethod"}
	case version != alibabaV1Version:
		return malformed("SignatureVersion", "not "+alibabaV1Version)
	case len(nonce) > maxNonce:
		return malformed("SignatureNonce", "too long")
	}
	return nil
}

const (
	isoSeconds = "2006-01-02T15:04:05Z"
	isoMillis  = "2006-01-02T15:04:05.000Z" // what an older Node client sends
)

// isoTime formats what it parsed and compares, because time.Parse also takes
// one-digit hours and fractions that the layout does not have.
func isoTime(field, text string) (time.Time, error) {
	layout := isoSeconds
	if len(text) == len(isoMillis) {
		layout = isoMillis
	}
	at, err := time.Parse(layout, text)
	if err != nil || at.Format(layout) != text {
		return time.Time{}, &FieldError{Rule: ErrTime, Field: field, Reason: "not yyyy-MM-ddTHH:mm:ssZ"}
	}
	return at, nil
}

// Escape is the vendor's percent-encoding: net/url's for a query, but with
// %20 for a space, %2A for "*" and "~" left alone.
func Escape(s string) string {
	if strings.IndexFunc(s, reserved) < 0 {
		return s
	}
	return string(appendEscape(nil, s))
}

func reserved(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return c != '-' && c != '_' && c != '.' && c != '~'
}

func appendEscape(b []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; reserved(rune(c)) {
			b = append(b, '%', digits[c>>4], digits[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// canonicalQuery encodes decoded values anew. What stood in the URL does not
// help: Node leaves "*" raw there and signs it encoded.
func canonicalQuery(sorted []Param) string {
	b := make([]byte, 0, 512)
	for i, p := range sorted {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(appendEscape(b, p.Name), '=')
		b = appendEscape(b, p.Value)
	}
	return string(b)
}

// alibabaV1Text must stay equal to what the SDKs build to the last byte: they
// compare it to tell a wrong secret from a wrong text.
func alibabaV1Text(method, query string) string {
	b := make([]byte, 0, len(method)+len(query)*3/2)
	b = append(append(b, method...), "&%2F&"...)
	return string(appendEscape(b, query))
}

func alibabaV1MAC(secret, text string) string {
	sum := mac1([]byte(secret+"&"), []byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (c *alibabaV1) verify(s *Secret) error {
	query := canonicalQuery(c.params)
	text := alibabaV1Text(c.method, query)
	if equal(alibabaV1MAC(s.text, text), c.signature) {
		return nil
	}
	return &Mismatch{StringToSign: text, Canonical: query}
}

// AlibabaV1Options say how to sign.
type AlibabaV1Options struct {
	At     time.Time
	Nonce  string
	Millis bool // writes the time with milliseconds
}

// SignAlibabaV1 adds the common parameters of the signature and then Signature
// itself to r.Params, for the caller to encode.
func SignAlibabaV1(r *Request, k Key, o AlibabaV1Options) {
	layout := isoSeconds
	if o.Millis {
		layout = isoMillis
	}
	r.setParam("AccessKeyId", k.ID)
	r.setParam("SignatureMethod", hmacSHA1)
	r.setParam("SignatureVersion", alibabaV1Version)
	r.setParam("SignatureNonce", o.Nonce)
	r.setParam("Timestamp", o.At.UTC().Format(layout))
	r.setParam("SecurityToken", k.Token)
	query := canonicalQuery(withoutSignature(sortedAsSent(r.Params)))
	r.setParam("Signature", alibabaV1MAC(k.Secret, alibabaV1Text(r.Method, query)))
}
