// Package session makes temporary credentials and takes them back: a key id, a
// secret and a token, for a role's session or for a federated user.
//
// Nothing is stored. The token is the record: who the session is, what it may
// do, its secret and its end, sealed with the key that seals secrets at rest.
// So a token works on every node with the same key file and after a restart,
// and whoever has no key file can neither read, make nor change one. The key
// id stands inside too, and Open asks for it: a token moved to another key id
// is ErrMismatch.
//
// A token says who may act, not that this somebody is still there. Whoever
// opens one asks the ledger for the account, the user and the role (with its
// number, since a role made anew has another), which Holder does: with any of
// them gone, the session has ended. The key that asked for a session does not end
// it, disabled or deleted: at both vendors sessions live until they expire, and
// what they may do is taken away at the user or the role.
//
// Limits: a session cannot be ended alone, since nobody remembers it. Another
// seal key ends all of them. A user without a number who is deleted and made
// anew under the same name takes over the federated sessions of the first that
// still live; one with another number does not.
package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"strings"
	"time"

	"imageshare/ledger"
)

// One sentinel for each way in which a token is not this key's, now.
var (
	ErrForged   = errors.New("not a token of this server")
	ErrMismatch = errors.New("token of another key")
	ErrExpired  = errors.New("session expired")
	ErrEnded    = errors.New("who the session is of is no more")
	// ErrTooLong: with this policy the token would be longer than clients take.
	ErrTooLong = errors.New("token too long")
)

// Session is who acts with a temporary key and what narrows it.
type Session struct {
	Cloud   ledger.Cloud
	KeyID   string
	Secret  string
	Account string // the role's, or the federated user's
	User    string // of a federated user: who asked, "" for the account itself
	Role    string // "" for a federated user
	RoleID  string // the role's number when it was assumed
	Name    string // what the caller named the session
	By      string // the number of who asked for it: an account, a user (see Number) or a role
	Policy  ledger.Document
	Issued  time.Time // whole seconds
	Expires time.Time // whole seconds; no longer good at this instant
}

// Sealer is what seals tokens: package seal has one.
type Sealer interface {
	Seal(name, secret string) string
	// Open fails on whatever Seal did not make for this name.
	Open(name, sealed string) (string, error)
}

// Issuer issues sessions and opens their tokens. It is safe for concurrent use.
type Issuer struct {
	Key    Sealer
	Now    func() time.Time // nil means time.Now
	Random io.Reader        // nil means crypto/rand
}

// form is how a cloud's temporary credentials look. Real ones begin so too.
type form struct {
	keyID, token string // how they begin
	keyLength    int    // of what follows
	secretLength int
	// longest is the bound of a token: documented at Tencent Cloud, elsewhere
	// what package sign reads of one header.
	longest int
}

var forms = map[ledger.Cloud]form{
	ledger.Tencent: {keyID: "AKID", keyLength: 32, secretLength: 32, longest: 4096},
	ledger.Alibaba: {keyID: "STS.", token: "CAIS", keyLength: 24, secretLength: 44, longest: 8192},
}

// Issue makes credentials for a session, which lasts from now until Expires.
// The result has its key id, its secret and its beginning filled in. The only
// error is ErrTooLong.
func (i *Issuer) Issue(s Session) (Session, string, error) {
	f := forms[s.Cloud]
	s.KeyID, s.Secret = f.keyID+i.word(f.keyLength), i.word(f.secretLength)
	s.Issued, s.Expires = i.now().Truncate(time.Second), s.Expires.UTC().Truncate(time.Second)
	token := f.token + i.Key.Seal(sealName(s.Cloud), string(s.append(nil)))
	if len(token) > f.longest {
		return Session{}, "", ErrTooLong
	}
	return s, token, nil
}

// Open is the session of a token. Tokens come from strangers: what it costs is
// bounded by their length, and the length by the longest token there is.
// Errors: ErrForged, ErrMismatch, ErrExpired.
func (i *Issuer) Open(cloud ledger.Cloud, keyID, token string) (Session, error) {
	f := forms[cloud]
	sealed, ok := strings.CutPrefix(token, f.token)
	if !ok || len(token) > f.longest {
		return Session{}, ErrForged
	}
	text, err := i.Key.Open(sealName(cloud), sealed)
	if err != nil {
		return Session{}, ErrForged
	}
	s, ok := parse([]byte(text))
	switch {
	case !ok:
		return Session{}, ErrForged
	case subtle.ConstantTimeCompare([]byte(s.KeyID), []byte(keyID)) != 1:
		return Session{}, ErrMismatch
	case !i.now().Before(s.Expires):
		return Session{}, ErrExpired
	}
	s.Cloud = cloud
	return s, nil
}

// Temporary reports whether a key id looks like a temporary one's. It never
// does at Tencent Cloud, where all of them look alike.
func Temporary(cloud ledger.Cloud, keyID string) bool {
	return cloud == ledger.Alibaba && strings.HasPrefix(keyID, forms[cloud].keyID)
}

// sealName keeps tokens apart from every secret of a key, which has a cloud's
// name where this has session.
func sealName(cloud ledger.Cloud) string { return "session/" + string(cloud) }

func (i *Issuer) now() time.Time {
	if i.Now == nil {
		return time.Now().UTC()
	}
	return i.Now().UTC()
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// word is n random letters and digits, each as likely as any other.
func (i *Issuer) word(n int) string {
	source := i.Random
	if source == nil {
		source = rand.Reader
	}
	word, drawn := make([]byte, 0, n), make([]byte, n)
	for len(word) < n {
		if _, err := io.ReadFull(source, drawn); err != nil {
			panic("the source of secrets failed: " + err.Error())
		}
		for _, b := range drawn {
			// Beyond the last whole round of the alphabet its first letters would be likelier.
			if int(b) < 256/len(alphabet)*len(alphabet) && len(word) < n {
				word = append(word, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(word)
}

// Holder is whose a session is: the account as it is now, and in it the user or
// the role; both are nil where the account itself asked for the session.
type Holder struct {
	Account *ledger.Account
	User    *ledger.User
	Role    *ledger.Role
}

// Holder finds who a session is of. ErrEnded says that one of them is gone, or
// is another of the same name.
func (s *Session) Holder(ctx context.Context, r ledger.Records) (Holder, error) {
	a, err := r.Account(ctx, ledger.AccountKey{Cloud: s.Cloud, ID: s.Account})
	switch {
	case errors.Is(err, ledger.ErrNoAccount):
		return Holder{}, ErrEnded
	case err != nil:
		return Holder{}, err
	}
	h := Holder{Account: a}
	switch {
	case s.Role != "":
		h.Role = Role(a, s.Role)
	case s.User != "":
		h.User = User(a, s.User)
	}
	if !s.of(h) {
		return Holder{}, ErrEnded
	}
	return h, nil
}

// of reports whether these are the same that the session was issued to.
func (s *Session) of(h Holder) bool {
	switch {
	case s.Issued.Before(h.Account.CreatedAt.Truncate(time.Second)):
		return false // the account was dropped and made anew
	case s.Role != "":
		return h.Role != nil && h.Role.ID == s.RoleID
	case s.User != "":
		return h.User != nil && Number(h.Account.Key, h.User) == s.By
	}
	return true
}
