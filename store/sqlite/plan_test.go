package sqlite

import (
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
)

// No list may look at more than it answers, nor sort. What has no index of its
// own walks the list's order and says so here.
func TestPlans(t *testing.T) {
	s, _ := fresh(t)
	who, key := ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}, ledger.ImageKey{Product: ledger.CVM, Region: "r", ID: "i"}
	noon := time.Unix(0, 0)
	count := imageList(ledger.ImageQuery{Owner: who, Product: ledger.CVM, Region: "r"})
	count.columns, count.order = "count(*)", "1"
	for want, l := range map[string]*list{
		"images PRIMARY KEY ((product,region,id)>(?,?,?))":                                             imageList(ledger.ImageQuery{After: key}),
		"images PRIMARY KEY (product=? AND (region,id)>(?,?))":                                         imageList(ledger.ImageQuery{Product: ledger.CVM, After: key}),
		"images PRIMARY KEY (product=? AND region=? AND id>?)":                                         imageList(ledger.ImageQuery{Product: ledger.CVM, Region: "r", After: key}),
		"images images_by_owner (owner=? AND product=? AND region=? AND id>?)":                         imageList(ledger.ImageQuery{Owner: who, Product: ledger.CVM, Region: "r", Name: "n"}),
		"images images_by_owner (owner=? AND (product,region,id)>(?,?,?))":                             imageList(ledger.ImageQuery{Owner: who, Public: true}),
		"images COVERING images_by_owner (owner=? AND product=? AND region=? AND id>?)":                count,
		"images images_by_name (name=? AND product=? AND region=? AND id>?)":                           imageList(ledger.ImageQuery{Name: "n", Product: ledger.CVM, Region: "r"}),
		"images images_by_name (name=? AND (product,region,id)>(?,?,?))":                               imageList(ledger.ImageQuery{Name: "n"}),
		"images images_public ((product,region,id)>(?,?,?))":                                           imageList(ledger.ImageQuery{Public: true}),
		"accounts sqlite_autoindex_accounts_1 ((cloud,digits,id)>(?,?,?))":                             accountList(who, 9),
		"shares PRIMARY KEY (account=? AND (product,region,owner,at,image)>(?,?,?,?,?))":               usableList(ledger.UsableQuery{Account: who}),
		"grantees PRIMARY KEY (owner=? AND product=? AND region=?)":                                    granteeList(ledger.GranteeQuery{Owner: who}),
		"grantees COVERING grantees_ending (owner=? AND product=? AND region=? AND ends>? AND ends<?)": staleList(ledger.GranteeQuery{Owner: who}),
		"images COVERING images_by_owner (owner=? AND product=? AND region=?)":                         setList(ledger.SetQuery{Set: ledger.Owned, Account: who}),
		"images COVERING images_public (product=? AND region=?)":                                       setList(ledger.SetQuery{Set: ledger.Public}),
		"shares PRIMARY KEY (account=? AND product=? AND region=?)":                                    setList(ledger.SetQuery{Set: ledger.Held, Account: who}),
		"e PRIMARY KEY (rowid>?)":                                              eventList(ledger.EventQuery{After: 9}),
		"e events_by_token (token=? AND rowid>?)":                              eventList(ledger.EventQuery{Token: "t", Entity: "e"}),
		"e events_by_entity (entity=? AND rowid>?)":                            eventList(ledger.EventQuery{Entity: "e", Until: noon}),
		"e events_by_actor (actor=? AND rowid>?)":                              eventList(ledger.EventQuery{Actor: "a"}),
		"a PRIMARY KEY (account=? AND position>?); e PRIMARY KEY (rowid=?)":    eventList(ledger.EventQuery{Account: who, Actor: "a"}),
		"e PRIMARY KEY (rowid>?); events COVERING events_by_latest (latest>?)": eventList(ledger.EventQuery{Since: noon, Until: noon}),
	} {
		if l.columns == "" {
			l.columns = "record"
		}
		if got := plan(t, s.writer.c, l); got != want {
			t.Errorf("%s\nplan %s\nwant %s", l.text(), got, want)
		}
	}
}

// plan is how SQLite answers a list: each table with the index it searches.
func plan(t testing.TB, c *conn, l *list) string {
	t.Helper()
	var steps []string
	err := c.query(t.Context(), func(r row) error {
		if step := r.text(3); strings.HasPrefix(step, "SEARCH") || strings.Contains(step, "SCAN") || strings.Contains(step, "TEMP") {
			steps = append(steps, strings.NewReplacer("SEARCH ", "", "USING ", "", "INDEX ", "", "INTEGER ", "").Replace(step))
		}
		return nil
	}, "EXPLAIN QUERY PLAN "+l.text(), append(l.args, int64(9), int64(0))...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
