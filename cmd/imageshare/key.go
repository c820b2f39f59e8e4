package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"

	"imageshare/admin"
	"imageshare/ledger"
)

// keyNoun is the command about access keys.
func keyNoun() noun {
	const oneKey = "[CLOUD/ID] KEYID"
	return noun{name: "key", summary: "access keys: make, disable, rotate, delete; seal all secrets anew",
		does: "Access keys of accounts and their users. A change holds from the next request on, on every server of the store.", verbs: []verb{
			{name: "create", args: "CLOUD/ID", does: "Makes a key for an account, or for one of its users. Its secret is shown this once.",
				example: "imageshare key create tencent/100000000001 --user reader", bind: createKey},
			{name: "list", args: "CLOUD/ID", does: "Lists the keys of an account and its users, with when each was last used.",
				example: "imageshare key list tencent/100000000001", bind: func(*flag.FlagSet) action { return listKeys }},
			{name: "disable", args: oneKey, does: "Makes a key stop working. Without CLOUD/ID the key is looked for in every account.",
				example: "imageshare key disable AKIDexample", bind: func(*flag.FlagSet) action { return switchKey(true) }},
			{name: "enable", args: oneKey, does: "Makes a disabled key work again.",
				example: "imageshare key enable tencent/100000000001 AKIDexample", bind: func(*flag.FlagSet) action { return switchKey(false) }},
			{name: "rotate", args: oneKey,
				does:    "Makes a new key for whoever holds this one, and disables this one in the same step. Where both must work for a while, create the new one, bring it out, and disable the old one then.",
				example: "imageshare key rotate AKIDexample", bind: func(*flag.FlagSet) action { return rotateKey }},
			{name: "delete", args: oneKey, does: "Removes a key. It cannot be brought back; to be able to, disable it.",
				example: "imageshare key delete AKIDexample", bind: func(*flag.FlagSet) action { return deleteKey }},
			rotateSeal(),
		}}
}

func createKey(f *flag.FlagSet) action {
	var user optional
	f.Var(&user, "user", "`NAME` of the user whose key it is; without it the key is the account's own, which may do everything")
	return func(ctx context.Context, j *job, args []string) error {
		key, err := accountOf(args[0])
		if err != nil {
			return err
		}
		query := url.Values{}
		if user.given {
			query.Set("user", user.text)
		}
		return j.newKey(ctx, key, query)
	}
}

// newKey makes a key and shows its secret.
func (j *job) newKey(ctx context.Context, key ledger.AccountKey, query url.Values) error {
	answer, _, err := j.remote.call(ctx, http.MethodPost, path("accounts", string(key.Cloud), key.ID, "keys"), query, nil)
	if err != nil {
		return err
	}
	if j.json {
		return j.raw(answer)
	}
	var made admin.NewKey
	if err := j.remote.read(answer, &made); err != nil {
		return err
	}
	holder := key.String()
	if made.User != "" {
		holder += ", user " + made.User
	}
	_ = j.said("key     %s\nsecret  %s\nof      %s", made.ID, made.Secret, holder) // a writer that fails does so again
	if made.Replaces != "" {
		_ = j.said("in place of %s, which is disabled", made.Replaces) // as above
	}
	return j.said("\nKeep the secret now: it is not shown again.")
}

func listKeys(ctx context.Context, j *job, args []string) error {
	a, _, err := j.stored(ctx, args[0])
	if err != nil {
		return err
	}
	if !j.json {
		return keyTable(j.out, a.Keys, a.Users)
	}
	type item struct {
		admin.Key
		User string `json:"user,omitempty"`
	}
	items := []item{}
	for _, k := range a.Keys {
		items = append(items, item{k, ""})
	}
	for _, u := range a.Users {
		for _, k := range u.Keys {
			items = append(items, item{k, u.Name})
		}
	}
	return j.listOf(items)
}

// keyOf is the key that arguments name, and whose it is.
func (j *job) keyOf(ctx context.Context, args []string) (ledger.AccountKey, string, error) {
	if len(args) == 2 {
		key, err := accountOf(args[0])
		return key, args[1], err
	}
	key, err := j.find(ctx, args[0])
	return key, args[0], err
}

// find looks for a key in every account: who has to stop one that leaked knows
// its id and nothing else.
func (j *job) find(ctx context.Context, id string) (ledger.AccountKey, error) {
	var found []ledger.AccountKey
	err := each(ctx, j.remote, path("accounts"), nil, func(item json.RawMessage) error {
		var a admin.Account
		if err := j.remote.read(item, &a); err != nil {
			return err
		}
		if holds(a, id) {
			found = append(found, ledger.AccountKey{Cloud: a.Cloud, ID: a.ID})
		}
		return nil
	})
	switch {
	case err != nil:
		return ledger.AccountKey{}, err
	case len(found) == 0:
		return ledger.AccountKey{}, fmt.Errorf("no account has a key %s: imageshare key list CLOUD/ID lists those of one", id)
	case len(found) > 1:
		return ledger.AccountKey{}, fmt.Errorf("%s and %s have a key %s each: name the account before the key", found[0], found[1], id)
	}
	return found[0], nil
}

func holds(a admin.Account, id string) bool {
	all := a.Keys
	for _, u := range a.Users {
		all = append(all, u.Keys...)
	}
	for _, k := range all {
		if k.ID == id {
			return true
		}
	}
	return false
}

func switchKey(disabled bool) action {
	return func(ctx context.Context, j *job, args []string) error {
		key, id, err := j.keyOf(ctx, args)
		if err != nil {
			return err
		}
		body := fmt.Appendf(nil, `{"disabled":%v}`, disabled)
		answer, _, err := j.remote.call(ctx, http.MethodPatch, path("accounts", string(key.Cloud), key.ID, "keys", id), nil, body)
		if err != nil {
			return err
		}
		if j.json {
			return j.raw(answer)
		}
		return j.said("key %s of %s is %s", id, key, keyState(admin.Key{Disabled: disabled}))
	}
}

func rotateKey(ctx context.Context, j *job, args []string) error {
	key, id, err := j.keyOf(ctx, args)
	if err != nil {
		return err
	}
	return j.newKey(ctx, key, url.Values{"rotate": {id}})
}

func deleteKey(ctx context.Context, j *job, args []string) error {
	key, id, err := j.keyOf(ctx, args)
	if err != nil {
		return err
	}
	if _, _, err := j.remote.call(ctx, http.MethodDelete, path("accounts", string(key.Cloud), key.ID, "keys", id), nil, nil); err != nil {
		return err
	}
	return j.said("key %s of %s deleted", id, key)
}
