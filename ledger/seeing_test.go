package ledger_test

import (
	"strings"
	"testing"

	"imageshare/ledger"
)

func TestOccurs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, part string
		want       bool
	}{
		{"golden", "", true}, {"", "", true}, {"", "a", false}, {"Golden-1", "gOLD", true}, {"golden", "goldenx", false},
		{"ÄÖ", "äö", true}, {"kkk", "\u212a\u212a\u212a", true}, // the sign of kelvin is a k of three bytes
	} {
		if got := ledger.Occurs(c.text, c.part); got != c.want {
			t.Errorf("%q in %q: %v", c.part, c.text, got)
		}
	}
}

// TestOccursIsCheap: what cannot occur is not even spelled in another case.
func TestOccursIsCheap(t *testing.T) {
	part := strings.Repeat("A", 1_000_000)
	if n := testing.AllocsPerRun(10, func() { ledger.Occurs("golden", part) }); n > 0 {
		t.Errorf("%v allocations for a part that is far too long", n)
	}
}
