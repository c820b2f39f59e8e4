package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"time"

	"imageshare/admin"
)

// accountNoun is the command about accounts.
func accountNoun() noun {
	return noun{name: "account", summary: "accounts, with their keys, users and roles",
		does: "Accounts, each with its keys, users and roles. An account is written cloud/number.", verbs: []verb{
			{name: "list", does: "Lists every account.", example: "imageshare account list", bind: func(*flag.FlagSet) action { return listAccounts }},
			{name: "show", args: "CLOUD/ID", does: "Shows an account with its keys, users and roles.", example: "imageshare account show tencent/100000000001",
				bind: func(*flag.FlagSet) action { return showAccount }},
			{name: "put", args: "CLOUD/ID", does: "Registers an account, or changes what --file writes. A list in the file is the whole list; what the file does not write stays.",
				example: "imageshare account put tencent/100000000001", bind: putAccount},
			{name: "delete", args: "CLOUD/ID", does: "Removes an account with its keys, users and roles. Images that it owns stay, with their shares; so does its history.",
				example: "imageshare account delete tencent/100000000001", bind: func(*flag.FlagSet) action { return deleteAccount }},
		}}
}

func listAccounts(ctx context.Context, j *job, _ []string) error {
	if j.json {
		l, err := newListJSON(j.out)
		if err != nil {
			return err
		}
		if err := each(ctx, j.remote, path("accounts"), nil, l.item); err != nil {
			return err
		}
		return l.end()
	}
	t := newTable(j.out, "ACCOUNT", "KEYS", "USERS", "ROLES", "SINCE")
	err := each(ctx, j.remote, path("accounts"), nil, func(item json.RawMessage) error {
		var a admin.Account
		if err := j.remote.read(item, &a); err != nil {
			return err
		}
		t.row(string(a.Cloud)+"/"+a.ID, fmt.Sprint(len(a.Keys)), fmt.Sprint(len(a.Users)), fmt.Sprint(len(a.Roles)), since(a))
		return nil
	})
	if err != nil {
		return err
	}
	return t.Flush()
}

func since(a admin.Account) string { return a.CreatedAt.UTC().Format(time.RFC3339) }

// stored asks for the account that an argument names.
func (j *job) stored(ctx context.Context, arg string) (admin.Account, []byte, error) {
	key, err := accountOf(arg)
	if err != nil {
		return admin.Account{}, nil, err
	}
	return fetch[admin.Account](ctx, j.remote, path("accounts", string(key.Cloud), key.ID))
}

func showAccount(ctx context.Context, j *job, args []string) error {
	a, answer, err := j.stored(ctx, args[0])
	if err != nil {
		return err
	}
	return j.account(a, answer)
}

// account prints an account as people or programs read it.
func (j *job) account(a admin.Account, answer []byte) error {
	if j.json {
		return j.raw(answer)
	}
	if err := j.said("%s/%s, since %s\n", a.Cloud, a.ID, since(a)); err != nil {
		return err
	}
	if err := keyTable(j.out, a.Keys, a.Users); err != nil {
		return err
	}
	if len(a.Users) > 0 {
		_ = j.said("") // a writer that fails does so again
		if err := userTable(j.out, a.Users); err != nil {
			return err
		}
	}
	if len(a.Roles) == 0 {
		return nil
	}
	_ = j.said("") // as above
	return roleTable(j.out, a.Roles)
}

func putAccount(f *flag.FlagSet) action {
	file := f.String("file", "", "`FILE` with keys, users and roles as a state file writes them, in JSON or YAML; - for standard input")
	return func(ctx context.Context, j *job, args []string) error {
		key, err := accountOf(args[0])
		if err != nil {
			return err
		}
		answer, err := newBody().put(ctx, j, path("accounts", string(key.Cloud), key.ID), *file)
		if err != nil {
			return err
		}
		var a admin.Account
		if err := j.remote.read(answer, &a); err != nil {
			return err
		}
		return j.account(a, answer)
	}
}

func deleteAccount(ctx context.Context, j *job, args []string) error {
	key, err := accountOf(args[0])
	if err != nil {
		return err
	}
	if _, _, err := j.remote.call(ctx, http.MethodDelete, path("accounts", string(key.Cloud), key.ID), nil, nil); err != nil {
		return err
	}
	return j.said("account %s deleted", key)
}
