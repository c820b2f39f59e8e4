package cache

import (
	"context"
	"errors"

	"imageshare/ledger"
)

// View looks at what is kept, as long as all that it is asked for is kept and
// of one moment; else once more at the engine, and keeps the pages that it saw.
func (s *Store) View(ctx context.Context, look func(ledger.Glance) error) error {
	at := s.clock.Load()
	g := glance{store: s, at: at}
	if err := look(&g); !g.failed && !s.closed.Load() {
		return err
	}
	return s.Store.View(ctx, func(engine ledger.Glance) error { return look(keeping{engine, s, at}) })
}

// errElsewhere ends a look at what is kept. Nobody else sees it.
var errElsewhere = errors.New("not in the cache, or not of this moment")

// glance is what is kept, as it has been since the clock was looked at.
type glance struct {
	store  *Store
	at     uint64
	failed bool
}

// Image also asks the engine: what has not changed since is of the same moment.
func (g *glance) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	i, err := g.store.unchanged(ctx, k, g.at)
	g.failed = g.failed || errors.Is(err, errElsewhere)
	return i, err
}

// ImageSet is a page that is kept.
func (g *glance) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	if found, ok := g.store.remembered(ctx, q, g.at); ok {
		return found, nil
	}
	g.failed = true
	return ledger.SetPage{}, errElsewhere
}

// Images are not kept.
func (g *glance) Images(context.Context, ledger.ImageQuery) ([]*ledger.Image, error) {
	g.failed = true
	return nil, errElsewhere
}

// keeping keeps the pages that a view of the engine shows.
type keeping struct {
	ledger.Glance
	store *Store
	at    uint64 // the clock before the view began
}

// ImageSet answers as the engine does.
func (k keeping) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	found, err := k.Glance.ImageSet(ctx, q)
	if err == nil {
		k.store.keepPage(q, k.at, found)
	}
	return found, err
}
