package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What a record must be to be kept, whoever writes it.

var (
	keyID    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	partName = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,128}$`)
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

func soundNames(a *Account) error {
	seen := map[string]bool{"number " + a.Key.ID: true}
	once := func(what, name string) error {
		if seen[what+name] {
			return invalid("%s%s stands twice in account %s", what, name, a.Key)
		}
		seen[what+name] = true
		return nil
	}
	for _, u := range a.Users {
		if !partName.MatchString(u.Name) || (u.Number != "" && !ValidAccount(u.Number)) {
			return invalid("user %q with number %q: a name has up to 128 letters, digits or +=,.@_-, a number up to 20 digits", u.Name, u.Number)
		}
		if err := once("user ", u.Name); err != nil {
			return err
		}
		if u.Number == "" {
			continue
		}
		if err := once("number ", u.Number); err != nil {
			return err
		}
	}
	for _, r := range a.Roles {
		if !partName.MatchString(r.Name) {
			return invalid("role %q: a name has up to 128 letters, digits or +=,.@_-", r.Name)
		}
		if err := once("role ", r.Name); err != nil {
			return err
		}
	}
	return nil
}
