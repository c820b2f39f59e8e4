package sqlite

import (
	"context"
	"encoding/json"
	"errors"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// tx is a change while it is being made.
type tx struct {
	view
	read *stored // how the image is stored that was read last, unless it was written since
}

func (t *tx) exec(text string, args ...any) error { return t.turn.exec(text, args...) }

// PutImage takes out what other tables and indexes know of an image and puts
// it in anew, unless they know it as it is: most changes are of shares alone.
func (t *tx) PutImage(i *ledger.Image) error {
	if err := engine.CheckImage(i); err != nil {
		return err
	}
	text, err := json.Marshal((*record)(i))
	if err != nil {
		return err
	}
	old, err := t.stored(i.Key)
	there := err == nil
	t.read = nil
	if err != nil && !errors.Is(err, ledger.ErrNoImage) {
		return err
	}
	is := stored{known: knownOf(i), shares: i.Shares, snapshots: i.Snapshots, record: string(text)}
	if err := t.putReverse(i.Key, old, is); err != nil {
		return err
	}
	if there && old.known == is.known && old.record == is.record {
		return t.exec("UPDATE images SET shares = ? WHERE product = ? AND region = ? AND id = ?",
			writeShares(i.Shares), string(i.Key.Product), i.Key.Region, i.Key.ID)
	}
	if there {
		if err := t.takeOut(i.Key, old); err != nil {
			return err
		}
	}
	return t.putIn(i.Key, is)
}

func (t *tx) DeleteImage(key ledger.ImageKey) error {
	old, err := t.stored(key)
	if err != nil {
		return err
	}
	t.read = nil
	if err := t.putReverse(key, old, stored{known: old.known}); err != nil {
		return err
	}
	return t.takeOut(key, old)
}

func (t *tx) PutAccount(a *ledger.Account) error {
	if err := engine.CheckAccount(a); err != nil {
		return err
	}
	// All of it is checked before any of it is written: a change may go on
	// after it was refused an account.
	if err := t.free(a); err != nil {
		return err
	}
	if err := t.DeleteAccount(a.Key); err != nil && !errors.Is(err, ledger.ErrNoAccount) {
		return err
	}
	text, err := json.Marshal((*accountRecord)(a))
	if err != nil {
		return err
	}
	if err := t.exec("INSERT INTO accounts (cloud, digits, id, record) VALUES (?, ?, ?, ?)",
		string(a.Key.Cloud), int64(len(a.Key.ID)), a.Key.ID, string(text)); err != nil {
		return err
	}
	return t.putNames(a)
}

// putNames writes whose the account's keys and numbers are.
func (t *tx) putNames(a *ledger.Account) error {
	for _, c := range a.Credentials() {
		if err := t.exec("INSERT INTO keys (cloud, id, account, user, sealed, disabled) VALUES (?, ?, ?, ?, ?, ?)",
			string(a.Key.Cloud), c.ID, a.Key.ID, c.User, c.Sealed, c.Disabled); err != nil {
			return err
		}
	}
	for number, h := range a.Holders() {
		if err := t.exec("INSERT INTO numbers (cloud, number, account, user) VALUES (?, ?, ?, ?)",
			string(a.Key.Cloud), number, a.Key.ID, h.User); err != nil {
			return err
		}
	}
	return nil
}

// free checks that no other account has a key or number of this one.
func (t *tx) free(a *ledger.Account) error {
	for _, c := range a.Credentials() {
		switch other, err := t.Credential(context.Background(), a.Key.Cloud, c.ID); {
		case err == nil && other.Account != a.Key:
			return engine.KeyTaken(a, c.ID)
		case err != nil && !errors.Is(err, ledger.ErrNoKey):
			return err
		}
	}
	for number := range a.Holders() {
		switch other, err := t.Holder(context.Background(), a.Key.Cloud, number); {
		case err == nil && other.Account != a.Key:
			return engine.NumberTaken(a, number)
		case err != nil && !errors.Is(err, ledger.ErrNoAccount):
			return err
		}
	}
	return nil
}

func (t *tx) DeleteAccount(key ledger.AccountKey) error {
	old, err := t.Account(context.Background(), key)
	if err != nil {
		return err
	}
	for _, c := range old.Credentials() {
		if err := t.exec("DELETE FROM keys WHERE cloud = ? AND id = ?", string(key.Cloud), c.ID); err != nil {
			return err
		}
	}
	for number := range old.Holders() {
		if err := t.exec("DELETE FROM numbers WHERE cloud = ? AND number = ?", string(key.Cloud), number); err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM accounts WHERE cloud = ? AND digits = ? AND id = ?", string(key.Cloud), int64(len(key.ID)), key.ID)
}

func (t *tx) PutSetting(name, text string) error {
	if err := engine.CheckSetting(name, text); err != nil {
		return err
	}
	if text == "" {
		return t.exec("DELETE FROM settings WHERE name = ?", name)
	}
	return t.exec("INSERT OR REPLACE INTO settings (name, text) VALUES (?, ?)", name, text)
}

func (t *tx) Append(e ledger.Event) error {
	if err := engine.CheckEvent(e); err != nil {
		return err
	}
	if err := t.fresh(e.Token); err != nil {
		return err
	}
	last, err := t.last(e.Entity)
	if err != nil {
		return err
	}
	e, text := e.Follow(last)
	if err := t.exec("INSERT INTO events (entity, seq, hash, time, latest, actor, token, record) "+
		"VALUES (?1, ?2, ?3, ?4, max(?4, ifnull((SELECT latest FROM events ORDER BY position DESC LIMIT 1), ?4)), ?5, ?6, ?7)",
		e.Entity, e.Seq, e.Hash, e.Time.UnixMilli(), e.Actor, e.Token, string(text)); err != nil {
		return err
	}
	for _, a := range engine.Accounts(e) {
		if err := t.exec("INSERT INTO event_accounts (account, position) VALUES (?, last_insert_rowid())", a.String()); err != nil {
			return err
		}
	}
	return nil
}

// fresh checks that no entry has the token.
func (t *tx) fresh(token string) error {
	if token == "" {
		return nil
	}
	used := false
	err := t.query(context.Background(), func(row) error {
		used = true
		return nil
	}, "SELECT 1 FROM events WHERE token = ? AND token <> ''", token)
	if err == nil && used {
		err = ledger.ErrTokenUsed
	}
	return err
}

// last is the end of an entity's chain, as far as the next entry needs it.
func (t *tx) last(entity string) (e ledger.Event, err error) {
	err = t.query(context.Background(), func(r row) error {
		e.Seq, e.Hash = r.int(0), r.text(1)
		return nil
	}, "SELECT seq, hash FROM events INDEXED BY events_by_entity WHERE entity = ? ORDER BY position DESC LIMIT 1", entity)
	return e, err
}
