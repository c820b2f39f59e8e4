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
		"images PRIMARY KEY ((product,region,id)>(?,?,?))":                                                                             imageList(ledger.ImageQuery{After: key}),
		"images PRIMARY KEY (product=? AND (region,id)>(?,?))":                                                                         imageList(ledger.ImageQuery{Product: ledger.CVM, After: key}),
		"images PRIMARY KEY (product=? AND region=? AND id>?)":                                                                         imageList(ledger.ImageQuery{Product: ledger.CVM, Region: "r", After: key}),
		"images images_by_owner (owner=? AND product=? AND region=? AND id>?)":                                                         imageList(ledger.ImageQuery{Owner: who, Product: ledger.CVM, Region: "r"}),
		"images images_by_owner_name (owner=? AND name=? AND product=? AND region=? AND id>?)":                                         imageList(ledger.ImageQuery{Owner: who, Product: ledger.CVM, Region: "r", Name: "n"}),
		"images images_public_by_owner (owner=? AND (product,region,id)>(?,?,?))":                                                      imageList(ledger.ImageQuery{Owner: who, Public: true}),
		"snapshots PRIMARY KEY (snapshot=? AND product=? AND (region,id)>(?,?)); images PRIMARY KEY (product=? AND region=? AND id=?)": imageList(ledger.ImageQuery{Snapshot: "s", Product: ledger.CVM}),
		"images COVERING images_by_owner (owner=? AND product=? AND region=? AND id>?)":                                                count,
		"images images_by_name (name=? AND product=? AND region=? AND id>?)":                                                           imageList(ledger.ImageQuery{Name: "n", Product: ledger.CVM, Region: "r"}),
		"images images_by_name (name=? AND (product,region,id)>(?,?,?))":                                                               imageList(ledger.ImageQuery{Name: "n"}),
		"images images_public ((product,region,id)>(?,?,?))":                                                                           imageList(ledger.ImageQuery{Public: true}),
		"accounts sqlite_autoindex_accounts_1 ((cloud,digits,id)>(?,?,?))":                                                             accountList(who, 9),
		"shares PRIMARY KEY (account=? AND (product,region,owner,at,image)>(?,?,?,?,?))":                                               usableList(ledger.UsableQuery{Account: who}),
		"grantees PRIMARY KEY (owner=? AND product=? AND region=?)":                                                                    granteeList(ledger.GranteeQuery{Owner: who}),
		"grantees COVERING grantees_ending (owner=? AND product=? AND region=? AND ends>? AND ends<?)":                                 staleList(ledger.GranteeQuery{Owner: who}),
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
		wantPlan(t, s.writer.c, l, want)
	}
}

func wantPlan(t testing.TB, c *conn, l *list, want string) {
	t.Helper()
	if got := plan(t, c, l.text(), append(l.args, int64(9), int64(0))...); got != want {
		t.Errorf("%s\nplan %s\nwant %s", l.text(), got, want)
	}
}

// A list that is paged by number is counted from its index alone, and its page
// is one range of that: whatever it is narrowed by, from place to place.
func TestPlansOfSets(t *testing.T) {
	s, _ := fresh(t)
	const account, product, region = "tencent/1", "cvm", "r"
	both := []ledger.Set{ledger.Owned, ledger.Held}
	others := "e COVERING images_public (product=? AND region=? AND id>? AND id<?); s COVERING shares_public (account=? AND product=? AND region=? AND image=?)"
	for want, r := range map[string]roll{
		"e COVERING images_by_owner (owner=? AND product=? AND region=? AND id>? AND id<?)":                              ownedRoll(account, product, region),
		"e COVERING images_by_family (owner=? AND family=? AND product=? AND region=? AND id>? AND id<?)":                familyRoll(account, product, region, "f"),
		"e COVERING images_public (product=? AND region=? AND id>? AND id<?)":                                            publicRoll(product, region),
		"e COVERING images_public_by_owner (owner=? AND product=? AND region=? AND id>? AND id<?)":                       publicOfRoll(account, product, region),
		"e COVERING shares_public (account=? AND product=? AND region=? AND image>? AND image<?)":                        publicHeldRoll(account, product, region),
		"e PRIMARY KEY (account=? AND product=? AND region=? AND (owner,at,image)>(?,?,?) AND (owner,at,image)<(?,?,?))": heldRoll(account, product, region),
		others: publicRoll(product, region).except(both, account, product, region, time.Unix(0, 0)),
	} {
		p := piece{from: placeOf("a"), to: placeOf("b")}
		l := r.narrowed(p, filter{time.Unix(0, 0), []ledger.State{ledger.Available}})
		l.columns = "count(*)"
		wantPlan(t, s.writer.c, l, want)
		l = r.parts(0, p)
		wantPlan(t, s.writer.c, l, strings.Split(want, ";")[0])
		r.reading(l)
		want = strings.Replace(want, "COVERING ", "", 1)
		if r.order == byShare {
			want += "; i PRIMARY KEY (product=? AND region=? AND id=?)"
		}
		if r.order != "e.image" && r.but == "" {
			wantPlan(t, s.writer.c, l, want)
		}
	}
}

// Tallies are found by place, in whichever level.
func TestPlansOfTallies(t *testing.T) {
	s, _ := fresh(t)
	const before = "tallies PRIMARY KEY (list=? AND level=? AND (owner,at,id)<(?,?,?))"
	for text, want := range map[string]string{
		tallyAt:   before,
		tallyNext: "tallies PRIMARY KEY (list=? AND level=? AND (owner,at,id)>(?,?,?))",
		tallyBump: "tallies PRIMARY KEY (list=? AND level=? AND owner=? AND at=? AND id=?); " + before,
	} {
		args := []any{"l", "o", int64(1), "i", int64(1), int64(1), int64(1), int64(1)}
		if got := plan(t, s.writer.c, at(3, text), args...); got != want {
			t.Errorf("%s\nplan %s\nwant %s", text, got, want)
		}
	}
	wantPlan(t, s.writer.c, roll{}.parts(1, whole), "tallies PRIMARY KEY (list=? AND level=? AND (owner,at,id)>(?,?,?))")
	wantPlan(t, s.writer.c, roll{}.parts(1, piece{}), "tallies PRIMARY KEY (list=? AND level=? AND (owner,at,id)>(?,?,?) AND (owner,at,id)<(?,?,?))")
}

// plan is how SQLite answers: each table with the index it searches.
func plan(t testing.TB, c *conn, text string, args ...any) string {
	t.Helper()
	var steps []string
	err := c.query(t.Context(), func(r row) error {
		if step := r.text(3); strings.HasPrefix(step, "SEARCH") || strings.Contains(step, "SCAN") || strings.Contains(step, "TEMP") {
			steps = append(steps, strings.NewReplacer("SEARCH ", "", "USING ", "", "INDEX ", "", "INTEGER ", "").Replace(step))
		}
		return nil
	}, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
