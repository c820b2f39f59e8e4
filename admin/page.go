package admin

import (
	"net/http"
	"strconv"
)

// List is one page of a list. Next is where the following one begins, to be
// given back as ?cursor=, and empty on the last page.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

const (
	usualPage = 100
	maxPage   = 1000
)

// paged reads ?limit= and ?cursor=, the parameters of every list, beside its own.
func paged(r *http.Request, own ...string) (limit int, cursor string, err error) {
	q, err := query(r, append([]string{"limit", "cursor"}, own...)...)
	if err != nil {
		return 0, "", err
	}
	limit = usualPage
	if q.Has("limit") {
		// Out of range is refused, not clamped: a page shorter than was asked
		// for would look like the last.
		if limit, err = strconv.Atoi(q.Get("limit")); err != nil || limit < 1 || limit > maxPage {
			return 0, "", badRequest("limit %q is no number from 1 to %d", q.Get("limit"), maxPage)
		}
	}
	return limit, q.Get("cursor"), nil
}
