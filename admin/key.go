package admin

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"

	"imageshare/ledger"
)

// keyForms are the forms in which the vendors give keys: clients and their
// configuration files are known to check them.
var keyForms = map[ledger.Cloud]struct {
	prefix     string
	id, secret int // characters behind the prefix, and of the secret
}{
	ledger.Tencent: {"AKID", 32, 32},
	ledger.Alibaba: {"LTAI", 20, 30},
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// newKey makes a pair, for a Seal to close.
func (h handler) newKey(c ledger.Cloud) (NewKey, error) {
	form := keyForms[c]
	id, err := word(h.Random, form.id)
	if err != nil {
		return NewKey{}, err
	}
	secret, err := word(h.Random, form.secret)
	return NewKey{ID: form.prefix + id, Secret: secret}, err
}

// word is n characters, each as likely as any other: bytes that would favour
// the first of the alphabet are passed over.
func word(random io.Reader, n int) (string, error) {
	const fair = 256 - 256%len(alphanumeric)
	b, one := make([]byte, 0, n), make([]byte, 1)
	for len(b) < n {
		if _, err := io.ReadFull(random, one); err != nil {
			return "", fmt.Errorf("the source of random keys failed: %w", err)
		}
		if int(one[0]) < fair {
			b = append(b, alphanumeric[int(one[0])%len(alphanumeric)])
		}
	}
	return string(b), nil
}

// keyAt finds a key of the account or of one of its users: the list that it
// stands in, where, and whose it is.
func keyAt(a *ledger.Account, id string) (list *[]ledger.AccessKey, at int, user string) {
	is := func(k ledger.AccessKey) bool { return k.ID == id }
	if at := slices.IndexFunc(a.Keys, is); at >= 0 {
		return &a.Keys, at, ""
	}
	for i := range a.Users {
		if at := slices.IndexFunc(a.Users[i].Keys, is); at >= 0 {
			return &a.Users[i].Keys, at, a.Users[i].Name
		}
	}
	return nil, -1, ""
}

func noKey(key ledger.AccountKey, id string) error {
	return notFound("account %s and its users have no key %s: look at those they have (GET /api/v1/accounts/%[1]s, or imageshare key list %[1]s)", key, id)
}

// createKey makes a key for an account, for a user of it (?user=), or in place
// of another key (?rotate=), which is disabled in the same step.
func (h handler) createKey(r *http.Request) (int, any, error) {
	key, q, err := about(r, "user", "rotate")
	if err != nil {
		return 0, nil, err
	}
	if q.Has("user") && q.Has("rotate") {
		return 0, nil, badRequest("user and rotate exclude each other: a key that replaces another is its holder's")
	}
	if err := nothing(r); err != nil {
		return 0, nil, err
	}
	made, err := h.newKey(key.Cloud)
	if err != nil {
		return 0, nil, err
	}
	sealed := h.Secrets.Seal(ledger.SecretName(key.Cloud, made.ID), made.Secret)
	action := "CreateKey"
	if made.Replaces = q.Get("rotate"); made.Replaces != "" {
		action = "RotateKey"
	}
	err = h.edit(r, action, key, func(a *ledger.Account) (err error) {
		made.User, err = give(a, ledger.AccessKey{ID: made.ID, Sealed: sealed}, q.Get("user"), made.Replaces)
		return err
	})
	return http.StatusCreated, made, err
}

// nothing refuses a body: whoever sends one expects it to matter.
func nothing(r *http.Request) error {
	data, err := body(r)
	if text := bytes.TrimSpace(data); err == nil && len(text) > 0 && string(text) != "{}" {
		return badRequest("this call takes no body, id and secret are made here: to bring a key along, write it into keys with PUT")
	}
	return err
}

// give adds a key to the account's, to a user's, or to those of whoever holds
// an old key, which is disabled. It tells the user whose it is, "" for none.
func give(a *ledger.Account, k ledger.AccessKey, user, old string) (string, error) {
	list := &a.Keys
	switch {
	case old != "":
		at := 0
		if list, at, user = keyAt(a, old); at < 0 {
			return "", noKey(a.Key, old)
		}
		(*list)[at].Disabled = true
	case user != "":
		at := userAt(a, user)
		if at < 0 {
			return "", missing(a.Key, "user", user)
		}
		list = &a.Users[at].Keys
	}
	*list = append(*list, k)
	return user, nil
}

// switchKey disables a key, or enables it again.
func (h handler) switchKey(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	disabled, err := switchOf(r)
	if err != nil {
		return 0, nil, err
	}
	var now ledger.AccessKey
	err = h.edit(r, "SwitchKey", key, func(a *ledger.Account) error {
		list, at, _ := keyAt(a, r.PathValue("key"))
		if at < 0 {
			return noKey(key, r.PathValue("key"))
		}
		(*list)[at].Disabled = disabled
		now = (*list)[at]
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	v, err := h.key(r.Context(), key.Cloud, now)
	return http.StatusOK, v, err
}

// switchOf reads the one thing about a key that can be changed.
func switchOf(r *http.Request) (disabled bool, err error) {
	data, err := body(r)
	if err != nil {
		return false, err
	}
	var sent struct {
		Disabled *bool `json:"disabled"`
	}
	if err := json.Unmarshal(data, &sent, json.RejectUnknownMembers(true)); err != nil || sent.Disabled == nil {
		return false, badRequest(`the body is to be {"disabled": true} or {"disabled": false}: nothing else about a key can be changed`)
	}
	return *sent.Disabled, nil
}

func (h handler) dropKey(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	err = h.edit(r, "DeleteKey", key, func(a *ledger.Account) error {
		list, at, _ := keyAt(a, r.PathValue("key"))
		if at < 0 {
			return noKey(key, r.PathValue("key"))
		}
		*list = slices.Delete(*list, at, at+1)
		return nil
	})
	return http.StatusNoContent, nil, err
}
