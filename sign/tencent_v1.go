package sign

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SchemeTencentV1 is the parameter signature of Tencent's API 3.0.
const SchemeTencentV1 = "TencentV1"

// tencentRecipe is what differs between the parameter signatures of Tencent's
// two generations.
type tencentRecipe struct {
	scheme string
	// sha256 are the signature methods that mean SHA-256. The vendor takes
	// anything else, and nothing at all, for SHA-1.
	sha256 []string
	// covered are the parameters under the signature, as sent.
	covered func(*Request) []Param
	// texts are what a client may have signed, the likeliest first, from
	// method, host and path, sorted parameters and signature method.
	texts func(prefix string, params []Param, method string) []string
}

const hmacSHA256 = "HmacSHA256"

var tencentV1 = tencentRecipe{
	scheme: SchemeTencentV1, sha256: []string{hmacSHA256}, texts: textsV1,
	covered: func(r *Request) []Param { return r.Params },
}

// ReadTencentV1 reads the parameter signature of API 3.0.
func ReadTencentV1(r *Request) (Proof, error) { return tencentV1.read(r) }

func (t tencentRecipe) read(r *Request) (Proof, error) {
	sorted, err := sortParams(t.covered(r))
	if err != nil {
		return Proof{}, err
	}
	need, err := needParams(sorted, "SecretId", "Timestamp", "Nonce", "Signature")
	if err != nil {
		return Proof{}, err
	}
	nonce := need[2]
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
	c := &tencentClaim{t, r.tencentPrefix(), withoutSignature(sorted), method, need[3]}
	return Proof{
		Scheme: t.scheme, KeyID: need[0], Token: token, Time: at, Nonce: nonce, Signature: c.signature, Verify: checked(c),
	}, nil
}

type tencentClaim struct {
	tencentRecipe
	prefix            string
	params            []Param
	method, signature string
}

func (r *Request) tencentPrefix() string { return r.Method + r.Host + r.path() }

func (c *tencentClaim) verify(s *Secret) error {
	texts := c.texts(c.prefix, c.params, c.method)
	for _, text := range texts {
		if equal(c.mac(s.text, text, c.method), c.signature) {
			return nil
		}
	}
	return &Mismatch{StringToSign: texts[0]}
}

// textsV1 has the names as sent and, since the Python SDK signs so, with "."
// for "_". Two names that become one are signed by nobody's rule, so that is
// not tried.
func textsV1(prefix string, params []Param, _ string) []string {
	texts := []string{tencentText(prefix, params)}
	if !slices.ContainsFunc(params, underscored) {
		return texts
	}
	if sorted, err := sortParams(dotted(params)); err == nil {
		texts = append(texts, tencentText(prefix, sorted))
	}
	return texts
}

func underscored(p Param) bool { return strings.Contains(p.Name, "_") }

// dotted writes "." for "_" in the names of a copy.
func dotted(params []Param) []Param {
	replaced := slices.Clone(params)
	for i := range replaced {
		replaced[i].Name = strings.ReplaceAll(replaced[i].Name, "_", ".")
	}
	return replaced
}

func tencentText(prefix string, params []Param) string {
	return prefix + "?" + tencentPairs(params)
}

func tencentPairs(params []Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
	}
	return b.String()
}

func (t tencentRecipe) mac(secret, text, method string) string {
	if slices.Contains(t.sha256, method) {
		sum := mac256([]byte(secret), []byte(text))
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	sum := mac1([]byte(secret), []byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// TencentOptions say how to sign.
type TencentOptions struct {
	At     time.Time
	Nonce  uint64
	Method string // HmacSHA1, HmacSHA256 or, on API 2.0, TC2-HmacSHA256; "" sends none, which is SHA-1
}

// SignTencentV1 adds the common parameters of the signature and then Signature
// itself to r.Params, for the caller to encode.
func SignTencentV1(r *Request, k Key, o TencentOptions) { tencentV1.sign(r, k, o) }

func (t tencentRecipe) sign(r *Request, k Key, o TencentOptions) {
	r.setParam("SecretId", k.ID)
	r.setParam("Timestamp", strconv.FormatInt(o.At.Unix(), 10))
	r.setParam("Nonce", strconv.FormatUint(o.Nonce, 10))
	r.setParam("SignatureMethod", o.Method)
	r.setParam("Token", k.Token)
	sorted := sortedAsSent(t.covered(r))
	text := t.texts(r.tencentPrefix(), withoutSignature(sorted), o.Method)[0]
	r.setParam("Signature", t.mac(k.Secret, text, o.Method))
}
