package server

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// telling secrets say what was sealed.
type telling struct{ times *int }

func (b telling) Open(_, sealed string) (string, error) {
	*b.times++
	if sealed == "broken" {
		return "", errors.New("not sealed by us")
	}
	return "secret of " + sealed, nil
}

// A secret is opened once, and anew when another one is stored for the key.
func TestOpenedOncePerSealedSecret(t *testing.T) {
	t.Parallel()
	var o opened
	times := 0
	open := func(sealed string) *openedKey {
		t.Helper()
		k, err := o.open(telling{&times}, keyNamed("AKID"), sealed)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first, again, other := open("one"), open("one"), open("two")
	if first != again || first == other || times != 2 {
		t.Errorf("%p %p %p, opened %d times", first, again, other, times)
	}
	if _, err := o.open(telling{&times}, keyNamed("AKID"), "broken"); err == nil {
		t.Error("a secret that cannot be opened is taken for the one before")
	}
	for _, format := range []string{"%v", "%+v", "%s"} {
		if text := fmt.Sprintf(format, other); strings.Contains(text, "secret of") {
			t.Errorf("%s prints the secret", format)
		}
	}
}
