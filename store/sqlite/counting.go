package sqlite

import (
	"context"
	"hash/fnv"
)

// How tallies are kept in step with their lists, by the write that changes
// the list and inside its savepoint.

// entry is what tallies count of one entry.
type entry struct {
	standing
	until any // when it ends, nil for never
}

// timed reports whether it counts otherwise at another moment.
func (e entry) timed() bool { return e.ready != nil || e.until != nil }

// came counts an entry that was written.
func (t *tx) came(r roll, p place, e entry) error {
	n, counted, err := t.bump(r, p, 1, e)
	if err != nil {
		return err
	}
	if !counted {
		if long, err := t.long(r, p); err != nil || !long {
			return err
		}
		return t.lay(r, 0, whole, p)
	}
	if n <= t.turn.c.block {
		return nil
	}
	b, _, err := t.blockAt(r, 0, p)
	if err != nil {
		return err
	}
	return t.lay(r, 0, b.piece, p)
}

// gone takes back an entry that was removed. A block does not remember which
// entry its moments are from, so with one that has a moment it is counted anew.
func (t *tx) gone(r roll, p place, e entry) (err error) {
	var n int64
	var counted bool
	if e.timed() {
		n, counted, err = t.recount(r, p)
	} else {
		n, counted, err = t.bump(r, p, -1, e)
	}
	if err == nil && counted && n == 0 {
		err = t.prune(r, p)
	}
	return err
}

// bump moves the numbers of the blocks that a place lies in, and tells what
// the lowest has then; counted is whether there are any.
func (t *tx) bump(r roll, p place, by int64, e entry) (n int64, counted bool, err error) {
	levels, err := t.levels(r)
	if err != nil {
		return 0, false, err
	}
	available, ready, ends := int64(0), int64(0), int64(never)
	if e.state == nil || e.ready != nil {
		available = by
	}
	if at, is := e.ready.(int64); is && by > 0 {
		ready = at
	}
	if at, is := e.until.(int64); is && by > 0 {
		ends = at
	}
	for level := range levels {
		err := t.query(context.Background(), func(row row) error {
			if level == 0 {
				n, counted = row.int(0), true
			}
			return nil
		}, at(level, tallyBump), r.name, p.owner, p.at, p.id, by, available, ready, ends)
		if err != nil {
			return 0, false, err
		}
	}
	return n, counted, nil
}

// levels is how many levels of tallies a list has: it may have fewer, since a
// change that was taken back leaves what is remembered here, but never more.
// Most lists have none, and a write of theirs asks no table.
func (t *tx) levels(r roll) (int, error) {
	c := t.turn.c
	if c.levels == nil {
		all := map[string]int{}
		if err := t.query(context.Background(), func(row row) error { all[row.text(0)] = int(row.int(1)) + 1; return nil },
			"SELECT list, max(level) FROM tallies GROUP BY list"); err != nil {
			return 0, err
		}
		c.levels = all
	}
	return c.levels[r.name], nil
}

const tallyBump = "UPDATE tallies SET n = n + ?5, available = available + ?6, ready = max(ready, ?7), ends = min(ends, ?8) " +
	"WHERE list = ?1 AND level = LEVEL AND (owner, at, id) = (SELECT owner, at, id" + tallyFrom + ") RETURNING n"

// recount is bump by counting the blocks from what is below them.
func (t *tx) recount(r roll, p place) (n int64, counted bool, err error) {
	levels, err := t.levels(r)
	for level := 0; err == nil && level < levels; level++ {
		b, found, fault := t.blockAt(r, level, p)
		if fault != nil || !found {
			return n, counted, fault
		}
		if b, _, err = t.measure(r, level, b.piece); err == nil {
			err = t.putBlock(r, level, b)
		}
		if level == 0 {
			n, counted = b.n, true
		}
	}
	return n, counted, err
}

func (t *tx) putBlock(r roll, level int, b block) error {
	return t.exec("INSERT OR REPLACE INTO tallies (list, level, owner, at, id, n, available, ready, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.name, int64(level), b.from.owner, b.from.at, b.from.id, b.n, b.available, b.ready, b.ends)
}

// long reports whether a list that has no blocks is to have some. Looking
// costs as much as the list is long, so one write in eight looks: no answer
// depends on it, and a list that is missed is found a few entries later.
func (t *tx) long(r roll, p place) (is bool, err error) {
	h := fnv.New32a()
	h.Write([]byte(p.id))
	if h.Sum32()%8 != 0 {
		return false, nil
	}
	l := r.parts(0, whole)
	l.limit, l.offset = 1, t.turn.c.block
	err = l.run(context.Background(), t.view, func(row) error { is = true; return nil })
	return is, err
}

// lay makes new blocks of a piece of a level, three quarters full, and looks
// whether the level above has to follow.
func (t *tx) lay(r roll, level int, p piece, near place) error {
	levels, err := t.levels(r)
	if err != nil {
		return err
	}
	t.turn.c.levels[r.name] = max(levels, level+1)
	_, parts, err := t.measure(r, level, p)
	if err != nil {
		return err
	}
	if err := t.drop(r, level, p); err != nil {
		return err
	}
	full := t.turn.c.block * 3 / 4
	blocks := (parts + full - 1) / full
	for rest := &p; rest != nil; {
		if rest, err = t.layOne(r, level, *rest, (parts+blocks-1)/blocks); err != nil {
			return err
		}
	}
	return t.grown(r, level+1, near)
}

// layOne makes a block of the first parts of a piece and tells what is left of
// that, nil for nothing.
func (t *tx) layOne(r roll, level int, p piece, parts int64) (rest *piece, err error) {
	next, err := t.after(r, level, p, parts)
	if err != nil {
		return nil, err
	}
	if next != nil {
		rest = &piece{*next, p.to, p.open}
		p.to, p.open = *next, false
	}
	b, _, err := t.measure(r, level, p)
	if err != nil {
		return nil, err
	}
	return rest, t.putBlock(r, level, b)
}

// after is where the part stands that has so many before it in a piece, nil
// for none.
func (t *tx) after(r roll, level int, p piece, n int64) (found *place, err error) {
	l := r.parts(level, p)
	l.limit, l.offset = 1, n
	err = l.run(context.Background(), t.view, func(row row) error {
		at := readPlace(row)
		found = &at
		return nil
	})
	return found, err
}

// grown splits the block of a level in which a place lies, or begins the
// level, if there are too many parts.
func (t *tx) grown(r roll, level int, near place) error {
	b, _, err := t.blockAt(r, level, near)
	if err != nil {
		return err
	}
	if _, parts, err := t.measure(r, level, b.piece); err != nil || parts <= t.turn.c.block {
		return err
	}
	return t.lay(r, level, b.piece, near)
}

// drop removes the blocks of a piece from a level.
func (t *tx) drop(r roll, level int, p piece) error {
	text, args := at(level, "DELETE FROM tallies WHERE list = ? AND level = LEVEL AND (owner, at, id) >= (?, ?, ?)"), []any{r.name, p.from.owner, p.from.at, p.from.id}
	if !p.open {
		text, args = text+" AND (owner, at, id) < (?, ?, ?)", append(args, p.to.owner, p.to.at, p.to.id)
	}
	return t.exec(text, args...)
}

// prune removes empty blocks that a place lies in, the highest that may go and
// all below it: a block of blocks begins where its first part does, so the
// first part of a fuller one stays, and so does the first block of a list that
// is not empty.
func (t *tx) prune(r roll, p place) error {
	empty, above, err := t.empty(r, p)
	if err != nil {
		return err
	}
	keep := above.from
	highest := len(empty) - 1
	for highest >= 0 && empty[highest].from == keep {
		highest--
	}
	for level := 0; level <= highest; level++ {
		if err := t.drop(r, level, empty[highest].piece); err != nil {
			return err
		}
	}
	if above.n > 0 {
		return nil
	}
	return t.exec("DELETE FROM tallies WHERE list = ?1 AND NOT EXISTS (SELECT 1 FROM tallies WHERE list = ?1 AND n > 0)", r.name)
}

// empty is the empty blocks that a place lies in, by level, and the block
// above them; that is empty itself where there is none.
func (t *tx) empty(r roll, p place) (all []block, above block, err error) {
	for level := 0; ; level++ {
		b, found, err := t.blockAt(r, level, p)
		if err != nil || !found || b.n > 0 {
			return all, b, err
		}
		all = append(all, b)
	}
}
