package ledger

import (
	"context"
	"errors"
	"strings"
	"time"
)

// NewImage is an image that somebody asks for.
type NewImage struct {
	// Image is what is to be made, in its first state: Creating or Importing.
	// Its id, owner and times are the ledger's to give, and so are the ids of
	// snapshots that have none. Without a name it is called by its id.
	Image  *Image
	Once   Once
	DryRun bool // check everything and make nothing: see ErrDryRun
}

// Once lets a call be repeated safely: with the same token it answers as it
// did the first time. The zero Once is a call that happens whenever it is made.
type Once struct {
	Token string // the caller's own word
	Asked string // a digest of what else the call asked for
}

// Make makes the record of a new image of the caller's. Errors, in the order
// of the checks: ErrTokenOther, ErrNameTaken, ErrImageQuota, ErrDryRun.
func (l *Ledger) Make(ctx context.Context, c Caller, m NewImage) (made *Image, err error) {
	err = l.store.Update(ctx, func(tx Tx) error {
		made, err = repeated(ctx, tx, c, m.Image.Key, m.Once)
		if made != nil || err != nil {
			return err
		}
		made = l.begun(m.Image, c)
		if err := l.enter(ctx, tx, c, made, m.Once); err != nil {
			return err
		}
		if m.DryRun {
			return ErrDryRun
		}
		return nil
	})
	return made, err
}

// begun is a record with what the ledger gives it.
func (l *Ledger) begun(asked *Image, c Caller) *Image {
	img, now, p := asked.Clone(), l.now().UTC(), asked.Key.Product
	img.Key.ID, img.Owner, img.CreatedAt = l.id(p.traits().newImage), c.Account, now.Truncate(time.Second)
	if img.Name == "" {
		img.Name = img.Key.ID
	}
	for i, s := range img.Snapshots {
		if s.ID == "" {
			img.Snapshots[i].ID = l.id(p.traits().newDisk)
		}
	}
	if l.transition == 0 {
		img.State = Available
		return img
	}
	// The record has milliseconds, so that a short transition is not rounded away.
	img.ReadyAt = now.Add(l.transition).Truncate(time.Millisecond)
	return img
}

// enter writes a new image if there is room for it.
func (l *Ledger) enter(ctx context.Context, tx Tx, c Caller, img *Image, once Once) error {
	if _, err := tx.Image(ctx, img.Key); !errors.Is(err, ErrNoImage) {
		return errors.Join(ErrBusy, err) // the id that chance gave is another image's
	}
	if err := free(ctx, tx, img); err != nil {
		return err
	}
	n, err := tx.CountImages(ctx, ImageQuery{Product: img.Key.Product, Region: img.Key.Region, Owner: img.OwnerKey()})
	if err != nil {
		return err
	}
	if limit := l.ImageQuota(img.Key.Product); n >= limit {
		return &Error{Rule: ErrImageQuota, Image: img.Key, Region: img.Key.Region, Limit: limit}
	}
	e := event(c, img.Key.Entity(), l.now())
	e.Notes, e.Token = madeNotes(img), once.name(c, img.Key)
	if once.Token != "" {
		e.Notes = append(e.Notes, askedNote+once.Asked)
	}
	if err := tx.PutImage(img); err != nil {
		return err
	}
	return tx.Append(e)
}

// free checks that no other image of the owner has the name, where that matters.
func free(ctx context.Context, r Reader, img *Image) error {
	if !img.Key.Product.traits().uniqueNames {
		return nil
	}
	same, err := r.Images(ctx, ImageQuery{
		Product: img.Key.Product, Region: img.Key.Region, Owner: img.OwnerKey(), Name: img.Name, Limit: 2,
	})
	if err != nil {
		return err
	}
	for _, other := range same {
		if other.Key != img.Key {
			return &Error{Rule: ErrNameTaken, Image: img.Key, Reason: "name " + img.Name}
		}
	}
	return nil
}

// askedNote begins the note that keeps Once.Asked.
const askedNote = "asked for "

// name is the token as the history keeps it, unique among all callers; "" for none.
func (o Once) name(c Caller, key ImageKey) string {
	if o.Token == "" {
		return ""
	}
	return strings.Join([]string{c.AccountKey().String(), string(key.Product), key.Region, c.Action, o.Token}, " ")
}

// repeated is what a call made when it was made before; nil if it is new.
func repeated(ctx context.Context, tx Tx, c Caller, key ImageKey, o Once) (*Image, error) {
	if o.Token == "" {
		return nil, nil
	}
	before, err := tx.Events(ctx, EventQuery{Token: o.name(c, key), Limit: 1})
	if err != nil || len(before) == 0 {
		return nil, err
	}
	if notes := before[0].Notes; len(notes) == 0 || notes[len(notes)-1] != askedNote+o.Asked {
		return nil, &Error{Rule: ErrTokenOther, Reason: "client token " + o.Token}
	}
	key.ID = before[0].Entity[strings.LastIndexByte(before[0].Entity, '/')+1:]
	return &Image{Key: key}, nil
}
