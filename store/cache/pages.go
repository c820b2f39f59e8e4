package cache

import (
	"context"
	"slices"
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
	// changedPart is which part of a page's images, and one at any rate, may be
	// looked up one by one because they changed: with more of them the engine
	// has the whole page sooner.
	changedPart = 8
)

// holds reports whether a page is one of a moment, changes aside.
func (p *page) holds(now time.Time) bool {
	return !now.Before(p.from) && (p.until.IsZero() || now.Before(p.until))
}

// ImageSet answers as the engine does.
func (s *Store) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	if q.Limit > longestPage {
		return s.Store.ImageSet(ctx, q)
	}
	found, _, err := s.imageSet(ctx, q, s.clock.Load())
	return found, err
}

// imageSet is a page from here or from the engine, and whether it was the same
// when the clock was looked at.
func (s *Store) imageSet(ctx context.Context, q ledger.SetQuery, at uint64) (found ledger.SetPage, same bool, err error) {
	if found, ok := s.remembered(ctx, q, at); ok {
		return found, true, nil
	}
	if found, err = s.Store.ImageSet(ctx, q); err != nil {
		return found, false, err
	}
	if same = s.same(q, at, found); same {
		s.keepPage(q, at, found)
	}
	return found, same, nil
}

// cellsOf are those of the lists that a page is made of.
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
	p := s.page(q)
	if p == nil || p.at > at || !p.holds(q.Now) {
		return found, false
	}
	for _, c := range s.cellsOf(q) {
		if !c.since(p.at) {
			return found, false
		}
	}
	images, ok := s.imagesOf(ctx, p, q, at)
	return ledger.SetPage{Images: images, Total: int(p.total), Until: p.until}, ok
}

// page is what is kept of a page. One beyond the end of its list is known by how
// many there are.
func (s *Store) page(q ledger.SetQuery) *page {
	p := s.pageNamed(q)
	if p != nil || q.Limit == 0 {
		return p
	}
	number := q
	number.Limit = 0
	if p = s.pageNamed(number); p == nil || p.total > q.Offset {
		return nil
	}
	return p
}

// pageNamed copies a page before it reads it: that takes a while, and others
// want to look at what is kept near it.
func (s *Store) pageNamed(q ledger.SetQuery) *page {
	n := s.name(pageName(q))
	var b []byte
	s.records.see(&n, func(kept []byte) { b = slices.Clone(kept) })
	p := new(page)
	if b == nil || s.closed.Load() || decode(&s.terms, b, p, (*codec).page) != nil {
		return nil
	}
	return p
}

// imagesOf are the images of a page as they were when the clock was looked at.
func (s *Store) imagesOf(ctx context.Context, p *page, q ledger.SetQuery, at uint64) ([]*ledger.Image, bool) {
	images := make([]*ledger.Image, len(p.entries))
	changed := 0
	for i := range p.entries {
		e := &p.entries[i]
		e.image.Key.Product, e.image.Key.Region = q.Product, q.Region
		if images[i] = &e.image; s.cells[e.cell].since(p.at) {
			continue
		}
		changed++
		var err error
		if changed > max(1, len(p.entries)/changedPart) {
			return nil, false
		} else if images[i], err = s.unchanged(ctx, e.image.Key, at); err != nil {
			return nil, false
		}
	}
	return images, true
}

// unchanged is an image as it has been since the clock was looked at, or else
// errElsewhere.
func (s *Store) unchanged(ctx context.Context, k ledger.ImageKey, at uint64) (*ledger.Image, error) {
	n := s.name(imageName(k))
	if !n.cell.quiet(at) {
		return nil, errElsewhere
	}
	i, err := s.image(ctx, n, k)
	if !n.cell.quiet(at) {
		return nil, errElsewhere
	}
	return i, err
}

// same reports whether a page that the engine was asked for is as it was when the
// clock was looked at.
func (s *Store) same(q ledger.SetQuery, at uint64, found ledger.SetPage) bool {
	touches := s.cellsOf(q)
	for _, img := range found.Images {
		touches = append(touches, s.name(imageName(img.Key)).cell)
	}
	return !slices.ContainsFunc(touches, func(c *cell) bool { return !c.quiet(at) })
}

// keepPage keeps a page of a moment of the clock. A cell that is closed by now
// has moved since: what is kept then is never answered.
func (s *Store) keepPage(q ledger.SetQuery, at uint64, found ledger.SetPage) {
	if len(found.Images) == 0 {
		q.Limit = 0 // there is no end of pages beyond a list's end
	}
	n := s.name(pageName(q))
	if !s.worth(n.hash) {
		return
	}
	p := page{at: at, from: q.Now, until: found.Until, total: int64(found.Total), entries: make([]entry, len(found.Images))}
	for i, img := range found.Images {
		p.entries[i] = entry{*img.Listed(q.Account), s.name(imageName(img.Key)).hash % cells}
	}
	s.records.put(&n, encode(&s.terms, &p, (*codec).page))
}

func (c *codec) page(p *page) {
	p.at = c.uint(p.at)
	c.time(&p.from, time.Time{})
	c.time(&p.until, time.Time{})
	number(c, &p.total, 0)
	c.rooms(p.entries)
	c.before = &empty
	list(c, &p.entries, (*codec).entry)
}

// rooms says how many snapshots and shares a page has in all: to make room for
// them one by one takes longer than to read them.
func (c *codec) rooms(all []entry) {
	var snapshots, shares int
	for i := range all {
		snapshots += len(all[i].image.Snapshots)
		shares += len(all[i].image.Shares)
	}
	snapshots, shares = c.count(snapshots), c.count(shares)
	if c.reading {
		c.snapshots, c.held = make([]ledger.Snapshot, snapshots), make([]ledger.Share, shares)
	}
}

// entry is mostly as the one before, since an account's images are alike.
func (c *codec) entry(e *entry) {
	e.cell = c.uint(e.cell)
	was := c.before
	if c.reading {
		e.image = *was
		e.image.Tags, e.image.Snapshots, e.image.Shares = nil, nil, nil
	}
	word(c, &e.image.Key.ID, was.Key.ID)
	c.imageFrom(&e.image, was)
	c.before = &e.image
}

// pageName has all of a query but the moment; how many there are is one name,
// whatever the offset.
func pageName(q ledger.SetQuery) []byte {
	if q.Limit == 0 {
		q.Offset = 0
	}
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
