package sqlite

import (
	"context"
	"strconv"
	"strings"
)

// A list that is longer than a block has a row in tallies for each block of
// its entries. A level that has more blocks than a block may have entries has
// a level above it, whose blocks are of blocks: so a number is found, and a
// list counted, by looking at a few blocks of each level. A short list, which
// most are, has no rows, and is counted as it is.
//
// A block also keeps from when on and until when its numbers hold by
// themselves: an image may become available, and a share end, without a
// write. Outside of that its entries are looked at, one by one.

// blockSize is how many entries, or blocks of the level below, a block has at
// most. Tests have smaller ones.
const blockSize = 128

// block is a row of tallies.
type block struct {
	piece
	n, available, ready, ends int64
}

// never is the first moment that no record can have, in seconds of 1970.
const never = 253402300800

const tallyColumns = "owner, at, id, n, available, ready, ends"

// blocks are those of a level that a piece has a part in; the first is taken
// to begin, and the last to end, with the piece. A ragged piece begins inside
// a block.
func (v view) blocks(ctx context.Context, r roll, level int, p piece, ragged bool) (found []block, err error) {
	from := p.from
	if ragged {
		b, _, err := v.blockAt(r, level, from)
		if err != nil {
			return nil, err
		}
		from = b.from
	}
	l := r.parts(level+1, piece{from, p.to, p.open})
	l.columns = tallyColumns
	err = l.run(ctx, v, func(row row) error {
		b := block{piece{readPlace(row), p.to, p.open}, row.int(3), row.int(4), row.int(5), row.int(6)}
		if last := len(found) - 1; last >= 0 {
			found[last].to, found[last].open = b.from, false
		} else {
			b.from = p.from
		}
		found = append(found, b)
		return nil
	})
	return found, err
}

func readPlace(r row) place { return place{r.text(0), r.int(1), r.text(2)} }

// top is the highest level that a list has, -1 if it has none.
func (v view) top(ctx context.Context, r roll) (level int, err error) {
	level = -1
	err = v.query(ctx, func(row row) error { level = int(row.int(0)); return nil },
		"SELECT level FROM tallies WHERE list = ? ORDER BY level DESC LIMIT 1", r.name)
	return level, err
}

// blockAt is the block of a level in which a place lies.
func (v view) blockAt(r roll, level int, p place) (b block, found bool, err error) {
	b.piece = whole
	err = v.query(context.Background(), func(row row) error {
		found, b.from, b.n = true, readPlace(row), row.int(3)
		return nil
	}, at(level, tallyAt), r.name, p.owner, p.at, p.id)
	if err == nil && found {
		err = v.query(context.Background(), func(row row) error {
			b.to, b.open = readPlace(row), false
			return nil
		}, at(level, tallyNext), r.name, p.owner, p.at, p.id)
	}
	return b, found, err
}

const (
	tallyFrom = " FROM tallies WHERE list = ?1 AND level = LEVEL AND (owner, at, id) <= (?2, ?3, ?4) ORDER BY owner DESC, at DESC, id DESC LIMIT 1"
	tallyAt   = "SELECT owner, at, id, n" + tallyFrom
	tallyNext = "SELECT owner, at, id FROM tallies WHERE list = ?1 AND level = LEVEL AND (owner, at, id) > (?2, ?3, ?4) ORDER BY owner, at, id LIMIT 1"
)

// at writes a level into a statement. As a parameter it would have SQLite plan
// the statement anew whenever it changes from 0 or 1 to more.
func at(level int, text string) string {
	return strings.ReplaceAll(text, "LEVEL", strconv.Itoa(level))
}

// parts selects what a block of a level is made of: entries, or blocks.
func (r roll) parts(level int, p piece) *list {
	if level == 0 {
		l := r.entries(p)
		l.columns = r.places()
		return l
	}
	l := &list{columns: "owner, at, id", from: "tallies", order: "owner, at, id"}
	l.and(at(level-1, "list = ? AND level = LEVEL"), r.name)
	l.and("(owner, at, id) >= (?, ?, ?)", p.from.owner, p.from.at, p.from.id)
	if !p.open {
		l.and("(owner, at, id) < (?, ?, ?)", p.to.owner, p.to.at, p.to.id)
	}
	return l
}

// measure counts a piece by what lies below a level, and how many parts it has.
func (v view) measure(r roll, level int, p piece) (b block, parts int64, err error) {
	l := r.parts(level, p)
	l.order = "1"
	l.columns = "count(*), count(*), ifnull(sum(e.state IS NULL OR e.ready IS NOT NULL), 0), max(0, ifnull(max(e.ready), 0)), ifnull(min(" + r.until + "), 253402300800)"
	if level > 0 {
		l.columns = "count(*), ifnull(sum(n), 0), ifnull(sum(available), 0), ifnull(max(ready), 0), ifnull(min(ends), 253402300800)"
	}
	err = l.run(context.Background(), v, func(row row) error {
		parts, b = row.int(0), block{p, row.int(1), row.int(2), row.int(3), row.int(4)}
		return nil
	})
	return b, parts, err
}
