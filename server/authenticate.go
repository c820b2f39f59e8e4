package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/session"
	"imageshare/sign"
)

// authenticate turns a claim into a caller: key with its token, time,
// signature, replay, in this order. Only an address that failed far too often
// is sent away before.
func (x *exchange) authenticate(ctx context.Context) error {
	if x.suspects.known(x.address, x.arrived) {
		return api.ErrSuspect
	}
	err := x.identify(ctx)
	if err != nil && unbelieved(err) {
		x.suspects.note(x.address, x.arrived)
	}
	return err
}

// unbelieved are the failures that guessing makes. A clock that is wrong, an
// expired session and a repeated request are the mishaps of honest clients.
func unbelieved(err error) bool {
	for _, rule := range []error{
		ledger.ErrNoKey, api.ErrKeyDisabled, sign.ErrMismatch, api.ErrTokenMissing, api.ErrTokenMalformed, api.ErrTokenRefused,
	} {
		if errors.Is(err, rule) {
			return true
		}
	}
	return false
}

func (x *exchange) identify(ctx context.Context) error {
	who, err := x.speaker(ctx)
	if err != nil {
		return err
	}
	if off := x.arrived.Sub(x.claim.Time); off > x.claim.Window || off < -x.claim.Window {
		return api.ErrExpired
	}
	key, err := x.verify(who)
	if err != nil {
		return err
	}
	if x.claim.Token != "" && who.session == nil {
		// Keys that are stored have no token.
		return api.ErrTokenRefused
	}
	if x.claim.Once != "" && !x.replays.first(string(who.Cloud)+x.claim.Once, x.claim.Time.Add(x.claim.Window), x.arrived) {
		return api.ErrReplayed
	}
	if who.session == nil {
		x.used.note(key, who.name(), x.arrived)
	}
	x.caller, x.session, x.holder = who.Caller, who.session, who.holder
	x.caller.Wire, x.caller.Action, x.caller.RequestID, x.caller.Source = x.call.Wire, x.action.Name, x.id, x.source
	return nil
}

// speaker is whom a key stands for, not yet believed.
type speaker struct {
	ledger.Caller
	session *session.Session // nil for a stored key
	holder  session.Holder   // the session's
	sealed  string           // the secret of a stored key
}

// name is the key's.
func (w speaker) name() ledger.CredentialName {
	return ledger.CredentialName{Cloud: w.Cloud, KeyID: w.KeyID}
}

// speaker finds the key among those that are stored, else in its token.
func (x *exchange) speaker(ctx context.Context) (speaker, error) {
	cloud := x.dialect.Cloud()
	cred, err := x.Ledger.Reader().Credential(ctx, cloud, x.claim.KeyID)
	switch {
	case errors.Is(err, ledger.ErrNoKey) && x.Sessions != nil:
		return x.temporary(ctx, err)
	case err != nil:
		return speaker{}, err
	case cred.Disabled:
		return speaker{}, x.disabled(ctx)
	}
	return speaker{
		Caller: ledger.Caller{Cloud: cloud, Account: cred.Account.ID, User: cred.User, KeyID: cred.ID},
		sealed: cred.Sealed,
	}, nil
}

// disabled says what an unknown key would hear with the same token, but for the
// key alone. No token makes up for it: a key that an operator stored and
// disabled is not to be used.
func (x *exchange) disabled(ctx context.Context) error {
	if x.Sessions == nil {
		return api.ErrKeyDisabled
	}
	_, err := x.temporary(ctx, api.ErrKeyDisabled)
	return cmp.Or(err, api.ErrTokenRefused)
}

// temporary is the speaker of a key that only its token knows. Without a token
// the key is missing one if it looks temporary, else it is unknown.
func (x *exchange) temporary(ctx context.Context, unknown error) (speaker, error) {
	cloud := x.dialect.Cloud()
	switch {
	case x.claim.Token == "" && session.Temporary(cloud, x.claim.KeyID):
		return speaker{}, api.ErrTokenMissing
	case x.claim.Token == "" || (cloud == ledger.Alibaba && !session.Temporary(cloud, x.claim.KeyID)):
		return speaker{}, unknown
	}
	s, err := x.Sessions.Open(cloud, x.claim.KeyID, x.claim.Token)
	var holder session.Holder
	if err == nil {
		holder, err = s.Holder(ctx, x.Ledger.Reader())
	}
	if err != nil {
		return speaker{}, tokenFault(err)
	}
	return speaker{
		Caller:  ledger.Caller{Cloud: cloud, Account: s.Account, User: s.User, Role: s.Role, Session: s.Name, KeyID: s.KeyID},
		session: &s, holder: holder,
	}, nil
}

// tokenFault says in the dialects' words what is wrong with a token.
func tokenFault(err error) error {
	for from, to := range map[error]error{
		session.ErrForged: api.ErrTokenMalformed, session.ErrMismatch: api.ErrTokenRefused,
		session.ErrExpired: api.ErrTokenExpired, session.ErrEnded: api.ErrTokenEnded,
	} {
		if errors.Is(err, from) {
			return to
		}
	}
	return err
}

// open is the key with its secret.
func (x *exchange) open(who speaker) (*openedKey, error) {
	if who.session != nil {
		return newOpenedKey("", who.session.Secret), nil
	}
	return x.opened.open(x.Secrets, who.name(), who.sealed)
}

func (x *exchange) verify(who speaker) (*openedKey, error) {
	key, err := x.open(who)
	if err != nil {
		return nil, fmt.Errorf("open the secret of key %s: %w", who.KeyID, err)
	}
	if err = x.claim.Verify(&key.secret); err != nil {
		x.explain(err, who.KeyID)
	}
	return key, err
}

// explain logs what the server signed, which helps whoever debugs a client of a
// wire that does not tell it; it holds the request, never the secret.
func (x *exchange) explain(err error, keyID string) {
	if m := (*sign.Mismatch)(nil); errors.As(err, &m) && x.Log.Enabled(context.Background(), slog.LevelDebug) {
		x.Log.Debug("signature does not match", "request", x.id, "key", keyID, "canonical", redact(m.Canonical), "toSign", redact(m.StringToSign))
	}
}

// tokens are the values of whatever is called a token in a text to sign: as
// sent, percent-encoded, or encoded twice, up to the "&" or line end behind.
var tokens = regexp.MustCompile(`(?i)(token(?:=|:|%3D))(?:[^&%\r\n]|%(?:[013-9A-F][0-9A-F]|2[0-57-9A-F]))+`)

// redact takes tokens out of what is logged. With one and a signed request
// that is still fresh, somebody else could repeat the request.
func redact(text string) string { return tokens.ReplaceAllString(text, "${1}(redacted)") }
