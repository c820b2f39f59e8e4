package cache

import (
	"sync"

	"imageshare/ledger"
)

// maxKeys bounds how many access keys are kept. They are small and few, and
// every request looks one up, so they stay as they are, not encoded. More keys
// than that in use start the list afresh now and then.
const maxKeys = 1 << 13

// keys are access keys by name.
type keys struct {
	mu     sync.RWMutex
	byName map[keyName]*ledger.Credential
}

type keyName struct {
	cloud ledger.Cloud
	id    string
}

func (n keyName) bytes() []byte { return nameOf('k', string(n.cloud), n.id) }

func (k *keys) get(n keyName) *ledger.Credential {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byName[n]
}

// put keeps a key with its texts side by side, but the sealed one, and its name
// made of them: each line of memory that a request fetches is dear. It gives
// what is kept: texts at one address are compared without a look at them.
func (k *keys) put(n keyName, c *ledger.Credential) *ledger.Credential {
	together := *c
	texts := c.ID + c.Account.ID + c.User
	together.ID, texts = texts[:len(c.ID)], texts[len(c.ID):]
	together.Account.ID, together.User = texts[:len(c.Account.ID)], texts[len(c.Account.ID):]
	n.id, c = together.ID, &together
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.byName) >= maxKeys || k.byName == nil {
		k.byName = map[keyName]*ledger.Credential{}
	}
	k.byName[n] = c
	return c
}

func (k *keys) drop(n keyName) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.byName, n)
}
