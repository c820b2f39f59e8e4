package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"imageshare/ledger"
)

//go:embed schema/*.sql
var schema embed.FS

// fills are what a migration does that its text cannot say, by schema.
var fills = map[int]func(context.Context, *tx) error{2: fillTallies}

// migrate runs the migrations that the file has not seen, in the order of
// their numbers, each as one transaction: a file is at one schema or the next,
// also when the context ends. Whoever waits for it is told why.
func migrate(ctx context.Context, c *conn, log *slog.Logger) error {
	names, err := fs.Glob(schema, "schema/*.sql") // in the order of names
	if err != nil {
		return err
	}
	version, err := c.pragma("user_version")
	if err != nil {
		return err
	}
	at, newest := int(version.(int64)), len(names)
	if at > newest {
		return fmt.Errorf("%w: it has schema %d and this one knows %d; run the version that wrote it, or restore a backup from before",
			ErrNewerSchema, at, newest)
	}
	began, old := time.Now(), at
	if 0 < old && old < newest {
		log.Warn("the database is being brought to a newer schema: with millions of shares this takes minutes, and can be stopped", "from", old, "to", newest)
	}
	for at < newest {
		text, err := schema.ReadFile(names[at])
		if err != nil {
			return err
		}
		at++
		if err := step(ctx, c, string(text), at); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", at, err)
		}
	}
	if 0 < old && old < newest {
		log.Info("the database has the newer schema", "schema", newest, "took", time.Since(began).Round(time.Millisecond))
	}
	return nil
}

// step brings the file to one schema.
func step(ctx context.Context, c *conn, text string, to int) (err error) {
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = c.exec("ROLLBACK") // there may be nothing left to roll back
		}
	}()
	if err := c.script(ctx, text); err != nil {
		return err
	}
	if fill := fills[to]; fill != nil {
		t := &turn{c: c}
		if err := fill(ctx, &tx{view: view{turn: t}}); err != nil {
			return err
		}
	}
	return c.script(ctx, fmt.Sprintf("PRAGMA user_version = %d; COMMIT", to))
}

// fillTallies says of every share how its image stands, and counts the lists
// that are long, as the writes of this schema would have done.
func fillTallies(ctx context.Context, t *tx) error {
	if err := fillShares(ctx, t); err != nil {
		return err
	}
	for _, kind := range []struct {
		from string
		by   string
		roll func(row) roll
	}{
		{"images INDEXED BY images_by_owner", "owner, product, region", func(r row) roll { return ownedRoll(r.text(0), r.text(1), r.text(2)) }},
		{"images INDEXED BY images_by_family WHERE family <> ''", "owner, family, product, region", func(r row) roll { return familyRoll(r.text(0), r.text(2), r.text(3), r.text(1)) }},
		{"images INDEXED BY images_public WHERE public = 1", "product, region", func(r row) roll { return publicRoll(r.text(0), r.text(1)) }},
		{"images INDEXED BY images_public_by_owner WHERE public = 1", "owner, product, region", func(r row) roll { return publicOfRoll(r.text(0), r.text(1), r.text(2)) }},
		{"shares", "account, product, region", func(r row) roll { return heldRoll(r.text(0), r.text(1), r.text(2)) }},
		{"shares INDEXED BY shares_public WHERE public = 1", "account, product, region", func(r row) roll { return publicHeldRoll(r.text(0), r.text(1), r.text(2)) }},
	} {
		var long []roll
		err := t.turn.c.query(ctx, func(r row) error { long = append(long, kind.roll(r)); return nil },
			"SELECT "+kind.by+" FROM "+kind.from+" GROUP BY "+kind.by+" HAVING count(*) > ?", t.turn.c.block)
		if err != nil {
			return err
		}
		for _, r := range long {
			if err := t.lay(r, 0, whole, whole.from); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillShares writes what the columns of a share do not say by themselves: few
// images are public, or not available.
func fillShares(ctx context.Context, t *tx) error {
	return t.turn.c.query(ctx, func(r row) error {
		key := ledger.ImageKey{Product: ledger.Product(r.text(0)), Region: r.text(1), ID: r.text(2)}
		shares, err := readShares(r.text(4))
		if err != nil {
			return nil // damaged; reported when it is read
		}
		for _, s := range shares {
			g := holdingOf(key, r.text(3), s)
			if err := t.turn.c.exec("UPDATE shares SET state = ?, ready = ?, public = ? WHERE account = ? AND product = ? AND region = ? AND owner = ? AND at = ? AND image = ?",
				r[5], r[6], r[7], g.account, g.product, g.region, g.owner, s.At.Unix(), key.ID); err != nil {
				return err
			}
		}
		return nil
	}, "SELECT product, region, id, owner, shares, state, ready, public FROM images WHERE public = 1 OR state IS NOT NULL")
}
