package server

import (
	"sync"
	"sync/atomic"
	"time"

	"imageshare/ledger"
	"imageshare/sign"
)

// maxOpened bounds how many secrets are kept. A server that more keys than that
// sign for starts afresh now and then.
const maxOpened = 1 << 14

// opened keeps secrets that were opened. A key whose sealed secret is another
// one by now is opened anew: nothing in here can be out of date.
type opened struct {
	mu    sync.RWMutex
	byKey map[ledger.CredentialName]*openedKey
}

// openedKey is all that a request needs of a key that others signed with before.
type openedKey struct {
	sealed string
	secret sign.Secret
	noted  atomic.Int64 // when it was last noted as used, in seconds of 1970
}

func newOpenedKey(sealed, secret string) *openedKey {
	k := &openedKey{sealed: sealed}
	k.secret.Reset(secret)
	return k
}

func (o *opened) open(s Secrets, name ledger.CredentialName, sealed string) (*openedKey, error) {
	o.mu.RLock()
	kept := o.byKey[name]
	o.mu.RUnlock()
	if kept != nil && kept.sealed == sealed {
		return kept, nil
	}
	secret, err := s.Open(ledger.SecretName(name.Cloud, name.KeyID), sealed)
	if err != nil {
		return nil, err
	}
	return o.keep(name, newOpenedKey(sealed, secret)), nil
}

func (o *opened) keep(name ledger.CredentialName, k *openedKey) *openedKey {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.byKey) >= maxOpened || o.byKey == nil {
		o.byKey = map[ledger.CredentialName]*openedKey{}
	}
	o.byKey[name] = k
	return k
}

// String keeps the secret out of whatever prints a key.
func (*openedKey) String() string { return "an opened key" }

// justNoted reports whether a use is so near to a noted one that it is not.
func (k *openedKey) justNoted(at time.Time) bool {
	return at.Sub(time.Unix(k.noted.Load(), 0)).Abs() < usedStep
}
