package seal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestSealedTextOpens(t *testing.T) {
	t.Parallel()
	k := NewKey()
	for _, secret := range []string{"", "examplesecret", strings.Repeat("x", 4096), "\x00\xff é"} {
		sealed := k.Seal("tencent/AKIDexample", secret)
		got, err := k.Open("tencent/AKIDexample", sealed)
		if err != nil || got != secret {
			t.Errorf("Open(Seal(%q)): got %q, %v", secret, got, err)
		}
		if word := regexp.MustCompile(`^s1\.[0-9a-f]{12}\.[A-Za-z0-9_-]+$`); !word.MatchString(sealed) {
			t.Errorf("Seal(%q): got %q, want one word like %s", secret, sealed, word)
		}
		if again := k.Seal("tencent/AKIDexample", secret); again == sealed {
			t.Errorf("Seal(%q) twice: got %q both times, want a nonce each", secret, again)
		}
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	k := NewKey()
	sealed := k.Seal("tencent/AKIDexample", "examplesecret")
	word := strings.Split(sealed, ".")
	for _, c := range []struct {
		what, name, sealed string
		key                *Key
		want               error
	}{
		{"another key", "tencent/AKIDexample", sealed, NewKey(), ErrWrongKey},
		{"another key id", "tencent/AKIDother", sealed, k, ErrDamaged},
		{"another cloud", "alibaba/AKIDexample", sealed, k, ErrDamaged},
		{"nothing", "tencent/AKIDexample", "", k, ErrDamaged},
		{"a secret in the clear", "tencent/AKIDexample", "examplesecret", k, ErrDamaged},
		{"a later format", "tencent/AKIDexample", "s2" + sealed[2:], k, ErrDamaged},
		{"cut short", "tencent/AKIDexample", sealed[:len(sealed)-4], k, ErrDamaged},
		{"no box", "tencent/AKIDexample", word[0] + "." + word[1] + ".", k, ErrDamaged},
		{"a line end inside", "tencent/AKIDexample", sealed[:30] + "\n" + sealed[30:], k, ErrDamaged},
		{"a fourth part", "tencent/AKIDexample", sealed + ".x", k, ErrDamaged},
	} {
		got, err := c.key.Open(c.name, c.sealed)
		if !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: got %q, %v, want %v", c.what, got, err, c.want)
		}
	}
}

// Every byte counts: a text with any one changed opens no more.
func TestOneByteChanged(t *testing.T) {
	t.Parallel()
	k := NewKey()
	sealed := k.Seal("alibaba/LTAIexample", "examplesecret")
	for i := range len(sealed) {
		for _, bit := range []byte{1, 2, 4, 0x20, 0x80} {
			b := []byte(sealed)
			b[i] ^= bit
			if got, err := k.Open("alibaba/LTAIexample", string(b)); err == nil {
				t.Errorf("byte %d changed by %#x: got %q, want an error", i, bit, got)
			}
		}
	}
}

func TestPrintingAKeyTellsItsFingerprintOnly(t *testing.T) {
	t.Parallel()
	k := NewKey()
	if got, want := fmt.Sprintf("%v %+v", k, k), k.String()+" "+k.String(); got != want || len(got) > 50 {
		t.Errorf("got %q, want %q", got, want)
	}
}

// vector was sealed with the key of zeros. It must open as long as format s1 is read.
const vector = "s1.9969c94b349a.qfeBrLOiLbtjgBT2SQtV2SbppU0ZSbaYYZUxmGWgFOh-pROTWuhdVpSiHS8"

// FuzzOpen: no text makes Open panic, only sealed texts open, and no error
// holds the secret.
func FuzzOpen(f *testing.F) {
	const secret = "VerySecretSecret"
	k := key(make([]byte, keySize))
	if got, err := k.Open("tencent/AKIDexample", vector); got != secret || err != nil {
		f.Fatalf("the vector: got %q, %v, want %q", got, err, secret)
	}
	for _, s := range []string{vector, vector + "\n", "s1..", "..", "s1." + k.fingerprint + ".AAAA", vector[:len(vector)-1]} {
		f.Add("tencent/AKIDexample", s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		got, err := k.Open(name, text)
		switch {
		case err == nil && (name != "tencent/AKIDexample" || text != vector || got != secret):
			t.Errorf("Open(%q, %q): got %q, want an error", name, text, got)
		case err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrWrongKey):
			t.Errorf("Open(%q, %q): got %v, want ErrDamaged or ErrWrongKey", name, text, err)
		case err != nil && (got != "" || strings.Contains(err.Error(), secret)):
			t.Errorf("Open(%q, %q): got %q, %v, want no secret", name, text, got, err)
		}
	})
}
