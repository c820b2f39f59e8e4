// Package memory is the reference engine: maps under a lock, and the shortest
// answer to what a store promises. Read it before the others. Nothing
// survives Close or the end of the process.
//
// A change writes in place while it holds the lock, and notes for each write
// how to take it back; if it fails, the notes are run backwards. Lists look at
// everything and sort, so it is meant for tests and for thousands of images.
package memory

import (
	"context"
	"sync"

	"imageshare/ledger"
	"imageshare/store/engine"
)

// Store is a ledger.Store that keeps everything in maps.
type Store struct {
	turn   chan struct{} // taken by the change under way; a mutex could not be given up waiting for
	closed chan struct{}
	once   sync.Once

	mu   sync.RWMutex // held whole by a change, so that no reader sees half of one
	kept *records
}

// New makes an empty store.
func New() *Store {
	return &Store{turn: make(chan struct{}, 1), closed: make(chan struct{}), kept: newRecords()}
}

// Update runs change alone.
func (s *Store) Update(ctx context.Context, change func(ledger.Tx) error) (err error) {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	t := &tx{records: s.kept}
	engine.Run(change, t, func(outcome error) {
		if err = outcome; err != nil {
			t.takeBack()
		}
		t.records = nil // a Tx that outlives its change must not reach the maps
	})
	return err
}

// begin waits for the turn as long as the caller does.
func (s *Store) begin(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		s.mu.Lock()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return ledger.ErrClosed
	}
}

func (s *Store) end() {
	s.mu.Unlock()
	<-s.turn
}

// Close refuses what has not begun and waits for the change under way.
func (s *Store) Close() error {
	err := ledger.ErrClosed
	s.once.Do(func() {
		close(s.closed)
		s.turn <- struct{}{}
		s.mu.Lock()
		s.kept = nil
		s.mu.Unlock()
		err = nil
	})
	return err
}

func (s *Store) usable(ctx context.Context) error {
	select {
	case <-s.closed:
		return ledger.ErrClosed
	default:
		return ctx.Err()
	}
}

// read asks the records while no change is under way.
func read[T any](ctx context.Context, s *Store, ask func(*records) (T, error)) (T, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		var none T
		return none, err
	}
	return ask(s.kept)
}

// Image is the image of a key.
func (s *Store) Image(ctx context.Context, key ledger.ImageKey) (*ledger.Image, error) {
	return read(ctx, s, func(r *records) (*ledger.Image, error) { return r.Image(ctx, key) })
}

// Account is the account of a key.
func (s *Store) Account(ctx context.Context, key ledger.AccountKey) (*ledger.Account, error) {
	return read(ctx, s, func(r *records) (*ledger.Account, error) { return r.Account(ctx, key) })
}

// Credential is the access key of an id.
func (s *Store) Credential(ctx context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	return read(ctx, s, func(r *records) (*ledger.Credential, error) { return r.Credential(ctx, c, keyID) })
}

// Holder is whose number it is.
func (s *Store) Holder(ctx context.Context, c ledger.Cloud, number string) (ledger.Holder, error) {
	return read(ctx, s, func(r *records) (ledger.Holder, error) { return r.Holder(ctx, c, number) })
}

// Setting is the text under a name.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	return read(ctx, s, func(r *records) (string, error) { return r.Setting(ctx, name) })
}

// Images lists images by key.
func (s *Store) Images(ctx context.Context, q ledger.ImageQuery) ([]*ledger.Image, error) {
	return read(ctx, s, func(r *records) ([]*ledger.Image, error) { return r.Images(ctx, q) })
}

// CountImages counts them.
func (s *Store) CountImages(ctx context.Context, q ledger.ImageQuery) (int, error) {
	return read(ctx, s, func(r *records) (int, error) { return r.CountImages(ctx, q) })
}

// ImageSet lists a set of images.
func (s *Store) ImageSet(ctx context.Context, q ledger.SetQuery) (ledger.SetPage, error) {
	return read(ctx, s, func(r *records) (ledger.SetPage, error) { return r.ImageSet(ctx, q) })
}

// View reads while no change is under way.
func (s *Store) View(ctx context.Context, look func(ledger.Glance) error) error {
	_, err := read(ctx, s, func(r *records) (struct{}, error) { return struct{}{}, look(r) })
	return err
}

// Accounts lists accounts by cloud and number.
func (s *Store) Accounts(ctx context.Context, after ledger.AccountKey, limit int) ([]*ledger.Account, error) {
	return read(ctx, s, func(r *records) ([]*ledger.Account, error) { return r.Accounts(ctx, after, limit) })
}

// Usable lists what is shared with an account.
func (s *Store) Usable(ctx context.Context, q ledger.UsableQuery) ([]ledger.Grant, error) {
	return read(ctx, s, func(r *records) ([]ledger.Grant, error) { return r.Usable(ctx, q) })
}

// Grantees lists whom an owner shares with.
func (s *Store) Grantees(ctx context.Context, q ledger.GranteeQuery) (page []ledger.Share, total int, err error) {
	page, err = read(ctx, s, func(r *records) (page []ledger.Share, err error) {
		page, total, err = r.Grantees(ctx, q)
		return page, err
	})
	return page, total, err
}

// Events lists the history.
func (s *Store) Events(ctx context.Context, q ledger.EventQuery) ([]ledger.Event, error) {
	return read(ctx, s, func(r *records) ([]ledger.Event, error) { return r.Events(ctx, q) })
}
