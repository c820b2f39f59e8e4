package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"imageshare/ledger"
	"imageshare/seal"
)

// rotateSeal seals every secret of a stopped store with another key. At each
// moment one of the two files opens all of them: the new one is on the disk
// before anything is sealed with it, and the store changes in one step.
func rotateSeal() verb {
	return verb{
		name: "rotate-seal", local: true,
		does: "Seals the secrets of a store anew, with the key in another file. The server must be stopped. " +
			"The new file is made if it is not there; the old one is left where it is, since older copies of the store still need it. " +
			"Temporary credentials that were given out before end: whoever has some asks for new ones.",
		example: "imageshare key rotate-seal --store sqlite:imageshare.db --secrets-key-file imageshare.db.key --new-secrets-key-file new.key",
		bind: func(f *flag.FlagSet) action {
			r := &resealing{}
			f.StringVar(&r.store, "store", defaults().store, "`URL` of the store: sqlite:PATH")
			f.StringVar(&r.old, "secrets-key-file", "", "`FILE` with the key that the secrets are sealed with (with sqlite: PATH.key)")
			f.StringVar(&r.new, "new-secrets-key-file", "", "`FILE` with the key to seal them with; made if it is not there")
			return r.run
		},
	}
}

// resealing is one rotate-seal: what it was told, then what it found.
type resealing struct {
	store, old, new string
	standard        string // where serve looks for the key without being told
	oldKey, newKey  *seal.Key
}

func (r *resealing) run(ctx context.Context, j *job, _ []string) error {
	if err := r.check(); err != nil {
		return err
	}
	s, err := openStore(ctx, r.store, 0, slog.New(slog.NewTextHandler(j.errs, nil)))
	if err != nil {
		return err
	}
	done, err := r.reseal(ctx, s, j.errs)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprint(j.out, done)
	return err
}

// check refuses what cannot work before anything is opened: opening a store
// that is not there would make it.
func (r *resealing) check() error {
	kind, path, _ := strings.Cut(r.store, ":")
	switch {
	case kind == "memory":
		return usageError{errors.New("--store memory: is gone when its server stops, and its key with it: there is nothing to seal anew")}
	case kind != "sqlite" || path == "":
		return usageError{fmt.Errorf("--store %q is no store that can be sealed anew: write sqlite:PATH", r.store)}
	case r.new == "":
		return usageError{errors.New("where is the new key to be? Name its file with --new-secrets-key-file FILE")}
	}
	if r.standard = path + ".key"; r.old == "" {
		r.old = r.standard
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("no store to seal anew: %w: name it with --store sqlite:PATH", err)
	}
	return r.apart()
}

// apart insists on two files, by whatever names.
func (r *resealing) apart() error {
	old, err := os.Stat(r.old)
	if err != nil {
		return fmt.Errorf("the key that the secrets are sealed with: %w: name its file with --secrets-key-file", err)
	}
	if other, err := os.Stat(r.new); r.old == r.new || (err == nil && os.SameFile(old, other)) {
		return usageError{fmt.Errorf("%s and %s are one file: the new key needs a file of its own", r.old, r.new)}
	}
	return nil
}

// reseal does the work on a store that is ours alone, and says what it did.
func (r *resealing) reseal(ctx context.Context, s ledger.Store, errs io.Writer) (string, error) {
	if err := r.keys(ctx, s); err != nil {
		return "", err
	}
	l, err := ledger.New(ctx, ledger.Config{Store: s})
	if err != nil {
		return "", err
	}
	again := func(name, sealed string) (string, error) {
		secret, err := r.oldKey.Open(name, sealed)
		if err != nil {
			return "", fmt.Errorf("nothing was changed: the key in %s does not open the secret of %s: %w", r.old, name, err)
		}
		return r.newKey.Seal(name, secret), nil
	}
	progress := &counter{w: errs, began: time.Now()}
	secrets, accounts, err := l.Reseal(ctx, ledger.Caller{Wire: "cli", Action: "RotateSeal"}, again, progress.count)
	if err != nil {
		return "", err
	}
	return r.report(secrets, accounts), nil
}

// keys reads both keys. The new one is made last, when nothing else is wrong.
func (r *resealing) keys(ctx context.Context, s ledger.Store) error {
	name, sealed, err := anySecret(ctx, s)
	if err != nil {
		return fmt.Errorf("look for sealed secrets: %w", err)
	}
	if r.oldKey, err = seal.ReadKeyFile(r.old); err != nil {
		return hintKey(err, "--secrets-key-file")
	}
	r.newKey, err = seal.ReadKeyFile(r.new)
	missing := errors.Is(err, os.ErrNotExist)
	switch {
	case err != nil && !missing:
		return hintKey(err, "--new-secrets-key-file")
	case !missing && r.newKey.String() == r.oldKey.String():
		return fmt.Errorf("%s and %s hold the same key: name a file that is not there, and a new key is made", r.old, r.new)
	case !missing && opens(r.newKey, name, sealed):
		return fmt.Errorf("the secrets are sealed with the key in %s already: start the server with --secrets-key-file %[1]s", r.new)
	case sealed != "" && !opens(r.oldKey, name, sealed):
		return fmt.Errorf("the key in %s does not open the store's secrets: name the right file with --secrets-key-file", r.old)
	case missing:
		r.newKey, err = seal.MakeKeyFile(r.new)
	}
	return hintKey(err, "--new-secrets-key-file")
}

func opens(k *seal.Key, name, sealed string) bool {
	_, err := k.Open(name, sealed)
	return err == nil
}

// report says what was done and what to do next.
func (r *resealing) report(secrets, accounts int) string {
	next := fmt.Sprintf("Start the server with --secrets-key-file %s", r.new)
	if r.new != r.standard {
		next += fmt.Sprintf(", or move that file to %s,\nwhere the server finds it without being told", r.standard)
	}
	return fmt.Sprintf("sealed anew: %d secrets of %d accounts, with the key in %s\n\n%s.\n%s is left where it is: nothing but older copies of the store needs it now.\n",
		secrets, accounts, r.new, next, r.old)
}

// counter tells on a terminal that something goes on, once a second after the first.
type counter struct {
	w     io.Writer
	began time.Time
	told  time.Time
}

func (c *counter) count(accounts int) {
	now := time.Now()
	if now.Sub(c.began) < time.Second || now.Sub(c.told) < time.Second {
		return
	}
	c.told = now
	fmt.Fprintf(c.w, "imageshare: %d accounts so far\n", accounts)
}
