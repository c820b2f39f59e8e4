package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
)

// What cannot be seen through ledger.Store: the file, the plans, the texts.

func fresh(t testing.TB) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

// meddle runs SQL on a closed database, as the sqlite3 tool would.
func meddle(t testing.TB, path, text string) {
	t.Helper()
	c, err := dial(dsn(path, "rwc"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.script(t.Context(), text), c.close()); err != nil {
		t.Fatal(err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	s, path := fresh(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	meddle(t, path, "PRAGMA user_version = 77")
	_, err := Open(t.Context(), path, Options{})
	if !errors.Is(err, ErrNewerSchema) || !strings.Contains(err.Error(), "schema 77") || !strings.Contains(err.Error(), "run the version") {
		t.Errorf("got %v, want ErrNewerSchema, both versions and what to do", err)
	}
}

func TestDatabaseOfAnotherProgramIsRefused(t *testing.T) {
	for _, text := range []string{"CREATE TABLE bookmarks (url)", "PRAGMA application_id = 7"} {
		path := filepath.Join(t.TempDir(), "other.db")
		meddle(t, path, text)
		if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNotStore) {
			t.Errorf("%s: got %v, want ErrNotStore", text, err)
		}
	}
}

// What another program has not yet copied into its file stays where it is.
func TestLogOfAnotherProgramIsLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	meddle(t, path+".made", "PRAGMA journal_mode = WAL")
	c, err := dial(dsn(path+".made", "rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.script(t.Context(), "CREATE TABLE bookmarks (url); INSERT INTO bookmarks VALUES ('here')"); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, suffix := range []string{"", "-wal"} { // as they would be had the program been killed
		text, err := os.ReadFile(path + ".made" + suffix)
		if err = errors.Join(err, os.WriteFile(path+suffix, text, 0o600)); err != nil {
			t.Fatal(err)
		}
		files[suffix] = string(text)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNotStore) {
		t.Errorf("got %v, want ErrNotStore", err)
	}
	for suffix, was := range files {
		if is, err := os.ReadFile(path + suffix); err != nil || string(is) != was {
			t.Errorf("%s was changed (%v)", path+suffix, err)
		}
	}
}

func TestSettingsOfTheFile(t *testing.T) {
	s, _ := fresh(t)
	want := map[string]any{
		"journal_mode": "wal", "synchronous": int64(2), "user_version": int64(2),
		"application_id": applicationID, "busy_timeout": int64(5000),
	}
	for name, value := range want {
		if got, err := s.writer.c.pragma(name); err != nil || got != value {
			t.Errorf("%s of the writer: got %v, %v, want %v", name, got, err, value)
		}
	}
	err := s.readers.use(t.Context(), func(c *conn) error {
		if size, err := c.pragma("mmap_size"); err != nil || size != int64(0) {
			t.Errorf("mmap_size of a reader: %v, %v", size, err)
		}
		return c.exec("INSERT INTO settings (name, text) VALUES ('a', 'b')")
	})
	if err == nil {
		t.Error("a reader wrote")
	}
}

// The texts are read by people and by later versions: they change only with
// the schema's number.
func TestTextsOfTheSchema(t *testing.T) {
	s, path := fresh(t)
	at := time.Date(2018, 6, 10, 11, 2, 50, 0, time.UTC)
	image := &ledger.Image{
		Key: ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-6pb6lrmy"}, Owner: "100000000001", Name: "golden",
		Description: "d", State: ledger.Available, Encrypted: true, OSName: "n", OSType: "t", Platform: "p", Architecture: "a", SizeGiB: 50,
		Family: "f", Version: "v", Tags: map[string]string{"team": "base"}, Snapshots: []ledger.Snapshot{{ID: "snap-1", Usage: "system", SizeGiB: 50}},
		CopiedFrom: "c", CreatedAt: at, Shares: []ledger.Share{{Account: "101104350000", At: at}, {Account: "9", At: at, Until: at.AddDate(0, 0, 1)}},
	}
	account := &ledger.Account{
		Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000001"}, CreatedAt: at, Keys: []ledger.AccessKey{{ID: "AKID", Sealed: "s", Disabled: true}},
		Users: []ledger.User{{Name: "u", Number: "7", Keys: []ledger.AccessKey{{ID: "AKID2", Sealed: "s"}}, Policies: []ledger.Document{"{}"}}},
		Roles: []ledger.Role{{Name: "r", Trust: "{}", Policies: []ledger.Document{"{}"}}},
	}
	event := ledger.Event{Entity: image.Key.Entity(), Time: at, Actor: "admin", Added: image.Shares[:1], Token: "t"}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		return errors.Join(tx.PutImage(image), tx.PutAccount(account), tx.Append(event), tx.PutSetting("name", "text"))
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	followed, _ := event.Follow(ledger.Event{})
	hash := followed.Hash
	for table, want := range map[string]string{
		"images": `cvm|ap-guangzhou|img-6pb6lrmy|tencent/100000000001|golden|0|{"Description":"d","State":"available","Encrypted":true,` +
			`"OSName":"n","OSType":"t","Platform":"p","Architecture":"a","SizeGiB":50,"Family":"f","Version":"v","Tags":{"team":"base"},` +
			`"Snapshots":[{"ID":"snap-1","Usage":"system","SizeGiB":50}],"CopiedFrom":"c","CreatedAt":"2018-06-10T11:02:50Z"}|` +
			"101104350000 1528628570\n9 1528628570 1528714970\n|f|<nil>|<nil>",
		"shares": "tencent/101104350000|cvm|ap-guangzhou|tencent/100000000001|1528628570|img-6pb6lrmy|<nil>|<nil>|<nil>|0\n" +
			"tencent/9|cvm|ap-guangzhou|tencent/100000000001|1528628570|img-6pb6lrmy|1528714970|<nil>|<nil>|0",
		"snapshots": "snap-1|cvm|ap-guangzhou|img-6pb6lrmy",
		"grantees": "tencent/100000000001|cvm|ap-guangzhou|1528628570|1|9|1528714970\n" +
			"tencent/100000000001|cvm|ap-guangzhou|1528628570|12|101104350000|<nil>",
		"accounts": `tencent|12|100000000001|{"Keys":[{"ID":"AKID","Sealed":"s","Disabled":true}],"Users":[{"Name":"u","Number":"7",` +
			`"Keys":[{"ID":"AKID2","Sealed":"s","Disabled":false}],"Policies":["{}"]}],"Roles":[{"Name":"r","Trust":"{}","Policies":["{}"]}],` +
			`"CreatedAt":"2018-06-10T11:02:50Z"}`,
		"keys":    "tencent|AKID|100000000001||s|1\ntencent|AKID2|100000000001|u|s|0",
		"numbers": "tencent|100000000001|100000000001|\ntencent|7|100000000001|u",
		"events": "1|image/cvm/ap-guangzhou/img-6pb6lrmy|1|" + hash + "|1528628570000|1528628570000|admin|t|" +
			`{"entity":"image/cvm/ap-guangzhou/img-6pb6lrmy","seq":1,"prev":"","time":"2018-06-10T11:02:50Z","actor":"admin","keyId":"","wire":"",` +
			`"action":"","requestId":"","source":"","added":[{"Account":"101104350000","At":"2018-06-10T11:02:50Z","Until":"0001-01-01T00:00:00Z"}],` +
			`"removed":null,"notes":null,"token":"t"}`,
		"event_accounts": "tencent/101104350000|1",
		"settings":       "name|text",
	} {
		if got := dump(t, path, table); got != want {
			t.Errorf("table %s\n got %s\nwant %s", table, got, want)
		}
	}
}

// dump is a table as the sqlite3 tool shows it.
func dump(t testing.TB, path, table string) string {
	t.Helper()
	c, err := dial(dsn(path, "ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	var lines []string
	err = c.query(t.Context(), func(r row) error {
		var words []string
		for _, v := range r {
			words = append(words, fmt.Sprint(v))
		}
		lines = append(lines, strings.Join(words, "|"))
		return nil
	}, "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// What the driver's error codes do not tell, damage inside a text must.
func TestDamagedTextsAreReported(t *testing.T) {
	key := ledger.ImageKey{Product: ledger.CVM, Region: "r", ID: "img-aaaaaaaa"}
	account := ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}
	for _, damage := range []string{"UPDATE images SET record = '{'", "UPDATE images SET shares = '1 x'", "UPDATE images SET shares = '1'",
		"UPDATE images SET shares = '1 2 x'", "UPDATE accounts SET record = ''", "UPDATE events SET record = '['"} {
		s, path := fresh(t)
		if err := s.Update(t.Context(), func(tx ledger.Tx) error {
			return errors.Join(tx.PutImage(&ledger.Image{Key: key}), tx.PutAccount(&ledger.Account{Key: account}), tx.Append(ledger.Event{Entity: "x"}))
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		meddle(t, path, damage)
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := s.Image(t.Context(), key)
		_, err2 := s.Accounts(t.Context(), ledger.AccountKey{}, 0)
		_, err3 := s.Events(t.Context(), ledger.EventQuery{})
		if err := errors.Join(err1, err2, err3); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", damage, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whatever shares are written, the same are read; whatever text is read, is
// what would be written.
func FuzzShares(f *testing.F) {
	f.Add("101104350000 1528628570\n9 1528628570 1528714970\n")
	f.Add("1 -1 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		shares, err := readShares(text)
		if err != nil {
			t.Skip("no list of shares")
		}
		again, err := readShares(writeShares(shares))
		if err != nil || !reflect.DeepEqual(shares, again) {
			t.Errorf("%q\nread as %v\n then as %v, %v", text, shares, again, err)
		}
	})
}
