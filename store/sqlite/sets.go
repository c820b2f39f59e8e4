package sqlite

import (
	"context"
	"math"
	"slices"
	"time"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// ImageSet finds its page by number: whatever lies before it is not read, and
// neither is what lies behind. See tallies.go.
func (v view) ImageSet(ctx context.Context, q ledger.SetQuery) (page ledger.SetPage, err error) {
	r, p := rollOf(q)
	w := &walk{view: v, ctx: ctx, roll: r, filter: filter{q.Now, q.States}, offset: q.Offset, limit: min(int64(q.Limit), math.MaxInt64-q.Offset)}
	w.see = func(row row) error {
		i, err := readImage(ledger.ImageKey{Product: q.Product, Region: q.Region, ID: row.text(5)}, row)
		page.Images = append(page.Images, i)
		return err
	}
	err = w.all(p)
	page.Total, page.Until = int(w.total), w.until
	return page, err
}

// rollOf is the list of a set, and which part of it is asked for.
func rollOf(q ledger.SetQuery) (roll, piece) {
	account, product, owner := q.Account.String(), string(q.Product), ""
	if q.Owner != "" {
		owner = ledger.AccountKey{Cloud: q.Product.Cloud(), ID: q.Owner}.String()
	}
	switch {
	case q.Set == ledger.Owned && q.Family != "":
		return familyRoll(account, product, q.Region, q.Family), whole
	case q.Set == ledger.Owned:
		return ownedRoll(account, product, q.Region), whole
	case q.Set == ledger.Held && owner != "":
		from, to := whole.from, whole.from
		from.owner, to.owner = owner, owner+"\x00" // the text that comes next
		return heldRoll(account, product, q.Region), piece{from: from, to: to}
	case q.Set == ledger.Held:
		return heldRoll(account, product, q.Region), whole
	case owner != "":
		return publicOfRoll(owner, product, q.Region), whole
	}
	return publicRoll(product, q.Region).except(q.Without, account, product, q.Region, q.Now), whole
}

// walk counts a part of a list, and shows the entries of one page on the way.
type walk struct {
	view
	ctx context.Context
	roll
	filter
	offset, limit int64 // the page; no limit, no page
	see           func(row) error
	total         int64
	until         time.Time // the first moment at which an entry comes or goes by itself; zero for none
	out           []*short  // the lists of what the list leaves out, as far as they were needed
}

// all walks a piece of the list.
func (w *walk) all(p piece) error {
	top, err := w.top(w.ctx, w.roll)
	if err != nil {
		return err
	}
	return w.level(top, p, p != whole)
}

// level walks a piece by the blocks of a level. A ragged piece need not begin
// and end where blocks do.
func (w *walk) level(level int, p piece, ragged bool) error {
	if level < 0 {
		return w.count(p)
	}
	blocks, err := w.blocks(w.ctx, w.roll, level, p, ragged)
	if err != nil {
		return err
	}
	for i, b := range blocks {
		edge := ragged && (i == 0 || i == len(blocks)-1)
		if err := w.block(level, b, edge); err != nil {
			return err
		}
	}
	return nil
}

// block takes a block as its tally has it, or looks at what it is made of:
// where the tally does not tell, and where the page is to be found.
func (w *walk) block(level int, b block, edge bool) error {
	n, known := w.of(b)
	if edge || !known {
		return w.level(level-1, b.piece, edge)
	}
	w.sees(time.Unix(b.ends, 0))
	for i := range w.minus {
		out, err := w.leftOut(i, b.piece)
		if err != nil {
			return err
		}
		n -= out
	}
	if level > 0 && w.on(n) {
		return w.level(level-1, b.piece, false)
	}
	return w.take(b.piece, n)
}

// leftOut is how many entries of a piece are in a list of what is left out.
func (w *walk) leftOut(list int, p piece) (int64, error) {
	if w.out == nil {
		w.out = make([]*short, len(w.minus))
	}
	if w.out[list] == nil {
		s, err := w.gather(w.minus[list])
		if err != nil {
			return 0, err
		}
		w.out[list] = s
	}
	if s := w.out[list]; s.top < 0 {
		return s.inside(p), nil
	}
	left := &walk{view: w.view, ctx: w.ctx, roll: w.minus[list], filter: w.filter}
	err := left.level(w.out[list].top, p, true)
	w.sees(left.until)
	return left.total, err
}

// moments looks at the entries of a piece, those too that do not count yet,
// for when one comes or goes by itself.
func (w *walk) moments(r roll, p piece) error {
	if r.until == "NULL" && w.states == nil {
		return nil
	}
	l := r.entries(p)
	l.order = "1"
	l.columns = "ifnull(min(CASE WHEN " + r.until + " > ? THEN " + r.until + " END), 0), ifnull(min(CASE WHEN e.ready > ? THEN e.ready END), 0)"
	l.args = append([]any{w.now.Unix(), w.now.UnixMilli()}, l.args...)
	return l.run(w.ctx, w.view, func(row row) error {
		w.sees(time.Unix(row.int(0), 0))
		w.sees(time.UnixMilli(row.int(1)))
		return nil
	})
}

// sees notes a moment at which an entry comes or goes, if it is to come.
func (w *walk) sees(t time.Time) {
	if t.Unix() < never {
		w.until = engine.Sooner(w.until, t.UTC(), w.now)
	}
}

// count counts entries one by one.
func (w *walk) count(p piece) (err error) {
	n := int64(0)
	l := w.narrowed(p, w.filter)
	l.columns, l.order = "count(*)", "1"
	if err := l.run(w.ctx, w.view, func(r row) error { n = r.int(0); return nil }); err != nil {
		return err
	}
	for _, r := range append([]roll{w.roll}, w.minus...) {
		if err := w.moments(r, p); err != nil {
			return err
		}
	}
	return w.take(p, n)
}

// on reports whether the next n entries have a part in the page.
func (w *walk) on(n int64) bool {
	return w.limit > 0 && w.total < w.offset+w.limit && w.offset < w.total+n
}

// take counts the n entries of a piece and shows those that are on the page.
func (w *walk) take(p piece, n int64) error {
	if w.on(n) {
		if err := w.show(p); err != nil {
			return err
		}
	}
	w.total += n
	return nil
}

// show shows the entries of a piece that are on the page. Those before it are
// skipped in the index, or the image of each would be looked up.
func (w *walk) show(p piece) error {
	skip := max(0, w.offset-w.total)
	if skip > 0 {
		l := w.narrowed(p, w.filter)
		l.columns, l.limit, l.offset = w.places(), 1, skip
		if err := l.run(w.ctx, w.view, func(r row) error { p.from = readPlace(r); return nil }); err != nil {
			return err
		}
	}
	l := w.narrowed(p, w.filter)
	w.reading(l)
	l.limit = int(w.offset + w.limit - w.total - skip)
	return l.run(w.ctx, w.view, w.see)
}

// reading selects the images of entries, as readImage wants them.
func (r roll) reading(l *list) {
	l.columns = "e.owner, e.name, e.public, e.record, e.shares, e.id"
	if r.images != "" {
		l.columns, l.from = "i.owner, i.name, i.public, i.record, i.shares, i.id", l.from+r.images
	}
}

// short is a list as far as it is kept in memory: one that has no tallies,
// with its ids in order.
type short struct {
	top int
	ids []string
}

// gather keeps what it can of a list in memory.
func (w *walk) gather(r roll) (*short, error) {
	top, err := w.top(w.ctx, r)
	s := &short{top: top}
	if err != nil || top >= 0 {
		return s, err
	}
	l := r.narrowed(whole, w.filter)
	l.columns = r.order
	err = l.run(w.ctx, w.view, func(row row) error { s.ids = append(s.ids, row.text(0)); return nil })
	if err != nil {
		return s, err
	}
	return s, w.moments(r, whole)
}

// inside is how many ids a piece has.
func (s *short) inside(p piece) int64 {
	from, _ := slices.BinarySearch(s.ids, p.from.id)
	to, _ := slices.BinarySearch(s.ids, p.to.id)
	if p.open {
		to = len(s.ids)
	}
	return int64(to - from)
}
