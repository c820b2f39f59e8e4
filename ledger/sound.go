package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a record must be to be kept, whoever writes it.

var (
	keyID    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	partName = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,128}$`)
	// A role's number is the ledger's own or came with a state file.
	roleNumber = regexp.MustCompile(`^[0-9]{1,20}$`)
)

func invalid(format string, args ...any) error {
	return &Error{Rule: ErrInvalid, Reason: fmt.Sprintf(format, args...)}
}

func soundImage(i *Image) error {
	switch {
	case !i.Key.Product.Known():
		return invalid("product %q is none of cvm, ecs, ens", i.Key.Product)
	case !i.Key.Product.ValidImageID(i.Key.ID):
		return &Error{Rule: ErrImageID, Image: i.Key}
	case strings.ContainsRune(i.Key.Region, '/'):
		return invalid("region %q: a region id has no /", i.Key.Region)
	case !ValidAccount(i.Owner):
		return &Error{Rule: ErrTargetForm, Image: i.Key, Account: i.Owner, Reason: "owner"}
	case !slices.Contains(States, i.State):
		return invalid("state %q is none of %v", i.State, States)
	case i.SizeGiB < 0:
		return invalid("sizeGiB %d is below zero", i.SizeGiB)
	}
	return soundShares(i)
}

func soundShares(i *Image) error {
	seen := map[string]bool{}
	for _, s := range i.Shares {
		fail := func(rule error) error { return &Error{Rule: rule, Image: i.Key, Account: s.Account} }
		switch {
		case !ValidAccount(s.Account):
			return fail(ErrTargetForm)
		case s.Account == i.Owner:
			return fail(ErrTargetSelf)
		case seen[s.Account]:
			return invalid("account %s stands twice in the shares", s.Account)
		}
		seen[s.Account] = true
	}
	return nil
}

func soundAccount(a *Account) error {
	if _, err := ParseAccountKey(a.Key.String()); err != nil {
		return invalid("%v", err)
	}
	if err := soundNames(a); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, k := range a.Credentials() {
		switch {
		case !keyID.MatchString(k.ID):
			return invalid("key id %q: up to 128 letters, digits, '.', '_' or '-'", k.ID)
		case k.Sealed == "":
			return invalid("key %s has no secret", k.ID)
		case seen[k.ID]:
			return &Error{Rule: ErrKeyTaken, Account: a.Key.ID, Reason: "key " + k.ID}
		}
		seen[k.ID] = true
	}
	return nil
}

// soundParts holds what an account has to names and numbers of their own.
type soundParts struct {
	account *Account
	seen    map[string]bool
}

func soundNames(a *Account) error {
	p := soundParts{account: a, seen: map[string]bool{"number " + a.Key.ID: true}}
	for _, u := range a.Users {
		if err := p.user(u); err != nil {
			return err
		}
	}
	for _, r := range a.Roles {
		if err := p.role(r); err != nil {
			return err
		}
	}
	return nil
}

// once refuses what stands twice; without a name there is nothing to compare.
func (p soundParts) once(what, name string) error {
	if name == "" {
		return nil
	}
	if p.seen[what+name] {
		return invalid("%s%s stands twice in account %s", what, name, p.account.Key)
	}
	p.seen[what+name] = true
	return nil
}

func (p soundParts) user(u User) error {
	if !partName.MatchString(u.Name) || (u.Number != "" && !ValidAccount(u.Number)) {
		return invalid("user %q with number %q: a name has up to 128 letters, digits or +=,.@_-, a number up to 20 digits", u.Name, u.Number)
	}
	if err := p.once("user ", u.Name); err != nil {
		return err
	}
	return p.once("number ", u.Number)
}

func (p soundParts) role(r Role) error {
	switch {
	case !partName.MatchString(r.Name):
		return invalid("role %q: a name has up to 128 letters, digits or +=,.@_-", r.Name)
	case r.ID != "" && !ValidRoleID(r.ID):
		return invalid("role %s with id %q: an id is up to 20 digits", r.Name, r.ID)
	case !ValidMaxSession(r.MaxSession):
		return invalid("role %s with a longest session of %v: write 900 to 43200 whole seconds, or 0 for the vendor's own bound", r.Name, r.MaxSession)
	}
	if err := p.once("role ", r.Name); err != nil {
		return err
	}
	return p.once("role id ", r.ID)
}

// ValidRoleID reports whether an id has the form of a role's own number.
func ValidRoleID(id string) bool { return roleNumber.MatchString(id) }

// ValidMaxSession reports whether a role's sessions may be bounded so: both
// vendors take 15 minutes to 12 hours, in whole seconds.
func ValidMaxSession(d time.Duration) bool {
	return d == 0 || (d >= 15*time.Minute && d <= 12*time.Hour && d%time.Second == 0)
}
