package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imageshare/admin"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/store/sqlite"
)

// sealed is a stopped store with as many accounts, each with a key of its own
// and one of a user, and the file with the key that its secrets are sealed with.
func sealed(t *testing.T, accounts int) (db, key string) {
	t.Helper()
	var seed strings.Builder
	seed.WriteString("version: 1\n")
	if accounts > 0 {
		seed.WriteString("accounts:\n")
	}
	for i := range accounts {
		fmt.Fprintf(&seed, "  - {cloud: tencent, id: %d, keys: [{id: AKID%[1]d, secret: secret%[1]d}], users: [{name: u, keys: [{id: AKIDu%[1]d, secret: secretu%[1]d}]}]}\n", i+1)
	}
	dir := t.TempDir()
	db = filepath.Join(dir, "x.db")
	s := begin(t, "--store", "sqlite:"+db, "--seed", write(t, dir, "seed.yaml", seed.String()))
	if code := s.stop(); code != exitOK {
		t.Fatalf("exit %d: %s", code, s.errs)
	}
	return db, db + ".key"
}

// opened counts which of some keys opens how many of a store's secrets.
func opened(t *testing.T, db string, files ...string) []int {
	t.Helper()
	s, err := sqlite.Open(context.Background(), db, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Accounts(context.Background(), ledger.AccountKey{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, len(files))
	for i, name := range files {
		key, err := seal.ReadKeyFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			for _, c := range a.Credentials() {
				want := "secret" + strings.TrimPrefix(c.ID, "AKID")
				if got, err := key.Open(ledger.SecretName(a.Key.Cloud, c.ID), c.Sealed); err == nil && got == want {
					counts[i]++
				}
			}
		}
	}
	return counts
}

// The whole way: seal anew, start with the new key, and every client goes on.
func TestRotateSeal(t *testing.T) {
	t.Parallel()
	db, old := sealed(t, 3)
	fresh := filepath.Join(t.TempDir(), "new.key")
	line := []string{"key", "rotate-seal", "--store", "sqlite:" + db, "--secrets-key-file", old, "--new-secrets-key-file", fresh}
	code, out, errs := say("", line...)
	for _, want := range []string{"6 secrets of 3 accounts", "--secrets-key-file " + fresh, "move that file to " + db + ".key", old + " is left where it is"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Fatalf("exit %d %s%s, want %q", code, out, errs, want)
		}
	}
	if info, err := os.Stat(fresh); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the new key file: %v, %v", info, err)
	}
	if got := opened(t, db, old, fresh); got[0] != 0 || got[1] != 6 {
		t.Errorf("the old key opens %d, the new one %d of 6", got[0], got[1])
	}
	if code, _, errs := say("", line...); code != exitError || !strings.Contains(errs, "sealed with the key in "+fresh+" already") {
		t.Errorf("again: exit %d %s", code, errs)
	}
	s := begin(t, "--store", "sqlite:"+db, "--secrets-key-file", fresh)
	if got := works(t, s.wires, admin.NewKey{ID: "AKID2", Secret: "secret2"}); got != "InvalidImageId.NotFound" {
		t.Errorf("with the new key: got %q, which is no answer to a signature that verified", got)
	}
	history := accountHistory(t, s, db)
	if strings.Count(history, "cli RotateSeal [secrets sealed anew]") != 3 || strings.Contains(history, "s1.") {
		t.Errorf("history\n%s", history)
	}
}

// accountHistory stops a server and reads what its store says about accounts.
func accountHistory(t *testing.T, s served, db string) string {
	t.Helper()
	if code := s.stop(); code != exitOK {
		t.Fatalf("exit %d: %s", code, s.errs)
	}
	store, err := sqlite.Open(context.Background(), db, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	events, err := store.Events(context.Background(), ledger.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e.Entity, e.Actor, e.Wire, e.Action, e.Notes)
	}
	return b.String()
}

// A key that was there before is used, and nothing is made.
func TestRotateSealToAKeyThatIsThere(t *testing.T) {
	t.Parallel()
	db, old := sealed(t, 1)
	made := filepath.Join(t.TempDir(), "made.key")
	if _, err := seal.MakeKeyFile(made); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(made)
	if code, _, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--new-secrets-key-file", made); code != exitOK {
		t.Fatal(errs)
	}
	if after, _ := os.ReadFile(made); string(after) != string(before) {
		t.Error("the key file was written over")
	}
	if got := opened(t, db, old, made); got[0] != 0 || got[1] != 2 {
		t.Errorf("opened %v", got)
	}
}

func TestRotateSealRefuses(t *testing.T) {
	t.Parallel()
	db, old := sealed(t, 1)
	dir := t.TempDir()
	foreign := otherKey(t, dir)
	text, _ := os.ReadFile(old)
	same := write(t, dir, "same.key", string(text))
	open := write(t, dir, "open.key", string(text))
	link := filepath.Join(dir, "link.key")
	if err := errors.Join(os.Chmod(same, 0o600), os.Chmod(open, 0o644), os.Symlink(old, link)); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(dir, "fresh.key")
	for name, c := range map[string]struct {
		old, new, want string
		code           int
	}{
		"one file":            {old, old, "are one file", exitUsage},
		"one file by a link":  {old, link, "are one file", exitUsage},
		"one key, two files":  {old, same, "hold the same key: name a file that is not there", exitError},
		"another's key":       {foreign, fresh, "does not open the store's secrets: name the right file", exitError},
		"no old key":          {filepath.Join(dir, "no.key"), fresh, "name its file with --secrets-key-file", exitError},
		"a new key for all":   {old, open, "run chmod 600", exitError},
		"a new key elsewhere": {old, filepath.Join(dir, "no", "x.key"), "no such file or directory", exitError},
	} {
		code, _, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--secrets-key-file", c.old, "--new-secrets-key-file", c.new)
		if code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d %s; want %d and %q", name, code, errs, c.code, c.want)
		}
	}
	if got := opened(t, db, old, fresh); got[0] != 2 {
		t.Errorf("after refusals the old key opens %d of 2", got[0])
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a refusal made a key file")
	}
}

// A running server holds its store.
func TestRotateSealOfARunningServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "x.db")
	begin(t, "--store", "sqlite:"+db, "--seed", write(t, dir, "seed.yaml", "version: 1\naccounts: [{cloud: tencent, id: 1, keys: [{id: AKID1, secret: s}]}]\n"))
	code, _, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--new-secrets-key-file", filepath.Join(dir, "new.key"))
	if code != exitError || !strings.Contains(errs, "another process holds") {
		t.Errorf("exit %d %s", code, errs)
	}
}

// One secret that does not open leaves all of them as they were.
func TestRotateSealOfADamagedStore(t *testing.T) {
	t.Parallel()
	db, old := sealed(t, 3)
	s, err := sqlite.Open(context.Background(), db, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(tx ledger.Tx) error {
		return tx.PutAccount(&ledger.Account{Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: "9"}, Keys: []ledger.AccessKey{{ID: "AKID9", Sealed: "s1.x.y"}}})
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "new.key")
	code, _, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--new-secrets-key-file", fresh)
	if code != exitError || !strings.Contains(errs, "nothing was changed") || !strings.Contains(errs, "tencent/AKID9") {
		t.Errorf("exit %d %s", code, errs)
	}
	if got := opened(t, db, old, fresh); got[0] != 6 || got[1] != 0 {
		t.Errorf("the old key opens %d, the new one %d, want 6 and 0", got[0], got[1])
	}
}

// TestRotateSealKilled kills it at moments all along its way: afterwards the
// old key opens everything or the new one does, and it can be done again.
func TestRotateSealKilled(t *testing.T) {
	t.Parallel()
	const accounts = 1500
	db, old := sealed(t, accounts)
	dir := t.TempDir()
	ended := map[string]int{}
	for n := range 12 {
		fresh := filepath.Join(dir, fmt.Sprint(n, ".key"))
		rotateAndKill(t, db, old, fresh, time.Duration(n)*15*time.Millisecond)
		switch got := opened(t, db, old, fresh); {
		case got[0] == 2*accounts && got[1] == 0:
			ended["old"]++
		case got[0] == 0 && got[1] == 2*accounts:
			ended["new"]++
			old = fresh
		default:
			t.Fatalf("killed after %d steps: the old key opens %d, the new one %d of %d", n, got[0], got[1], 2*accounts)
		}
	}
	t.Logf("killed before the change %d times, after it %d times", ended["old"], ended["new"])
	fresh := filepath.Join(dir, "last.key")
	if code, _, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--secrets-key-file", old, "--new-secrets-key-file", fresh); code != exitOK {
		t.Fatal(errs)
	}
	if got := opened(t, db, fresh); got[0] != 2*accounts {
		t.Errorf("in the end the new key opens %d of %d", got[0], 2*accounts)
	}
}

// rotateAndKill kills the program some time after the new key file is there.
func rotateAndKill(t *testing.T, db, old, fresh string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(itself(t), "key", "rotate-seal", "--store", "sqlite:"+db, "--secrets-key-file", old, "--new-secrets-key-file", fresh)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(fresh); err == nil || time.Now().After(deadline) {
			break
		}
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may have ended before
	_ = cmd.Wait()         // killed is no fault here
}

// An empty store has nothing to seal, and its new key is made all the same.
func TestRotateSealOfNothing(t *testing.T) {
	t.Parallel()
	db, _ := sealed(t, 0)
	fresh := filepath.Join(t.TempDir(), "new.key")
	code, out, errs := say("", "key", "rotate-seal", "--store", "sqlite:"+db, "--new-secrets-key-file", fresh)
	if code != exitOK || !strings.Contains(out, "0 secrets of 0 accounts") {
		t.Errorf("exit %d %s%s", code, out, errs)
	}
	if _, err := seal.ReadKeyFile(fresh); err != nil {
		t.Error(err)
	}
}

// What takes long says that it goes on.
func TestCounter(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	c := &counter{w: &b, began: time.Now()}
	c.count(1)
	c.began = c.began.Add(-2 * time.Second)
	c.count(2)
	c.count(3)
	if got := b.String(); got != "imageshare: 2 accounts so far\n" {
		t.Errorf("got %q", got)
	}
}

// A key's last use is told while the server runs, and survives its stop.
func TestLastUseIsKept(t *testing.T) {
	t.Parallel()
	db, _ := sealed(t, 1)
	show := func(s served) (k admin.Key) {
		t.Helper()
		var a admin.Account
		if err := json.Unmarshal([]byte(get(t, "http://"+s.admin+"/api/v1/accounts/tencent/1")), &a); err != nil || len(a.Keys) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		return a.Keys[0]
	}
	s := begin(t, "--store", "sqlite:"+db)
	if k := show(s); k.LastUsed != nil {
		t.Errorf("before any use: %v", k.LastUsed)
	}
	if got := works(t, s.wires, admin.NewKey{ID: "AKID1", Secret: "secret1"}); got != "InvalidImageId.NotFound" {
		t.Fatal(got)
	}
	s.stop()
	s = begin(t, "--store", "sqlite:"+db)
	if k := show(s); k.LastUsed == nil || time.Since(*k.LastUsed) > time.Minute {
		t.Errorf("after a use and a stop: %v", k.LastUsed)
	}
}
