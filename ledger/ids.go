package ledger

import (
	"fmt"
	"io"
)

// Ids that the ledger gives away. Their forms are the vendors': a client, or
// somebody's script, may check them.

const (
	digits   = "0123456789"
	lower36  = digits + "abcdefghijklmnopqrstuvwxyz"
	tencentR = "4611686018427" // how every role number of Tencent's begins
)

// idForm is a prefix and how many random characters follow it.
type idForm struct {
	prefix string
	length int
}

func (l *Ledger) id(f idForm) string { return f.prefix + l.word(f.length, lower36) }

// word is n random characters of an alphabet of at most 64. The few that the
// modulus favours do not matter: an id is no secret.
func (l *Ledger) word(n int, alphabet string) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(l.random, b); err != nil {
		panic(fmt.Sprintf("the source of random ids failed: %v", err))
	}
	for i, c := range b {
		b[i] = alphabet[int(c)%len(alphabet)]
	}
	return string(b)
}

// roleID is a new number for a role: nineteen digits at Tencent, eighteen at Alibaba.
func (l *Ledger) roleID(c Cloud) string {
	if c == Tencent {
		return tencentR + l.word(6, digits)
	}
	return "3" + l.word(17, digits)
}
