package ledger

import (
	"context"
	"maps"
	"slices"
)

// NewCopies are copies that somebody asks for. A copy is the caller's own, and
// carries neither shares nor the public mark.
type NewCopies struct {
	Source  ImageKey
	Regions []string // a copy in each
	// Name and Description are the source's where they are ""; but where a
	// copy is not called by its source's name, it is called by its id.
	Name, Description string
	Tags              map[string]string
	Encrypted         bool
	Once              Once
	DryRun            bool
}

// Copy makes copies of an image that the caller may use: all of them or none.
// An image of another account is copied within its region only. Errors, in the
// order of the checks: ErrTokenOther; ErrImageID, ErrNoImage, ErrDeprecated,
// ErrNotReady, ErrEncrypted; for each region ErrNoDestination, ErrOtherRegion,
// ErrNameTaken, ErrImageQuota; ErrDryRun.
func (l *Ledger) Copy(ctx context.Context, c Caller, cp NewCopies) (made []*Image, err error) {
	err = l.store.Update(ctx, func(tx Tx) error {
		made = nil
		before, err := repeated(ctx, tx, c, cp.target(), cp.Once)
		if before != nil {
			made = []*Image{before}
		}
		if before != nil || err != nil {
			return err
		}
		src, err := l.copied(ctx, tx, c, cp)
		if err != nil {
			return err
		}
		if made, err = l.copies(ctx, tx, c, cp, src); err != nil {
			return err
		}
		if cp.DryRun {
			return ErrDryRun
		}
		return nil
	})
	return made, err
}

// target is where a call with a token makes its copy: it has one region.
func (cp NewCopies) target() ImageKey {
	return ImageKey{Product: cp.Source.Product, Region: cp.Regions[0]}
}

// copied is the source, fit to be copied. That an image exists which the
// caller may not use is not told.
func (l *Ledger) copied(ctx context.Context, tx Tx, c Caller, cp NewCopies) (*Image, error) {
	src, err := found(ctx, tx, cp.Source, l.now())
	if err != nil {
		return nil, err
	}
	own := src.OwnerKey() == c.AccountKey()
	if !own && !src.usableBy(c.Account, l.now()) {
		return nil, &Error{Rule: ErrNoImage, Image: cp.Source}
	}
	if err := whole(src); err != nil {
		return nil, err
	}
	for _, region := range cp.Regions {
		if l.Region(src.Key.Product, region) != nil {
			return nil, &Error{Rule: ErrNoDestination, Image: cp.Source, Region: region}
		}
		if !own && region != src.Key.Region {
			return nil, &Error{Rule: ErrOtherRegion, Image: cp.Source, Region: region}
		}
	}
	return src, nil
}

func (l *Ledger) copies(ctx context.Context, tx Tx, c Caller, cp NewCopies, src *Image) ([]*Image, error) {
	var made []*Image
	for _, region := range unique(cp.Regions) {
		img := l.begun(copyOf(src, cp, region), c)
		if err := l.enter(ctx, tx, c, img, cp.Once); err != nil {
			return nil, err
		}
		made = append(made, img)
	}
	return made, nil
}

// copyOf is the record of a copy, but for what begun gives it.
func copyOf(src *Image, cp NewCopies, region string) *Image {
	img := src.Clone()
	img.Key.Region, img.State, img.CopiedFrom = region, Copying, src.Key.Region+"/"+src.Key.ID
	img.Public, img.Shares, img.Encrypted, img.Imported = false, nil, cp.Encrypted, false
	img.Tags, img.Name = maps.Clone(cp.Tags), cp.Name
	if cp.Name == "" && src.Key.Product.traits().copyKeepsName {
		img.Name = src.Name
	}
	if cp.Description != "" {
		img.Description = cp.Description
	}
	for i, s := range img.Snapshots {
		img.Snapshots[i] = Snapshot{Usage: s.Usage, SizeGiB: s.SizeGiB, Device: s.Device}
	}
	return img
}

// CancelCopy ends the making of a copy, whose record goes. Errors: ErrImageID,
// ErrNoImage, ErrNotOwner, ErrNotCopy, ErrCopyDone.
func (l *Ledger) CancelCopy(ctx context.Context, c Caller, key ImageKey) error {
	return l.store.Update(ctx, func(tx Tx) error {
		img, err := owned(ctx, tx, c, key, l.now())
		switch {
		case err != nil:
			return err
		case img.CopiedFrom == "":
			return &Error{Rule: ErrNotCopy, Image: key}
		case !slices.Contains([]State{Creating, Copying}, img.State):
			return &Error{Rule: ErrCopyDone, Image: key}
		}
		return drop(tx, c, img, l.now(), "copy cancelled")
	})
}
