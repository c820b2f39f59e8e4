package sqlite

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"imageshare/ledger"
)

// roll is a list that is paged by number. Its entries stand in an index that
// has its order and tells of each when its share ends and how its image
// stands, so that entries are counted without reading records.
type roll struct {
	name   string // in tallies
	from   string // the entries, as e
	images string // joins the images of entries, as i; "" where an entry is the image
	where  string
	args   []any
	order  string // what places are made of: an id, or byShare
	until  string // when an entry ends; NULL if none does

	// A list may leave out entries that its tallies count: which, and the
	// lists of just those.
	but     string
	butArgs []any
	minus   []roll
}

const byShare = "e.owner, e.at, e.image"

// place is where an entry stands in its list: by owner, start and id in a list
// of shares; by id alone, owner "" and at 0, in a list of images.
type place struct {
	owner string
	at    int64
	id    string
}

func placeOf(id string) place { return place{id: id} }

// piece is a part of a list, from a place on; up to another, or to the end.
type piece struct {
	from, to place
	open     bool // to the end
}

// whole begins before every place there is.
var whole = piece{from: place{at: math.MinInt64}, open: true}

// imageRoll is a list of images, ordered by id.
func imageRoll(kind, index, where string, args ...string) roll {
	r := roll{name: kind, from: "images e INDEXED BY " + index, where: where, order: "e.id", until: "NULL"}
	return r.with(args)
}

// with says whose list it is. Quoted, no two lists have one name.
func (r roll) with(args []string) roll {
	name := []byte(r.name)
	for _, a := range args {
		name = strconv.AppendQuote(append(name, ' '), a)
		r.args = append(r.args, a)
	}
	r.name = string(name)
	return r
}

func ownedRoll(account, product, region string) roll {
	return imageRoll("owned", "images_by_owner", "e.owner = ? AND e.product = ? AND e.region = ?", account, product, region)
}

func familyRoll(account, product, region, family string) roll {
	return imageRoll("family", "images_by_family", "e.family <> '' AND e.owner = ? AND e.product = ? AND e.region = ? AND e.family = ?", account, product, region, family)
}

func publicRoll(product, region string) roll {
	return imageRoll("public", "images_public", "e.public = 1 AND e.product = ? AND e.region = ?", product, region)
}

func publicOfRoll(account, product, region string) roll {
	return imageRoll("public-of", "images_public_by_owner", "e.public = 1 AND e.owner = ? AND e.product = ? AND e.region = ?", account, product, region)
}

func heldRoll(account, product, region string) roll {
	r := roll{
		name: "held", from: "shares e", images: " CROSS JOIN images i ON i.product = e.product AND i.region = e.region AND i.id = e.image",
		where: "e.account = ? AND e.product = ? AND e.region = ?", order: byShare, until: "e.until",
	}
	return r.with([]string{account, product, region})
}

// publicHeldRoll is the shares of images that are public besides, by id.
func publicHeldRoll(account, product, region string) roll {
	r := heldRoll(account, product, region)
	r.name, r.from, r.where, r.order = "public-"+r.name, "shares e INDEXED BY shares_public", "e.public = 1 AND "+r.where, "e.image"
	return r
}

// except leaves out what is the account's own or held by it. (Nobody holds a
// share of his own image.)
func (r roll) except(sets []ledger.Set, account, product, region string, now time.Time) roll {
	var but []string
	if slices.Contains(sets, ledger.Owned) {
		but, r.butArgs = append(but, "e.owner <> ?"), append(r.butArgs, account)
		r.minus = append(r.minus, publicOfRoll(account, product, region))
	}
	if slices.Contains(sets, ledger.Held) {
		but = append(but, "NOT EXISTS (SELECT 1 FROM shares s INDEXED BY shares_public WHERE s.public = 1 AND "+
			"s.account = ? AND s.product = ? AND s.region = ? AND s.image = e.id AND (s.until IS NULL OR s.until > ?))")
		r.butArgs = append(r.butArgs, account, product, region, now.Unix())
		r.minus = append(r.minus, publicHeldRoll(account, product, region))
	}
	r.but = strings.Join(but, " AND ")
	return r
}

// entries selects the entries of a piece, whatever their state.
func (r roll) entries(p piece) *list {
	l := &list{from: r.from, order: r.order}
	l.and(r.where, r.args...)
	r.bound(l, ">=", p.from)
	if !p.open {
		r.bound(l, "<", p.to)
	}
	return l
}

func (r roll) bound(l *list, than string, p place) {
	if r.order == byShare {
		l.and("("+byShare+") "+than+" (?, ?, ?)", p.owner, p.at, p.id)
	} else {
		l.and(r.order+" "+than+" ?", p.id)
	}
}

// places are the columns of a place.
func (r roll) places() string {
	if r.order == byShare {
		return byShare
	}
	return "'', 0, " + r.order
}

// narrowed is what of the entries a filter leaves.
func (r roll) narrowed(p piece, f filter) *list {
	l := r.entries(p)
	if r.until != "NULL" {
		// Ends are whole seconds, so the part of a second in now does not matter.
		l.and("("+r.until+" IS NULL OR "+r.until+" > ?)", f.now.Unix())
	}
	if f.states != nil {
		l.and("CASE WHEN e.state IS NULL OR e.ready <= ? THEN 'available' ELSE e.state END IN ("+marks(len(f.states))+")", f.now.UnixMilli())
		for _, s := range f.states {
			l.args = append(l.args, string(s))
		}
	}
	if r.but != "" {
		l.and(r.but, r.butArgs...)
	}
	return l
}

// marks is places for n values in a statement.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// filter is which entries of a list are asked for: those that stand at a moment.
type filter struct {
	now    time.Time
	states []ledger.State // nil for all
}

// of is how many entries of a block it leaves, if the block's tally can tell.
func (f filter) of(b block) (n int64, known bool) {
	available := slices.Contains(f.states, ledger.Available)
	switch {
	case b.ends <= f.now.Unix():
		return 0, false
	case f.states == nil:
		return b.n, true
	case b.ready > f.now.UnixMilli():
		return 0, false
	case available:
		return b.available, b.available == b.n || len(f.states) == 1
	}
	return 0, b.available == b.n || len(f.states) == 0
}
