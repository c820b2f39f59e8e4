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
	gone, come := old.shares, is.shares
	if old.owner == is.owner && old.standing == is.standing {
		gone, come = ledger.ShareDiff(gone, come)
	}
	for _, s := range gone {
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
	before, err := t.span(g)
	if err != nil {
		return err
	}
	if err := t.exec("DELETE FROM shares WHERE account = ? AND product = ? AND region = ? AND owner = ? AND at = ? AND image = ?",
		g.account, g.product, g.region, g.owner, s.At.Unix(), key.ID); err != nil {
		return err
	}
	after := before
	if before.endsWith(s) {
		if after, err = t.span(g); err != nil {
			return err
		}
	}
	if err := t.regroup(g, before, after); err != nil {
		return err
	}
	return g.tally(key.ID, k.standing, s, t.gone)
}

func (t *tx) addReverse(key ledger.ImageKey, k known, s ledger.Share) error {
	g := holdingOf(key, k.owner, s)
	before, err := t.span(g)
	if err != nil {
		return err
	}
	if err := t.exec("INSERT INTO shares (account, product, region, owner, at, image, until, state, ready, public) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		g.account, g.product, g.region, g.owner, s.At.Unix(), key.ID, ending(s), k.state, k.ready, k.public); err != nil {
		return err
	}
	if err := t.regroup(g, before, before.with(s)); err != nil {
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

// regroup keeps a holding's row in grantees true. Most writes of shares leave
// it as it is.
func (t *tx) regroup(g holding, before, after span) error {
	if before == after {
		return nil
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
	err = v.query(context.Background(), func(r row) error {
		s.some, s.first, s.ends = true, r.int(0), r.intOr(1)
		return nil
	}, spanOf, g.account, g.product, g.region, g.owner)
	return s, err
}

const spanOf = "SELECT at, (SELECT until FROM shares INDEXED BY shares_ending WHERE account = ?1 AND product = ?2 AND region = ?3 AND owner = ?4 AND until IS NOT NULL ORDER BY until LIMIT 1) " +
	"FROM shares WHERE account = ?1 AND product = ?2 AND region = ?3 AND owner = ?4 ORDER BY at LIMIT 1"

// with is the span with one share more.
func (s span) with(share ledger.Share) span {
	if at := share.At.Unix(); !s.some || at < s.first {
		s.first = at
	}
	if end := ending(share); end != nil && (s.ends == nil || end.(int64) < s.ends.(int64)) {
		s.ends = end
	}
	s.some = true
	return s
}

// endsWith reports whether it is another without one of its shares, or may be.
func (s span) endsWith(share ledger.Share) bool {
	return share.At.Unix() == s.first || (!share.Until.IsZero() && share.Until.Unix() == s.ends)
}
