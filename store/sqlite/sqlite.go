// Package sqlite is the default engine: one file that the sqlite3 tool can
// read, for one machine.
//
//	images          an image and, in one text, everybody it is shared with: one look-up serves a list
//	shares          the reverse: account to images; written with images, never alone
//	snapshots       snapshot to the images made of it; written with images, never alone
//	tallies         how long long lists are, in parts, so that a page is found by its number; written with their entries
//	grantees        owner to the accounts it shares with; written with shares, never alone
//	accounts        an account with its keys, users and roles
//	keys, numbers   whose access key, whose number; written with accounts, never alone
//	events          the history: a hashed chain for each image and account
//	event_accounts  account to the entries that begin or end a share of it
//	settings        texts by name
//
// The schema itself, column by column, is in schema/.
//
// One goroutine writes. It gathers the changes that wait, runs each in a
// savepoint, and answers all of them after one COMMIT that has reached the
// disk. Readers have connections of their own, which the writer never keeps
// waiting; each read sees one moment. An flock on
// PATH.lock keeps a second server out, not the sqlite3 tool.
//
// Limits: the file must lie on a local disk, and a write at a time is what
// there is; many machines need another engine.
package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"

	"github.com/gofrs/flock"

	"imageshare/ledger"
)

// Options tune a Store. The zero value is what a server wants.
type Options struct {
	// Readers is how many reads may be under way at once; 0 means one for each
	// CPU and two more, so that a long list or two do not keep others waiting.
	// One is left to look-ups, unless it is the only one.
	Readers int
	// Log is told when the file has to be brought to a newer schema, for which
	// Open may take long, and when the log of changes cannot be copied into it;
	// nil tells nobody.
	Log *slog.Logger
	// Lend runs something that waits for the disk for long, some milliseconds.
	// The runtime notices late that a processor only waits, so where there is
	// but one, somebody may want to lend it another; nil does not.
	Lend func(func())
}

func (o Options) lend() func(func()) {
	if o.Lend != nil {
		return o.Lend
	}
	return func(do func()) { do() }
}

func (o Options) readers() int {
	if o.Readers > 0 {
		return o.Readers
	}
	return runtime.GOMAXPROCS(0) + 2
}

func (o Options) log() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Store is a ledger.Store in one file.
type Store struct {
	writer  *writer
	readers *pool
	lock    *flock.Flock
	once    sync.Once
}

// Update runs change behind the changes before it and returns once it is on
// the disk.
func (s *Store) Update(ctx context.Context, change func(ledger.Tx) error) error {
	return s.writer.update(ctx, change)
}

// Close waits for the change and the reads under way, empties the log into
// the file, and unlocks it.
func (s *Store) Close() error {
	err := ledger.ErrClosed
	s.once.Do(func() {
		// Readers go first: the last connection to close empties the log.
		read := s.readers.close()
		err = errors.Join(s.writer.close(), read, s.lock.Close())
	})
	return err
}

// look asks for one record on a connection for reading. It is over before
// anybody could want it to stop, and a context that the driver has to watch
// costs a goroutine.
func look[T any](ctx context.Context, s *Store, ask func(context.Context, view) (T, error)) (T, error) {
	var found T
	err := s.readers.use(ctx, func(c *conn) (err error) {
		found, err = ask(context.Background(), view{conn: c})
		return err
	})
	return found, err
}

// read asks for a list that is one statement.
func read[T any](ctx context.Context, s *Store, ask func(context.Context, view) (T, error)) (found T, err error) {
	err = s.readers.useLong(ctx, func(c *conn) (err error) {
		found, err = ask(ctx, view{conn: c})
		return err
	})
	return found, err
}

// Image is the image of a key.
func (s *Store) Image(ctx context.Context, key ledger.ImageKey) (*ledger.Image, error) {
	return look(ctx, s, func(ctx context.Context, v view) (*ledger.Image, error) { return v.Image(ctx, key) })
}

// Account is the account of a key.
func (s *Store) Account(ctx context.Context, key ledger.AccountKey) (*ledger.Account, error) {
	return look(ctx, s, func(ctx context.Context, v view) (*ledger.Account, error) { return v.Account(ctx, key) })
}

// Credential is the access key of an id.
func (s *Store) Credential(ctx context.Context, c ledger.Cloud, keyID string) (*ledger.Credential, error) {
	return look(ctx, s, func(ctx context.Context, v view) (*ledger.Credential, error) { return v.Credential(ctx, c, keyID) })
}

// Holder is whose number it is.
func (s *Store) Holder(ctx context.Context, c ledger.Cloud, number string) (ledger.Holder, error) {
	return look(ctx, s, func(ctx context.Context, v view) (ledger.Holder, error) { return v.Holder(ctx, c, number) })
}

// Setting is the text under a name.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	return look(ctx, s, func(ctx context.Context, v view) (string, error) { return v.Setting(ctx, name) })
}

// Images lists images by key.
func (s *Store) Images(ctx context.Context, q ledger.ImageQuery) ([]*ledger.Image, error) {
	return read(ctx, s, func(ctx context.Context, v view) ([]*ledger.Image, error) { return v.Images(ctx, q) })
}

// CountImages counts them.
func (s *Store) CountImages(ctx context.Context, q ledger.ImageQuery) (n int, err error) {
	err = s.view(ctx, func(v view) error {
		n, err = v.CountImages(ctx, q)
		return err
	})
	return n, err
}

// Accounts lists accounts by cloud and number.
func (s *Store) Accounts(ctx context.Context, after ledger.AccountKey, limit int) ([]*ledger.Account, error) {
	return read(ctx, s, func(ctx context.Context, v view) ([]*ledger.Account, error) { return v.Accounts(ctx, after, limit) })
}

// Usable lists what is shared with an account.
func (s *Store) Usable(ctx context.Context, q ledger.UsableQuery) ([]ledger.Grant, error) {
	return read(ctx, s, func(ctx context.Context, v view) ([]ledger.Grant, error) { return v.Usable(ctx, q) })
}

// Grantees lists whom an owner shares with.
func (s *Store) Grantees(ctx context.Context, q ledger.GranteeQuery) (page []ledger.Share, total int, err error) {
	err = s.view(ctx, func(v view) error {
		page, total, err = v.Grantees(ctx, q)
		return err
	})
	return page, total, err
}

// ImageSet lists a set of images.
func (s *Store) ImageSet(ctx context.Context, q ledger.SetQuery) (page ledger.SetPage, err error) {
	err = s.view(ctx, func(v view) error {
		page, err = v.ImageSet(ctx, q)
		return err
	})
	return page, err
}

// View reads in one transaction.
func (s *Store) View(ctx context.Context, look func(ledger.Glance) error) error {
	return s.view(ctx, func(v view) error { return look(v) })
}

// view is a transaction. One that panics leaves none open behind it on a
// connection that others will use.
func (s *Store) view(ctx context.Context, look func(view) error) error {
	return s.readers.useLong(ctx, func(c *conn) (err error) {
		if err := c.exec("BEGIN"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.exec("COMMIT")) }()
		return look(view{conn: c})
	})
}

// Events lists the history.
func (s *Store) Events(ctx context.Context, q ledger.EventQuery) ([]ledger.Event, error) {
	return read(ctx, s, func(ctx context.Context, v view) ([]ledger.Event, error) { return v.Events(ctx, q) })
}
