package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"imageshare/ledger"
)

// list is a statement put together from what a query asks for. Each names the
// index it walks: that one has the list's own order and needs no sorting, and
// the choice does not depend on statistics. A test looks at the plans.
type list struct {
	columns, from, order string
	where                []string
	args                 []any
	limit                int
	offset               int64
}

func (l *list) and(condition string, args ...any) {
	l.where = append(l.where, condition)
	l.args = append(l.args, args...)
}

func (l *list) text() string {
	where := strings.Join(l.where, " AND ")
	if where == "" {
		where = "true"
	}
	return "SELECT " + l.columns + " FROM " + l.from + " WHERE " + where + " ORDER BY " + l.order + " LIMIT ? OFFSET ?"
}

// run runs the statement; a limit of 0 means none.
func (l *list) run(ctx context.Context, v view, see func(row) error) error {
	limit := int64(-1)
	if l.limit > 0 {
		limit = int64(l.limit)
	}
	return v.query(ctx, see, l.text(), append(l.args, limit, l.offset)...)
}

func (v view) Images(ctx context.Context, q ledger.ImageQuery) (found []*ledger.Image, err error) {
	l := imageList(q)
	l.columns, l.limit = "owner, name, public, record, shares, product, region, id", q.Limit
	err = l.run(ctx, v, func(r row) error {
		key := ledger.ImageKey{Product: ledger.Product(r.text(5)), Region: r.text(6), ID: r.text(7)}
		i, err := readImage(key, r)
		found = append(found, i)
		return err
	})
	return found, err
}

// CountImages counts by an index. The images of an owner in a region, which
// each new one asks for, are a list that is counted already.
func (v view) CountImages(ctx context.Context, q ledger.ImageQuery) (n int, err error) {
	mine := ledger.ImageQuery{Product: q.Product, Region: q.Region, Owner: q.Owner, Limit: q.Limit}
	if q == mine && q.Product != "" && (q.Region != "" || !q.Product.Regional()) && q.Owner.ID != "" {
		p, err := v.ImageSet(ctx, ledger.SetQuery{Set: ledger.Owned, Account: q.Owner, Product: q.Product, Region: q.Region})
		return p.Total, err
	}
	l := imageList(q)
	l.columns, l.order = "count(*)", "1"
	err = l.run(ctx, v, func(r row) error {
		n = int(r.int(0))
		return nil
	})
	return n, err
}

// imageList selects images by the index that the fields of the query leave
// the fewest rows of; the other fields are compared row by row.
func imageList(q ledger.ImageQuery) *list {
	l := &list{from: "images", order: "product, region, id"}
	owned := q.Owner != ledger.AccountKey{}
	switch {
	case q.Snapshot != "":
		l.from = "snapshots CROSS JOIN images USING (product, region, id)"
	case owned && q.Name != "":
		l.from = "images INDEXED BY images_by_owner_name"
	case owned && q.Public:
		l.from = "images INDEXED BY images_public_by_owner"
	case owned:
		l.from = "images INDEXED BY images_by_owner"
	case q.Name != "":
		l.from = "images INDEXED BY images_by_name"
	case q.Public:
		l.from = "images INDEXED BY images_public"
	}
	if q.Snapshot != "" {
		l.and("snapshot = ?", q.Snapshot)
	}
	if owned {
		l.and("owner = ?", q.Owner.String())
	}
	if q.Name != "" {
		l.and("name = ?", q.Name)
	}
	if q.Public {
		l.and("public = 1") // a literal, or the partial index would not serve
	}
	l.behind(q)
	return l
}

// behind selects the keys after q.After. Comparing whole keys as well as the
// product would have the index start at the product; it has to start at the
// key, or each page would walk over the pages before it.
func (l *list) behind(q ledger.ImageQuery) {
	after := q.After
	if q.Product == "" {
		l.and("(product, region, id) > (?, ?, ?)", string(after.Product), after.Region, after.ID)
		if q.Region != "" {
			l.and("region = ?", q.Region)
		}
		return
	}
	l.and("product = ?", string(q.Product))
	switch {
	case after.Product > q.Product || (q.Region != "" && after.Product == q.Product && after.Region > q.Region):
		l.and("false")
	case after.Product < q.Product || (q.Region != "" && after.Region < q.Region):
		after = ledger.ImageKey{}
	}
	if q.Region != "" {
		l.and("region = ? AND id > ?", q.Region, after.ID)
	} else {
		l.and("(region, id) > (?, ?)", after.Region, after.ID)
	}
}

func (v view) Accounts(ctx context.Context, after ledger.AccountKey, limit int) (found []*ledger.Account, err error) {
	err = accountList(after, limit).run(ctx, v, func(r row) error {
		a, err := readAccount(ledger.AccountKey{Cloud: ledger.Cloud(r.text(0)), ID: r.text(1)}, r.text(2))
		found = append(found, a)
		return err
	})
	return found, err
}

func accountList(after ledger.AccountKey, limit int) *list {
	l := &list{columns: "cloud, id, record", from: "accounts", order: "cloud, digits, id", limit: limit}
	l.and("(cloud, digits, id) > (?, ?, ?)", string(after.Cloud), int64(len(after.ID)), after.ID)
	return l
}

func (v view) Usable(ctx context.Context, q ledger.UsableQuery) (found []ledger.Grant, err error) {
	err = usableList(q).run(ctx, v, func(r row) error {
		g := ledger.Grant{
			Image: ledger.ImageKey{Product: ledger.Product(r.text(0)), Region: r.text(1), ID: r.text(2)},
			Owner: number(r.text(5)),
			Share: ledger.Share{Account: q.Account.ID, At: time.Unix(r.int(3), 0).UTC()},
		}
		if r[4] != nil {
			g.Until = time.Unix(r.int(4), 0).UTC()
		}
		found = append(found, g)
		return nil
	})
	return found, err
}

func usableList(q ledger.UsableQuery) *list {
	l := &list{columns: "product, region, image, at, until, owner", from: "shares", order: "product, region, owner, at, image", limit: q.Limit}
	after := q.After
	owner := ""
	if after.Owner != "" {
		owner = ledger.AccountKey{Cloud: q.Account.Cloud, ID: after.Owner}.String()
	}
	l.and("account = ?", q.Account.String())
	l.and("(product, region, owner, at, image) > (?, ?, ?, ?, ?)",
		string(after.Image.Product), after.Image.Region, owner, after.At.Unix(), after.Image.ID)
	// Ends are whole seconds, so the part of a second in now does not matter.
	l.and("(until IS NULL OR until > ?)", q.Now.Unix())
	return l
}

func (v view) Events(ctx context.Context, q ledger.EventQuery) (found []ledger.Event, err error) {
	err = eventList(q).run(ctx, v, func(r row) error {
		e := ledger.Event{}
		if err := json.Unmarshal([]byte(r.text(2)), &e); err != nil {
			return fmt.Errorf("%w: entry %d of the history: %w", ErrDamaged, r.int(0), err)
		}
		e.Position, e.Hash = r.int(0), r.text(1)
		found = append(found, e)
		return nil
	})
	return found, err
}

// eventList selects entries by the index that leaves the fewest; the other
// fields are compared row by row.
func eventList(q ledger.EventQuery) *list {
	l := &list{columns: "e.position, e.hash, e.record", from: "events e", order: "e.position", limit: q.Limit}
	about := q.Account != ledger.AccountKey{}
	switch {
	case q.Token != "":
		l.from = "events e INDEXED BY events_by_token"
	case q.Entity != "":
		l.from = "events e INDEXED BY events_by_entity"
	case about:
		l.from = "event_accounts a CROSS JOIN events e ON e.position = a.position"
		l.order = "a.position"
	case q.Actor != "":
		l.from = "events e INDEXED BY events_by_actor"
	}
	if about {
		l.about(q.Account)
	}
	if q.Token != "" {
		l.and("e.token = ? AND e.token <> ''", q.Token) // or the partial index would not serve
	}
	if q.Entity != "" {
		l.and("e.entity = ?", q.Entity)
	}
	if q.Actor != "" {
		l.and("e.actor = ?", q.Actor)
	}
	l.within(q)
	return l
}

// about selects entries that begin or end a share of an account: walking them,
// or looking for one while another index is walked.
func (l *list) about(who ledger.AccountKey) {
	if l.order == "a.position" {
		l.and("a.account = ?", who.String())
		return
	}
	l.and("EXISTS (SELECT 1 FROM event_accounts a WHERE a.account = ? AND a.position = e.position)", who.String())
}

// within selects positions and times. Times need not rise with the positions,
// but latest does: it tells where to begin.
func (l *list) within(q ledger.EventQuery) {
	l.and(l.order+" > ?", q.After)
	if !q.Since.IsZero() {
		since := millis(q.Since)
		l.and(l.order+" >= (SELECT position FROM events INDEXED BY events_by_latest WHERE latest >= ? ORDER BY latest, position LIMIT 1)", since)
		l.and("e.time >= ?", since)
	}
	if !q.Until.IsZero() {
		l.and("e.time < ?", millis(q.Until))
	}
}

// millis is the first whole millisecond that is not before t: entries have
// whole ones, so it bounds them just as t does.
func millis(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		ms++
	}
	return ms
}
