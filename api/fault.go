package api

import (
	"errors"
	"strconv"
	"strings"

	"imageshare/param"
	"imageshare/sign"
)

// What can be wrong with a request before any rule of the ledger is asked.
var (
	ErrNoVersion   = errors.New("no such version")
	ErrNoAction    = errors.New("no such action")
	ErrMethod      = errors.New("method not supported")
	ErrContentType = errors.New("content type not supported")
	ErrTooLarge    = errors.New("request too large")
	ErrExpired     = errors.New("signed too long ago or too far ahead")
	ErrReplayed    = errors.New("signed request used before")
	ErrKeyDisabled = errors.New("access key disabled")
	ErrTooOften    = errors.New("too many calls in a second")
	ErrOverload    = errors.New("too much at once")
	// ErrSuspect: so much from one address could not be believed that nothing
	// from there is checked for a while.
	ErrSuspect = errors.New("too many failed signatures from this address")
)

// What can be wrong with the token of a temporary key.
var (
	ErrTokenMissing   = errors.New("temporary key without its token")
	ErrTokenMalformed = errors.New("not a token of this server")
	ErrTokenRefused   = errors.New("token not of this key")
	ErrTokenExpired   = errors.New("token expired")
	// ErrTokenEnded: the account, user or role that the session is of is gone.
	ErrTokenEnded = errors.New("who the token is of is no more")
)

// TooOften is a call beyond its rate: the number it was in this second.
type TooOften struct{ Count, Limit int }

func (e *TooOften) Error() string { return ErrTooOften.Error() }

// Unwrap gives the rule's sentinel.
func (e *TooOften) Unwrap() error { return ErrTooOften }

// Detail serves the texts of a fault: count or limit.
func (e *TooOften) Detail(name string) string {
	switch name {
	case "count":
		return strconv.Itoa(e.Count)
	case "limit":
		return strconv.Itoa(e.Limit)
	}
	return ""
}

// details finds what an error was about, wherever it was raised.
func details(err error) func(name string) string {
	var d interface{ Detail(string) string }
	var field *sign.FieldError
	switch {
	case errors.As(err, &d):
		return d.Detail
	case errors.As(err, &field):
		return (&param.Error{Field: field.Field, Reason: field.Reason}).Detail
	}
	return func(string) string { return "" }
}

// Fault is how an error is spelled on a wire. Code and Message are templates:
// {field}, {reason}, {image}, {account}, {region}, {limit}, {count},
// {action} and {resource} stand for the error's details, {requestId} for the request's id,
// {stringToSign} and {canonical} for what a wrong signature should have covered.
// Status is the HTTP status, or the number that a wire has in its place.
type Fault struct {
	Err     error
	Status  int
	Code    string
	Message string
}

// Internal is the code of an error that no row explains, on every wire: the
// server's own, which whoever runs it should hear of.
const Internal = "InternalError"

// Match is the first row whose error err is, or the fallback where none fits.
func Match(err error, fallback Fault, tables ...[]Fault) Fault {
	for _, rows := range tables {
		for _, f := range rows {
			if errors.Is(err, f.Err) {
				return f
			}
		}
	}
	return fallback
}

// Spell fills a row's texts from the details of the error it answers.
func (f Fault) Spell(err error, requestID string) Fault {
	detail := details(err)
	var mismatch sign.Mismatch
	if m := (*sign.Mismatch)(nil); errors.As(err, &m) {
		mismatch = *m
	}
	fill := func(text string) string {
		if !strings.Contains(text, "{") {
			return text
		}
		pairs := []string{
			"{requestId}", requestID,
			"{stringToSign}", clip(mismatch.StringToSign, longText), "{canonical}", clip(mismatch.Canonical, longText),
		}
		for _, name := range []string{"field", "reason", "image", "account", "region", "limit", "count", "action", "resource"} {
			pairs = append(pairs, "{"+name+"}", clip(detail(name), longDetail))
		}
		return strings.NewReplacer(pairs...).Replace(text)
	}
	f.Code, f.Message = fill(f.Code), strings.TrimRight(fill(f.Message), " ")
	return f
}

// What an answer quotes at most of a detail, and of a text that was to be
// signed. Encoded for signing, a form is five times as long as it was sent.
const (
	longDetail = 256
	longText   = 64 << 10
)

// clip shortens what a client sent before it is sent back.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
