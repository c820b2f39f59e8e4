package sqlite

import (
	"context"
	"slices"
	"time"

	"imageshare/ledger"
)

// Grantees reads one range of an index, however many images there are. Only
// where a share has ended since its image was written, which no wire can bring
// about, is the whole list looked at: its order may be another by now.
func (v view) Grantees(ctx context.Context, q ledger.GranteeQuery) (page []ledger.Share, total int, err error) {
	stale := false
	if err := staleList(q).run(ctx, v, func(row) error { stale = true; return nil }); err != nil {
		return nil, 0, err
	}
	if stale {
		return v.granteesNow(ctx, q)
	}
	count := granteeList(q)
	count.columns, count.order, count.limit = "count(*)", "1", 0
	if err := count.run(ctx, v, func(r row) error { total = int(r.int(0)); return nil }); err != nil {
		return nil, 0, err
	}
	l := granteeList(q)
	l.limit, l.offset = int(min(q.Limit, int64(total))), min(q.Offset, int64(total))
	err = l.run(ctx, v, func(r row) error {
		page = append(page, ledger.Share{Account: r.text(1), At: time.Unix(r.int(0), 0).UTC()})
		return nil
	})
	return page, total, err
}

// granteesNow looks up the first live share of each holding in which one ended.
func (v view) granteesNow(ctx context.Context, q ledger.GranteeQuery) ([]ledger.Share, int, error) {
	var all []ledger.Share
	var old []string // accounts whose row no longer tells
	err := granteeList(q).run(ctx, v, func(r row) error {
		if r[2] != nil && r.int(2) <= q.Now.Unix() {
			old = append(old, r.text(1))
		} else {
			all = append(all, ledger.Share{Account: r.text(1), At: time.Unix(r.int(0), 0).UTC()})
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	for _, account := range old {
		err := v.query(ctx, func(r row) error {
			all = append(all, ledger.Share{Account: account, At: time.Unix(r.int(0), 0).UTC()})
			return nil
		}, firstLive, ledger.AccountKey{Cloud: q.Owner.Cloud, ID: account}.String(), string(q.Product), q.Region, q.Owner.String(), q.Now.Unix())
		if err != nil {
			return nil, 0, err
		}
	}
	slices.SortFunc(all, ledger.Share.Compare)
	offset := min(q.Offset, int64(len(all)))
	end := int64(len(all))
	if q.Limit > 0 {
		end = offset + min(q.Limit, end-offset)
	}
	return all[offset:end], len(all), nil
}

const firstLive = "SELECT at FROM shares WHERE account = ? AND product = ? AND region = ? AND owner = ? AND (until IS NULL OR until > ?) ORDER BY at LIMIT 1"

func granteeList(q ledger.GranteeQuery) *list {
	l := &list{columns: "first, account, ends", from: "grantees", order: "first, digits, account"}
	l.and("owner = ? AND product = ? AND region = ?", q.Owner.String(), string(q.Product), q.Region)
	return l
}

// staleList finds whether a share ended whose image was not written since.
func staleList(q ledger.GranteeQuery) *list {
	l := &list{columns: "1", from: "grantees INDEXED BY grantees_ending", order: "ends", limit: 1}
	l.and("owner = ? AND product = ? AND region = ? AND ends IS NOT NULL AND ends <= ?", q.Owner.String(), string(q.Product), q.Region, q.Now.Unix())
	return l
}
