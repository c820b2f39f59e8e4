// Package sign answers one question: who is speaking? It reads the signature
// off a request, says which key it claims, and checks the claim once the
// caller has found that key's secret.
//
// Each scheme has its own file with reading, signing and verifying side by
// side, because the three only make sense together: what one side forgets to
// cover, the other does not notice. Everything is a pure function of its
// arguments. There is no clock here, and no memory but a Secret's of what it
// derived, so whether a signature is too old, or was seen before, is for the
// caller to decide from the Proof.
//
// A verified request has one accepted spelling of its signature (lower-case
// hex, padded Base64), which makes Proof.Signature fit for a replay memory.
//
// What no scheme here can give is cover for more than its vendor chose:
//
//   - TC3 covers the headers that the client lists. The vendor's own clients
//     list the content type and the host, hence not the action, the version,
//     the region or the token. With UNSIGNED-PAYLOAD not even the body.
//   - Tencent's parameter signature joins raw names and values, so a value
//     with "&" in it signs like two parameters, and "_" in a name may stand
//     for ".". Its callers must not give both spellings a meaning. API 2.0
//     leaves files out besides: CoveredTencentV2 is what may be read there.
//   - Alibaba's parameter signature covers Params and the method, nothing else:
//     no host, no path, no body that is not a form.
//
// A token is never compared here: the schemes that carry it unsigned need it
// bound to its key by whoever keeps the keys.
package sign

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Request is what a signature can cover: one HTTP request as it was sent, its
// body read whole and its parameters parsed once. A Proof reads it again when
// it verifies, so it must not change in between.
type Request struct {
	Method   string
	Host     string // as the client sent it, with its port if it sent one
	Path     string // as sent, percent-encoding kept; "" counts as "/"
	RawQuery string // what stood after "?", untouched
	Header   http.Header
	Body     []byte
	// Params are the query parameters and then the form's, decoded, in the
	// order sent. Only the schemes that sign parameters read them.
	Params []Param
}

// Param is one decoded parameter.
type Param struct{ Name, Value string }

// Key is what a client signs with. Token is "" unless the key is temporary.
type Key struct{ ID, Secret, Token string }

// Proof is a claim read from a request, not yet believed: which key signed,
// when, and how to check it once that key's secret is known.
type Proof struct {
	Scheme string
	KeyID  string
	Token  string    // the temporary credential's token, "" if none
	Time   time.Time // when the client says that it signed, in UTC
	Nonce  string    // "" where the scheme has none
	// Signature is as sent, for a replay memory. It must not be logged.
	Signature string
	// Verify returns nil, or an error that Is ErrMismatch and, by errors.As,
	// a *Mismatch. An empty secret matches nothing. It may be called several
	// times, and at the same time.
	Verify func(*Secret) error
}

// Each sentinel is one rule that a request can break.
var (
	ErrMissing   = errors.New("missing")
	ErrMalformed = errors.New("malformed")
	ErrMethod    = errors.New("unknown signature method")
	ErrTime      = errors.New("time not well formatted")
	ErrScope     = errors.New("credential scope does not fit the time")
	ErrUnsigned  = errors.New("not covered by the signature")
	ErrMismatch  = errors.New("signature does not match")
)

// FieldError says which header or parameter broke a rule, in the vendor's
// spelling, since some error codes are made from it. Unwrap gives the rule.
type FieldError struct {
	Rule   error
	Field  string
	Reason string // more words, or ""
}

// Error cuts the field short: a repeated parameter's name is the client's text.
func (e *FieldError) Error() string {
	text := fmt.Sprintf("%.64q: %v", e.Field, e.Rule)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

func (e *FieldError) Unwrap() error { return e.Rule }

// Mismatch holds the texts that the server signed, for a client to compare
// with its own. They may contain a token, so they belong in the client's own
// answer or a debug log. Error has none of it.
type Mismatch struct {
	StringToSign string
	Canonical    string // the canonical request or query, "" if the scheme has none
}

func (m *Mismatch) Error() string { return ErrMismatch.Error() }

func (m *Mismatch) Unwrap() error { return ErrMismatch }

// These bound what a stranger can make us read or sort. The longest known
// token is about half of maxValue; 500 accounts in one call are 500 parameters.
const (
	maxValue  = 8 << 10
	maxNonce  = 256
	maxSigned = 32
	maxParams = 4096
)

func missing(field string) error {
	return &FieldError{Rule: ErrMissing, Field: field}
}

func malformed(field, reason string) error {
	return &FieldError{Rule: ErrMalformed, Field: field, Reason: reason}
}

// claimed is a request as its signer may have seen it, with the signature.
type claimed interface{ verify(*Secret) error }

// checked guards a scheme's check against an empty secret: whoever lost the
// secret of a key would otherwise accept what anybody can sign.
func checked(c claimed) func(*Secret) error {
	return func(s *Secret) error {
		if s.text == "" {
			return &Mismatch{}
		}
		return c.verify(s)
	}
}

// longest is the length of the longest signature, SHA-256 in hex.
const longest = 64

// equal compares the texts and not the bytes they encode, so that upper-case
// hex or Base64 with stray last bits is a different signature.
func equal[T string | []byte](want T, got string) bool {
	if len(want) > longest || len(want) != len(got) {
		return false
	}
	var a, b [longest]byte
	copy(a[:], want)
	copy(b[:], got)
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (r *Request) path() string {
	if r.Path == "" {
		return "/"
	}
	return r.Path
}

// header returns a header's trimmed value, "" if it was not sent. Sent twice
// is refused: the signature would cover one value and a handler read another.
func (r *Request) header(name string) (string, error) {
	values := r.Header[canonicalName(name)]
	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1:
		return "", malformed(name, "sent more than once")
	case len(values[0]) > maxValue:
		return "", malformed(name, "too long")
	}
	return trim(values[0]), nil
}

// trim drops the blanks around a header's value, and nothing else that is white.
func trim(value string) string {
	for value != "" && blank(value[0]) {
		value = value[1:]
	}
	for value != "" && blank(value[len(value)-1]) {
		value = value[:len(value)-1]
	}
	return value
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// canonicalName is how net/http spells a name. It is asked for a dozen times in
// a request, so that those that are read here are spelled out.
func canonicalName(name string) string {
	switch name {
	case "Authorization":
		return "Authorization"
	case "X-TC-Timestamp":
		return "X-Tc-Timestamp"
	case "X-TC-Token":
		return "X-Tc-Token"
	case "X-TC-Content-SHA256":
		return "X-Tc-Content-Sha256"
	case "content-type":
		return "Content-Type"
	case "x-tc-action":
		return "X-Tc-Action"
	case "x-acs-action":
		return "X-Acs-Action"
	case "x-acs-version":
		return "X-Acs-Version"
	case acsDate:
		return "X-Acs-Date"
	case acsNonce:
		return "X-Acs-Signature-Nonce"
	case acsContent:
		return "X-Acs-Content-Sha256"
	case acsToken:
		return "X-Acs-Security-Token"
	case acsKeyID:
		return "X-Acs-Accesskey-Id"
	}
	return http.CanonicalHeaderKey(name)
}

func (r *Request) needHeader(name string) (string, error) {
	value, err := r.header(name)
	if err == nil && value == "" {
		err = missing(name)
	}
	return value, err
}

// setHeader drops the header where there is nothing to say, so that a request
// can be signed again with another key.
func (r *Request) setHeader(name, value string) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if value == "" {
		r.Header.Del(name)
		return
	}
	r.Header.Set(name, value)
}
