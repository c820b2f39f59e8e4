package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
	"sync/atomic"
)

// Secret is a key's secret with what was derived from it last: the signing key
// of TC3 takes three times the work of the signature itself and serves a whole
// day. It changes no answer, so a Secret may be kept as long as its text is
// true. It is safe for concurrent use.
type Secret struct {
	text string
	tc3  atomic.Pointer[tc3Key]
}

// NewSecret is a secret of which nothing was derived yet.
func NewSecret(text string) *Secret { return &Secret{text: text} }

// String keeps the text out of whatever prints a Secret.
func (*Secret) String() string { return "a secret" }

// tc3Key signs for one service on one day.
type tc3Key struct {
	date, service string
	macs          sync.Pool // of hash.Hash, keyed
}

// key is the signing key of a scope: the one in use, if it is that.
func (s *Secret) key(date, service string) *tc3Key {
	if k := s.tc3.Load(); k != nil && k.date == date && k.service == service {
		return k
	}
	k := newTC3Key(s.text, date, service)
	s.tc3.Store(k)
	return k
}

func newTC3Key(secret, date, service string) *tc3Key {
	key := sumMAC(sumMAC(sumMAC([]byte("TC3"+secret), date), service), tc3Terminator)
	k := &tc3Key{date: date, service: service}
	k.macs.New = func() any { return hmac.New(sha256.New, key) }
	return k
}

// hexSum is the signature of a text.
func (k *tc3Key) hexSum(text []byte) string {
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	mac.Reset()
	mac.Write(text)
	var room [longest / 2 * 3]byte
	sum := mac.Sum(room[:0])
	return string(hex.AppendEncode(sum, sum)[len(sum):])
}
