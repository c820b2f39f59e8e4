package sts

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
)

// AssumeRoleRequest asks to act as a role for a while.
type AssumeRoleRequest struct {
	// The role: qcs::cam::uin/ACCOUNT:roleName/NAME, or role/ID in place of the name.
	RoleArn string `api:"required"`
	// What the caller calls the session, 2 to 128 letters, digits or +=,.@_-; it
	// stands in the history of what the session does.
	RoleSessionName string `api:"required"`
	// How many seconds the session lasts: 7200 if left out or 0, at most 43200
	// and what the role allows.
	DurationSeconds int64 `api:"min=0"`
	// A policy, percent-encoded, that narrows what the role may do.
	Policy string
	// A word that the role's trust policy may ask for, 2 to 128 characters.
	ExternalId string
	// Tags of the session, at most 50 with different keys. They have no effect here.
	Tags []Tag `api:"maxitems=50"`
	// Who stands behind the caller. It has no effect here.
	SourceIdentity string
	// The caller's MFA device. Nobody has one here, so it is refused.
	SerialNumber string
	// The code of the caller's MFA device. Nobody has one here, so it is refused.
	TokenCode string
}

// Tag is a tag of a session.
type Tag struct {
	// Its name, at most 128 characters.
	Key string `api:"required,maxlen=128"`
	// Its value, at most 256 characters.
	Value string `api:"maxlen=256"`
}

// AssumeRoleResponse has the credentials of the session.
type AssumeRoleResponse struct {
	// What to sign with.
	Credentials Credentials
	// When they expire, in seconds since 1970.
	ExpiredTime int64
	// When they expire, UTC.
	Expiration string
	// The id of this request.
	RequestId string
}

var (
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,128}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]{2,128}$`)
	roleARN     = regexp.MustCompile(`^qcs::cam::uin/([1-9][0-9]{0,19}):(role|roleName)/([A-Za-z0-9+=,.@_/-]+)$`)
)

// Check knows what a field's tag cannot say.
func (in *AssumeRoleRequest) Check() error {
	wrong := func(field, reason string) error {
		return &param.Error{Rule: param.ErrRange, Field: field, Reason: reason}
	}
	switch {
	case !roleARN.MatchString(in.RoleArn):
		return wrong("RoleArn", "is not of the form qcs::cam::uin/ACCOUNT:roleName/NAME")
	case !sessionName.MatchString(in.RoleSessionName):
		return wrong("RoleSessionName", "is not 2 to 128 letters, digits or +=,.@_-")
	case in.ExternalId != "" && !externalID.MatchString(in.ExternalId):
		return wrong("ExternalId", "is not 2 to 128 letters, digits or +=,.@:/_-")
	case in.SerialNumber != "" || in.TokenCode != "":
		return &param.Error{Rule: errFactor, Field: "TokenCode"}
	}
	keys := map[string]bool{}
	for i, tag := range in.Tags {
		if keys[tag.Key] {
			return wrong(fmt.Sprintf("Tags.%d.Key", i), "is given twice")
		}
		keys[tag.Key] = true
	}
	return nil
}

// role is the account of a RoleArn that Check let through, and which of the
// account's roles it names. Roles of the vendor's own services are among
// nobody's here.
func (in *AssumeRoleRequest) role() (ledger.AccountKey, func(*ledger.Role) bool) {
	m := roleARN.FindStringSubmatch(in.RoleArn)
	key := ledger.AccountKey{Cloud: ledger.Tencent, ID: m[1]}
	if m[2] == "role" {
		return key, func(r *ledger.Role) bool { return r.ID == m[3] }
	}
	return key, func(r *ledger.Role) bool { return r.Name == m[3] }
}

// roleResource names the role as policies do, by its name, whichever way the
// caller named it: else a denial of the one would not hold for the other.
func roleResource(l *ledger.Ledger, in *AssumeRoleRequest) []string {
	key, is := in.role()
	// A role that cannot be found is asked about as it was named, and found
	// missing afterwards by those who may hear it.
	a, err := l.Reader().Account(context.Background(), key)
	if err != nil {
		return []string{in.RoleArn}
	}
	for i := range a.Roles {
		if is(&a.Roles[i]) {
			return []string{"qcs::cam::uin/" + key.ID + ":roleName/" + a.Roles[i].Name}
		}
	}
	return []string{in.RoleArn}
}

// Named is the role in a denial. Its name is told to nobody who does not know
// it: the caller may be of another account.
func (in *AssumeRoleRequest) Named() string { return in.RoleArn }

// The documented bounds of a role's session.
const (
	usualSession   = 2 * time.Hour
	longestSession = 12 * time.Hour
)

func assumeRole(l *ledger.Ledger, s *session.Issuer) api.Action {
	return api.Define(api.Spec[AssumeRoleRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "AssumeRole", Rate: rate, Faults: faults,
		Resources: func(_ *api.Request, in *AssumeRoleRequest) []string { return roleResource(l, in) },
	}, func(ctx context.Context, r *api.Request, in *AssumeRoleRequest) (*AssumeRoleResponse, error) {
		role, err := trusting(ctx, l, r, in)
		if err != nil {
			return nil, err
		}
		longest := longestSession
		if role.MaxSession > 0 {
			longest = min(longest, role.MaxSession)
		}
		lasts, err := lasting(in.DurationSeconds, usualSession, longest)
		if err != nil {
			return nil, err
		}
		narrow := session.Session{Name: in.RoleSessionName, Role: role.Name, RoleID: role.ID}
		if narrow.Policy, err = optional(in.Policy); err != nil {
			return nil, err
		}
		key, _ := in.role()
		narrow.Account = key.ID
		return issue(s, r, narrow, lasts)
	})
}

// trusting is the role, if it lets the caller in.
func trusting(ctx context.Context, l *ledger.Ledger, r *api.Request, in *AssumeRoleRequest) (*ledger.Role, error) {
	asked := policy.Request{Action: "sts:AssumeRole", Resources: roleResource(l, in), Account: r.Caller.Account, Context: r.Context}
	asked.Context.ExternalID = in.ExternalId
	key, is := in.role()
	role, d, err := session.Assume(ctx, l.Reader(), key, is, r.Principal, asked)
	if err == nil && d.Effect != policy.Allowed {
		err = &api.Denial{
			Action: asked.Action, Resource: in.Named(), Explicit: d.Effect == policy.ExplicitDeny,
			Layer: api.TrustPolicy, Caller: r.Caller, Principal: caller(r),
		}
	}
	return role, err
}

// optional is narrowing for a policy that may be left out.
func optional(text string) (ledger.Document, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return narrowing(text)
}

// issue is the answer of both actions that make sessions.
func issue(s *session.Issuer, r *api.Request, what session.Session, lasts time.Duration) (*AssumeRoleResponse, error) {
	what.Cloud, what.By, what.Expires = ledger.Tencent, caller(r), r.Now.Add(lasts)
	made, token, err := s.Issue(what)
	if err != nil {
		return nil, err
	}
	return &AssumeRoleResponse{
		Credentials: Credentials{Token: token, TmpSecretId: made.KeyID, TmpSecretKey: made.Secret},
		ExpiredTime: made.Expires.Unix(), Expiration: api.Time(made.Expires),
	}, nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
