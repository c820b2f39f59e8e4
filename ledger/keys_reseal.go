package ledger

import "context"

// resealPage is how many accounts are asked for at once: a change may touch
// more of them than memory should hold.
const resealPage = 500

// Reseal gives every stored secret another sealing, all of them in one step,
// with an entry in the history of each account that has keys. again turns the
// sealing of a secret (SecretName) into the new one and must not change
// anything else; done, which may be nil, is told how many accounts were read
// so far, from one again if the engine begins anew. It returns how many
// secrets of how many accounts there are.
func (l *Ledger) Reseal(ctx context.Context, c Caller, again func(name, sealed string) (string, error), done func(accounts int)) (secrets, accounts int, err error) {
	err = l.store.Update(ctx, func(tx Tx) error {
		r := resealing{tx: tx, caller: c, ledger: l, again: again}
		err := r.all(ctx, done)
		secrets, accounts = r.secrets, r.accounts
		return err
	})
	return secrets, accounts, err
}

// resealing is one Reseal under way.
type resealing struct {
	tx                Tx
	caller            Caller
	ledger            *Ledger
	again             func(name, sealed string) (string, error)
	secrets, accounts int
}

func (r *resealing) all(ctx context.Context, done func(int)) error {
	read, after := 0, AccountKey{}
	for {
		page, err := r.tx.Accounts(ctx, after, resealPage)
		if err != nil {
			return err
		}
		for _, a := range page {
			if err := r.account(a); err != nil {
				return err
			}
			after, read = a.Key, read+1
			if done != nil {
				done(read)
			}
		}
		if len(page) < resealPage {
			return nil
		}
	}
}

func (r *resealing) account(stored *Account) error {
	a, before := stored.Clone(), r.secrets
	if err := r.keys(a.Key.Cloud, a.Keys); err != nil {
		return err
	}
	for i := range a.Users {
		if err := r.keys(a.Key.Cloud, a.Users[i].Keys); err != nil {
			return err
		}
	}
	if r.secrets == before {
		return nil
	}
	r.accounts++
	if err := r.tx.PutAccount(a); err != nil {
		return err
	}
	ev := event(r.caller, a.Key.Entity(), r.ledger.now())
	ev.Notes = []string{"secrets sealed anew"}
	return r.tx.Append(ev)
}

func (r *resealing) keys(c Cloud, keys []AccessKey) error {
	for i, k := range keys {
		sealed, err := r.again(SecretName(c, k.ID), k.Sealed)
		if err != nil {
			return err
		}
		keys[i].Sealed = sealed
		r.secrets++
	}
	return nil
}
