package policy

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"imageshare/ledger"
)

// Trust is a role's trust policy that can be asked who may act as the role. It
// never changes, so any number of goroutines may ask it.
type Trust struct{ statements []statement }

// CompileTrust is Compile for what ParseTrust gave.
func CompileTrust(cloud ledger.Cloud, doc ledger.Document) (*Trust, error) {
	_, statements, err := understand(cloud, []byte(doc), trust)
	if err != nil {
		return nil, err
	}
	return &Trust{statements}, nil
}

// Principal is who calls: somebody in an account, or with neither User nor
// Role the account itself.
type Principal struct {
	Account string // its number
	User    string // a user's name
	Role    string // a role's name, of a session of that role
	Number  string // the user's own number or the role's id, "" if there is none: CAM names users by it
}

// Decide tells whether a principal may act as the role: Action is
// sts:AssumeRole, Resources name the role for the Decision alone. That the
// principal's own policies allow it too is the other half, for the package's
// Decide. To trust an account (root) is to trust whoever is in it, the account
// itself included; that Alibaba Cloud lets no account act as a role is STS's
// rule.
func (t *Trust) Decide(who Principal, r Request) Decision {
	action := strings.ToLower(r.Action)
	effect := ImplicitDeny
	for i := range t.statements {
		s := &t.statements[i]
		if !slices.ContainsFunc(s.principals, who.is) || !s.applies(action, &r) {
			continue
		}
		effect = Allowed
		if s.deny {
			effect = ExplicitDeny
			break
		}
	}
	d := Decision{Effect: effect}
	if effect != Allowed && len(r.Resources) > 0 {
		d.Resource = r.Resources[0]
	}
	return d
}

// principal is one name of a trust policy: an account, and all or one of who
// is in it. The zero one is a service or an identity provider: they do not
// call here.
type principal struct {
	account string
	kind    principalKind
	id      string // the name or number
}

type principalKind int

const (
	anybody      principalKind = iota + 1 // root
	userNamed                             // RAM's user/NAME
	userNumbered                          // CAM's uin/NUMBER, the account's own number too
	roleNamed                             // RAM's role/NAME, CAM's roleName/NAME
	roleNumbered                          // CAM's role/ID
)

func (who Principal) is(p principal) bool {
	if p.account != who.Account {
		return false
	}
	switch p.kind {
	case anybody:
		return true
	case userNamed:
		return p.id == who.User
	case userNumbered:
		return who.Role == "" && (p.id == who.Number || who.User == "" && p.id == who.Account)
	case roleNamed:
		return p.id == who.Role
	case roleNumbered:
		return who.Role != "" && p.id == who.Number
	}
	return false
}

// principalsOf reads whom a trust policy names.
func (g grammar) principalsOf(path string, m map[string]value) ([]principal, error) {
	if err := required(path, m, g.principal); err != nil {
		return nil, err
	}
	path, v := join(path, g.principal), m[g.principal]
	if _, err := members(path, v, slices.Sorted(maps.Keys(g.principals))...); err != nil {
		return nil, err
	}
	if len(v.names) == 0 {
		return nil, wrong(path, "it is empty: name who may act as the role")
	}
	return inside(path, v, func(path, kind string, v value) ([]principal, error) {
		read := g.principals[kind]
		return oneOrMore(path, v, func(path, text string) (principal, error) { return read(g, path, text) })
	})
}

// callerOf reads somebody who can call. A wildcard is refused: nobody means to
// let every account act as a role.
func (g grammar) callerOf(path, text string) (principal, error) {
	if _, err := g.name(path, text, g.principalExample); err != nil {
		return principal{}, err
	}
	m := g.callerForm.FindStringSubmatch(text)
	if m == nil {
		return principal{}, wrong(path, "%q is nobody who calls: %s", text, g.callerHint)
	}
	kind, id, _ := strings.Cut(m[2], "/")
	return principal{account: m[1], kind: g.callers[kind], id: id}, nil
}

// providerOf reads an identity provider.
func (g grammar) providerOf(path, text string) (principal, error) {
	_, err := g.name(path, text, g.principalExample)
	return principal{}, err
}

// hostForm is how both vendors name their services.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9*-]+(\.[A-Za-z0-9-]+)+$`)

func (g grammar) serviceOf(path, text string) (principal, error) {
	if !hostForm.MatchString(text) {
		return principal{}, wrong(path, "%q is no service: write one like ecs.aliyuncs.com", text)
	}
	return principal{}, nil
}
