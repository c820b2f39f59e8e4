package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// conn is one connection to the file with the statements it has prepared. It
// is for one goroutine at a time. It uses the driver without database/sql,
// whose pool, scanning and locking would cost a tenth of each look-up and half
// as many allocations again.
type conn struct {
	raw   driver.Conn
	stmts map[string]driver.Stmt // by text; the texts of this package are few
	block int64                  // blockSize, but in tests
	// levels is how many levels of tallies a list has at the most, of those
	// that have any: nil until the first write asks.
	levels map[string]int
}

// row is one row of an answer. It is overwritten by the next.
type row []driver.Value

func (r row) text(i int) string {
	v, is := r[i].(string)
	if !is {
		panic(misfit{r[i]})
	}
	return v
}

func (r row) int(i int) int64 {
	v, is := r[i].(int64)
	if !is {
		panic(misfit{r[i]})
	}
	return v
}

func (r row) bool(i int) bool { return r.int(i) != 0 }

// textOr and intOr also let NULL pass, as nil.

func (r row) textOr(i int) any {
	if r[i] == nil {
		return nil
	}
	return r.text(i)
}

func (r row) intOr(i int) any {
	if r[i] == nil {
		return nil
	}
	return r.int(i)
}

// misfit is a value of a type that its column never has: a file holds one if it
// is damaged, or if somebody else wrote to it. It is panicked with, so that
// whoever reads a row need not look at each value; query makes an error of it.
type misfit struct{ value driver.Value }

func (m misfit) error(text string) error {
	return fmt.Errorf("%w: a value of type %T where none belongs, in the answer to %s", ErrDamaged, m.value, text)
}

func dial(dsn string) (*conn, error) {
	raw, err := new(sqlite.Driver).Open(dsn)
	if err != nil {
		return nil, translate(err)
	}
	return &conn{raw: raw, stmts: map[string]driver.Stmt{}, block: blockSize}, nil
}

func (c *conn) close() error {
	var all error
	for _, s := range c.stmts {
		all = errors.Join(all, s.Close())
	}
	return errors.Join(all, c.raw.Close())
}

// query runs a statement and shows each row to see, until see fails. However
// it ends, the statement is reset: one that is not keeps its moment for ever,
// and the connection with it.
func (c *conn) query(ctx context.Context, see func(row) error, text string, args ...any) (err error) {
	s, err := c.prepared(text)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, ordinals(args))
	if err != nil {
		return translate(err)
	}
	defer func() {
		done := rows.Close()
		switch p := recover().(type) {
		case nil:
			if err == nil {
				err = translate(done)
			}
		case misfit:
			err = p.error(text)
		default:
			panic(p)
		}
	}()
	return drain(ctx, rows, see)
}

// drain looks at the context between rows: the driver does so only while it
// looks for the first.
func drain(ctx context.Context, rows driver.Rows, see func(row) error) error {
	r := make(row, len(rows.Columns()))
	for {
		switch err := rows.Next(r); {
		case err == io.EOF:
			return nil
		case err != nil:
			return translate(err)
		}
		if err := see(r); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// exec runs a statement that answers nothing.
func (c *conn) exec(text string, args ...any) error {
	s, err := c.prepared(text)
	if err != nil {
		return err
	}
	_, err = s.(driver.StmtExecContext).ExecContext(context.Background(), ordinals(args))
	return translate(err)
}

// script runs several statements that answer nothing, once.
func (c *conn) script(ctx context.Context, text string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(ctx, text, nil)
	return translate(err)
}

// pragma is the single value that a pragma answers.
func (c *conn) pragma(name string) (value any, err error) {
	see := func(r row) error { value = r[0]; return nil }
	err = c.query(context.Background(), see, "PRAGMA "+name)
	return value, err
}

func (c *conn) prepared(text string) (driver.Stmt, error) {
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	s, err := c.raw.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", text, translate(err))
	}
	c.stmts[text] = s
	return s, nil
}

func ordinals(args []any) []driver.NamedValue {
	vs := make([]driver.NamedValue, len(args))
	for i, a := range args {
		vs[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return vs
}
