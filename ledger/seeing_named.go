package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// named lists the images that are asked for by id, in the order of the ids, or
// by snapshot, in the order of the sets.
func (s *seeing) named(ctx context.Context) error {
	list := s.byID
	if s.IDs == nil {
		list = s.bySnapshot
	}
	images, err := list(ctx)
	if err != nil {
		return err
	}
	for _, img := range images {
		if seen, ok := s.seen(img); ok {
			s.take(seen)
		}
	}
	return nil
}

func (s *seeing) byID(ctx context.Context) ([]*Image, error) {
	var all []*Image
	for _, id := range unique(s.IDs) {
		img, err := s.Image(ctx, ImageKey{Product: s.Product, Region: s.Region, ID: id})
		if errors.Is(err, ErrNoImage) {
			continue
		} else if err != nil {
			return nil, err
		}
		all = append(all, img)
	}
	return all, nil
}

func (s *seeing) bySnapshot(ctx context.Context) ([]*Image, error) {
	all, err := s.Images(ctx, ImageQuery{Product: s.Product, Region: s.Region, Snapshot: s.Snapshot, Limit: maxLooked + 1})
	if err == nil && len(all) > maxLooked {
		err = s.tooWide()
	}
	slices.SortFunc(all, s.compare)
	return all, err
}

// compare orders images as the sets do.
func (s *seeing) compare(a, b *Image) int {
	setA, shareA := s.standing(a)
	setB, shareB := s.standing(b)
	order := cmp.Compare(setA, setB)
	if order == 0 && setA == slices.Index(s.Sets, Held) {
		order = shareA.Compare(shareB)
	}
	return cmp.Or(order, a.Key.Compare(b.Key))
}

// standing is where in the order of the sets an image comes, and the share
// that the account has of it, if any.
func (s *seeing) standing(img *Image) (set int, g Grant) {
	as, ok := s.as(img)
	if !ok {
		return len(s.Sets), g
	}
	for _, share := range img.Shares {
		if share.Account == s.account.ID {
			g = Grant{Image: img.Key, Owner: img.Owner, Share: share}
		}
	}
	return slices.Index(s.Sets, s.first(as)), g
}
