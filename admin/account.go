package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"imageshare/ledger"
	"imageshare/state"
)

// about reads what every call about one account begins with: which account,
// and the parameters, of which there are none but known ones.
func about(r *http.Request, known ...string) (ledger.AccountKey, url.Values, error) {
	key, err := ledger.ParseAccountKey(r.PathValue("cloud") + "/" + r.PathValue("id"))
	if err != nil {
		return key, nil, badRequest("%v", err)
	}
	q, err := query(r, known...)
	return key, q, err
}

func noAccount(key ledger.AccountKey) error {
	return notFound("no account %s: register it first (PUT /api/v1/accounts/%[1]s, or imageshare account put %[1]s)", key)
}

// stored is an account that must be there.
func (h handler) stored(ctx context.Context, key ledger.AccountKey) (*ledger.Account, error) {
	a, err := h.Ledger.Reader().Account(ctx, key)
	if errors.Is(err, ledger.ErrNoAccount) {
		return nil, noAccount(key)
	}
	return a, err
}

// edit changes an account that must be there, in one step.
func (h handler) edit(r *http.Request, action string, key ledger.AccountKey, change func(*ledger.Account) error) error {
	return h.Ledger.Edit(r.Context(), caller(action, r), func(e *ledger.Editor) error {
		known, err := e.Knows(key)
		if err != nil {
			return err
		}
		if !known {
			return noAccount(key)
		}
		return e.Account(key, change)
	})
}

// madeOr is the status of a PUT.
func madeOr(made bool) int {
	if made {
		return http.StatusCreated
	}
	return http.StatusOK
}

func (h handler) listAccounts(r *http.Request) (int, any, error) {
	limit, cursor, err := paged(r)
	if err != nil {
		return 0, nil, err
	}
	after := ledger.AccountKey{}
	if cursor != "" {
		if after, err = ledger.ParseAccountKey(cursor); err != nil {
			return 0, nil, badRequest("cursor %q is not the next of an answer", cursor)
		}
	}
	// One more than asked for tells whether this page is the last.
	found, err := h.Ledger.Reader().Accounts(r.Context(), after, limit+1)
	if err != nil {
		return 0, nil, err
	}
	list := List[Account]{Items: []Account{}}
	if len(found) > limit {
		found, list.Next = found[:limit], found[limit-1].Key.String()
	}
	for _, a := range found {
		v, err := h.account(r.Context(), a)
		if err != nil {
			return 0, nil, err
		}
		list.Items = append(list.Items, v)
	}
	return http.StatusOK, list, nil
}

func (h handler) getAccount(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	a, err := h.stored(r.Context(), key)
	if err != nil {
		return 0, nil, err
	}
	v, err := h.account(r.Context(), a)
	return http.StatusOK, v, err
}

// putAccount registers an account, or changes what its body writes.
func (h handler) putAccount(r *http.Request) (int, any, error) {
	key, change, err := entry(r, func(data []byte, key ledger.AccountKey) (state.Change, error) {
		return state.ParseAccount("body", data, key)
	})
	if err != nil {
		return 0, nil, err
	}
	made := false
	err = h.Ledger.Edit(r.Context(), caller("PutAccount", r), func(e *ledger.Editor) error {
		known, err := e.Knows(key)
		if err != nil {
			return err
		}
		made = !known
		return e.Account(key, func(a *ledger.Account) error { return change(a, h.Secrets) })
	})
	if err != nil {
		return 0, nil, err
	}
	_, answer, err := h.getAccount(r)
	return madeOr(made), answer, err
}

// entry is about with a body.
func entry(r *http.Request, parse func([]byte, ledger.AccountKey) (state.Change, error)) (ledger.AccountKey, state.Change, error) {
	key, _, err := about(r)
	if err != nil {
		return key, nil, err
	}
	data, err := body(r)
	if err != nil {
		return key, nil, err
	}
	change, err := parse(data, key)
	return key, change, err
}

// dropAccount removes an account with its keys, users and roles. Images that it
// owns stay, and so does its history.
func (h handler) dropAccount(r *http.Request) (int, any, error) {
	key, _, err := about(r)
	if err != nil {
		return 0, nil, err
	}
	err = h.Ledger.Edit(r.Context(), caller("DeleteAccount", r), func(e *ledger.Editor) error { return e.DropAccount(key) })
	if errors.Is(err, ledger.ErrNoAccount) {
		return 0, nil, noAccount(key)
	}
	return http.StatusNoContent, nil, err
}
