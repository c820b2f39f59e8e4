package sign

import (
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"
	"unique"
)

// Secret is a key's secret with what was derived from it last: the signing key
// of TC3 takes three times the work of the signature itself and serves a whole
// day. It changes no answer, so a Secret may be kept as long as its text is
// true. It is safe for concurrent use.
type Secret struct {
	text string
	tc3  atomic.Pointer[tc3Key]
}

// Reset makes s a secret of which nothing was derived yet, before anybody uses
// it. The zero Secret is an empty one, which matches nothing.
func (s *Secret) Reset(text string) {
	s.text = text
	s.tc3.Store(nil)
}

// String keeps the text out of whatever prints a Secret.
func (*Secret) String() string { return "a secret" }

// tc3Key signs for one scope: a day, a service and the word that ends them. All
// keys have the scope's text together, which is mostly the same.
type tc3Key struct {
	scope unique.Handle[string]
	key   [sha256.Size]byte
}

// key is the signing key of a scope: the one in use, if it is that.
func (s *Secret) key(of scope) *tc3Key {
	if k := s.tc3.Load(); k != nil && k.scope.Value() == of.text {
		return k
	}
	k := newTC3Key(s.text, of)
	s.tc3.Store(k)
	return k
}

func newTC3Key(secret string, of scope) *tc3Key {
	key := mac256([]byte("TC3"+secret), []byte(of.date))
	key = mac256(key[:], []byte(of.service))
	return &tc3Key{unique.Make(of.text), mac256(key[:], []byte(tc3Terminator))}
}

// append appends the signature of a text.
func (k *tc3Key) append(b, text []byte) []byte {
	sum := mac256(k.key[:], text)
	return hex.AppendEncode(b, sum[:])
}
