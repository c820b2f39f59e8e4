// Package sts is what Tencent Cloud's Security Token Service offers here, one
// file per action: temporary credentials of a role or of a federated user, and
// who a key belongs to.
//
// A role is assumed when two say so: the caller's own policies allow
// sts:AssumeRole on the role, and the role's trust policy names the caller or
// his account. This holds inside one account as between two. A session's policy
// narrows it and never adds a right.
//
// Limits: version 2018-08-13. No devices prove a second factor, so whoever
// sends a code is refused. A session's tags and SourceIdentity are checked and
// have no effect: no policy here asks about them. A session policy that speaks
// of somebody else's resources is taken, and allows nothing there.
package sts

import (
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
)

const (
	product = "sts"
	version = "2018-08-13"
	// rate is what the page of the product says of its calls.
	rate = 600
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger, s *session.Issuer) []api.Action {
	return []api.Action{assumeRole(l, s), getFederationToken(s), getCallerIdentity()}
}

// What only this product tells apart.
var (
	errDuration      = errors.New("longer than a session may last")
	errPolicyTooLong = errors.New("session policy too long")
	errPolicyFormat  = errors.New("session policy is no JSON")
	errPolicy        = errors.New("session policy not valid")
	errResource      = errors.New("session policy names no sound resource")
	errFactor        = errors.New("no device proves a second factor")
	errTemporary     = errors.New("a temporary key asks for what only a lasting one gets")
)

// faults are the product's own rows. The documents list its codes and none of
// its texts.
var faults = []api.Fault{
	{Err: session.ErrNoRole, Code: "ResourceNotFound.RoleNotFound", Message: "The role does not exist."},
	{Err: errDuration, Code: "InvalidParameter.OverTimeError", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
	{Err: errPolicyTooLong, Code: "InvalidParameter.PolicyTooLong", Message: "The `{field}` {reason}."},
	{Err: session.ErrTooLong, Code: "InvalidParameter.ExtendStrategyOverSize", Message: "The policy is too long: with it the token would exceed 4096 bytes."},
	{Err: errPolicyFormat, Code: "InvalidParameter.StrategyFormatError", Message: "The `{field}` is not a policy: {reason}."},
	{Err: errResource, Code: "InvalidParameter.ResouceError", Message: "The `{field}` has a resource that is not well formed: {reason}."},
	{Err: errPolicy, Code: "InvalidParameter.StrategyInvalid", Message: "The `{field}` is not valid: {reason}."},
	{Err: errFactor, Code: "FailedOperation.CheckMFAError", Message: "The MFA code is not valid: no MFA device is bound."},
	{Err: errTemporary, Code: "FailedOperation.TempKeyNotAllowed", Message: "A temporary key cannot call this action. Use a permanent one."},
	{Err: param.ErrMalformed, Code: "InvalidParameter.ParamError", Message: "Parameter `{field}` type error. It {reason}."},
	{Err: param.ErrRange, Code: "InvalidParameter.ParamError", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
}

// Credentials are what a client signs with until they expire.
type Credentials struct {
	// The token that goes with every request.
	Token string
	// The temporary key's id.
	TmpSecretId string
	// The temporary key's secret.
	TmpSecretKey string
}

// caller is the number of who calls.
func caller(r *api.Request) string {
	if r.Principal.Number != "" {
		return r.Principal.Number
	}
	return r.Caller.Account
}

// maxPolicy is how many characters a policy may have in CAM; of a session's
// the documents only say that one can be too long.
const maxPolicy = 6144

// narrowing reads a session's policy: JSON that was percent-encoded, where a
// space may be a plus sign as in a form, because the Terraform provider
// encodes it so. What begins like JSON is taken as it stands.
func narrowing(text string) (ledger.Document, error) {
	wrong := func(rule error, reason string) error {
		return &param.Error{Rule: rule, Field: "Policy", Reason: reason}
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		decoded, err := url.QueryUnescape(text)
		if err != nil {
			return "", wrong(errPolicyFormat, "it has a bad percent escape")
		}
		text = decoded
	}
	if utf8.RuneCountInString(text) > maxPolicy {
		return "", wrong(errPolicyTooLong, "is longer than 6144 characters")
	}
	doc, err := policy.ParseSession(ledger.Tencent, []byte(text))
	var fault *policy.Error
	switch {
	case err == nil:
		return doc, nil
	case !errors.As(err, &fault):
		return "", err
	case fault.Path == "":
		return "", wrong(errPolicyFormat, err.Error())
	case strings.Contains(fault.Path, "resource"):
		return "", wrong(errResource, err.Error())
	}
	return "", wrong(errPolicy, err.Error())
}

// lasting is how long a session lasts: what was asked, or the action's default
// where nothing was or zero, as Terraform and Packer send it.
func lasting(asked int64, usual, longest time.Duration) (time.Duration, error) {
	if asked == 0 {
		return min(usual, longest), nil
	}
	if asked > int64(longest/time.Second) {
		return 0, &param.Error{Rule: errDuration, Field: "DurationSeconds", Reason: "is above " + seconds(longest)}
	}
	return time.Duration(asked) * time.Second, nil
}
