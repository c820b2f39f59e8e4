package admin

import (
	"context"
	"encoding/json"
	"time"

	"imageshare/ledger"
)

// What answers hold: the shapes of the state file, without secrets and with
// what only the server knows. The command line reads them, too.

// Account is an account with everything in it.
type Account struct {
	Cloud     ledger.Cloud `json:"cloud"`
	ID        string       `json:"id"`
	CreatedAt time.Time    `json:"createdAt"`
	Keys      []Key        `json:"keys"`
	Users     []User       `json:"users"`
	Roles     []Role       `json:"roles"`
}

// Key is an access key without its secret.
type Key struct {
	ID       string `json:"id"`
	Disabled bool   `json:"disabled"`
	// LastUsed is when it last signed a request that verified, null for never.
	LastUsed *time.Time `json:"lastUsed"`
}

// User is a user; ID is the user's own number, which not every one has.
type User struct {
	Name     string            `json:"name"`
	ID       string            `json:"id,omitempty"`
	Keys     []Key             `json:"keys"`
	Policies []json.RawMessage `json:"policies"`
}

// Role is a role. A MaxSessionSeconds of 0 is the vendor's own bound.
type Role struct {
	Name              string            `json:"name"`
	ID                string            `json:"id"`
	MaxSessionSeconds int64             `json:"maxSessionSeconds"`
	Trust             json.RawMessage   `json:"trust,omitempty"`
	Policies          []json.RawMessage `json:"policies"`
}

// NewKey is a key that was just made, with its secret for the only time.
type NewKey struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
	// User is whose it is, left out for the account's own.
	User string `json:"user,omitempty"`
	// Replaces is the key that was disabled for it, if it was made by ?rotate=.
	Replaces string `json:"replaces,omitempty"`
}

func (h handler) account(ctx context.Context, a *ledger.Account) (Account, error) {
	v := Account{Cloud: a.Key.Cloud, ID: a.Key.ID, CreatedAt: a.CreatedAt.UTC(), Users: []User{}, Roles: []Role{}}
	var err error
	if v.Keys, err = h.keys(ctx, a.Key.Cloud, a.Keys); err != nil {
		return Account{}, err
	}
	for _, u := range a.Users {
		shown, err := h.user(ctx, a.Key.Cloud, u)
		if err != nil {
			return Account{}, err
		}
		v.Users = append(v.Users, shown)
	}
	for _, r := range a.Roles {
		v.Roles = append(v.Roles, role(r))
	}
	return v, nil
}

func (h handler) user(ctx context.Context, c ledger.Cloud, u ledger.User) (User, error) {
	keys, err := h.keys(ctx, c, u.Keys)
	return User{Name: u.Name, ID: u.Number, Keys: keys, Policies: documents(u.Policies)}, err
}

func role(r ledger.Role) Role {
	return Role{
		Name: r.Name, ID: r.ID, MaxSessionSeconds: int64(r.MaxSession / time.Second),
		Trust: json.RawMessage(r.Trust), Policies: documents(r.Policies),
	}
}

func (h handler) keys(ctx context.Context, c ledger.Cloud, stored []ledger.AccessKey) ([]Key, error) {
	list := make([]Key, len(stored))
	for i, k := range stored {
		var err error
		if list[i], err = h.key(ctx, c, k); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (h handler) key(ctx context.Context, c ledger.Cloud, k ledger.AccessKey) (Key, error) {
	v := Key{ID: k.ID, Disabled: k.Disabled}
	at, err := h.Ledger.KeyUsed(ctx, c, k.ID)
	if !at.IsZero() {
		v.LastUsed = &at
	}
	return v, err
}

func documents(stored []ledger.Document) []json.RawMessage {
	list := make([]json.RawMessage, len(stored))
	for i, d := range stored {
		list[i] = json.RawMessage(d)
	}
	return list
}
