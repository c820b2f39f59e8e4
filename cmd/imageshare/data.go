package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"imageshare/alibaba/ecs"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/state"
	"imageshare/store/cache"
	"imageshare/store/memory"
	"imageshare/store/sqlite"
	"imageshare/tencent/cvm"
)

// data is the ledger with what it stands on.
type data struct {
	store  ledger.Store
	key    *seal.Key
	ledger *ledger.Ledger
	seed   *state.File // nil for none
}

// openData opens the store, finds the key that fits its secrets, and applies
// the seed. Nothing is served before all of it went well.
func openData(ctx context.Context, c *config, log *slog.Logger) (*data, error) {
	seed, err := c.readSeed()
	if err != nil {
		return nil, err
	}
	s, err := openStore(ctx, c.store, c.cacheSize, log)
	if err != nil {
		return nil, err
	}
	d := &data{store: s, seed: seed}
	if err := d.ready(ctx, c, log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return d, nil
}

func (c *config) readSeed() (*state.File, error) {
	switch {
	case c.seed != "":
		text, err := readNamed("--seed", c.seed)
		if err != nil {
			return nil, err
		}
		return state.Parse(c.seed, text)
	case c.dev:
		return state.Demo(), nil
	}
	return nil, nil
}

// readNamed reads the file that a flag names.
func readNamed(flag, path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: name a file with %s that this user may read", err, flag)
	}
	return text, nil
}

// storeFile is the file that a store is kept in, if it is in one.
func storeFile(url string) (path string, ok bool) { return strings.CutPrefix(url, "sqlite:") }

// openStore opens a store with a cache of a size before it. What is in memory
// anyway needs none. The log is told when opening takes long.
func openStore(ctx context.Context, url string, remembered size, log *slog.Logger) (ledger.Store, error) {
	path, ok := storeFile(url)
	if !ok {
		return memory.New(), nil
	}
	s, err := sqlite.Open(ctx, path, sqlite.Options{Log: log, Lend: lend})
	if err != nil || remembered == 0 {
		return s, err
	}
	collect(remembered)
	return cache.New(s, int(remembered)), nil
}

func (d *data) ready(ctx context.Context, c *config, log *slog.Logger) error {
	var err error
	if d.key, err = sealKey(ctx, c, d.store); err != nil {
		return err
	}
	d.ledger, err = ledger.New(ctx, ledger.Config{
		Store:             d.store,
		Regions:           map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions},
		ShareQuotas:       c.shareQuota,
		ImageQuotas:       c.imageQuota,
		Transition:        c.imageTransition,
		KnownAccountsOnly: c.unknownAccounts.value == "reject",
	})
	if err != nil || d.seed == nil {
		return err
	}
	return d.sow(ctx, log)
}

// sow applies the seed, as each start does: whoever changed by a wire or the
// admin API what it lists is told that this was undone.
func (d *data) sow(ctx context.Context, log *slog.Logger) error {
	var over []string
	err := d.ledger.Edit(ctx, ledger.Caller{Wire: "seed", Action: "Seed"}, func(e *ledger.Editor) error {
		err := d.seed.Apply(e, d.key)
		over = e.Overwritten()
		return err
	})
	if err != nil {
		return d.seed.Explain(err)
	}
	if len(over) > 0 {
		log.Warn("the state file is applied at each start, and has put something else in place of what was stored", "records", len(over), "first", over[0])
	}
	return nil
}

// sealKey is the key that seals secrets: read, or made where nothing is sealed yet.
func sealKey(ctx context.Context, c *config, s ledger.Store) (*seal.Key, error) {
	path := c.secretsKeyFile
	if file, ok := storeFile(c.store); ok && path == "" {
		path = file + ".key"
	}
	if path == "" {
		return seal.NewKey(), nil
	}
	name, sealed, err := anySecret(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("look for sealed secrets: %w", err)
	}
	key, err := seal.ReadKeyFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && sealed == "":
		key, err = seal.MakeKeyFile(path)
		return key, hintKey(err, "--secrets-key-file")
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: the store's secrets are sealed with it; bring the file back, or name it with --secrets-key-file", err)
	case err != nil:
		return nil, hintKey(err, "--secrets-key-file")
	case sealed == "":
		return key, nil
	}
	if _, err := key.Open(name, sealed); err != nil {
		return nil, fmt.Errorf("the key in %s does not open the store's secrets: %w; name the right file with --secrets-key-file", path, err)
	}
	return key, nil
}

// hintKey says what to do where the system stands in the way of a key file; what
// is wrong with the file itself says so already.
func hintKey(err error, flag string) error {
	if path, link := (*os.PathError)(nil), (*os.LinkError)(nil); errors.As(err, &path) || errors.As(err, &link) {
		return fmt.Errorf("%w: name a file with %s that this user may read, or make where it is not there", err, flag)
	}
	return err
}

// anySecret finds one sealed secret with its name, or "" where there is none.
func anySecret(ctx context.Context, s ledger.Store) (name, sealed string, err error) {
	after := ledger.AccountKey{}
	for {
		page, err := s.Accounts(ctx, after, 100)
		if err != nil || len(page) == 0 {
			return "", "", err
		}
		for _, a := range page {
			for _, k := range a.Credentials() {
				return ledger.SecretName(a.Key.Cloud, k.ID), k.Sealed, nil
			}
		}
		after = page[len(page)-1].Key
	}
}
