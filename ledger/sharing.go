package ledger

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Sharing is who may use one image, as its owner sees it.
type Sharing struct {
	Image  ImageKey
	Public bool
	Shares []Share // live, in list order; not to be changed
}

// Sharing lists who an image is shared with. Errors: ErrImageID, ErrNoImage,
// ErrNotOwner.
func (l *Ledger) Sharing(ctx context.Context, c Caller, key ImageKey) (Sharing, error) {
	now := l.now()
	img, err := owned(ctx, l.store, c, key, now)
	if err != nil {
		return Sharing{}, err
	}
	return Sharing{Image: key, Public: img.Public, Shares: img.Live(now)}, nil
}

// SharedWith lists the accounts that any of the caller's images in a region is
// shared with, each once with the time of its first share: those from offset
// on, at most limit, and how many there are in all.
func (l *Ledger) SharedWith(ctx context.Context, c Caller, p Product, region string, offset, limit int64) ([]Share, int, error) {
	return l.store.Grantees(ctx, GranteeQuery{
		Owner: c.AccountKey(), Product: p, Region: region, Now: l.now(), Offset: offset, Limit: limit,
	})
}

// Change is what Share does to one image: removals first, then additions. An
// account named twice counts once.
type Change struct {
	Add    []string
	Remove []string
	Public *bool // nil leaves it
	DryRun bool  // check everything and change nothing: see ErrDryRun
}

// widens reports whether more accounts could use the image afterwards; only
// such a change asks for an image that is fit to be shared.
func (ch Change) widens() bool { return len(ch.Add) > 0 || (ch.Public != nil && *ch.Public) }

// Share changes who may use an image: all of the change with its history
// entry, or nothing. A change of nothing writes nothing. Errors, in the order
// of the checks: ErrImageID, ErrNoImage, ErrNotOwner, ErrNotReady,
// ErrDeprecated, ErrEncrypted; for each target ErrTargetForm, ErrTargetSelf,
// ErrTargetUser, ErrTargetUnknown, ErrAlreadyShared; ErrShareQuota; ErrDryRun.
func (l *Ledger) Share(ctx context.Context, c Caller, key ImageKey, ch Change) error {
	return l.store.Update(ctx, func(tx Tx) error {
		old, err := owned(ctx, tx, c, key, l.now())
		if err != nil {
			return err
		}
		if err := fit(old, ch); err != nil {
			return err
		}
		img, err := l.changed(ctx, tx, old, ch)
		if err != nil {
			return err
		}
		if ch.DryRun {
			return ErrDryRun
		}
		_, err = record(tx, c, old, img, l.now())
		return err
	})
}

// found is an image as it stands at a moment.
func found(ctx context.Context, r Records, key ImageKey, now time.Time) (*Image, error) {
	if !key.Product.ValidImageID(key.ID) {
		return nil, &Error{Rule: ErrImageID, Image: key}
	}
	img, err := r.Image(ctx, key)
	if errors.Is(err, ErrNoImage) {
		return nil, &Error{Rule: ErrNoImage, Image: key}
	}
	if err != nil {
		return nil, err
	}
	return img.Settled(now), nil
}

// owned finds an image and insists that the caller's account owns it.
func owned(ctx context.Context, r Records, c Caller, key ImageKey, now time.Time) (*Image, error) {
	img, err := found(ctx, r, key, now)
	switch {
	case err != nil:
		return nil, err
	case img.OwnerKey() == c.AccountKey():
		return img, nil
	case img.usableBy(c.Account, now):
		return nil, &Error{Rule: ErrReceived, Image: key}
	}
	return nil, &Error{Rule: ErrNotOwner, Image: key}
}

// fit checks that an image may be shared with more accounts than now.
func fit(img *Image, ch Change) error {
	if !ch.widens() {
		return nil
	}
	if img.State == Copying && img.Key.Product.traits().copyIsReady {
		ready := *img
		ready.State = Available
		img = &ready
	}
	return whole(img)
}

// whole checks that an image is one that others can be given.
func whole(img *Image) error {
	switch {
	case img.State == Deprecated:
		return &Error{Rule: ErrDeprecated, Image: img.Key}
	case img.State != Available:
		return unready(img)
	case img.Encrypted:
		return &Error{Rule: ErrEncrypted, Image: img.Key}
	}
	return nil
}

// unready says what the image is waiting for.
func unready(img *Image) error {
	rule := map[State]error{Importing: ErrImporting, Copying: ErrCopying}[img.State]
	if rule == nil {
		rule = ErrNotReady
	}
	return &Error{Rule: rule, Image: img.Key}
}

// changed is the image after the change, or the first rule that it breaks.
func (l *Ledger) changed(ctx context.Context, tx Tx, old *Image, ch Change) (*Image, error) {
	img := old.Clone()
	now := l.now().UTC().Truncate(time.Second)
	img.Shares = slices.DeleteFunc(img.Shares, func(s Share) bool {
		return s.Ended(now) || slices.Contains(ch.Remove, s.Account)
	})
	if ch.Public != nil {
		img.Public = *ch.Public
	}
	for _, account := range unique(ch.Add) {
		if err := l.target(ctx, tx, img, account); err != nil {
			return nil, err
		}
		if !img.sharedWith(account) {
			img.Shares = append(img.Shares, Share{Account: account, At: now})
		}
	}
	slices.SortFunc(img.Shares, Share.Compare)
	return img, l.quota(img, len(old.Live(now)))
}

// target checks one account that an image is to be shared with.
func (l *Ledger) target(ctx context.Context, tx Tx, img *Image, account string) error {
	fail := func(rule error) error { return &Error{Rule: rule, Image: img.Key, Account: account} }
	switch {
	case !ValidAccount(account):
		return fail(ErrTargetForm)
	case account == img.Owner:
		return fail(ErrTargetSelf)
	}
	if err := l.registered(ctx, tx, img.Key, account); err != nil {
		return err
	}
	if img.Key.Product.traits().repeatFails && img.sharedWith(account) {
		return fail(ErrAlreadyShared)
	}
	return nil
}

// registered checks that a number can be an image's owner or target: no user's
// own, and somebody's where only registered accounts will do.
func (l *Ledger) registered(ctx context.Context, r Records, key ImageKey, number string) error {
	holder, err := r.Holder(ctx, key.Product.Cloud(), number)
	switch {
	case errors.Is(err, ErrNoAccount) && l.knownOnly:
		return &Error{Rule: ErrTargetUnknown, Image: key, Account: number}
	case err != nil && !errors.Is(err, ErrNoAccount):
		return err
	case err == nil && holder.User != "":
		return &Error{Rule: ErrTargetUser, Image: key, Account: number}
	}
	return nil
}

// quota refuses what makes too many shares; where there are too many already,
// since the quota was lowered or a file wrote them, what makes more of them.
func (l *Ledger) quota(img *Image, before int) error {
	if limit := l.ShareQuota(img.Key.Product); len(img.Shares) > max(limit, before) {
		return &Error{Rule: ErrShareQuota, Image: img.Key, Limit: limit}
	}
	return nil
}

func (i *Image) sharedWith(account string) bool {
	return slices.ContainsFunc(i.Shares, func(s Share) bool { return s.Account == account })
}

// unique keeps the first of equal ids, in their order.
func unique(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
