// Package sts is what Alibaba Cloud's Security Token Service offers here, one
// file per action: temporary credentials of a role, and who a key belongs to.
//
// A role is assumed when two say so: the caller's own policies allow
// sts:AssumeRole on the role, and the role's trust policy names the caller or
// its account. This holds inside one account as between two. An account's own
// key assumes no role. A session's policy narrows it and never adds a right.
//
// Limits: version 2015-04-01. SourceIdentity, which no page explains, is
// ignored like any parameter that is not declared.
package sts

import (
	"errors"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/session"
)

const (
	product = "sts"
	version = "2015-04-01"
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger, s *session.Issuer) []api.Action {
	return []api.Action{assumeRole(l, s), getCallerIdentity()}
}

// What only this product tells apart.
var (
	errDuration   = errors.New("not as long as a session may last")
	errPolicySize = errors.New("session policy too long")
	errPolicy     = errors.New("session policy not valid")
	errRoot       = errors.New("an account's own key assumes no role")
	errUntrusted  = errors.New("the role does not trust the caller")
)

// faults are the product's own rows. Of the duration and the policy's size the
// documents' texts have numbers that pages of today contradict; here they have
// those in force.
var faults = []api.Fault{
	{Err: param.ErrMissing, Status: 400, Code: "Missing{field}", Message: "{field} is mandatory for this action."},
	{Err: errDuration, Status: 400, Code: "InvalidParameter.DurationSeconds", Message: "The Min/Max value of DurationSeconds is {reason}."},
	{Err: errPolicySize, Status: 400, Code: "InvalidParameter.PolicySize", Message: "The size of Policy must be smaller than {reason}."},
	{Err: errPolicy, Status: 400, Code: "InvalidParameter.PolicyGrammar", Message: "The parameter Policy has not passed grammar check."},
	{Err: param.ErrMalformed, Status: 400, Code: "InvalidParameter.{field}", Message: "The parameter {field} is wrongly formed."},
	{Err: param.ErrRange, Status: 400, Code: "InvalidParameter.{field}", Message: "The parameter {field} is wrongly formed."},
	{Err: session.ErrNoRole, Status: 404, Code: "EntityNotExist.Role", Message: "The specified Role not exists."},
	{Err: errRoot, Status: 403, Code: "NoPermission", Message: "Roles may not be assumed by root accounts."},
	{Err: errUntrusted, Status: 403, Code: "NoPermission", Message: "No permission perform sts:AssumeRole on this Role."},
	{Err: ledger.ErrDenied, Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action. You should be authorized by RAM."},
}
