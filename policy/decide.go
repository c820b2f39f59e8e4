package policy

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Request is what somebody wants to do.
type Request struct {
	Action    string   // service and action without name/, such as cvm:DescribeImages; letter case does not matter
	Resources []string // complete names as the vendor writes them, image/* for every image, or *; none is *
	Account   string   // the number of the account that the policies' owner belongs to
	Context   Context
}

// Context is what conditions ask about. What is left zero is not known, and
// meets no condition, but for the two bools, which are then false.
type Context struct {
	Source     netip.Addr // the client's address
	Now        time.Time  // when the request came; compared by whole seconds
	Secure     bool       // it came over TLS
	MFA        bool       // the caller proved a second factor; nobody who signs with a key did
	Region     string     // the region that is asked, such as ap-guangzhou
	Number     string     // the caller's own number: the user's, or the account's own
	ExternalID string     // what AssumeRole was told
}

// Effect is what policies say to a request.
type Effect int

// The zero Effect is the one that does no harm.
const (
	ImplicitDeny Effect = iota // nothing allows it
	ExplicitDeny               // something denies it, whatever else allows it
	Allowed
)

// String is a word for logs; of the two denials it is what Alibaba Cloud's
// AccessDeniedDetail calls them.
func (e Effect) String() string {
	return [...]string{"ImplicitDeny", "ExplicitDeny", "Allowed"}[e]
}

// Decision is an Effect, and which resource it failed for: the first one of
// the request that is denied, "" where all is allowed.
type Decision struct {
	Effect   Effect
	Resource string
}

var everything = []string{"*"}

// Decide asks all policies of one user, role or session. One statement that
// denies any of the resources denies the request; else each resource must be
// allowed, by whichever statement. The policies are of one cloud, the
// request's names too. Without policies all is denied.
func Decide(policies []*Policy, r Request) Decision {
	if len(r.Resources) == 0 {
		r.Resources = everything
	}
	action := strings.ToLower(r.Action)
	var few [8]*statement
	apply := few[:0]
	for _, p := range policies {
		for i := range p.statements {
			if s := &p.statements[i]; s.applies(action, &r) {
				apply = append(apply, s)
			}
		}
	}
	for _, asked := range r.Resources {
		if covered(apply, true, asked, r.Account) {
			return Decision{ExplicitDeny, asked}
		}
	}
	for _, asked := range r.Resources {
		if !covered(apply, false, asked, r.Account) {
			return Decision{ImplicitDeny, asked}
		}
	}
	return Decision{Effect: Allowed}
}

// applies tells whether a statement speaks of the action, and in this context.
func (s *statement) applies(action string, r *Request) bool {
	named := slices.ContainsFunc(s.actions, func(p pattern) bool { return p.matches(action) })
	if named == s.except {
		return false
	}
	for i := range s.conditions {
		if !s.conditions[i].met(r) {
			return false
		}
	}
	return true
}

// covered tells whether a statement that denies, or one that allows, is about
// the resource.
func covered(statements []*statement, deny bool, asked, account string) bool {
	for _, s := range statements {
		if s.deny != deny {
			continue
		}
		for _, r := range s.resources {
			if r.covers(asked, account) {
				return true
			}
		}
	}
	return false
}
