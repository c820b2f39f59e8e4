package sign

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// canonical is what TC3 and ACS3 put under a signature: six lines, the fourth
// being one line per header and therefore followed by an empty one.
type canonical struct {
	method, path, query string
	host                string
	names, values       []string // of the signed headers; host's value is not used
	payload             hexSum
}

// append appends the text; b may be nil.
func (c canonical) append(b []byte) []byte {
	if b == nil {
		b = make([]byte, 0, 512)
	}
	for _, line := range [...]string{c.method, c.path, c.query} {
		b = append(append(b, line...), '\n')
	}
	for i, name := range c.names {
		value := c.values[i]
		if name == "host" {
			value = c.host
		}
		b = append(append(b, name...), ':')
		b = append(append(b, value...), '\n')
	}
	for i, name := range c.names {
		b = append(append(b, "\n;"[min(i, 1)]), name...)
	}
	return append(append(b, '\n'), c.payload[:]...)
}

// authorization is the header of the same name, as TC3 and ACS3 both write it.
type authorization struct {
	credential, signature string
	names                 []string // signed headers
}

// readAuthorization takes the three fields in the one order that every known
// client writes, with a space or none after each comma. The names are appended
// to some, for which there may be room already.
func readAuthorization(r *Request, scheme string, names []string) (authorization, error) {
	const field = "Authorization"
	value, err := r.needHeader(field)
	if err != nil {
		return authorization{}, err
	}
	rest, ok := strings.CutPrefix(value, scheme+" ")
	if !ok {
		return authorization{}, malformed(field, "not "+scheme)
	}
	var parts [3]string
	for i, name := range [...]string{"Credential=", "SignedHeaders=", "Signature="} {
		var part string
		part, rest, ok = strings.Cut(rest, ",")
		if ok != (i < 2) {
			return authorization{}, malformed(field, "not three fields")
		}
		parts[i], ok = strings.CutPrefix(strings.TrimPrefix(part, " "), name)
		if !ok || parts[i] == "" {
			return authorization{}, malformed(field, strings.TrimSuffix(name, "=")+" expected")
		}
	}
	names, err = splitNames(names, parts[1])
	return authorization{credential: parts[0], names: names, signature: parts[2]}, err
}

// splitNames leaves the order as sent, which is signed too. A name given twice
// or in another letter case could be read in two ways, so it is refused.
func splitNames(names []string, list string) ([]string, error) {
	count := strings.Count(list, ";") + 1
	if count > maxSigned {
		return nil, malformed("Authorization", "too many signed headers")
	}
	names = slices.Grow(names, count)
	for name := range strings.SplitSeq(list, ";") {
		if name == "" || strings.ContainsFunc(name, notHeaderByte) || slices.Contains(names, name) {
			return nil, malformed("Authorization", "signed headers must be different lower-case names")
		}
		names = append(names, name)
	}
	return names, nil
}

func notHeaderByte(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

func (a authorization) cover(names ...string) error {
	for _, name := range names {
		if !slices.Contains(a.names, name) {
			return &FieldError{Rule: ErrUnsigned, Field: name}
		}
	}
	return nil
}

// signedValues reads what the signature covers. A listed header that did not
// arrive cannot be verified, and saying so helps more than a mismatch. The values
// are appended to some, for which there may be room already.
func (r *Request) signedValues(names, values []string) ([]string, error) {
	if len(r.Host) > maxValue {
		return nil, malformed("Host", "too long")
	}
	values = slices.Grow(values, len(names))
	for _, name := range names {
		if name == "host" {
			values = append(values, "")
			continue
		}
		value, err := r.header(name)
		if err != nil {
			return nil, err
		}
		if value == "" && len(r.Header[canonicalName(name)]) == 0 {
			return nil, malformed("Authorization", "the signed header "+name+" was not sent")
		}
		values = append(values, value)
	}
	return values, nil
}

// hexSum is a SHA-256 in hex.
type hexSum [2 * sha256.Size]byte

func hexSumOf(data []byte) (h hexSum) {
	sum := sha256.Sum256(data)
	hex.Encode(h[:], sum[:])
	return h
}

func (h hexSum) String() string { return string(h[:]) }
