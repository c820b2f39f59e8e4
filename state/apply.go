package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"imageshare/ledger"
)

// Apply writes what the file says through an Editor. It may run again within
// the same Edit, and writes nothing where the store says the same already.
// What Edit returns afterwards goes through Explain.
func (f *File) Apply(e *ledger.Editor, keys Sealer) error {
	if err := f.applyRegions(e); err != nil {
		return err
	}
	if err := f.applyAccounts(e, keys); err != nil {
		return err
	}
	for i := range f.Images {
		img := &f.Images[i]
		err := e.Image(img.key(), func(to *ledger.Image) error { img.change(to); return nil })
		if err != nil {
			return f.explain(img.lineOf(err), err)
		}
	}
	return nil
}

// applyAccounts writes the accounts in the order of the file, but for those that
// take a key or a number over from one behind them: they are written after it.
func (f *File) applyAccounts(e *ledger.Editor, keys Sealer) error {
	var waiting []*Account
	for i := range f.Accounts {
		waiting = append(waiting, &f.Accounts[i])
	}
	for len(waiting) > 0 {
		var left []*Account
		var first error
		for _, a := range waiting {
			err := e.Account(a.key(), func(to *ledger.Account) error { return a.change(f.name, to, keys) })
			switch {
			case errors.Is(err, ledger.ErrKeyTaken), errors.Is(err, ledger.ErrNumberTaken):
				left, first = append(left, a), cmp.Or(first, f.explain(a.Line, err))
			case err != nil:
				return f.explain(a.Line, err)
			}
		}
		if len(left) == len(waiting) {
			return first
		}
		waiting = left
	}
	return nil
}

// applyRegions replaces the lists that are written. The images, stored ones
// aside, are held to them when all is written.
func (f *File) applyRegions(e *ledger.Editor) error {
	if f.Regions == nil {
		return nil
	}
	for _, p := range ledger.Products {
		ids := f.Regions.of(p)
		if ids == nil || *ids == nil {
			continue
		}
		if err := e.Regions(p, *ids); err != nil {
			return f.explain(f.Regions.Line, err)
		}
	}
	return nil
}

// of is the list of a product, nil for one that has no regions.
func (r *Regions) of(p ledger.Product) *[]string {
	return map[ledger.Product]*[]string{ledger.CVM: &r.CVM, ledger.ECS: &r.ECS}[p]
}

// put writes a field if it is written in the file.
func put[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// newSealing notes all the stored keys before anything is changed: one may move
// between the account and its users.
func newSealing(file string, to *ledger.Account, keys Sealer) sealing {
	s := sealing{file: file, cloud: to.Key.Cloud, keys: keys, was: map[string]ledger.AccessKey{}}
	for _, c := range to.Credentials() {
		s.was[c.ID] = c.AccessKey
	}
	return s
}

// change writes what a file of that name says of an account.
func (a *Account) change(file string, to *ledger.Account, keys Sealer) error {
	s := newSealing(file, to, keys)
	if err := s.keysOf(&to.Keys, a.Keys); err != nil {
		return err
	}
	if err := s.users(to, a.Users); err != nil {
		return err
	}
	if a.Roles != nil {
		to.Roles = roles(to.Roles, a.Roles)
	}
	return nil
}

// users makes the list of users as written, each from the stored one of its name.
func (s sealing) users(to *ledger.Account, written []User) error {
	if written == nil {
		return nil
	}
	list := make([]ledger.User, len(written))
	for i, u := range written {
		if at := slices.IndexFunc(to.Users, func(o ledger.User) bool { return o.Name == u.Name }); at >= 0 {
			list[i] = to.Users[at]
		}
		list[i].Name = u.Name
		put(&list[i].Number, u.ID)
		putDocuments(&list[i].Policies, u.Policies)
		if err := s.keysOf(&list[i].Keys, u.Keys); err != nil {
			return err
		}
	}
	to.Users = list
	return nil
}

// roles is users for roles.
func roles(stored []ledger.Role, written []Role) []ledger.Role {
	list := make([]ledger.Role, len(written))
	for i, r := range written {
		if at := slices.IndexFunc(stored, func(o ledger.Role) bool { return o.Name == r.Name }); at >= 0 {
			list[i] = stored[at]
		}
		list[i].Name = r.Name
		put(&list[i].ID, r.ID)
		if r.MaxSessionSeconds != nil {
			list[i].MaxSession = time.Duration(*r.MaxSessionSeconds) * time.Second
		}
		if r.Trust != nil {
			list[i].Trust = r.Trust.Text
		}
		putDocuments(&list[i].Policies, r.Policies)
	}
	return list
}

func putDocuments(to *[]ledger.Document, written []Document) {
	if written == nil {
		return
	}
	*to = nil
	for _, d := range written {
		*to = append(*to, d.Text)
	}
}

// sealing turns the keys of one account into stored ones. was has those that
// are stored, by id.
type sealing struct {
	file  string
	cloud ledger.Cloud
	keys  Sealer
	was   map[string]ledger.AccessKey
}

func (s sealing) keysOf(to *[]ledger.AccessKey, written []Key) error {
	if written == nil {
		return nil
	}
	list := make([]ledger.AccessKey, len(written))
	for i, k := range written {
		sealed, err := s.sealed(k)
		if err != nil {
			return err
		}
		list[i] = ledger.AccessKey{ID: k.ID, Sealed: sealed, Disabled: s.was[k.ID].Disabled}
		put(&list[i].Disabled, k.Disabled)
	}
	*to = list
	return nil
}

// sealed is the secret as it is to be stored. The stored sealing stays where
// it holds the same secret, so that an equal file writes nothing.
func (s sealing) sealed(k Key) (string, error) {
	name, secret := ledger.SecretName(s.cloud, k.ID), k.Secret
	if k.SealedSecret != "" {
		var err error
		if secret, err = s.keys.Open(name, k.SealedSecret); err != nil {
			return "", &Error{File: s.file, Line: k.Line, Err: err, Reason: fmt.Sprintf(
				"the sealedSecret of key %s does not open with this server's key: %v: start with the key file that sealed it, or export with secrets=plain", k.ID, err)}
		}
	}
	if was, stored := s.was[k.ID]; stored {
		if open, err := s.keys.Open(name, was.Sealed); err == nil && open == secret {
			return was.Sealed, nil
		}
	}
	if k.SealedSecret != "" {
		return k.SealedSecret, nil
	}
	return s.keys.Seal(name, secret), nil
}

// change writes the owner whatever it was: a file may give an image away, which
// no wire can.
func (i *Image) change(to *ledger.Image) {
	to.Owner = i.Owner
	put(&to.Name, i.Name)
	put(&to.Description, i.Description)
	i.changeState(to)
	put(&to.Public, i.Public)
	put(&to.Encrypted, i.Encrypted)
	put(&to.OSName, i.OSName)
	put(&to.OSType, i.OSType)
	put(&to.Platform, i.Platform)
	put(&to.Architecture, i.Architecture)
	put(&to.SizeGiB, i.SizeGiB)
	put(&to.Family, i.Family)
	put(&to.Version, i.Version)
	put(&to.BootMode, i.BootMode)
	put(&to.License, i.License)
	put(&to.Imported, i.Imported)
	put(&to.CopiedFrom, i.CopiedFrom)
	put(&to.CreatedAt, i.CreatedAt)
	i.changeLists(to)
}

// changeState writes a state, which does not move by itself unless it is said
// when. A stored moment is finer than a written one, and stays if they agree.
func (i *Image) changeState(to *ledger.Image) {
	if i.State == nil {
		return
	}
	stored := to.ReadyAt
	to.State, to.ReadyAt = *i.State, time.Time{}
	put(&to.ReadyAt, i.ReadyAt)
	if i.ReadyAt != nil && stored.Truncate(time.Second).Equal(*i.ReadyAt) {
		to.ReadyAt = stored
	}
}

func (i *Image) changeLists(to *ledger.Image) {
	if i.Tags != nil {
		to.Tags = map[string]string{}
		for k, v := range i.Tags {
			to.Tags[k] = v
		}
	}
	if i.Snapshots != nil {
		to.Snapshots = nil
		for _, s := range i.Snapshots {
			to.Snapshots = append(to.Snapshots, ledger.Snapshot{
				ID: s.ID, Usage: s.Usage, SizeGiB: s.SizeGiB, Device: s.Device, Format: s.Format, Bucket: s.Bucket, Object: s.Object,
			})
		}
	}
	if i.Shares == nil {
		return
	}
	to.Shares = nil
	for _, s := range i.Shares {
		share := ledger.Share{Account: s.Account} // without a time, the Editor finds the one it had
		put(&share.At, s.SharedAt)
		put(&share.Until, s.ExpiresAt)
		to.Shares = append(to.Shares, share)
	}
}
