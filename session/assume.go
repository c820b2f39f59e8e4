package session

import (
	"context"
	"errors"

	"imageshare/ledger"
	"imageshare/policy"
)

// ErrNoRole: the account has no such role, or there is no such account.
var ErrNoRole = errors.New("no such role")

// Assume is the half of AssumeRole that the role decides: it finds the role of
// an account and asks its trust policy about a caller. That the caller's own
// policies allow it as well was asked before. A role without a trust policy
// lets nobody in. The request's names are the cloud's.
func Assume(ctx context.Context, r ledger.Records, account ledger.AccountKey, is func(*ledger.Role) bool, who policy.Principal, asked policy.Request) (*ledger.Role, policy.Decision, error) {
	a, err := r.Account(ctx, account)
	if errors.Is(err, ledger.ErrNoAccount) {
		return nil, policy.Decision{}, ErrNoRole
	}
	if err != nil {
		return nil, policy.Decision{}, err
	}
	for i := range a.Roles {
		if role := &a.Roles[i]; is(role) {
			return role, trusts(account.Cloud, role, who, asked), nil
		}
	}
	return nil, policy.Decision{}, ErrNoRole
}

func trusts(cloud ledger.Cloud, role *ledger.Role, who policy.Principal, asked policy.Request) policy.Decision {
	t, err := policy.CompileTrust(cloud, role.Trust)
	if err != nil {
		// Stores refuse what cannot be read, so this is a role without one.
		return policy.Decision{Effect: policy.ImplicitDeny}
	}
	return t.Decide(who, asked)
}
