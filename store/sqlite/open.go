package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"

	"imageshare/ledger"
)

// Open opens the database at path, making it (mode 0600) if it is not there
// and bringing its schema up to date. Errors, apart from those of the file
// system: ErrInUse, ErrNewerSchema, ErrNotStore, ErrDamaged; each says what to do.
func Open(ctx context.Context, path string, o Options) (_ *Store, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err = located(path)
	if err != nil {
		return nil, explain(path, err)
	}
	lock, err := acquire(path)
	if err != nil {
		return nil, explain(path, err)
	}
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, errors.Join(explain(path, err), lock.Close())
	}
	s.lock = lock
	return s, nil
}

// located makes the file if it is not there, and tells its own whole path.
// Whoever comes by a symbolic link must meet the same lock, also by one that
// led to nothing; and a name like ":memory:" means something to SQLite unless
// it is a whole path.
func located(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return path, err
	}
	// One that is there is not opened before it is ours: a process that closes
	// a file loses all its locks on it, those of a store that is open too.
	if _, err := os.Stat(whole); errors.Is(err, fs.ErrNotExist) {
		if err := create(whole); err != nil {
			return whole, err
		}
	}
	real, err := filepath.EvalSymlinks(whole)
	if err != nil {
		return whole, err
	}
	return real, nil
}

// create makes a file that is not there, or looks whether it may be written.
// SQLite would make it readable to all.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// acquire keeps a second server out. The lock is beside the database, as
// SQLite takes locks of its own on the file and would drop them with ours.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	switch got, err := lock.TryLock(); {
	case err != nil:
		return nil, err
	case !got:
		return nil, fmt.Errorf("%w: another process holds %s.lock; stop that one, or choose another file", ErrInUse, path)
	}
	return lock, nil
}

func open(ctx context.Context, path string, o Options) (*Store, error) {
	if err := create(path); err != nil {
		return nil, err
	}
	if err := foreign(path); err != nil {
		return nil, err
	}
	c, err := dial(dsn(path, "rw"))
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, c, o.log()); err != nil {
		return nil, errors.Join(err, c.close())
	}
	w, err := newWriter(c, o)
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	w.checkpoint() // a migration, or a process that was killed, may have left much
	go w.run()
	return &Store{writer: w, readers: newPool(reading(path, o.readers()), o.readers())}, nil
}

// prepare looks before it writes: a file of somebody else's, or of a newer
// version, stays as it is.
func prepare(ctx context.Context, c *conn, log *slog.Logger) error {
	if err := recognize(c); err != nil {
		return err
	}
	for _, p := range []string{
		"journal_mode = WAL",            // readers and the writer do not wait for each other
		"synchronous = FULL",            // what was acknowledged survives a power cut
		"fullfsync = 1",                 // also on a Mac
		"wal_autocheckpoint = 0",        // see writer.checkpoint
		"journal_size_limit = 16777216", // a great import must not leave a great file behind
		"cache_size = -8192",            // a group of changes is to fit
	} {
		if _, err := c.pragma(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if mode, err := c.pragma("journal_mode"); err != nil || mode != "wal" {
		return fmt.Errorf("no write-ahead log on this file system (mode %v): choose a local disk: %w", mode, errors.Join(err, errors.ErrUnsupported))
	}
	return migrate(ctx, c, log)
}

// foreign refuses a database that is not ours by a connection that cannot write
// to it: the last one to close that can would copy another program's log into
// its file. What else is wrong, the connection that writes tells.
func foreign(path string) error {
	if _, err := os.Stat(path + "-wal"); err != nil {
		return nil // nothing to copy, and nothing to leave behind
	}
	c, err := dial(dsn(path, "ro"))
	if err != nil {
		return nil
	}
	err = recognize(c)
	_ = c.close() // it wrote nothing
	if errors.Is(err, ErrNotStore) {
		return err
	}
	return nil
}

// recognize refuses a database that is not ours: an empty one may become ours.
func recognize(c *conn) error {
	id, err := c.pragma("application_id")
	if err != nil {
		return err
	}
	tables := int64(0)
	count := func(r row) error { tables = r.int(0); return nil }
	if err := c.query(context.Background(), count, "SELECT count(*) FROM sqlite_schema"); err != nil {
		return err
	}
	if id != applicationID && (id != int64(0) || tables > 0) {
		return ErrNotStore
	}
	return nil
}

// applicationID marks our files; schema 1 writes it.
const applicationID = int64(0x696d6773)

// patience is how long a connection waits for another that is in its way, in
// milliseconds.
const patience = 5000

// dsn names the file to the driver. The file is read, not mapped into memory:
// of a map SQLite lets go with every change that somebody else makes, which for
// gigabytes takes a tenth of a second, and a disk that fails under it ends the
// process.
func dsn(path, mode string, pragmas ...string) string {
	settings := url.Values{
		"mode":      {mode},
		"_error_rc": {"1"}, // no words of an earlier error in a later one
		"_pragma":   append(pragmas, fmt.Sprintf("busy_timeout(%d)", patience), "temp_store(memory)"),
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

// What the connections for reading may keep of the file, all together and each
// at least (which is what SQLite would), in KiB. The kernel keeps the pages too,
// but fetches them one by one: of a million images each takes three or four,
// and one less where more of those that lead to others are at hand.
const (
	keptByAll  = 32 << 10
	keptByEach = 2000
)

// reading names the file to one of so many connections that read.
func reading(path string, readers int) string {
	return dsn(path, "ro", fmt.Sprintf("cache_size(-%d)", max(keptByAll/readers, keptByEach)))
}

// explain adds what people can do about a file that could not be opened.
func explain(path string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, ErrNotStore):
		hint = ": choose another file; this one was left as it was"
	case errors.Is(err, ErrDamaged):
		hint = fmt.Sprintf(": restore a backup, once %[1]s-wal and %[1]s-shm are removed, which belong to this file, or save what can be read with the sqlite3 tool's .recover", path)
	case errors.Is(err, ledger.ErrBusy):
		hint = ": another program writes to it; stop that one"
	case errors.Is(err, fs.ErrNotExist):
		hint = ": make its directory first, or choose another"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, errReadOnly):
		hint = ": this user needs to read and write the file, and to make others beside it"
	case errors.Is(err, syscall.EISDIR):
		hint = ": name a file in it"
	}
	return fmt.Errorf("%s: %w%s", path, err, hint)
}
