package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Editor changes records by hand, as the state file and the admin API do:
// what it writes must be sound, but no quota, owner or state stands in its
// way, so that what was exported can be brought back.
type Editor struct {
	ctx    context.Context
	ledger *Ledger
	tx     Tx
	caller Caller
	now    time.Time
	checks []func() error // what must hold once everything is written
	over   []string
}

// Overwritten are the accounts and images, as the history calls them, that were
// there before and are otherwise now.
func (e *Editor) Overwritten() []string { return e.over }

// Edit runs a hand-made change as one step. The function may run more than
// once. Whatever it writes is checked when all of it is written, so accounts
// and images may come in any order.
func (l *Ledger) Edit(ctx context.Context, c Caller, edit func(*Editor) error) error {
	err := l.store.Update(ctx, func(tx Tx) error {
		e := &Editor{ctx: ctx, ledger: l, tx: tx, caller: c, now: l.now().UTC()}
		if err := edit(e); err != nil {
			return err
		}
		for _, check := range e.checks {
			if err := check(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// The change is kept, also where whoever asked for it has left meanwhile.
	return l.loadRegions(context.WithoutCancel(ctx))
}

// Account changes an account, registering it if it is new.
func (e *Editor) Account(key AccountKey, change func(*Account) error) error {
	old, err := e.tx.Account(e.ctx, key)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return err
	}
	a := &Account{Key: key, CreatedAt: e.now.Truncate(time.Second)}
	if old != nil {
		a = old.Clone()
	}
	if err := change(a); err != nil {
		return err
	}
	e.nameRoles(old, a)
	if err := soundAccount(a); err != nil {
		return err
	}
	if old != nil {
		if err := e.forgetKeys(old, a); err != nil {
			return err
		}
	}
	changed, err := recordAccount(e.tx, e.caller, old, a, e.now)
	if err != nil {
		return err
	}
	e.wrote(key.Entity(), changed && old != nil, func() error { return e.unheld(old, a) })
	return nil
}

// wrote notes what was written over, and what must hold of it in the end. Of
// what was refused there is nothing to note: it may be tried again.
func (e *Editor) wrote(entity string, over bool, holds func() error) {
	e.checks = append(e.checks, holds)
	if over {
		e.over = append(e.over, entity)
	}
}

// unheld checks that no new number of a user is one that owns an image or has
// the use of one: it is an account's then, registered or not.
func (e *Editor) unheld(old, a *Account) error {
	had := map[string]bool{"": true}
	if old == nil {
		old = &Account{}
	}
	for _, u := range old.Users {
		had[u.Number] = true
	}
	for _, u := range a.Users {
		if had[u.Number] {
			continue
		}
		if err := e.unused(AccountKey{Cloud: a.Key.Cloud, ID: u.Number}); err != nil {
			return err
		}
	}
	return nil
}

func (e *Editor) unused(number AccountKey) error {
	owned, err := e.tx.Images(e.ctx, ImageQuery{Owner: number, Limit: 1})
	if err != nil {
		return err
	}
	held, err := e.tx.Usable(e.ctx, UsableQuery{Account: number, Now: e.now, Limit: 1})
	if err != nil {
		return err
	}
	if len(owned)+len(held) > 0 {
		return &Error{Rule: ErrNumberTaken, Account: number.ID, Reason: "it owns images, or some are shared with it"}
	}
	return nil
}

// Knows reports whether an account is registered, as far as the change has got.
func (e *Editor) Knows(key AccountKey) (bool, error) {
	_, err := e.tx.Account(e.ctx, key)
	if errors.Is(err, ErrNoAccount) {
		return false, nil
	}
	return err == nil, err
}

// nameRoles gives each role without a number the one it had, or a new one.
func (e *Editor) nameRoles(old, a *Account) {
	had := map[string]string{}
	if old != nil {
		for _, r := range old.Roles {
			had[r.Name] = r.ID
		}
	}
	for i, r := range a.Roles {
		if r.ID == "" {
			a.Roles[i].ID = had[r.Name]
		}
		if a.Roles[i].ID == "" {
			a.Roles[i].ID = e.ledger.roleID(a.Key.Cloud)
		}
	}
}

// Image changes an image, making its record if it is new.
func (e *Editor) Image(key ImageKey, change func(*Image) error) error {
	old, err := e.tx.Image(e.ctx, key)
	if err != nil && !errors.Is(err, ErrNoImage) {
		return err
	}
	img := &Image{Key: key, State: Available, CreatedAt: e.now.Truncate(time.Second)}
	if old != nil {
		old = old.Settled(e.now)
		img = old.Clone()
	}
	if err := change(img); err != nil {
		return err
	}
	e.settle(old, img)
	if err := soundImage(img); err != nil {
		return err
	}
	changed, err := record(e.tx, e.caller, old, img, e.now)
	if err != nil {
		return err
	}
	e.wrote(key.Entity(), changed && old != nil, func() error { return e.placed(old, img) })
	return nil
}

// settle cuts times to whole seconds, fills what a writer of shares may leave
// out, since one without a time keeps the one it had, else begins now, and
// drops those that have ended, which stand in nobody's way.
func (e *Editor) settle(old, img *Image) {
	was := map[string]time.Time{}
	if old != nil {
		for _, s := range old.Live(e.now) {
			was[s.Account] = s.At
		}
	}
	for i, s := range img.Shares {
		img.Shares[i].At, img.Shares[i].Until = s.At.Truncate(time.Second), s.Until.Truncate(time.Second)
		if !s.At.IsZero() {
			continue
		}
		if img.Shares[i].At = e.now.Truncate(time.Second); !was[s.Account].IsZero() {
			img.Shares[i].At = was[s.Account]
		}
	}
	img.Shares = img.Live(e.now)
	slices.SortFunc(img.Shares, Share.Compare)
}

// DropImage removes an image and ends its shares; its history stays.
func (e *Editor) DropImage(key ImageKey) error {
	old, err := e.tx.Image(e.ctx, key)
	if err != nil {
		return err
	}
	return drop(e.tx, e.caller, old, e.now, "image dropped")
}

// DropAccount removes an account with its keys, users and roles; images it
// owns stay, and so does its history.
func (e *Editor) DropAccount(key AccountKey) error {
	old, err := e.tx.Account(e.ctx, key)
	if err != nil {
		return err
	}
	if err := e.forgetKeys(old, &Account{}); err != nil {
		return err
	}
	if err := e.tx.DeleteAccount(key); err != nil {
		return err
	}
	ev := event(e.caller, key.Entity(), e.now)
	ev.Notes = []string{"account dropped"}
	return e.tx.Append(ev)
}

// Regions replaces the region ids of a product; an empty list brings the
// built-in ones back.
func (e *Editor) Regions(p Product, ids []string) error {
	if !p.Known() || !p.Regional() {
		return &Error{Rule: ErrInvalid, Reason: fmt.Sprintf("product %q has no regions", p)}
	}
	for _, id := range ids {
		if len(strings.Fields(id)) != 1 || strings.Contains(id, "/") {
			return &Error{Rule: ErrInvalid, Region: id, Reason: "a region id is one word without /"}
		}
	}
	return e.putRegions(p, strings.Join(ids, " "))
}

// putRegions writes a list that differs, with its history entry.
func (e *Editor) putRegions(p Product, text string) error {
	old, err := e.tx.Setting(e.ctx, RegionsSetting(p))
	if err != nil || old == text {
		return err
	}
	if err := e.tx.PutSetting(RegionsSetting(p), text); err != nil {
		return err
	}
	ev := event(e.caller, RegionsSetting(p), e.now)
	ev.Notes = []string{fmt.Sprintf("regions %q, were %q", text, old)}
	return e.tx.Append(ev)
}

// Clear drops every image and account and forgets the region lists.
func (e *Editor) Clear() error {
	images, err := e.tx.Images(e.ctx, ImageQuery{})
	if err != nil {
		return err
	}
	for _, i := range images {
		if err := e.DropImage(i.Key); err != nil {
			return err
		}
	}
	accounts, err := e.tx.Accounts(e.ctx, AccountKey{}, 0)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := e.DropAccount(a.Key); err != nil {
			return err
		}
	}
	for _, p := range Products {
		if err := e.putRegions(p, ""); err != nil {
			return err
		}
	}
	return nil
}

// placed checks what is new of an image against what else was written: its
// region, and its owner and targets where only registered accounts will do.
// What was there already may be so no more, as a list of regions became shorter
// or an account was dropped; a file that says the same is taken all the same.
func (e *Editor) placed(old, img *Image) error {
	if old == nil {
		if err := e.inRegion(img.Key); err != nil {
			return err
		}
		old = &Image{}
	}
	had := map[string]bool{old.Owner: true}
	for _, number := range accountsOf(old.Live(e.now)) {
		had[number] = true
	}
	for _, number := range append([]string{img.Owner}, accountsOf(img.Shares)...) {
		if had[number] {
			continue
		}
		if err := e.ledger.registered(e.ctx, e.tx, img.Key, number); err != nil {
			return err
		}
	}
	return nil
}

func (e *Editor) inRegion(key ImageKey) error {
	if !key.Product.Regional() {
		if key.Region != "" {
			return &Error{Rule: ErrNoRegion, Image: key, Region: key.Region, Reason: "images of " + string(key.Product) + " have no region"}
		}
		return nil
	}
	ids, err := e.ledger.regionIDs(e.ctx, e.tx, key.Product)
	if err != nil {
		return err
	}
	if !slices.Contains(ids, key.Region) {
		return &Error{Rule: ErrNoRegion, Image: key, Region: key.Region}
	}
	return nil
}
