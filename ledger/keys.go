package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// When a key last signed is kept among the settings, one text for each key,
// not in the account's record: it changes with every request, and neither the
// history nor an export is about it.

// CredentialName names one access key: ids are unique within a cloud.
type CredentialName struct {
	Cloud Cloud
	KeyID string
}

// KeyUsedSetting is the name under which a store keeps when an access key last
// signed a request that verified, as RFC 3339 writes a time.
func KeyUsedSetting(c Cloud, keyID string) string { return "used/" + SecretName(c, keyID) }

// KeyUsed is when a key last signed a request that verified, as far as that
// was noted; the zero time for never.
func (l *Ledger) KeyUsed(ctx context.Context, c Cloud, keyID string) (time.Time, error) {
	return keyUsed(ctx, l.store, CredentialName{c, keyID})
}

func keyUsed(ctx context.Context, r Records, name CredentialName) (time.Time, error) {
	text, err := r.Setting(ctx, KeyUsedSetting(name.Cloud, name.KeyID))
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("when key %s was last used is stored as %q: %w", name.KeyID, text, err)
	}
	return at, nil
}

// notedAtOnce is how many keys one change notes. Other changes wait for it.
const notedAtOnce = 200

// NoteKeysUsed keeps when keys last signed, in as many steps as they take; if
// one fails, those before it stay, and all may be noted again. A time is written
// only where it is later than the stored one, since several servers may note the
// same key; a key that is gone by now is passed over.
func (l *Ledger) NoteKeysUsed(ctx context.Context, used map[CredentialName]time.Time) error {
	names := make([]CredentialName, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	// One order for all servers, so that two of them cannot lock crosswise.
	slices.SortFunc(names, func(a, b CredentialName) int {
		return strings.Compare(SecretName(a.Cloud, a.KeyID), SecretName(b.Cloud, b.KeyID))
	})
	for some := range slices.Chunk(names, notedAtOnce) {
		if err := l.noteSome(ctx, some, used); err != nil {
			return err
		}
	}
	return nil
}

// noteSome is one step of NoteKeysUsed.
func (l *Ledger) noteSome(ctx context.Context, names []CredentialName, used map[CredentialName]time.Time) error {
	return l.store.Update(ctx, func(tx Tx) error {
		for _, name := range names {
			if err := noteUsed(ctx, tx, name, used[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

func noteUsed(ctx context.Context, tx Tx, name CredentialName, at time.Time) error {
	if _, err := tx.Credential(ctx, name.Cloud, name.KeyID); errors.Is(err, ErrNoKey) {
		return nil
	} else if err != nil {
		return err
	}
	at = at.UTC().Truncate(time.Second)
	if was, err := keyUsed(ctx, tx, name); err != nil || !at.After(was) {
		return err
	}
	return tx.PutSetting(KeyUsedSetting(name.Cloud, name.KeyID), at.Format(time.RFC3339))
}

// forgetKeys drops the last use of keys that an account had and has no more:
// a key made later under an old id was not used before it was made.
func (e *Editor) forgetKeys(old, now *Account) error {
	stays := map[string]bool{}
	for _, c := range now.Credentials() {
		stays[c.ID] = true
	}
	for _, c := range old.Credentials() {
		if stays[c.ID] {
			continue
		}
		if err := e.tx.PutSetting(KeyUsedSetting(old.Key.Cloud, c.ID), ""); err != nil {
			return err
		}
	}
	return nil
}
