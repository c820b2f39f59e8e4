package sqlite

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed schema/*.sql
var schema embed.FS

// migrate runs the migrations that the file has not seen, in the order of
// their numbers, each as one transaction: a file is at one schema or the next.
func migrate(c *conn) error {
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
	for at < newest {
		text, err := schema.ReadFile(names[at])
		if err != nil {
			return err
		}
		at++
		if err := c.script(fmt.Sprintf("BEGIN IMMEDIATE; %s; PRAGMA user_version = %d; COMMIT", text, at)); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", at, err)
		}
	}
	return nil
}
