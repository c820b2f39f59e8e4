package engine

import (
	"fmt"
	"time"
	"unicode/utf8"

	"imageshare/ledger"
)

// An engine gives back exactly what it was given, or refuses it. Four things
// cannot be given back by every engine, so all of them refuse these with
// ledger.ErrInvalid: text that is not UTF-8 (JSON would mend it, which breaks
// the hash of a history entry), times finer than their field promises, years
// that RFC 3339 cannot write, and two shares of one account on an image (what
// an account holds is found by it and when the share began).

func invalid(format string, args ...any) error {
	return &ledger.Error{Rule: ledger.ErrInvalid, Reason: fmt.Sprintf(format, args...)}
}

// CheckImage refuses an image that could not be given back as it is.
func CheckImage(i *ledger.Image) error {
	entity := i.Key.Entity()
	texts := []string{
		entity, i.Owner, i.Name, i.Description, string(i.State), i.OSName, i.OSType,
		i.Platform, i.Architecture, i.Family, i.Version, i.BootMode, i.License, i.CopiedFrom,
	}
	for k, v := range i.Tags {
		texts = append(texts, k, v)
	}
	for _, s := range i.Snapshots {
		texts = append(texts, s.ID, s.Usage, s.Device, s.Format, s.Bucket, s.Object)
	}
	if err := checkTexts(entity, texts...); err != nil {
		return err
	}
	if err := checkShares(entity, i.Shares); err != nil {
		return err
	}
	if err := checkTime(entity, i.ReadyAt, time.Millisecond); err != nil {
		return err
	}
	return checkTime(entity, i.CreatedAt, time.Nanosecond)
}

func checkShares(entity string, all []ledger.Share) error {
	accounts := make(map[string]bool, len(all))
	for _, s := range all {
		if err := checkShare(entity, s); err != nil {
			return err
		}
		if accounts[s.Account] {
			return invalid("%s: two shares with %s", entity, s.Account)
		}
		accounts[s.Account] = true
	}
	return nil
}

// checkShare also insists on a number: engines write shares as lines of words.
func checkShare(entity string, s ledger.Share) error {
	if !ledger.ValidAccount(s.Account) {
		return invalid("%s: share with %q, which is no account number", entity, s.Account)
	}
	if err := checkTime(entity, s.At, time.Second); err != nil {
		return err
	}
	return checkTime(entity, s.Until, time.Second)
}

// CheckAccount refuses an account that could not be given back as it is, or
// that gives one key id or number to two of its own.
func CheckAccount(a *ledger.Account) error {
	texts := []string{a.Key.String()}
	for _, u := range a.Users {
		texts = append(append(texts, u.Name, u.Number), documents(u.Policies)...)
	}
	for _, r := range a.Roles {
		texts = append(append(texts, r.Name, r.ID, string(r.Trust)), documents(r.Policies)...)
	}
	for _, c := range a.Credentials() {
		texts = append(texts, c.ID, c.Sealed)
	}
	if err := checkTexts(a.Key.Entity(), texts...); err != nil {
		return err
	}
	if err := checkTwice(a); err != nil {
		return err
	}
	return checkTime(a.Key.Entity(), a.CreatedAt, time.Nanosecond)
}

func checkTwice(a *ledger.Account) error {
	keys := map[string]bool{}
	for _, c := range a.Credentials() {
		if keys[c.ID] {
			return KeyTaken(a, c.ID)
		}
		keys[c.ID] = true
	}
	numbers := map[string]bool{a.Key.ID: true}
	for _, u := range a.Users {
		if u.Number != "" && numbers[u.Number] {
			return NumberTaken(a, u.Number)
		}
		numbers[u.Number] = true
	}
	return nil
}

// KeyTaken says that an account may not have an access key.
func KeyTaken(a *ledger.Account, id string) error {
	return &ledger.Error{Rule: ledger.ErrKeyTaken, Account: a.Key.ID, Reason: "key " + id}
}

// NumberTaken says that an account or a user of it may not have a number.
func NumberTaken(a *ledger.Account, number string) error {
	return &ledger.Error{Rule: ledger.ErrNumberTaken, Account: a.Key.ID, Reason: "number " + number}
}

// CheckSetting refuses a setting that could not be given back as it is.
func CheckSetting(name, text string) error { return checkTexts("setting", name, text) }

// CheckEvent refuses an entry that could not be given back as it is, byte for
// byte: its hash says so for ever.
func CheckEvent(e ledger.Event) error {
	texts := []string{e.Entity, e.Actor, e.KeyID, e.Wire, e.Action, e.RequestID, e.Source, e.Token}
	texts = append(append(texts, e.Removed...), e.Notes...)
	for _, s := range e.Added {
		texts = append(texts, s.Account)
		if err := checkTime(e.Entity, s.At, time.Nanosecond); err != nil {
			return err
		}
		if err := checkTime(e.Entity, s.Until, time.Nanosecond); err != nil {
			return err
		}
	}
	if err := checkTexts(e.Entity, texts...); err != nil {
		return err
	}
	return checkTime(e.Entity, e.Time, time.Millisecond)
}

func documents(ds []ledger.Document) []string {
	texts := make([]string, len(ds))
	for i, d := range ds {
		texts[i] = string(d)
	}
	return texts
}

func checkTexts(of string, texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return invalid("%q: %q is not UTF-8", of, s)
		}
	}
	return nil
}

func checkTime(of string, t time.Time, unit time.Duration) error {
	// Every unit divides a second, so the part below it decides.
	if y := t.UTC().Year(); y < 0 || y > 9999 || time.Duration(t.Nanosecond())%unit != 0 {
		return invalid("%s: the time %v has a part below %v or no year of four digits", of, t, unit)
	}
	return nil
}
