package server

import (
	"sync"

	"imageshare/sign"
)

// maxOpened bounds how many secrets are kept. A server that more keys than that
// sign for starts afresh now and then.
const maxOpened = 1 << 14

// opened keeps secrets that were opened, by what was sealed, which is all that
// they are made of: a secret that was changed is another one, nothing in here
// can be out of date.
type opened struct {
	mu       sync.RWMutex
	bySealed map[sealed]*sign.Secret
}

type sealed struct{ name, text string }

func (o *opened) open(s Secrets, name, text string) (*sign.Secret, error) {
	k := sealed{name, text}
	o.mu.RLock()
	kept := o.bySealed[k]
	o.mu.RUnlock()
	if kept != nil {
		return kept, nil
	}
	secret, err := s.Open(name, text)
	if err != nil {
		return nil, err
	}
	return o.keep(k, sign.NewSecret(secret)), nil
}

func (o *opened) keep(k sealed, s *sign.Secret) *sign.Secret {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.bySealed) >= maxOpened || o.bySealed == nil {
		o.bySealed = map[sealed]*sign.Secret{}
	}
	o.bySealed[k] = s
	return s
}
