package seal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A key file is one line of 64 hexadecimal digits: `openssl rand -hex 32`
// makes one too.

// MakeKeyFile makes a key and the file that holds it, readable by its owner
// alone. A file that is there already is an error (fs.ErrExist) and stays as
// it is: overwriting a key loses every secret sealed with it. The file appears
// whole or not at all, so that a process killed meanwhile leaves no half key
// in the way of the next try.
func MakeKeyFile(path string) (*Key, error) {
	b := random()
	draft, err := writeDraft(path, hex.EncodeToString(b)+"\n")
	if err == nil {
		// A link, not a renaming, which would take the place of what is there.
		err = errors.Join(os.Link(draft, path), os.Remove(draft))
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("make the key file: %w", err)
	}
	return key(b), nil
}

// writeDraft writes a text to a new file beside path.
func writeDraft(path, text string) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".draft-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncDir makes the name of a new file survive a power cut: nothing sealed may
// outlive its key. Windows cannot sync a directory and needs not.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// ReadKeyFile reads a key file. It refuses one that others may read: a key
// that leaked protects nothing, and its owner should hear of it.
func ReadKeyFile(path string) (*Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	defer f.Close()
	if err := private(f); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 4*keySize))
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != keySize {
		// The decoder's own error would quote a character of the key.
		return nil, fmt.Errorf("key file %s: want one line of %d hexadecimal digits, as openssl rand -hex %d prints", path, 2*keySize, keySize)
	}
	return key(b), nil
}

// private checks the mode of the open file, so that nobody can swap it between
// the check and the reading.
func private(f *os.File) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("read the key file: %w", err)
	case info.IsDir():
		return fmt.Errorf("key file %s is a directory: name a file in it", f.Name())
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("key file %s can be used by others (mode %04o): run chmod 600 %[1]s, and think about making a new key", f.Name(), info.Mode().Perm())
	}
	return nil
}
