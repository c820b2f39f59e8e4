package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/sign"
)

// authenticate turns a claim into a caller: key, time, signature, replay, in
// this order.
func (x *exchange) authenticate(ctx context.Context) error {
	cloud := x.dialect.Cloud()
	cred, err := x.Ledger.Reader().Credential(ctx, cloud, x.claim.KeyID)
	switch {
	case err != nil:
		return err
	case cred.Disabled:
		return api.ErrKeyDisabled
	}
	if off := x.began.Sub(x.claim.Time); off > x.claim.Window || off < -x.claim.Window {
		return api.ErrExpired
	}
	if err := x.verify(cred); err != nil {
		return err
	}
	if x.claim.Token != "" {
		// Keys that are stored have no token.
		return api.ErrTokenRefused
	}
	if x.claim.Once != "" && !x.replays.first(string(cloud)+x.claim.Once, x.claim.Time.Add(x.claim.Window), x.began) {
		return api.ErrReplayed
	}
	x.caller = ledger.Caller{
		Cloud: cloud, Account: cred.Account.ID, User: cred.User, KeyID: cred.ID,
		Wire: x.call.Wire, Action: x.action.Name, RequestID: x.id, Source: x.source,
	}
	return nil
}

func (x *exchange) verify(cred *ledger.Credential) error {
	secret, err := x.Secrets.Open(ledger.SecretName(cred.Account.Cloud, cred.ID), cred.Sealed)
	if err != nil {
		return fmt.Errorf("open the secret of key %s: %w", cred.ID, err)
	}
	err = x.claim.Verify(secret)
	// What the server signed helps whoever debugs a client of a wire that does
	// not tell it; it holds the request, never the secret.
	if m := (*sign.Mismatch)(nil); errors.As(err, &m) {
		x.Log.Debug("signature does not match", "request", x.id, "key", cred.ID, "canonical", m.Canonical, "toSign", m.StringToSign)
	}
	return err
}

// replays remembers what was used until it would be too old to be used again.
// Only verified requests get here, so nobody without a key can fill it.
type replays struct {
	*sync.Mutex
	until    map[[16]byte]int64   // digest → the second after which it may be forgotten
	byMinute map[int64][][16]byte // what can be forgotten together
}

func newReplays() replays {
	return replays{Mutex: &sync.Mutex{}, until: map[[16]byte]int64{}, byMinute: map[int64][][16]byte{}}
}

// first reports whether once was not seen before, and remembers it.
func (r replays) first(once string, until, now time.Time) bool {
	sum := sha256.Sum256([]byte(once))
	digest := [16]byte(sum[:16])
	r.Lock()
	defer r.Unlock()
	r.forget(now)
	if _, seen := r.until[digest]; seen {
		return false
	}
	minute := until.Unix()/60 + 1
	r.until[digest] = minute
	r.byMinute[minute] = append(r.byMinute[minute], digest)
	return true
}

// forget drops whole minutes. There are few: the longest window is hours.
func (r replays) forget(now time.Time) {
	for minute, digests := range r.byMinute {
		if minute >= now.Unix()/60 {
			continue
		}
		for _, d := range digests {
			delete(r.until, d)
		}
		delete(r.byMinute, minute)
	}
}
