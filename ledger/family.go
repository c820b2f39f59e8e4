package ledger

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Newest is the image of a family that was made last, of those of the caller's
// own in a region that are available; nil if there is none. It looks at each
// image of the family.
func (l *Ledger) Newest(ctx context.Context, c Caller, p Product, region, family string) (*Seen, error) {
	all, _, err := l.See(ctx, c, View{
		Product: p, Region: region, Sets: []Set{Owned}, Family: family, States: []State{Available}, Limit: math.MaxInt64,
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	newest := slices.MaxFunc(all, func(a, b Seen) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), a.Key.Compare(b.Key))
	})
	return &newest, nil
}
