package session

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"sync"
	"time"

	"imageshare/ledger"
)

// What is sealed in a token: a version, the texts of the session, each behind
// its length, how the policy is packed with the policy, and its two times.
const version = 1

// How a policy is packed: whichever of the two is shorter.
const (
	plain    = 0
	deflated = 1
)

// maxPolicy bounds what a packed policy may unpack to. Only what this server
// sealed is unpacked, so it guards against our own mistakes alone.
const maxPolicy = 64 << 10

// texts are the fields in their order on the wire.
func (s *Session) texts() []*string {
	return []*string{&s.KeyID, &s.Secret, &s.Account, &s.User, &s.Role, &s.RoleID, &s.Name, &s.By}
}

func (s *Session) append(b []byte) []byte {
	b = append(b, version)
	for _, text := range s.texts() {
		b = appendText(b, []byte(*text))
	}
	how, policy := pack([]byte(s.Policy))
	b = appendText(append(b, how), policy)
	b = binary.AppendVarint(b, s.Issued.Unix())
	return binary.AppendVarint(b, s.Expires.Unix())
}

func appendText(b, text []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func pack(policy []byte) (how byte, packed []byte) {
	if len(policy) == 0 {
		return plain, nil
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic("unreachable: the level is a constant: " + err.Error())
	}
	_, err = w.Write(policy)
	if err != nil || w.Close() != nil || b.Len() >= len(policy) {
		return plain, policy
	}
	return deflated, b.Bytes()
}

func unpack(how byte, packed []byte) (ledger.Document, bool) {
	switch how {
	case plain:
		return ledger.Document(packed), true
	case deflated:
		policy, err := inflate(packed)
		return ledger.Document(policy), err == nil && len(policy) <= maxPolicy
	}
	return "", false
}

// inflaters are kept, since one is some 40 KB and a token comes with every
// request of a session.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

func inflate(packed []byte) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(packed), nil); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxPolicy+1))
}

// parse reads what append wrote; anything else is not ok.
func parse(b []byte) (s Session, ok bool) {
	r := reader{rest: b}
	if r.byte() != version {
		return Session{}, false
	}
	for _, text := range s.texts() {
		*text = string(r.text())
	}
	how := r.byte()
	s.Policy, ok = unpack(how, r.text())
	s.Issued, s.Expires = r.time(), r.time()
	return s, ok && !r.broken && len(r.rest) == 0
}

// reader takes values off bytes. After the first that is not there it gives
// zero values and is broken.
type reader struct {
	rest   []byte
	broken bool
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.broken = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) text() []byte {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(len(r.rest)-size) {
		r.broken, r.rest = true, nil
		return nil
	}
	text := r.rest[size : size+int(n)]
	r.rest = r.rest[size+int(n):]
	return text
}

func (r *reader) time() time.Time {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.broken, r.rest = true, nil
		return time.Time{}
	}
	r.rest = r.rest[size:]
	return time.Unix(n, 0).UTC()
}
