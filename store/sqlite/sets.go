package sqlite

import (
	"context"

	"imageshare/ledger"
)

// ImageSet finds its page in one range of an index.
func (v view) ImageSet(ctx context.Context, q ledger.SetQuery) (page []*ledger.Image, total int, err error) {
	l := setList(q)
	l.columns, l.order = "count(*)", "1"
	if err := l.run(ctx, v, func(r row) error { total = int(r.int(0)); return nil }); err != nil || q.Limit == 0 {
		return nil, total, err
	}
	l = setList(q)
	l.limit, l.offset = q.Limit, q.Offset
	var ids []string
	if err := l.run(ctx, v, func(r row) error { ids = append(ids, r.text(0)); return nil }); err != nil {
		return nil, 0, err
	}
	for _, id := range ids {
		i, err := v.Image(ctx, ledger.ImageKey{Product: q.Product, Region: q.Region, ID: id})
		if err != nil {
			return nil, 0, err
		}
		page = append(page, i)
	}
	return page, total, nil
}

// setList selects the ids of a set from its index.
func setList(q ledger.SetQuery) *list {
	l := &list{columns: "id", from: "images INDEXED BY images_public", order: "id"}
	switch q.Set {
	case ledger.Owned:
		l.from = "images INDEXED BY images_by_owner"
		l.and("owner = ?", q.Account.String())
	case ledger.Public:
		l.and("public = 1")
	case ledger.Held:
		l.columns, l.from, l.order = "image", "shares", "owner, at, image"
		l.and("account = ? AND (until IS NULL OR until > ?)", q.Account.String(), q.Now.Unix())
	}
	l.and("product = ? AND region = ?", string(q.Product), q.Region)
	return l
}
