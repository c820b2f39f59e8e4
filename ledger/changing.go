package ledger

import (
	"context"
	"slices"
	"time"
)

// Attributes are what the owner may change of an image; nil leaves a field.
type Attributes struct {
	Name, Description, Family *string
	BootMode, License         *string
	// Tags are given a value by their keys, or dropped where that is nil.
	Tags map[string]*string
	// NoTags drops all tags that Tags does not give a value.
	NoTags bool
	// State is Available or Deprecated.
	State  *State
	DryRun bool // check everything and change nothing: see ErrDryRun
}

// Modify changes attributes of images, all of them alike or none of them,
// shared or not; but while an image is shared it cannot be deprecated. Errors,
// for each image in the order of the list: ErrImageID, ErrNoImage, ErrNotOwner,
// ErrNotReady, ErrStillShared, ErrTagQuota, ErrNameTaken; ErrDryRun.
func (l *Ledger) Modify(ctx context.Context, c Caller, a Attributes, keys ...ImageKey) error {
	return l.store.Update(ctx, func(tx Tx) error {
		now := l.now()
		for _, key := range keys {
			if err := a.modify(ctx, tx, c, key, now); err != nil {
				return err
			}
		}
		if a.DryRun {
			return ErrDryRun
		}
		return nil
	})
}

// modify changes one image.
func (a Attributes) modify(ctx context.Context, tx Tx, c Caller, key ImageKey, now time.Time) error {
	old, err := owned(ctx, tx, c, key, now)
	if err != nil {
		return err
	}
	img := old.Clone()
	if err := a.apply(img, now); err != nil {
		return err
	}
	if most := key.Product.traits().tagQuota; most > 0 && len(img.Tags) > max(most, len(old.Tags)) {
		return &Error{Rule: ErrTagQuota, Image: key, Limit: most}
	}
	if img.Name != old.Name {
		if err := free(ctx, tx, img); err != nil {
			return err
		}
	}
	_, err = record(tx, c, old, img, now)
	return err
}

func (a Attributes) apply(img *Image, now time.Time) error {
	for to, from := range map[*string]*string{
		&img.Name: a.Name, &img.Description: a.Description, &img.Family: a.Family, &img.BootMode: a.BootMode, &img.License: a.License,
	} {
		if from != nil {
			*to = *from
		}
	}
	a.retag(img)
	if a.State == nil || *a.State == img.State {
		return nil
	}
	switch {
	case img.State != Available && img.State != Deprecated:
		return unready(img)
	case *a.State == Deprecated && img.inUse(now):
		return &Error{Rule: ErrStillShared, Image: img.Key}
	}
	img.State = *a.State
	return nil
}

func (a Attributes) retag(img *Image) {
	if a.NoTags {
		clear(img.Tags)
	}
	for key, value := range a.Tags {
		if value == nil {
			delete(img.Tags, key)
			continue
		}
		if img.Tags == nil {
			img.Tags = map[string]string{}
		}
		img.Tags[key] = *value
	}
}

// inUse reports whether others may use the image.
func (i *Image) inUse(now time.Time) bool { return i.Public || len(i.Live(now)) > 0 }

// Delete removes images of the caller's: all of them or none. Errors, for each
// image in the order of the list: ErrImageID, ErrNoImage, ErrNotOwner,
// ErrNotReady, ErrStillShared; ErrDryRun.
func (l *Ledger) Delete(ctx context.Context, c Caller, keys []ImageKey, dryRun bool) error {
	return l.store.Update(ctx, func(tx Tx) error {
		now, gone := l.now(), map[ImageKey]bool{}
		for _, key := range keys {
			if gone[key] {
				continue
			}
			gone[key] = true
			if err := remove(ctx, tx, c, key, now); err != nil {
				return err
			}
		}
		if dryRun {
			return ErrDryRun
		}
		return nil
	})
}

// remove removes one image that nothing stands in the way of.
func remove(ctx context.Context, tx Tx, c Caller, key ImageKey, now time.Time) error {
	img, err := owned(ctx, tx, c, key, now)
	if err != nil {
		return err
	}
	idle := []State{Available, Deprecated, Failed}
	switch {
	case slices.Contains(idle, img.State) || (img.State == Creating && key.Product.traits().cancelsMaking):
	default:
		return unready(img)
	}
	if img.inUse(now) {
		return &Error{Rule: ErrStillShared, Image: key}
	}
	return drop(tx, c, img, now, "image deleted")
}

// drop removes an image's record and ends its shares; its history stays.
func drop(tx Tx, c Caller, img *Image, now time.Time, note string) error {
	e := event(c, img.Key.Entity(), now)
	e.Notes = []string{note}
	e.Removed = accountsOf(img.Live(now))
	if err := tx.DeleteImage(img.Key); err != nil {
		return err
	}
	return tx.Append(e)
}

// SnapshotInUse answers ErrSnapshotInUse if an image of the caller's is made of
// a snapshot, in whatever region, else nil.
func (l *Ledger) SnapshotInUse(ctx context.Context, c Caller, p Product, snapshot string) error {
	if snapshot == "" {
		return nil
	}
	users, err := l.store.Images(ctx, ImageQuery{Product: p, Owner: c.AccountKey(), Snapshot: snapshot, Limit: 1})
	if err != nil || len(users) == 0 {
		return err
	}
	return &Error{Rule: ErrSnapshotInUse, Image: users[0].Key, Reason: "snapshot " + snapshot}
}
