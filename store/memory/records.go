package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// named is a key id or a number: each means something in one cloud only.
type named struct {
	cloud ledger.Cloud
	text  string
}

// records is everything a store knows. It does not lock; whoever asks does.
type records struct {
	images   map[ledger.ImageKey]*ledger.Image
	accounts map[ledger.AccountKey]*ledger.Account
	keys     map[named]ledger.Credential // of every account and user
	numbers  map[named]ledger.Holder     // of every account and user
	settings map[string]string

	events []ledger.Event          // an entry's position is its index plus one
	last   map[string]ledger.Event // by entity
	tokens map[string]bool
}

func newRecords() *records {
	return &records{
		images: map[ledger.ImageKey]*ledger.Image{}, accounts: map[ledger.AccountKey]*ledger.Account{},
		keys: map[named]ledger.Credential{}, numbers: map[named]ledger.Holder{}, settings: map[string]string{},
		last: map[string]ledger.Event{}, tokens: map[string]bool{},
	}
}

func (r *records) Image(_ context.Context, key ledger.ImageKey) (*ledger.Image, error) {
	if i, ok := r.images[key]; ok {
		return i, nil
	}
	return nil, ledger.ErrNoImage
}

func (r *records) Account(_ context.Context, key ledger.AccountKey) (*ledger.Account, error) {
	if a, ok := r.accounts[key]; ok {
		return a, nil
	}
	return nil, ledger.ErrNoAccount
}

func (r *records) Credential(_ context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	if k, ok := r.keys[named{c, keyID}]; ok {
		return &k, nil
	}
	return nil, ledger.ErrNoKey
}

func (r *records) Holder(_ context.Context, c ledger.Cloud, number string) (ledger.Holder, error) {
	if h, ok := r.numbers[named{c, number}]; ok {
		return h, nil
	}
	return ledger.Holder{}, ledger.ErrNoAccount
}

func (r *records) Setting(_ context.Context, name string) (string, error) {
	return r.settings[name], nil
}

func (r *records) Images(_ context.Context, q ledger.ImageQuery) ([]*ledger.Image, error) {
	var found []*ledger.Image
	for key, i := range r.images {
		if q.After.Compare(key) < 0 && q.Match(i) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *ledger.Image) int { return a.Key.Compare(b.Key) })
	return page(found, q.Limit), nil
}

func (r *records) CountImages(ctx context.Context, q ledger.ImageQuery) (int, error) {
	q.Limit = 0
	all, err := r.Images(ctx, q)
	return len(all), err
}

func (r *records) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	all, err := r.set(ctx, q)
	all = slices.DeleteFunc(all, func(i *ledger.Image) bool { return !q.Match(i) })
	from := min(q.Offset, int64(len(all)))
	return ledger.SetPage{Images: all[from : from+min(int64(q.Limit), int64(len(all))-from)], Total: len(all), Until: r.until(q)}, err
}

// until is when one of the images of a region becomes available, or a share
// of the account's ends: a set may be another by then.
func (r *records) until(q ledger.SetQuery) (first time.Time) {
	for key, i := range r.images {
		if key.Product != q.Product || key.Region != q.Region {
			continue
		}
		first = engine.Sooner(first, i.ReadyAt, q.Now)
		for _, s := range i.Shares {
			if s.Account == q.Account.ID {
				first = engine.Sooner(first, s.Until, q.Now)
			}
		}
	}
	return first
}

// set is images in the order of a set, and more of them than are in it.
func (r *records) set(ctx context.Context, q ledger.SetQuery) (all []*ledger.Image, err error) {
	if q.Set != ledger.Held {
		return r.Images(ctx, ledger.ImageQuery{Product: q.Product, Region: q.Region})
	}
	grants, err := r.Usable(ctx, ledger.UsableQuery{Account: q.Account, Now: q.Now})
	for _, g := range grants {
		all = append(all, r.images[g.Image])
	}
	return all, err
}

func (r *records) Accounts(_ context.Context, after ledger.AccountKey, limit int) ([]*ledger.Account, error) {
	found := slices.DeleteFunc(slices.Collect(maps.Values(r.accounts)), func(a *ledger.Account) bool {
		return a.Key.Compare(after) <= 0
	})
	slices.SortFunc(found, func(a, b *ledger.Account) int { return a.Key.Compare(b.Key) })
	return page(found, limit), nil
}

func (r *records) Usable(_ context.Context, q ledger.UsableQuery) ([]ledger.Grant, error) {
	var found []ledger.Grant
	for key, i := range r.images {
		if key.Product.Cloud() != q.Account.Cloud {
			continue
		}
		for _, s := range i.Shares {
			g := ledger.Grant{Image: key, Owner: i.Owner, Share: s}
			if s.Account == q.Account.ID && !s.Ended(q.Now) && g.Compare(q.After) > 0 {
				found = append(found, g)
			}
		}
	}
	slices.SortFunc(found, ledger.Grant.Compare)
	return page(found, q.Limit), nil
}

func (r *records) Grantees(ctx context.Context, q ledger.GranteeQuery) ([]ledger.Share, int, error) {
	images, err := r.Images(ctx, ledger.ImageQuery{Owner: q.Owner, Product: q.Product, Region: q.Region})
	if err != nil {
		return nil, 0, err
	}
	first := map[string]ledger.Share{}
	for _, i := range images {
		for _, s := range i.Live(q.Now) {
			if was, seen := first[s.Account]; !seen || s.At.Before(was.At) {
				first[s.Account] = ledger.Share{Account: s.Account, At: s.At}
			}
		}
	}
	all := slices.SortedFunc(maps.Values(first), ledger.Share.Compare)
	return page(all[min(q.Offset, int64(len(all))):], int(min(q.Limit, int64(len(all))))), len(all), nil
}

func (r *records) Events(_ context.Context, q ledger.EventQuery) ([]ledger.Event, error) {
	var found []ledger.Event
	for _, e := range r.events {
		if e.Position > q.After && selects(q, e) {
			found = append(found, e)
		}
	}
	return page(found, q.Limit), nil
}

func selects(q ledger.EventQuery, e ledger.Event) bool {
	return (q.Entity == "" || q.Entity == e.Entity) &&
		(q.Account == ledger.AccountKey{} || slices.Contains(engine.Accounts(e), q.Account)) &&
		(q.Actor == "" || q.Actor == e.Actor) &&
		(q.Token == "" || q.Token == e.Token) &&
		(q.Since.IsZero() || !e.Time.Before(q.Since)) &&
		(q.Until.IsZero() || e.Time.Before(q.Until))
}

// page is the first limit of what was found; 0 means all of it.
func page[T any](found []T, limit int) []T {
	if limit > 0 && len(found) > limit {
		return found[:limit]
	}
	return found
}
