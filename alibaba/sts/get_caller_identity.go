package sts

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// GetCallerIdentityRequest asks who the key belongs to.
type GetCallerIdentityRequest struct{}

// GetCallerIdentityResponse says who signed.
type GetCallerIdentityResponse struct {
	// Account, RAMUser or AssumedRoleUser.
	IdentityType string
	// The account: the caller's, or the role's whose session it is.
	AccountId string
	// The user's number, or the account's; a role has none.
	UserId string `json:",omitzero" xml:",omitempty"`
	// The role's number, of a role's session.
	RoleId string `json:",omitzero" xml:",omitempty"`
	// The number of who acts; of a role's session, with the session's name.
	PrincipalId string
	// The caller's name among all resources.
	Arn string
	// The id of this request.
	RequestId string
}

// getCallerIdentity needs no permission, as documented.
func getCallerIdentity() api.Action {
	return api.Define(api.Spec[GetCallerIdentityRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "GetCallerIdentity", Faults: faults,
		Resources: func(*api.Request, *GetCallerIdentityRequest) []string { return nil },
	}, func(_ context.Context, r *api.Request, _ *GetCallerIdentityRequest) (*GetCallerIdentityResponse, error) {
		return identity(r), nil
	})
}

func identity(r *api.Request) *GetCallerIdentityResponse {
	account, own := r.Caller.Account, r.Principal.Number
	name := func(rest string) string { return "acs:ram::" + account + ":" + rest }
	switch {
	case r.Caller.Role != "":
		return &GetCallerIdentityResponse{
			IdentityType: "AssumedRoleUser", AccountId: account, RoleId: own, PrincipalId: own + ":" + r.Caller.Session,
			Arn: name("assumed-role/" + r.Caller.Role + "/" + r.Caller.Session),
		}
	case r.Caller.User != "":
		return &GetCallerIdentityResponse{
			IdentityType: "RAMUser", AccountId: account, UserId: own, PrincipalId: own, Arn: name("user/" + r.Caller.User),
		}
	}
	// What the page does not say of an account's own key follows from the rest.
	return &GetCallerIdentityResponse{
		IdentityType: "Account", AccountId: account, UserId: account, PrincipalId: account, Arn: name("root"),
	}
}
