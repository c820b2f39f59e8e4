package cache

import (
	"context"
	"strconv"
	"time"

	"imageshare/ledger"
)

// page is what is kept of a page of a set, its images as the set lists them.
type page struct {
	at          uint64    // the clock when the engine was asked
	from, until time.Time // the moments for which it was asked, and up to which it holds; zero for ever
	total       int64
	entries     []entry
}

// entry is an image on a page.
type entry struct {
	image ledger.Image
	cell  uint64 // by number
}

const (
	// longestPage is how many images one that is kept has at the most: that of
	// the vendors' longest.
	longestPage = 100
	// mostChanged is the part of a page's images that may be looked up one by
	// one because they changed: with more the engine has the whole page sooner.
	mostChanged = 8
)

// holds reports whether a page is one of a moment, changes aside.
func (p *page) holds(now time.Time) bool {
	return !now.Before(p.from) && (p.until.IsZero() || now.Before(p.until))
}

// ImageSet answers as the engine does.
func (s *Store) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	at := s.clock.Load()
	if found, ok := s.remembered(ctx, q, at); ok {
		return found, nil
	}
	found, err := s.Store.ImageSet(ctx, q)
	if err == nil {
		s.keepPage(q, at, found)
	}
	return found, err
}

func (s *Store) cellsOf(q ledger.SetQuery) []*cell {
	names := listsOf(q)
	cells := make([]*cell, len(names))
	for i, n := range names {
		cells[i] = s.name(n).cell
	}
	return cells
}

// remembered is a page that is kept, as it was when the clock was looked at and
// still is: no change touched its list since it was kept, and none its images,
// or those that one did touch are looked up and have not changed since that look
// at the clock.
func (s *Store) remembered(ctx context.Context, q ledger.SetQuery, at uint64) (found ledger.SetPage, ok bool) {
	if q.Limit > longestPage {
		return found, false
	}
	p, _ := get(s, s.name(pageName(q)), (*codec).page)
	if p == nil || p.at > at || !p.holds(q.Now) {
		return found, false
	}
	for _, c := range s.cellsOf(q) {
		if !c.since(p.at) {
			return found, false
		}
	}
	found = ledger.SetPage{Images: make([]*ledger.Image, len(p.entries)), Total: int(p.total), Until: p.until}
	changed := 0
	for i := range p.entries {
		e := &p.entries[i]
		e.image.Key.Product, e.image.Key.Region = q.Product, q.Region
		if found.Images[i] = &e.image; s.cells[e.cell].since(p.at) {
			continue
		}
		if changed++; changed*mostChanged > max(mostChanged, len(p.entries)) {
			return found, false
		}
		var err error
		if found.Images[i], err = s.unchanged(ctx, e.image.Key, at); err != nil {
			return found, false
		}
	}
	return found, true
}

// unchanged is an image as it has been since the clock was looked at, or else
// errElsewhere.
func (s *Store) unchanged(ctx context.Context, k ledger.ImageKey, at uint64) (*ledger.Image, error) {
	n := s.name(imageName(k))
	i, err := s.image(ctx, n, k)
	if !n.cell.quiet(at) {
		return nil, errElsewhere
	}
	return i, err
}

// keepPage keeps a page that the engine was asked for at a moment of the clock.
func (s *Store) keepPage(q ledger.SetQuery, at uint64, found ledger.SetPage) {
	n := s.name(pageName(q))
	beyond := q.Offset > 0 && q.Limit > 0 && len(found.Images) == 0 // there is no end of such pages
	if q.Limit > longestPage || beyond || !s.worth(n.hash) {
		return
	}
	p := page{at: at, from: q.Now, until: found.Until, total: int64(found.Total), entries: make([]entry, len(found.Images))}
	touched := s.cellsOf(q)
	for i, img := range found.Images {
		n := s.name(imageName(img.Key))
		p.entries[i] = entry{*img.Listed(q.Account), n.hash % cells}
		touched = append(touched, n.cell)
	}
	for _, c := range touched {
		if !c.quiet(at) {
			return
		}
	}
	// One that is closed just now has moved since the page's own moment: what is
	// kept then is never answered.
	s.put(n.bytes, encode(&s.terms, &p, (*codec).page))
}

func (c *codec) page(p *page) {
	c.uint(&p.at)
	c.time(&p.from)
	c.time(&p.until)
	number(c, &p.total)
	list(c, &p.entries, (*codec).entry)
}

func (c *codec) entry(e *entry) {
	c.uint(&e.cell)
	word(c, &e.image.Key.ID)
	c.image(&e.image)
}

// pageName has all of a query but the moment.
func pageName(q ledger.SetQuery) []byte {
	b := nameOf('s', string(q.Account.Cloud), q.Account.ID, string(q.Product), q.Region, q.Family, q.Owner)
	b = append(b, byte(q.Set))
	b = strconv.AppendInt(append(b, ' '), q.Offset, 10)
	b = strconv.AppendInt(append(b, ' '), int64(q.Limit), 10)
	for _, s := range q.Without {
		b = append(b, ' ', byte(s))
	}
	if q.States != nil {
		b = append(b, 0xff)
	}
	for _, s := range q.States {
		b = append(append(b, s...), 0xff)
	}
	return b
}
