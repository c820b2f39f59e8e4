package seal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func TestKeyFileComesBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seal.key")
	made, err := MakeKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read.Open("a", made.Seal("a", "s")); got != "s" || err != nil {
		t.Errorf("sealed by the made key, opened by the read one: got %q, %v, want s", got, err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{64}\n$`).Match(text) {
		t.Errorf("key file: got %d bytes, %v, want one line of 64 digits", len(text), err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("key file: got mode %v, %v, want 0600", info.Mode(), err)
	}
}

func TestKeyFileIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seal.key")
	if _, err := MakeKeyFile(path); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if _, err := MakeKeyFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("make it again: got %v, want %v", err, fs.ErrExist)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("make it again: the file changed")
	}
}

func TestKeyFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("ab", keySize)
	for _, c := range []struct {
		what, text string
		mode       fs.FileMode
		want       string // part of the error
	}{
		{"readable by all", digits + "\n", 0o644, "run chmod 600"},
		{"readable by the group", digits + "\n", 0o640, "run chmod 600"},
		{"empty", "", 0o600, "64 hexadecimal digits"},
		{"too short", digits[2:], 0o600, "64 hexadecimal digits"},
		{"too long", digits + "ab", 0o600, "64 hexadecimal digits"},
		{"endless", strings.Repeat("a", 1<<20), 0o600, "64 hexadecimal digits"},
		{"not digits", strings.Repeat("zq", keySize), 0o600, "64 hexadecimal digits"},
	} {
		if runtime.GOOS == "windows" && c.mode != 0o600 {
			continue // it has no such modes
		}
		path := filepath.Join(t.TempDir(), "seal.key")
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := ReadKeyFile(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "zq") {
			t.Errorf("%s: got %v, want an error with %q and nothing of the text", c.what, err, c.want)
		}
	}
}

func TestKeyFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "seal.key")
	if _, err := ReadKeyFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read: got %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := MakeKeyFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("make: got %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := ReadKeyFile(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("read a directory: got %v, want an error that says so", err)
	}
}
