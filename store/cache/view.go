package cache

import (
	"context"
	"errors"

	"imageshare/ledger"
)

// View looks at what is kept, and at the engine for what is not, as long as all
// of that is the same as when the view began; else once more, at a view of the
// engine's.
func (s *Store) View(ctx context.Context, look func(ledger.Glance) error) error {
	if g := (glance{store: s, at: s.clock.Load()}); !s.closed.Load() {
		if err := look(&g); !g.failed {
			return err
		}
	}
	return s.Store.View(ctx, look)
}

// errElsewhere ends a look. Nobody else sees it.
var errElsewhere = errors.New("changed since the view began")

// glance is of the moment when the clock was looked at: what has not changed
// since is of that moment, whenever it is read.
type glance struct {
	store  *Store
	at     uint64
	failed bool
}

func (g *glance) fail() error {
	g.failed = true
	return errElsewhere
}

// Image answers as a view of the engine does.
func (g *glance) Image(ctx context.Context, k ledger.ImageKey) (*ledger.Image, error) {
	i, err := g.store.unchanged(ctx, k, g.at)
	if errors.Is(err, errElsewhere) {
		err = g.fail()
	}
	return i, err
}

// ImageSet answers as a view of the engine does. What is longer than a page is
// read by who reads much of it, too long for nothing to change meanwhile.
func (g *glance) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	if q.Limit > longestPage {
		return ledger.SetPage{}, g.fail()
	}
	found, same, err := g.store.imageSet(ctx, q, g.at)
	if err == nil && !same {
		err = g.fail()
	}
	return found, err
}

// Images has no list here that would say whether it changed.
func (g *glance) Images(context.Context, ledger.ImageQuery) ([]*ledger.Image, error) {
	return nil, g.fail()
}
