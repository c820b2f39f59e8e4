package sts

import (
	"context"
	"regexp"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/session"
)

// GetFederationTokenRequest asks for a key to pass on to somebody who has none:
// it may do what the caller may and the policy allows.
type GetFederationTokenRequest struct {
	// What the caller calls that somebody: letters, at most 128.
	Name string `api:"required"`
	// A policy, percent-encoded, that narrows what the caller may do.
	Policy string `api:"required"`
	// How many seconds the key lasts: 1800 if left out or 0, at most 7200 for an
	// account and 129600 for a sub-account.
	DurationSeconds int64 `api:"min=0"`
}

// GetFederationTokenResponse has the credentials.
type GetFederationTokenResponse struct {
	// What to sign with.
	Credentials Credentials
	// When they expire, in seconds since 1970.
	ExpiredTime int64
	// When they expire, UTC.
	Expiration string
	// The id of this request.
	RequestId string
}

var federatedName = regexp.MustCompile(`^[A-Za-z]{1,128}$`)

// Check knows letters.
func (in *GetFederationTokenRequest) Check() error {
	if !federatedName.MatchString(in.Name) {
		return &param.Error{Rule: param.ErrRange, Field: "Name", Reason: "is not 1 to 128 letters"}
	}
	return nil
}

// The documented bounds of a federated key.
const (
	usualFederation   = 30 * time.Minute
	longestOfAccounts = 2 * time.Hour
	longestOfUsers    = 36 * time.Hour
)

func getFederationToken(s *session.Issuer) api.Action {
	return api.Define(api.Spec[GetFederationTokenRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "GetFederationToken", Rate: rate, Faults: faults,
		// No resource is named for it, so only a policy for everything grants it.
		Resources: func(*api.Request, *GetFederationTokenRequest) []string { return []string{"*"} },
	}, func(_ context.Context, r *api.Request, in *GetFederationTokenRequest) (*GetFederationTokenResponse, error) {
		if r.Session != nil {
			return nil, errTemporary
		}
		longest := longestOfAccounts
		if r.Caller.User != "" {
			longest = longestOfUsers
		}
		lasts, err := lasting(in.DurationSeconds, usualFederation, longest)
		if err != nil {
			return nil, err
		}
		doc, err := narrowing(in.Policy)
		if err != nil {
			return nil, err
		}
		who := session.Session{Account: r.Caller.Account, User: r.Caller.User, Name: in.Name, Policy: doc}
		made, err := issue(s, r, who, lasts)
		if err != nil {
			return nil, err
		}
		out := GetFederationTokenResponse(*made)
		return &out, nil
	})
}
