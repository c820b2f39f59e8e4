package admin

import (
	"context"
	"net/http"
	"slices"

	"imageshare/ledger"
	"imageshare/state"
)

// part is a kind of what an account has by name: its users, or its roles.
type part struct {
	handler
	what   string // user
	action string // User, for the history: PutUser, DeleteUser
	parse  func(file string, data []byte, key ledger.AccountKey, name string) (state.Change, error)
	within bool // what is put lies within one that must be there
	// at is where the one of a name stands, -1 for nowhere.
	at     func(a *ledger.Account, name string) int
	show   func(ctx context.Context, a *ledger.Account, at int) (any, error)
	remove func(a *ledger.Account, at int)
}

func userAt(a *ledger.Account, name string) int {
	return slices.IndexFunc(a.Users, func(u ledger.User) bool { return u.Name == name })
}

func (h handler) users() part {
	return part{
		handler: h, what: "user", action: "User", parse: state.ParseUser, at: userAt,
		show: func(ctx context.Context, a *ledger.Account, at int) (any, error) {
			return h.user(ctx, a.Key.Cloud, a.Users[at])
		},
		remove: func(a *ledger.Account, at int) { a.Users = slices.Delete(a.Users, at, at+1) },
	}
}

// policies is the part of a user that can be put alone.
func (h handler) policies() part {
	p := h.users()
	p.action, p.parse, p.within = "Policies", state.ParsePolicies, true
	return p
}

func (h handler) roles() part {
	return part{
		handler: h, what: "role", action: "Role", parse: state.ParseRole,
		at: func(a *ledger.Account, name string) int {
			return slices.IndexFunc(a.Roles, func(r ledger.Role) bool { return r.Name == name })
		},
		show:   func(_ context.Context, a *ledger.Account, at int) (any, error) { return role(a.Roles[at]), nil },
		remove: func(a *ledger.Account, at int) { a.Roles = slices.Delete(a.Roles, at, at+1) },
	}
}

func missing(key ledger.AccountKey, what, name string) error {
	return notFound("account %s has no %s %q: look at those it has (GET /api/v1/accounts/%[1]s, or imageshare %[2]s list %[1]s), or make it with a PUT", key, what, name)
}

func (p part) get(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	a, err := p.stored(r.Context(), key)
	if err != nil {
		return 0, nil, err
	}
	at := p.at(a, r.PathValue("name"))
	if at < 0 {
		return 0, nil, missing(key, p.what, r.PathValue("name"))
	}
	v, err := p.show(r.Context(), a, at)
	return http.StatusOK, v, err
}

func (p part) put(r *http.Request) (int, any, error) {
	name := r.PathValue("name")
	key, change, err := entry(r, func(data []byte, key ledger.AccountKey) (state.Change, error) {
		return p.parse("body", data, key, name)
	})
	if err != nil {
		return 0, nil, err
	}
	made := false
	err = p.edit(r, "Put"+p.action, key, func(a *ledger.Account) error {
		if made = p.at(a, name) < 0; made && p.within {
			return missing(key, p.what, name)
		}
		return change(a, p.Secrets)
	})
	if err != nil {
		return 0, nil, err
	}
	_, answer, err := p.get(r)
	return madeOr(made), answer, err
}

func (p part) drop(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	name := r.PathValue("name")
	err = p.edit(r, "Delete"+p.action, key, func(a *ledger.Account) error {
		at := p.at(a, name)
		if at < 0 {
			return missing(key, p.what, name)
		}
		p.remove(a, at)
		return nil
	})
	return http.StatusNoContent, nil, err
}
