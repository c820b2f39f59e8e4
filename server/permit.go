package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
)

// rights are what must allow something: every layer, each by itself. None is
// the account itself, which no policy binds.
type rights []layer

type layer struct {
	kind api.Layer
	docs []ledger.Document
}

// recognise learns who the caller is by now: a user's and a role's policies
// count as they stand at this request.
func (x *exchange) recognise(ctx context.Context) error {
	x.principal = policy.Principal{Account: x.caller.Account, User: x.caller.User, Role: x.caller.Role}
	if err := x.lookUp(ctx); err != nil {
		return err
	}
	h := x.holder
	switch {
	case h.User != nil:
		x.principal.Number = session.Number(h.Account.Key, h.User)
		x.rights = rights{{api.Identity, h.User.Policies}}
	case h.Role != nil:
		x.principal.Number = h.Role.ID
		x.rights = rights{{api.Identity, h.Role.Policies}}
	}
	if x.session != nil && x.session.Policy != "" {
		x.rights = append(x.rights, layer{api.SessionPolicy, []ledger.Document{x.session.Policy}})
	}
	return nil
}

// lookUp reads the record of a user whose own key signed. Those of a session
// were read with its token.
func (x *exchange) lookUp(ctx context.Context) error {
	if x.session != nil || x.caller.User == "" {
		return nil
	}
	a, err := x.Ledger.Reader().Account(ctx, x.caller.AccountKey())
	if err == nil {
		x.holder = session.Holder{Account: a, User: session.User(a, x.caller.User)}
	}
	if errors.Is(err, ledger.ErrNoAccount) || (err == nil && x.holder.User == nil) {
		// The key was there a moment ago, and went with its owner.
		return ledger.ErrNoKey
	}
	return err
}

// permit asks the caller's policies. The account itself may do everything with
// what it owns, and some actions need no permission.
func (x *exchange) permit(ctx context.Context) error {
	if err := x.recognise(ctx); err != nil || len(x.rights) == 0 {
		return err
	}
	r := x.request()
	asked := policy.Request{
		Action: x.action.Product + ":" + x.action.Name, Resources: x.action.Resources(r, x.in),
		Account: x.caller.Account, Context: r.Context,
	}
	if len(asked.Resources) == 0 {
		return nil
	}
	if err := askable(asked.Resources); err != nil {
		return err
	}
	for _, l := range x.rights {
		if err := x.ask(l, asked); err != nil {
			return err
		}
	}
	return nil
}

// ask asks one layer. What it denies by the name that an action has today
// cannot be done by an older one: who denied it need not have known that there
// is another. To allow something, one name is not the other.
func (x *exchange) ask(l layer, asked policy.Request) error {
	policies := x.compiled.all(x.Server, x.caller.Cloud, l.docs)
	d := policy.Decide(policies, asked)
	if d.Effect == policy.Allowed && x.action.SameAs != "" {
		asked.Action = x.action.Product + ":" + x.action.SameAs
		if today := policy.Decide(policies, asked); today.Effect == policy.ExplicitDeny {
			d = today
		}
	}
	if d.Effect == policy.Allowed {
		return nil
	}
	return &api.Denial{
		Action: asked.Action, Resource: x.named(d.Resource), Explicit: d.Effect == policy.ExplicitDeny,
		Layer: l.kind, Caller: x.caller, Principal: x.displayed(),
	}
}

// maxAsked bounds the names that policies are asked about, all together: a
// thousand images have shorter ones. To match them takes time with their length
// times the policy's, and a session's policy is a client's own text.
const maxAsked = 64 << 10

func askable(resources []string) error {
	size := 0
	for _, name := range resources {
		size += len(name)
	}
	if size > maxAsked {
		return &param.Error{Rule: api.ErrTooLarge, Field: "ids", Reason: fmt.Sprintf("above %d bytes", maxAsked)}
	}
	return nil
}

// named is a resource in a denial: as the caller named it, where policies are
// asked about something that was looked up for it.
func (x *exchange) named(resource string) string {
	if in, ok := x.in.(interface{ Named() string }); ok {
		return in.Named()
	}
	return resource
}

// displayed is what the vendor's own denial calls the caller.
func (x *exchange) displayed() string {
	if x.caller.Role != "" {
		return x.caller.Role + ":" + x.caller.Session
	}
	return x.principal.Number
}

// asking is what a policy's conditions may ask about.
func (x *exchange) asking() policy.Context {
	number := x.principal.Number
	if x.caller.User == "" && x.caller.Role == "" {
		number = x.caller.Account
	}
	return policy.Context{Source: x.address.Unmap(), Now: x.arrived, Secure: x.secure, Region: x.call.Region, Number: number}
}

// compiled keeps policies that were compiled, by their text, which is all that
// they are made of: nothing in here can be out of date.
type compiled struct {
	*sync.RWMutex
	byText map[compiledKey]*policy.Policy // nil for a document that cannot be compiled
	size   *int
}

type compiledKey struct {
	cloud ledger.Cloud
	text  ledger.Document
}

// maxCompiled bounds the texts that are kept, in bytes. A server whose users
// have more than this in use starts afresh now and then.
const maxCompiled = 8 << 20

func newCompiled() compiled {
	return compiled{RWMutex: &sync.RWMutex{}, byText: map[compiledKey]*policy.Policy{}, size: new(int)}
}

// all compiles documents. One that cannot be compiled denies everything: what
// it would have denied is not known.
func (c compiled) all(s *Server, cloud ledger.Cloud, docs []ledger.Document) []*policy.Policy {
	list := make([]*policy.Policy, len(docs))
	for i, doc := range docs {
		if list[i] = c.one(s, compiledKey{cloud, doc}); list[i] == nil {
			return nil
		}
	}
	return list
}

func (c compiled) one(s *Server, k compiledKey) *policy.Policy {
	c.RLock()
	p, ok := c.byText[k]
	c.RUnlock()
	if ok {
		return p
	}
	// A text is part of its whole record, which it would hold for as long.
	k.text = ledger.Document(strings.Clone(string(k.text)))
	p, err := policy.Compile(k.cloud, k.text)
	if err != nil {
		// It cannot happen: stores refuse such a document.
		s.Log.Error("a policy that cannot be read denies everything", "cloud", k.cloud, "policy", k.text, "error", err)
		p = nil
	}
	c.keep(k, p)
	return p
}

// keep remembers that a document was broken, too, so that it is logged once.
func (c compiled) keep(k compiledKey, p *policy.Policy) {
	c.Lock()
	defer c.Unlock()
	if *c.size += len(k.text); *c.size > maxCompiled {
		clear(c.byText)
		*c.size = len(k.text)
	}
	c.byText[k] = p
}
