package api_test

import (
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/sign"
)

// TestSpellMismatch: the text to sign comes back whole, unless it is far longer
// than any that a client would look at.
func TestSpellMismatch(t *testing.T) {
	t.Parallel()
	row := api.Fault{Err: sign.ErrMismatch, Message: "server string to sign is:{stringToSign}"}
	for size, want := range map[int]int{50_000: 50_000, 5_000_000: 64<<10 + len("…")} {
		got := row.Spell(&sign.Mismatch{StringToSign: strings.Repeat("%", size)}, "id").Message
		if len(got) != len("server string to sign is:")+want {
			t.Errorf("a text of %d bytes: an answer of %d", size, len(got))
		}
	}
}
