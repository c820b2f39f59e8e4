package cache

import (
	"context"
	"strconv"
	"time"

	"imageshare/ledger"
)

// page is what is kept of a page of a set: the ids on it. Its images are
// records like others.
type page struct {
	at          uint64    // the clock when the engine was asked
	from, until time.Time // the moments for which it was asked, and up to which it holds; zero for ever
	total       int64
	ids         []string
}

// longestPage is how many images one that is kept has at the most: that of the
// vendors' longest.
const longestPage = 100

// ImageSet answers as the engine does.
func (s *Store) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	if q.Limit > longestPage {
		return s.Store.ImageSet(ctx, q)
	}
	n, lists := s.name(pageName(q)), s.cellsOf(listsOf(q))
	at := s.clock.Load()
	if found, ok := s.remembered(ctx, n, lists, q, at); ok {
		return found, nil
	}
	found, err := s.Store.ImageSet(ctx, q)
	if err == nil {
		s.keepPage(n, lists, q, at, found)
	}
	return found, err
}

func (s *Store) cellsOf(names [][]byte) []*cell {
	cells := make([]*cell, len(names))
	for i, n := range names {
		cells[i] = s.name(n).cell
	}
	return cells
}

// remembered is a page that is kept, with its images; the engine is asked for
// one that was forgotten. The page is as the list is now; what a change touched
// after the clock was looked at may be an image of later, and is not of that page.
func (s *Store) remembered(ctx context.Context, n name, lists []*cell, q ledger.SetQuery, at uint64) (found ledger.SetPage, ok bool) {
	p, _ := get(s, n, (*codec).page)
	if p == nil || q.Now.Before(p.from) || (!p.until.IsZero() && !q.Now.Before(p.until)) {
		return found, false
	}
	for _, c := range lists {
		if !c.since(p.at) {
			return found, false
		}
	}
	found = ledger.SetPage{Images: make([]*ledger.Image, len(p.ids)), Total: int(p.total), Until: p.until}
	k := ledger.ImageKey{Product: q.Product, Region: q.Region}
	var room []byte // for one name after the other
	for i, id := range p.ids {
		k.ID = id
		room = appendImageName(room[:0], k)
		n := s.name(room)
		image, err := s.image(ctx, n, k)
		if err != nil || !n.cell.quiet(at) {
			return found, false
		}
		found.Images[i] = image
	}
	return found, true
}

// keepPage keeps a page and those of its images that are not kept yet.
func (s *Store) keepPage(n name, lists []*cell, q ledger.SetQuery, at uint64, found ledger.SetPage) {
	beyond := q.Offset > 0 && len(found.Images) == 0 // there is no end of such pages
	if beyond || !s.worth(n.hash) {
		return
	}
	p := page{at: at, from: q.Now, until: found.Until, total: int64(found.Total)}
	for _, i := range found.Images {
		p.ids = append(p.ids, i.Key.ID)
		n := s.name(imageName(i.Key))
		if s.records.GetFn(n.bytes, func([]byte) error { return nil }) != nil {
			keep(s, n, at, i, (*codec).image)
		}
	}
	for _, c := range lists {
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
	list(c, &p.ids, word[string])
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
