package sign

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SchemeTC3 is Tencent's header signature, used on API 3.0.
const SchemeTC3 = "TC3-HMAC-SHA256"

const (
	tc3Terminator   = "tc3_request"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// tc3 is a request as its signer may have seen it. Clients disagree on the
// host, the path and letter case: see candidates.
type tc3 struct {
	canonical
	request   *Request
	timestamp string
	scope     scope
	aliases   []string
	unsigned  bool
	signature string
	room      struct{ names, values [usual]string } // of the canonical
}

// usual is how many headers a client signs at the most, but for few.
const usual = 4

// ReadTC3 reads a TC3-HMAC-SHA256 signature. Aliases are further host names
// that a client may have signed: one that goes through a gateway signs the
// vendor's name while its Host header says ours.
func ReadTC3(r *Request, aliases ...string) (Proof, error) {
	c := &tc3{request: r, aliases: aliases}
	auth, err := readAuthorization(r, SchemeTC3, c.room.names[:0])
	if err != nil {
		return Proof{}, err
	}
	if c.timestamp, err = r.needHeader("X-TC-Timestamp"); err != nil {
		return Proof{}, err
	}
	at, err := unixTime("X-TC-Timestamp", c.timestamp)
	if err != nil {
		return Proof{}, err
	}
	if c.scope, err = readScope(auth.credential, at); err != nil {
		return Proof{}, err
	}
	if err := c.read(auth); err != nil {
		return Proof{}, err
	}
	token, err := r.header("X-TC-Token")
	if err != nil {
		return Proof{}, err
	}
	return Proof{
		Scheme: SchemeTC3, KeyID: c.scope.keyID, Token: token, Time: at, Signature: c.signature, Verify: checked(c),
	}, nil
}

// unixTime takes at most eleven digits, which is year 5138: more would not
// overflow yet, but give a date that no scope can spell.
func unixTime(field, text string) (time.Time, error) {
	seconds, err := strconv.ParseUint(text, 10, 63) // no sign, unlike ParseInt
	if err != nil || len(text) > 11 {
		return time.Time{}, &FieldError{Rule: ErrTime, Field: field, Reason: "not seconds since 1970"}
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}

// scope is what a credential says beside the key: the day and the service that
// the signing key is for. text is both with the word that ends them.
type scope struct{ keyID, date, service, text string }

// readScope takes any service. Node's client signs the text before the
// endpoint's first dot, "127" on loopback, whatever it is talking to.
func readScope(credential string, at time.Time) (s scope, err error) {
	var end string
	s.keyID, s.text, _ = strings.Cut(credential, "/")
	s.date, end, _ = strings.Cut(s.text, "/")
	s.service, end, _ = strings.Cut(end, "/")
	if s.keyID == "" || s.service == "" || end != tc3Terminator {
		return s, malformed("Authorization", "credential is not KEY/DATE/SERVICE/"+tc3Terminator)
	}
	var day [len(time.DateOnly)]byte
	if s.date != string(at.AppendFormat(day[:0], time.DateOnly)) {
		return s, &FieldError{Rule: ErrScope, Field: "Authorization", Reason: "date is not the timestamp's in UTC"}
	}
	return s, nil
}

func (c *tc3) read(auth authorization) (err error) {
	r := c.request
	if err := auth.cover("content-type", "host"); err != nil {
		return err
	}
	if c.values, err = r.signedValues(auth.names, c.room.values[:0]); err != nil {
		return err
	}
	content, err := r.header("X-TC-Content-SHA256")
	c.unsigned, c.signature = content == unsignedPayload, auth.signature
	c.method, c.query, c.names = r.Method, r.RawQuery, auth.names
	return err
}

// paths: the vendor signs "/" wherever a request goes. Node signs the path.
func (c *tc3) paths() []string { return distinct([]string{"/", c.request.path()}) }

// hosts: Go and Python sign the host with its port, Node without.
func (c *tc3) hosts() []string {
	host := c.request.Host
	hosts := []string{lower(host), host, lower(withoutPort(host)), withoutPort(host)}
	for _, alias := range c.aliases {
		hosts = append(hosts, lower(alias), alias)
	}
	return distinct(hosts)
}

// spellings are the header values lower-cased, as the vendor's page has it,
// and as sent.
func (c *tc3) spellings() [][]string {
	folded := lowerAll(c.values)
	if slices.Equal(folded, c.values) {
		return [][]string{folded}
	}
	return [][]string{folded, c.values}
}

// lowerAll is the list itself where it is lower-case.
func lowerAll(list []string) []string {
	if !slices.ContainsFunc(list, func(s string) bool { return lower(s) != s }) {
		return list
	}
	folded := make([]string, len(list))
	for i, s := range list {
		folded[i] = lower(s)
	}
	return folded
}

// lower touches ASCII only: a Unicode fold would give one text to two values.
func lower(s string) string {
	isUpper := func(c rune) bool { return 'A' <= c && c <= 'Z' }
	if !strings.ContainsFunc(s, isUpper) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if isUpper(rune(c)) {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// withoutPort leaves an IPv6 address in its brackets, and one without brackets
// alone.
func withoutPort(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || (strings.Count(host, ":") > 1 && !strings.HasSuffix(host[:i], "]")) {
		return host
	}
	return host[:i]
}

// distinct drops repetitions and keeps the order.
func distinct(list []string) []string {
	kept := list[:0]
	for _, s := range list {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// payloadHash is the body's, or the literal word's if the client left the body
// out. A GET signs an empty payload, which is what it has.
func (c *tc3) payloadHash(body []byte) hexSum {
	if c.unsigned {
		return hexSumOf([]byte(unsignedPayload))
	}
	return hexSumOf(body)
}

// candidates are the texts that the client may have signed, the documented one
// first, which is mostly the one. Each is good until the next.
func (c *tc3) candidates() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		one, text := c.canonical, make([]byte, 0, 512)
		one.payload, one.path, one.host, one.values = c.payloadHash(c.request.Body), "/", lower(c.request.Host), lowerAll(c.values)
		if text = one.append(text); !yield(text) {
			return
		}
		for _, one.path = range c.paths() {
			for _, one.host = range c.hosts() {
				for _, one.values = range c.spellings() {
					if text = one.append(text[:0]); !yield(text) {
						return
					}
				}
			}
		}
	}
}

// appendToSign appends the string to sign.
func (c *tc3) appendToSign(b, canonical []byte) []byte {
	for _, line := range [...]string{SchemeTC3, c.timestamp, c.scope.text} {
		b = append(append(b, line...), '\n')
	}
	sum := hexSumOf(canonical)
	return append(b, sum[:]...)
}

func (c *tc3) verify(secret *Secret) error {
	key := secret.key(c.scope)
	var expected *Mismatch
	toSign, signature := make([]byte, 0, 256), make([]byte, 0, longest)
	for text := range c.candidates() {
		toSign = c.appendToSign(toSign[:0], text)
		if equal(key.append(signature, toSign), c.signature) {
			return nil
		}
		if expected == nil {
			expected = &Mismatch{StringToSign: string(toSign), Canonical: string(text)}
		}
	}
	return expected // never nil: there is always a first
}

// TC3Options say how to sign; the zero value but for At is the usual way.
type TC3Options struct {
	At       time.Time
	Service  string   // "" is cvm
	Headers  []string // lower-case, in the order to sign; nil is content-type and host
	Host     string   // signed instead of the request's, "" is the request's
	Path     string   // signed instead of "/"
	Unsigned bool     // leaves the body out
}

// SignTC3 sets the headers that carry the signature. The Content-Type must
// already be there, being part of it.
func SignTC3(r *Request, k Key, o TC3Options) {
	c := o.claim()
	r.setHeader("X-TC-Timestamp", c.timestamp)
	r.setHeader("X-TC-Token", k.Token)
	r.setHeader("X-TC-Content-SHA256", "")
	if o.Unsigned {
		r.setHeader("X-TC-Content-SHA256", unsignedPayload)
	}
	c.method, c.query, c.payload = r.Method, r.RawQuery, c.payloadHash(r.Body)
	if c.host == "" {
		c.host = lower(r.Host)
	}
	for _, name := range c.names {
		c.values = append(c.values, lower(trim(r.Header.Get(name))))
	}
	key := newTC3Key(k.Secret, c.scope)
	r.setHeader("Authorization", SchemeTC3+" Credential="+k.ID+"/"+c.scope.text+
		", SignedHeaders="+strings.Join(c.names, ";")+", Signature="+string(key.append(nil, c.appendToSign(nil, c.append(nil)))))
}

func (o TC3Options) claim() *tc3 {
	c := &tc3{timestamp: strconv.FormatInt(o.At.Unix(), 10), unsigned: o.Unsigned}
	c.scope = scope{date: o.At.UTC().Format(time.DateOnly), service: cmp.Or(o.Service, "cvm")}
	c.scope.text = c.scope.date + "/" + c.scope.service + "/" + tc3Terminator
	c.names, c.host, c.path = o.Headers, lower(o.Host), cmp.Or(o.Path, "/")
	if c.names == nil {
		c.names = []string{"content-type", "host"}
	}
	return c
}
