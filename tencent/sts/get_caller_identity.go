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
	// The caller's name among all resources.
	Arn string
	// The main account: the caller's, or the role's whose session it is.
	AccountId string
	// The caller's own number; of a session, whose it is and what it is called.
	UserId string
	// The number of who holds the key, or asked for the session.
	PrincipalId string
	// CAMUser, or CAMRole for a role's session.
	Type string
	// The id of this request.
	RequestId string
}

// getCallerIdentity needs no permission: the caller hears nothing but what the
// key stands for. The documents name no permission either.
func getCallerIdentity() api.Action {
	return api.Define(api.Spec[GetCallerIdentityRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "GetCallerIdentity", Rate: rate, Faults: faults,
		Resources: func(*api.Request, *GetCallerIdentityRequest) []string { return nil },
	}, func(_ context.Context, r *api.Request, _ *GetCallerIdentityRequest) (*GetCallerIdentityResponse, error) {
		return identity(r), nil
	})
}

// identity has the forms that the samples print, the three-part name of a user
// included.
func identity(r *api.Request) *GetCallerIdentityResponse {
	account, own := r.Caller.Account, caller(r)
	switch {
	case r.Caller.Role != "":
		return &GetCallerIdentityResponse{
			Type: "CAMRole", AccountId: account, UserId: own + ":" + r.Caller.Session, PrincipalId: r.Session.By,
			Arn: "qcs::sts:" + account + ":assumed-role/" + own,
		}
	case r.Session != nil:
		return &GetCallerIdentityResponse{
			Type: "CAMUser", AccountId: account, UserId: own + ":" + r.Caller.Session, PrincipalId: own,
			Arn: "qcs::sts:" + own + ":federated-user/" + own,
		}
	}
	return &GetCallerIdentityResponse{
		Type: "CAMUser", AccountId: account, UserId: own, PrincipalId: own,
		Arn: "qcs::cam:" + account + ":uin/" + own,
	}
}
