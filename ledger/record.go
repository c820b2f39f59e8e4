package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// record writes what became of an image (old is nil for a new one) together
// with its history entry, or nothing where both say the same, and reports which.
func record(tx Tx, c Caller, old, img *Image, now time.Time) (changed bool, err error) {
	e := event(c, img.Key.Entity(), now)
	e.Notes = imageNotes(old, img)
	if old == nil {
		old = &Image{}
	}
	var gone []Share
	gone, e.Added = ShareDiff(old.Live(now), img.Live(now))
	e.Removed = accountsOf(gone)
	if len(e.Added)+len(e.Removed)+len(e.Notes) == 0 {
		return false, nil
	}
	if err := tx.PutImage(img); err != nil {
		return true, err
	}
	return true, tx.Append(e)
}

// imageNotes says in words what changed besides shares.
func imageNotes(old, img *Image) []string {
	if old == nil {
		return madeNotes(img)
	}
	var notes []string
	if old.Owner != img.Owner {
		notes = append(notes, fmt.Sprintf("owner %s, was %s", img.Owner, old.Owner))
	}
	if old.State != img.State {
		notes = append(notes, fmt.Sprintf("state %s, was %s", img.State, old.State))
	}
	notes = append(notes, publicNote(old.Public, img.Public)...)
	if rest := withoutNoted(old); !rest.Equal(withoutNoted(img)) {
		notes = append(notes, "details changed")
	}
	return notes
}

// madeNotes say how an image began.
func madeNotes(img *Image) []string {
	note := "image made for " + img.OwnerKey().String()
	if img.CopiedFrom != "" {
		note += " as a copy of " + img.CopiedFrom
	}
	if !img.ReadyAt.IsZero() {
		note += fmt.Sprintf(", %s until %s", img.State, img.ReadyAt.Format(time.RFC3339Nano))
	}
	return append([]string{note}, publicNote(false, img.Public)...)
}

func publicNote(was, is bool) []string {
	switch {
	case is && !was:
		return []string{"public on"}
	case was && !is:
		return []string{"public off"}
	}
	return nil
}

// withoutNoted is an image without what has its own words in the history.
func withoutNoted(i *Image) *Image {
	c := *i
	c.Owner, c.State, c.Public, c.Shares = "", "", false, nil
	return &c
}

// recordAccount does for an account what record does for an image.
func recordAccount(tx Tx, c Caller, old, a *Account, now time.Time) (changed bool, err error) {
	notes := accountNotes(old, a)
	if len(notes) == 0 {
		return false, nil
	}
	if err := tx.PutAccount(a); err != nil {
		return true, err
	}
	e := event(c, a.Key.Entity(), now)
	e.Notes = notes
	return true, tx.Append(e)
}

// accountNotes names what was made, changed and dropped, never a secret.
func accountNotes(old, a *Account) []string {
	if old == nil {
		notes := append([]string{"account registered"}, partNotes(nil, parts(a))...)
		return append(notes, switchNotes(&Account{}, a)...)
	}
	notes := append(partNotes(parts(old), parts(a)), switchNotes(old, a)...)
	if len(notes) == 0 && !old.Equal(a) {
		notes = []string{"account reordered"}
	}
	return notes
}

// parts are an account's keys, users and roles by name, each with a text that
// differs when it does.
func parts(a *Account) map[string]string {
	all := map[string]string{}
	for _, k := range a.Credentials() {
		all["key "+k.ID] = fmt.Sprint(k.User, k.Sealed)
	}
	for _, u := range a.Users {
		all["user "+u.Name] = fmt.Sprintf("%s %q", u.Number, u.Policies)
	}
	for _, r := range a.Roles {
		all["role "+r.Name] = fmt.Sprintf("%s %q %q %s", r.ID, r.Trust, r.Policies, r.MaxSession)
	}
	return all
}

// switchNotes says which keys were switched off and on: who looks for that
// should not have to guess it from a key that changed.
func switchNotes(old, now *Account) []string {
	was := map[string]bool{}
	for _, k := range old.Credentials() {
		was[k.ID] = k.Disabled
	}
	var notes []string
	for _, k := range now.Credentials() {
		switch {
		case k.Disabled && !was[k.ID]:
			notes = append(notes, "key "+k.ID+" disabled")
		case !k.Disabled && was[k.ID]:
			notes = append(notes, "key "+k.ID+" enabled")
		}
	}
	return notes
}

func partNotes(old, now map[string]string) []string {
	var notes []string
	for name, text := range now {
		if was, had := old[name]; !had {
			notes = append(notes, name+" made")
		} else if was != text {
			notes = append(notes, name+" changed")
		}
	}
	for name := range old {
		if _, stays := now[name]; !stays {
			notes = append(notes, name+" dropped")
		}
	}
	slices.SortFunc(notes, strings.Compare)
	return notes
}
