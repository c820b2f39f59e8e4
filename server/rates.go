package server

import (
	"sync"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// rates counts calls in fixed windows of one second, by account and action,
// as the vendors document their limits. The generations of one action count
// together: they are ways to say the same.
type rates struct {
	Rates
	*window
}

type window struct {
	sync.Mutex
	second int64
	counts map[rateKey]int
}

type rateKey struct {
	account         ledger.AccountKey
	product, action string
}

func newRates(r Rates) rates {
	return rates{Rates: r, window: &window{counts: map[rateKey]int{}}}
}

// take counts one call, or answers TooOften.
func (r rates) take(now time.Time, account ledger.AccountKey, a *api.Action) error {
	limit, named := 0, false
	if len(r.Over) > 0 {
		limit, named = r.Over[a.Product+":"+a.Name]
	}
	if !named && r.Documented {
		limit = a.Rate
	}
	if limit == 0 {
		return nil
	}
	if n := r.count(now.Unix(), rateKey{account, a.Product, a.Name}); n > limit {
		return &api.TooOften{Count: n, Limit: limit}
	}
	return nil
}

// late is how far behind others, in seconds, a request may come that is counted
// with them: it waited for a processor since its moment was taken. One that is
// further behind is of a clock that was set back.
const late = 60

// count forgets everything when a second is over, so its size is that of the
// busiest second. Whoever comes late counts in the one that there is.
func (w *window) count(second int64, k rateKey) int {
	w.Lock()
	defer w.Unlock()
	if ahead := second - w.second; ahead > 0 || ahead < -late {
		clear(w.counts)
		w.second = second
	}
	w.counts[k]++
	return w.counts[k]
}
