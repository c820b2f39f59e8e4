package session

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"imageshare/ledger"
)

// User is an account's user of a name, nil if there is none.
func User(a *ledger.Account, name string) *ledger.User {
	if i := slices.IndexFunc(a.Users, func(u ledger.User) bool { return u.Name == name }); i >= 0 {
		return &a.Users[i]
	}
	return nil
}

// Role is an account's role of a name, nil if there is none.
func Role(a *ledger.Account, name string) *ledger.Role {
	if i := slices.IndexFunc(a.Roles, func(r ledger.Role) bool { return r.Name == name }); i >= 0 {
		return &a.Roles[i]
	}
	return nil
}

// Number is a user's own number. Both vendors give every user one; where the
// operator gave none, it is made of the account and the name, so that it is
// the same each time and on every node. Such a number is nobody's in the
// ledger: it is told to clients and means nothing when it comes back.
func Number(a ledger.AccountKey, u *ledger.User) string {
	if u.Number != "" {
		return u.Number
	}
	sum := sha256.Sum256([]byte("user\n" + a.String() + "\n" + u.Name))
	n := binary.BigEndian.Uint64(sum[:8])
	if a.Cloud == ledger.Tencent {
		return fmt.Sprintf("2%011d", n%1e11) // twelve digits, as its uins have
	}
	return fmt.Sprintf("2%017d", n%1e17) // eighteen, as its UserIds have
}
