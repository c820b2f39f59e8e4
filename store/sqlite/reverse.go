package sqlite

import (
	"context"

	"imageshare/ledger"
)

// holding is the shares that one account holds of one owner in one region: they
// stand together in shares, and have one row in grantees.
type holding struct{ account, product, region, owner string }

// span is what grantees keeps of a holding.
type span struct {
	some  bool // there are shares at all
	first int64
	ends  any // nil if none of them ends
}

// putReverse brings the reverse of an image's shares from how it was to how it
// is to be, touching only what differs. An image that changes hands, or stands
// otherwise, takes its shares along.
func (t *tx) putReverse(key ledger.ImageKey, old, is stored) error {
	same := old.owner == is.owner && old.standing == is.standing
	was := map[string]ledger.Share{}
	for _, s := range old.shares {
		was[s.Account] = s
	}
	var come []ledger.Share
	for _, s := range is.shares {
		if before, had := was[s.Account]; had && same && before.Equal(s) {
			delete(was, s.Account)
		} else {
			come = append(come, s)
		}
	}
	for _, s := range was {
		if err := t.dropReverse(key, old.known, s); err != nil {
			return err
		}
	}
	for _, s := range come {
		if err := t.addReverse(key, is.known, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) dropReverse(key ledger.ImageKey, k known, s ledger.Share) error {
	g := holdingOf(key, k.owner, s)
	if err := t.regroup(g, func() error {
		return t.exec("DELETE FROM shares WHERE account = ? AND product = ? AND region = ? AND owner = ? AND at = ? AND image = ?",
			g.account, g.product, g.region, g.owner, s.At.Unix(), key.ID)
	}); err != nil {
		return err
	}
	return g.tally(key.ID, k.standing, s, t.gone)
}

func (t *tx) addReverse(key ledger.ImageKey, k known, s ledger.Share) error {
	g := holdingOf(key, k.owner, s)
	if err := t.regroup(g, func() error {
		return t.exec("INSERT INTO shares (account, product, region, owner, at, image, until, state, ready, public) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			g.account, g.product, g.region, g.owner, s.At.Unix(), key.ID, ending(s), k.state, k.ready, k.public)
	}); err != nil {
		return err
	}
	return g.tally(key.ID, k.standing, s, t.came)
}

// ending is the end of a share as shares has it.
func ending(s ledger.Share) any {
	if s.Until.IsZero() {
		return nil
	}
	return s.Until.Unix()
}

// tally tells the lists that a share stands in.
func (g holding) tally(image string, how standing, s ledger.Share, tell func(roll, place, entry) error) error {
	e := entry{how, ending(s)}
	if err := tell(heldRoll(g.account, g.product, g.region), place{g.owner, s.At.Unix(), image}, e); err != nil || !how.public {
		return err
	}
	return tell(publicHeldRoll(g.account, g.product, g.region), placeOf(image), e)
}

func holdingOf(key ledger.ImageKey, owner string, s ledger.Share) holding {
	account := ledger.AccountKey{Cloud: key.Product.Cloud(), ID: s.Account}
	return holding{account: account.String(), product: string(key.Product), region: key.Region, owner: owner}
}

// regroup writes a share and keeps its row in grantees true. Most
// writes leave that as it is.
func (t *tx) regroup(g holding, write func() error) error {
	before, err := t.span(g)
	if err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	after, err := t.span(g)
	if err != nil || before == after {
		return err
	}
	if before.some {
		if err := t.exec("DELETE FROM grantees WHERE owner = ? AND product = ? AND region = ? AND first = ? AND digits = ? AND account = ?",
			g.owner, g.product, g.region, before.first, int64(len(number(g.account))), number(g.account)); err != nil {
			return err
		}
	}
	if !after.some {
		return nil
	}
	return t.exec("INSERT INTO grantees (owner, product, region, first, digits, account, ends) VALUES (?, ?, ?, ?, ?, ?, ?)",
		g.owner, g.product, g.region, after.first, int64(len(number(g.account))), number(g.account), after.ends)
}

// span looks at both ends of a holding; each is the first row of an index.
func (v view) span(g holding) (s span, err error) {
	ctx := context.Background()
	err = v.query(ctx, func(r row) error {
		s.some, s.first = true, r.int(0)
		return nil
	}, spanFirst, g.account, g.product, g.region, g.owner)
	if err != nil || !s.some {
		return s, err
	}
	err = v.query(ctx, func(r row) error {
		s.ends = r.int(0)
		return nil
	}, spanEnds, g.account, g.product, g.region, g.owner)
	return s, err
}

const (
	spanFirst = "SELECT at FROM shares WHERE account = ? AND product = ? AND region = ? AND owner = ? ORDER BY at LIMIT 1"
	spanEnds  = "SELECT until FROM shares INDEXED BY shares_ending WHERE account = ? AND product = ? AND region = ? AND owner = ? AND until IS NOT NULL ORDER BY until LIMIT 1"
)
