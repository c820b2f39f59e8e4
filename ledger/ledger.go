// Package ledger is the domain: accounts, images, shares, and the rules of
// who may use which image. It says what is true and knows no wire, no engine
// and no clock of its own; a store remembers what it decides, a dialect
// spells it, and both depend on this package, never the other way round.
//
// A share gives one account the use of one image in the image's own region.
// Only the owner shares, cancels and lists. Every rule is checked inside the
// engine's transaction, so two callers racing for the last place of a quota
// cannot both win, and a change lands with its history or not at all.
//
// Limits: image bytes are out of scope, an image is a record. Account numbers
// are text throughout: twenty digits do not fit 64 bits.
package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config says how a Ledger decides. The zero value of each field but Store is usable.
type Config struct {
	Store Store
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Random is where new ids come from; nil means crypto/rand.
	Random io.Reader
	// Regions are the built-in region ids of each product that has regions.
	// A list written by Editor.Regions replaces the product's own.
	Regions map[Product][]string
	// ShareQuotas are accounts per image; a product not named keeps its documented number.
	ShareQuotas map[Product]int
	// ImageQuotas are images per account and region, in the same way.
	ImageQuotas map[Product]int
	// Transition is how long an image that an action makes stays in its first
	// state; 0: it is available at once.
	Transition time.Duration
	// KnownAccountsOnly refuses owners and targets that are not registered.
	KnownAccountsOnly bool
}

// Ledger applies the rules over one store. It is safe for concurrent use.
type Ledger struct {
	store       Store
	now         func() time.Time
	random      io.Reader
	builtin     map[Product][]string
	shareQuotas map[Product]int
	imageQuotas map[Product]int
	transition  time.Duration
	knownOnly   bool
	regions     atomic.Pointer[map[Product][]string] // in force: built in, or written over
	loading     sync.Mutex                           // held while regions are read anew
}

// New opens a ledger over a store; it reads the stored region lists once.
func New(ctx context.Context, c Config) (*Ledger, error) {
	l := &Ledger{
		store: c.Store, now: c.Now, random: c.Random, builtin: c.Regions, shareQuotas: c.ShareQuotas,
		imageQuotas: c.ImageQuotas, transition: c.Transition, knownOnly: c.KnownAccountsOnly,
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.random == nil {
		l.random = rand.Reader
	}
	if err := l.loadRegions(ctx); err != nil {
		return nil, fmt.Errorf("read the region lists: %w", err)
	}
	return l, nil
}

// Reader gives the records and lists as they are, without asking who wants to
// know: for the admin API and for authentication.
func (l *Ledger) Reader() Reader { return l.store }

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }

// ShareQuota is how many accounts one image of a product can be shared with.
func (l *Ledger) ShareQuota(p Product) int {
	if n, ok := l.shareQuotas[p]; ok {
		return n
	}
	return p.traits().shareQuota
}

// ImageQuota is how many images of a product an account can have in one region.
func (l *Ledger) ImageQuota(p Product) int {
	if n, ok := l.imageQuotas[p]; ok {
		return n
	}
	return p.traits().imageQuota
}

// RegionIDs are the regions that a product serves, in the order of its list.
func (l *Ledger) RegionIDs(p Product) []string { return (*l.regions.Load())[p] }

// Region answers nil if a product serves a region, else ErrNoRegion.
func (l *Ledger) Region(p Product, region string) error {
	if !p.Regional() && region == "" {
		return nil
	}
	if slices.Contains(l.RegionIDs(p), region) {
		return nil
	}
	return &Error{Rule: ErrNoRegion, Region: region}
}

// loadRegions is done by one at a time: whoever reads later has the newer lists.
func (l *Ledger) loadRegions(ctx context.Context) error {
	l.loading.Lock()
	defer l.loading.Unlock()
	all := map[Product][]string{}
	for _, p := range Products {
		ids, err := l.regionIDs(ctx, l.store, p)
		if err != nil {
			return err
		}
		all[p] = ids
	}
	l.regions.Store(&all)
	return nil
}

// regionIDs are the written list of a product, else the built-in one.
func (l *Ledger) regionIDs(ctx context.Context, r Records, p Product) ([]string, error) {
	text, err := r.Setting(ctx, RegionsSetting(p))
	if err != nil || text == "" {
		return l.builtin[p], err
	}
	return strings.Fields(text), nil
}

// RegionsSetting is the name under which a store keeps the region list that
// somebody wrote for a product, its ids joined by spaces.
func RegionsSetting(p Product) string { return "regions/" + string(p) }
