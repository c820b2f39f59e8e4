package sign

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SchemeTencentV1 is Tencent's parameter signature. API 3.0 and API 2.0 share
// it: the path is part of the text, and so tells them apart.
const SchemeTencentV1 = "TencentV1"

// hmacSHA256 is the one name that chooses SHA-256. The vendor takes anything
// else, and nothing at all, for SHA-1.
const hmacSHA256 = "HmacSHA256"

type tencentV1 struct {
	prefix    string // method, host and path, with nothing between them
	params    []Param
	sha256    bool
	signature string
}

// ReadTencentV1 reads the parameter signature of API 3.0 and of API 2.0.
func ReadTencentV1(r *Request) (Proof, error) {
	sorted, err := sortParams(r.Params)
	if err != nil {
		return Proof{}, err
	}
	need, err := needParams(sorted, "SecretId", "Timestamp", "Nonce", "Signature")
	if err != nil {
		return Proof{}, err
	}
	keyID, nonce, signature := need[0], need[2], need[3]
	at, err := unixTime("Timestamp", need[1])
	if err != nil {
		return Proof{}, err
	}
	// 63 bits are sent in practice; the text is kept, so no type can overflow.
	if len(nonce) > 20 || strings.Trim(nonce, "0123456789") != "" {
		return Proof{}, malformed("Nonce", "not a number")
	}
	method, err := param(sorted, "SignatureMethod")
	if err != nil {
		return Proof{}, err
	}
	token, err := param(sorted, "Token")
	if err != nil {
		return Proof{}, err
	}
	c := &tencentV1{
		prefix: r.tencentPrefix(), params: withoutSignature(sorted),
		sha256: method == hmacSHA256, signature: signature,
	}
	return Proof{
		Scheme: SchemeTencentV1, KeyID: keyID, Token: token, Time: at,
		Nonce: nonce, Signature: signature, Verify: checked(c.verify),
	}, nil
}

func (r *Request) tencentPrefix() string { return r.Method + r.Host + r.path() }

// spellings are the parameters as clients may have signed them. Python on 3.0
// and every client on 2.0 write "." for "_" in names, before sorting or after.
// Two names that become one are signed by nobody's rule, so that is not tried.
func (c *tencentV1) spellings() [][]Param {
	underscore := func(p Param) bool { return strings.Contains(p.Name, "_") }
	if !slices.ContainsFunc(c.params, underscore) {
		return [][]Param{c.params}
	}
	replaced := slices.Clone(c.params)
	for i := range replaced {
		replaced[i].Name = strings.ReplaceAll(replaced[i].Name, "_", ".")
	}
	sorted, err := sortParams(replaced)
	if err != nil {
		return [][]Param{c.params}
	}
	return [][]Param{c.params, sorted, replaced}
}

func tencentText(prefix string, params []Param) string {
	var b strings.Builder
	b.WriteString(prefix)
	separator := byte('?')
	for _, p := range params {
		b.WriteByte(separator)
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
		separator = '&'
	}
	return b.String()
}

func tencentMAC(secret, text string, useSHA256 bool) string {
	hash := sha1.New
	if useSHA256 {
		hash = sha256.New
	}
	mac := hmac.New(hash, []byte(secret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (c *tencentV1) verify(secret string) error {
	var expected *Mismatch
	for _, params := range c.spellings() {
		text := tencentText(c.prefix, params)
		if equal(tencentMAC(secret, text, c.sha256), c.signature) {
			return nil
		}
		if expected == nil {
			expected = &Mismatch{StringToSign: text}
		}
	}
	return expected // never nil: the names as sent are always tried
}

// TencentV1Options say how to sign.
type TencentV1Options struct {
	At     time.Time
	Nonce  uint64
	Method string // HmacSHA1 or HmacSHA256; "" sends none, which is SHA-1
}

// SignTencentV1 adds the common parameters of the signature and then Signature
// itself to r.Params, for the caller to encode.
func SignTencentV1(r *Request, k Key, o TencentV1Options) {
	r.setParam("SecretId", k.ID)
	r.setParam("Timestamp", strconv.FormatInt(o.At.Unix(), 10))
	r.setParam("Nonce", strconv.FormatUint(o.Nonce, 10))
	r.setParam("SignatureMethod", o.Method)
	r.setParam("Token", k.Token)
	text := tencentText(r.tencentPrefix(), withoutSignature(r.sortedParams()))
	r.setParam("Signature", tencentMAC(k.Secret, text, o.Method == hmacSHA256))
}
