package sts

import (
	"context"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
)

// AssumeRoleRequest asks to act as a role for a while.
type AssumeRoleRequest struct {
	// The role: acs:ram::ACCOUNT:role/NAME.
	RoleArn string `api:"required"`
	// What the caller calls the session, 2 to 64 letters, digits or .@-_; it
	// stands in the history of what the session does.
	RoleSessionName string `api:"required"`
	// A policy, as JSON of at most 2048 characters, that narrows what the role may do.
	Policy string
	// How many seconds the session lasts: 3600 if left out, at least 900 and at
	// most what the role allows.
	DurationSeconds *int64
	// A word that the role's trust policy may ask for, 2 to 1224 characters.
	ExternalId string `api:"maxlen=1224"`
}

// AssumeRoleResponse has the credentials of the session.
type AssumeRoleResponse struct {
	// The id of this request.
	RequestId string
	// Who the caller is with them.
	AssumedRoleUser AssumedRoleUser
	// What to sign with.
	Credentials Credentials
}

// AssumedRoleUser is a role's session.
type AssumedRoleUser struct {
	// The session's name among all resources. Here it says role where
	// GetCallerIdentity says assumed-role.
	Arn string
	// The role's number with the session's name.
	AssumedRoleId string
}

// Credentials are what a client signs with until they expire.
type Credentials struct {
	// The temporary key's id.
	AccessKeyId string
	// The temporary key's secret.
	AccessKeySecret string
	// The token that goes with every request.
	SecurityToken string
	// When they expire, UTC.
	Expiration string
}

var (
	roleARN     = regexp.MustCompile(`^acs:ram::([1-9][0-9]{0,19}):role/([A-Za-z0-9+=,.@_-]{1,128})$`)
	sessionName = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`) // at most 1224, which its tag says
)

// Check knows what a field's tag cannot say.
func (in *AssumeRoleRequest) Check() error {
	wrong := func(field string) error {
		return &param.Error{Rule: param.ErrMalformed, Field: field, Reason: "is wrongly formed"}
	}
	switch {
	case !roleARN.MatchString(in.RoleArn):
		return wrong("RoleArn")
	case !sessionName.MatchString(in.RoleSessionName):
		return wrong("RoleSessionName")
	case in.ExternalId != "" && !externalID.MatchString(in.ExternalId):
		return wrong("ExternalId")
	}
	return nil
}

// role is the account and the name in a RoleArn that Check let through.
func (in *AssumeRoleRequest) role() (ledger.AccountKey, string) {
	m := roleARN.FindStringSubmatch(in.RoleArn)
	return ledger.AccountKey{Cloud: ledger.Alibaba, ID: m[1]}, m[2]
}

// resource is how a policy names the role: with any region.
func (in *AssumeRoleRequest) resource() []string {
	key, name := in.role()
	return []string{"acs:ram:*:" + key.ID + ":role/" + name}
}

func assumeRole(l *ledger.Ledger, s *session.Issuer) api.Action {
	return api.Define(api.Spec[AssumeRoleRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "AssumeRole", Rate: 100, Faults: faults,
		Resources: func(_ *api.Request, in *AssumeRoleRequest) []string { return in.resource() },
	}, func(ctx context.Context, r *api.Request, in *AssumeRoleRequest) (*AssumeRoleResponse, error) {
		if r.Caller.User == "" && r.Caller.Role == "" {
			return nil, errRoot
		}
		role, err := trusting(ctx, l, r, in)
		if err != nil {
			return nil, err
		}
		lasts, err := lasting(in.DurationSeconds, role)
		if err != nil {
			return nil, err
		}
		doc, err := narrowing(in.Policy)
		if err != nil {
			return nil, err
		}
		return issue(s, r, in, role, doc, lasts)
	})
}

// trusting is the role, if it lets the caller in.
func trusting(ctx context.Context, l *ledger.Ledger, r *api.Request, in *AssumeRoleRequest) (*ledger.Role, error) {
	asked := policy.Request{Action: "sts:AssumeRole", Resources: in.resource(), Account: r.Caller.Account, Context: r.Context}
	asked.Context.ExternalID = in.ExternalId
	key, name := in.role()
	role, d, err := session.Assume(ctx, l.Reader(), key, func(o *ledger.Role) bool { return o.Name == name }, r.Principal, asked)
	if err == nil && d.Effect != policy.Allowed {
		err = fmt.Errorf("%w: %w", errUntrusted, &api.Denial{
			Action: asked.Action, Resource: asked.Resources[0], Explicit: d.Effect == policy.ExplicitDeny,
			Layer: api.TrustPolicy, Caller: r.Caller, Principal: principal(r),
		})
	}
	return role, err
}

// principal is what a denial calls the caller, who is never an account.
func principal(r *api.Request) string {
	if r.Caller.Role != "" {
		return r.Caller.Role + ":" + r.Caller.Session
	}
	return r.Principal.Number
}

// The documented bounds of a session. A role without a bound of its own has
// the one that new roles get.
const (
	shortestSession = 15 * time.Minute
	usualSession    = time.Hour
)

func lasting(asked *int64, role *ledger.Role) (time.Duration, error) {
	longest := usualSession
	if role.MaxSession > 0 {
		longest = role.MaxSession
	}
	if asked == nil {
		return min(usualSession, longest), nil
	}
	if *asked < int64(shortestSession/time.Second) || *asked > int64(longest/time.Second) {
		return 0, &param.Error{Rule: errDuration, Field: "DurationSeconds", Reason: "15min/" + length(longest)}
	}
	return time.Duration(*asked) * time.Second, nil
}

// length is a time as the vendor's text has it: 1hr.
func length(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dhr", d/time.Hour)
	}
	return fmt.Sprintf("%dmin", d/time.Minute)
}

// maxPolicy is today's bound of a session's policy, in characters; a page of
// 2021 has half of it.
const maxPolicy = 2048

func narrowing(text string) (ledger.Document, error) {
	switch {
	case text == "":
		return "", nil
	case utf8.RuneCountInString(text) > maxPolicy:
		return "", &param.Error{Rule: errPolicySize, Field: "Policy", Reason: "2048 bytes"}
	}
	doc, err := policy.ParseSession(ledger.Alibaba, []byte(text))
	if err != nil {
		return "", &param.Error{Rule: errPolicy, Field: "Policy", Reason: err.Error()}
	}
	return doc, nil
}

func issue(s *session.Issuer, r *api.Request, in *AssumeRoleRequest, role *ledger.Role, doc ledger.Document, lasts time.Duration) (*AssumeRoleResponse, error) {
	key, _ := in.role()
	made, token, err := s.Issue(session.Session{
		Cloud: ledger.Alibaba, Account: key.ID, Role: role.Name, RoleID: role.ID, Name: in.RoleSessionName,
		By: r.Principal.Number, Policy: doc, Expires: r.Now.Add(lasts),
	})
	if err != nil {
		// It cannot happen: the longest policy fits, whatever characters it has.
		return nil, err
	}
	return &AssumeRoleResponse{
		AssumedRoleUser: AssumedRoleUser{
			Arn: "acs:ram::" + key.ID + ":role/" + role.Name + "/" + in.RoleSessionName, AssumedRoleId: role.ID + ":" + in.RoleSessionName,
		},
		Credentials: Credentials{
			AccessKeyId: made.KeyID, AccessKeySecret: made.Secret, SecurityToken: token,
			// Without a fraction: a client parses exactly this form.
			Expiration: api.Time(made.Expires),
		},
	}, nil
}
