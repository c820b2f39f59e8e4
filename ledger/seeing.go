package ledger

import (
	"context"
	"slices"
	"strings"
	"time"
)

// View is a list of images as one account sees them, in one region: its own,
// then those shared with it, then the public ones, each image once.
type View struct {
	Product Product
	Region  string
	Sets    []Set // in this order; an image of two is where it comes first
	// IDs asks for these images alone, in their order; nil for all.
	IDs []string
	// Snapshot asks for the images made of one alone; "" for all.
	Snapshot string
	// States are those that are asked for; nil for all.
	States []State
	// Family is the family of the images; "" for all.
	Family string
	// Owner is whose images are asked for, the account's own aside; "" for all.
	Owner string
	// Match asks for some of them alone; nil for all. It is shown each image
	// as it stands at the moment: no index has what only it knows.
	Match func(Seen) bool

	Offset, Limit int64
}

// Seen is an image with how the account comes to see it. Of its shares and tags
// it has what Listed leaves. Not to be changed.
type Seen struct {
	*Image
	As Set
}

// maxLooked bounds how many images a list may look through where no index has
// the answer: with Match, and for the family of images of others.
const maxLooked = 100_000

// See lists images: one page, and how many there are in all. Page and number
// are of one moment. Errors: ErrImageID (of an id in IDs), ErrTooWide.
func (l *Ledger) See(ctx context.Context, c Caller, v View) (page []Seen, total int64, err error) {
	for _, id := range v.IDs {
		if !v.Product.ValidImageID(id) {
			return nil, 0, &Error{Rule: ErrImageID, Image: ImageKey{Product: v.Product, Region: v.Region, ID: id}}
		}
	}
	asked := seeing{View: v, account: c.AccountKey()}
	var s seeing
	look := func(g Glance) error {
		s = asked
		s.Glance, s.now = g, l.now()
		return s.run(ctx)
	}
	if asked.asksOnce() {
		err = look(l.store)
	} else {
		err = l.store.View(ctx, look)
	}
	if err != nil {
		return nil, 0, err
	}
	return s.page, s.total, nil
}

// seeing is a list while it is made.
type seeing struct {
	View
	Glance
	account AccountKey
	now     time.Time

	page   []Seen
	total  int64
	looked int
}

func (s *seeing) run(ctx context.Context) error {
	if s.IDs != nil || s.Snapshot != "" {
		return s.named(ctx)
	}
	for i := range s.Sets {
		q, exact := s.query(i)
		list := s.skip
		if !exact {
			list = s.look
		}
		if err := list(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// asksOnce reports whether one look has it all: that is of one moment anyway.
func (s *seeing) asksOnce() bool {
	if s.IDs != nil || s.Snapshot != "" {
		return len(s.IDs) == 1
	}
	if len(s.Sets) != 1 {
		return false
	}
	_, exact := s.query(0)
	return exact
}

// query is a set as an engine lists it, without what comes under the sets
// before; exact is whether that leaves just what is asked for.
func (s *seeing) query(set int) (q SetQuery, exact bool) {
	q = SetQuery{Set: s.Sets[set], Account: s.account, Product: s.Product, Region: s.Region, Now: s.now, States: s.States}
	exact = s.Match == nil
	switch q.Set {
	case Owned:
		q.Family = s.Family
	case Held:
		q.Owner = s.Owner
		exact = exact && s.Family == ""
	case Public:
		q.Without = s.Sets[:set]
		exact = exact && s.Family == ""
		if s.Owner != "" {
			q.Owner, q.Without = s.Owner, nil
			exact = exact && !slices.Contains(s.Sets[:set], Held) && (s.Owner != s.account.ID || !slices.Contains(s.Sets[:set], Owned))
		}
	}
	return q, exact
}

// skip lists a set whose pages an index finds: what lies before the page is
// not read.
func (s *seeing) skip(ctx context.Context, q SetQuery) error {
	q.Offset, q.Limit = max(0, s.Offset-s.total), int(max(0, s.Limit-int64(len(s.page))))
	found, err := s.ImageSet(ctx, q)
	if err != nil {
		return err
	}
	s.page = slices.Grow(s.page, len(found.Images))
	for _, img := range found.Images {
		seen, _ := s.seen(img)
		s.page = append(s.page, seen)
	}
	s.total += int64(found.Total)
	return nil
}

// stretch is how many images look reads at a time.
const stretch = 2000

// look lists a set by looking at each image of it.
func (s *seeing) look(ctx context.Context, q SetQuery) error {
	for q.Limit = stretch; ; q.Offset += stretch {
		found, err := s.ImageSet(ctx, q)
		if err != nil {
			return err
		}
		if q.Offset == 0 {
			s.looked += found.Total
		}
		if s.looked > maxLooked {
			return s.tooWide()
		}
		for _, img := range found.Images {
			if seen, ok := s.seen(img); ok && s.first(seen.As) == q.Set {
				s.take(seen)
			}
		}
		if q.Offset+stretch >= int64(found.Total) {
			return nil
		}
	}
}

func (s *seeing) tooWide() error {
	return &Error{Rule: ErrTooWide, Region: s.Region, Limit: maxLooked}
}

// first is the set under which an image is listed. One that is not listed for
// what else it is to the account is listed as a public one.
func (s *seeing) first(as Set) Set {
	if slices.Contains(s.Sets, as) {
		return as
	}
	return Public
}

// take counts an image that was looked at, and keeps it if it is on the page.
func (s *seeing) take(seen Seen) {
	if !s.fits(seen) {
		return
	}
	if s.total >= s.Offset && int64(len(s.page)) < s.Limit {
		s.page = append(s.page, seen)
	}
	s.total++
}

// fits reports whether an image is what is asked for.
func (s *seeing) fits(seen Seen) bool {
	return (s.Snapshot == "" || ImageQuery{Snapshot: s.Snapshot}.Match(seen.Image)) &&
		(s.States == nil || slices.Contains(s.States, seen.State)) && (s.Family == "" || s.Family == seen.Family) &&
		(s.Owner == "" || s.Owner == seen.Owner || s.first(seen.As) == Owned) && (s.Match == nil || s.Match(seen))
}

// seen is an image as the account sees it, and whether it is asked for.
func (s *seeing) seen(img *Image) (Seen, bool) {
	as, ok := s.as(img)
	if !ok {
		return Seen{}, false
	}
	public := img.Public && slices.Contains(s.Sets, Public)
	return Seen{Image: img.Settled(s.now).Listed(s.account), As: as}, slices.Contains(s.Sets, as) || public
}

// as is how the account comes to see an image, and whether it does.
func (s *seeing) as(img *Image) (Set, bool) {
	switch {
	case img.OwnerKey() == s.account:
		return Owned, true
	case img.heldBy(s.account.ID, s.now):
		return Held, true
	}
	return Public, img.Public
}

// Occurs reports whether a part occurs in a text, in any letter case. Letters
// of another case have up to three times the bytes, so what is far longer than
// the text is not looked at: it would be for each image.
func Occurs(text, part string) bool {
	return len(part) <= 5*len(text) && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
