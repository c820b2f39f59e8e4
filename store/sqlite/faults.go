package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"imageshare/ledger"
)

// What Open refuses, so that a command can tell people what to do. The errors
// that wrap these say it already.
var (
	ErrInUse       = errors.New("the database is in use")
	ErrNewerSchema = errors.New("the database was written by a newer version")
	ErrNotStore    = errors.New("not a database of imageshare")
	ErrDamaged     = errors.New("the database is damaged")

	errReadOnly = errors.New("the database cannot be written")
)

// translate says in the ledger's words what the driver met, so that nobody
// else has to know the driver.
func translate(err error) error {
	if err == nil {
		return nil // before anything is allocated: every statement comes here
	}
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Code() & 0xff { // the rest of a code says where it happened
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", ledger.ErrBusy, err)
	case lib.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrNotStore, err)
	case lib.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", errReadOnly, err)
	case lib.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
