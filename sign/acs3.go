package sign

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// SchemeACS3 is Alibaba's header signature.
const SchemeACS3 = "ACS3-HMAC-SHA256"

const (
	acsDate    = "x-acs-date"
	acsNonce   = "x-acs-signature-nonce"
	acsContent = "x-acs-content-sha256"
	acsToken   = "x-acs-security-token"
	acsKeyID   = "x-acs-accesskey-id"
)

// acsHeaders are what a request's meaning and freshness hang on. Each must be
// signed if it is sent, or a signature could be carried over to another call,
// another credential or another time. Other x-acs headers only inform: they are
// let through unsigned, and nobody may act on them.
var acsHeaders = [...]struct {
	name     string
	required bool
}{
	{"x-acs-action", true},
	{"x-acs-version", true},
	{acsDate, true},
	{acsNonce, true},
	{acsContent, true},
	{acsToken, false},
	{acsKeyID, false},
}

type acs3 struct {
	canonical
	body      []byte
	content   string // the body's hash, as the client says
	signature string
}

// ReadACS3 reads an ACS3-HMAC-SHA256 signature.
func ReadACS3(r *Request) (Proof, error) {
	auth, err := readAuthorization(r, SchemeACS3, nil)
	if err != nil {
		return Proof{}, err
	}
	headers, err := readACSHeaders(r, auth)
	if err != nil {
		return Proof{}, err
	}
	at, err := isoTime(acsDate, headers[acsDate])
	if err != nil {
		return Proof{}, err
	}
	c := &acs3{body: r.Body, content: headers[acsContent], signature: auth.signature}
	if c.canonical, err = canonicalACS3(r, auth.names); err != nil {
		return Proof{}, err
	}
	return Proof{
		Scheme: SchemeACS3, KeyID: auth.credential, Token: headers[acsToken], Time: at,
		Nonce: headers[acsNonce], Signature: auth.signature,
		Verify: checked(c),
	}, nil
}

// readACSHeaders reads what the signature depends on, and refuses what it
// does not cover.
func readACSHeaders(r *Request, auth authorization) (map[string]string, error) {
	headers := make(map[string]string, len(acsHeaders))
	for _, h := range acsHeaders {
		value, err := r.header(h.name)
		switch {
		case err != nil:
			return nil, err
		case value == "" && h.required:
			return nil, missing(h.name)
		case value == "":
			continue
		}
		if err := auth.cover(h.name); err != nil {
			return nil, err
		}
		headers[h.name] = value
	}
	if id := headers[acsKeyID]; id != "" && id != auth.credential {
		return nil, malformed(acsKeyID, "not the credential's key")
	}
	if len(headers[acsNonce]) > maxNonce {
		return nil, malformed(acsNonce, "too long")
	}
	return headers, auth.cover("host")
}

// canonicalACS3 signs the path as sent. The vendor's is always "/", so nobody
// gains from another path that is not covered.
func canonicalACS3(r *Request, names []string) (canonical, error) {
	values, err := r.signedValues(names, nil)
	if err != nil {
		return canonical{}, err
	}
	params, err := ParseParams(r.RawQuery)
	if err != nil {
		return canonical{}, err
	}
	sorted, err := sortParams(params)
	if err != nil {
		return canonical{}, err
	}
	return canonical{
		method: r.Method, path: r.path(), query: canonicalQuery(sorted), host: r.Host,
		names: names, values: values,
	}, nil
}

func acs3Text(canonical []byte) string {
	return SchemeACS3 + "\n" + hexSumOf(canonical).String()
}

func acs3MAC(secret, text string) string {
	sum := mac256([]byte(secret), []byte(text))
	return hex.EncodeToString(sum[:])
}

// verify puts the body's true hash into the text and asks that the header says
// the same: a client could sign two different ones.
func (c *acs3) verify(s *Secret) error {
	whole := c.canonical
	whole.payload = hexSumOf(c.body)
	text := whole.append(nil)
	toSign := acs3Text(text)
	if equal(acs3MAC(s.text, toSign), c.signature) && c.content == whole.payload.String() {
		return nil
	}
	return &Mismatch{StringToSign: toSign, Canonical: string(text)}
}

// ACS3Options say how to sign.
type ACS3Options struct {
	At    time.Time
	Nonce string
}

// SignACS3 sets the headers that carry the signature, and signs as the SDKs
// do: the host, the content type if there is one, and every x-acs header. The
// action and the version must already be among them.
func SignACS3(r *Request, k Key, o ACS3Options) error {
	tokenKeyID := ""
	if k.Token != "" {
		tokenKeyID = k.ID
	}
	r.setHeader(acsDate, o.At.UTC().Format(isoSeconds))
	r.setHeader(acsNonce, o.Nonce)
	r.setHeader(acsContent, hexSumOf(r.Body).String())
	r.setHeader(acsToken, k.Token)
	r.setHeader(acsKeyID, tokenKeyID)
	names := acsNames(r)
	c, err := canonicalACS3(r, names)
	if err != nil {
		return err
	}
	c.payload = hexSumOf(r.Body)
	r.setHeader("Authorization", SchemeACS3+" Credential="+k.ID+
		",SignedHeaders="+strings.Join(names, ";")+",Signature="+acs3MAC(k.Secret, acs3Text(c.append(nil))))
	return nil
}

func acsNames(r *Request) []string {
	names := []string{"host"}
	for name := range maps.Keys(r.Header) {
		name = lower(name)
		if name == "content-type" || strings.HasPrefix(name, "x-acs-") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
