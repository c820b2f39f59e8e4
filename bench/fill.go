package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"

	"imageshare/alibaba/ecs"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/store/sqlite"
	"imageshare/tencent/cvm"
)

// batch is how many images one change writes.
const batch = 1000

// file makes the file of a population, unless an earlier run did, and answers
// its path. A file that was not finished is begun anew.
func (p population) file(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, fmt.Sprintf("%d-images-%d-shares.db", p.Images, p.Images*p.Shares))
	if _, err := os.Stat(path + ".done"); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, end := range []string{"", "-wal", "-shm", ".key", ".lock"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := p.fill(ctx, path); err != nil {
		return "", err
	}
	return path, os.WriteFile(path+".done", nil, 0o644)
}

// fill writes everything as an operator's state file would be: through the
// ledger's rules, with its history.
func (p population) fill(ctx context.Context, path string) (err error) {
	s, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	key, err := seal.MakeKeyFile(path + ".key")
	if err != nil {
		return err
	}
	l, err := ledger.New(ctx, ledger.Config{Store: s, Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions}})
	if err != nil {
		return err
	}
	if err := p.fillAccounts(ctx, l, key); err != nil {
		return err
	}
	bar := progressbar.Default(int64(p.Images*p.Shares), filepath.Base(path))
	for from := 0; from < p.Images; from += batch {
		if err := p.fillImages(ctx, l, from, min(from+batch, p.Images)); err != nil {
			return err
		}
		_ = bar.Add(batch * p.Shares) // what cannot be shown is not needed
	}
	return bar.Finish()
}

var byHand = ledger.Caller{Wire: "seed", Action: "Seed"}

func (p population) fillAccounts(ctx context.Context, l *ledger.Ledger, key *seal.Key) error {
	return l.Edit(ctx, byHand, func(e *ledger.Editor) error {
		for account := range p.known() {
			for _, c := range []ledger.Cloud{ledger.Tencent, ledger.Alibaba} {
				id := keyID(c, account)
				k := ledger.AccessKey{ID: id, Sealed: key.Seal(ledger.SecretName(c, id), secret)}
				err := e.Account(ledger.AccountKey{Cloud: c, ID: account}, func(a *ledger.Account) error {
					a.Keys = []ledger.AccessKey{k}
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (p population) fillImages(ctx context.Context, l *ledger.Ledger, from, to int) error {
	return l.Edit(ctx, byHand, func(e *ledger.Editor) error {
		for n := from; n < to; n++ {
			if err := e.Image(imageKey(n), func(i *ledger.Image) error { *i = *p.image(n); return nil }); err != nil {
				return err
			}
		}
		return nil
	})
}
