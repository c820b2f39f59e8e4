// Package api is the funnel: what an action is, whoever the vendor. An action
// is a request struct, a response struct and a function; Define erases the
// types once, at start, and panics on a malformed definition, so that a
// mistake never reaches a request.
//
// Wire names are Go field names, since both vendors write PascalCase; package
// param fills a request struct, and one row of {error, status, code, message}
// says how a broken rule is spelled on the wire.
//
// Limits: the package knows no vendor, no HTTP writer and no store. It stays small.
package api

import (
	"context"
	"log/slog"
	"time"

	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
	"imageshare/sign"
)

// Request is what a function is told beside its parameters. It is the server's:
// not to be changed, nor kept when the function has returned.
type Request struct {
	Caller    ledger.Caller
	Region    string
	RequestID string
	Now       time.Time
	Log       *slog.Logger // for what a caller got wrong but is not refused for
	// Session is the caller's, if its key is a temporary one; else nil.
	Session *session.Session
	// Principal is the caller as a role's trust policy names it, Context what a
	// policy's conditions ask about.
	Principal policy.Principal
	Context   policy.Context
}

// Call is one request as its dialect understood it, before anybody believes it.
type Call struct {
	Wire string // the name of the wire in logs, metrics and history
	// Generation names an older API of the same cloud, whose actions may share
	// version and name with the present one's; "" is the present one.
	Generation string
	Action     string
	Version    string
	Region     string
	// RegionField is what this wire calls the region where its value is at fault.
	RegionField string
	// Strict refuses parameters that the action does not declare.
	Strict bool
	// XML asks for the answer as XML instead of JSON.
	XML bool
	// Host is the host that the client asked.
	Host string
	// Room is where the answer's body may be written, if it fits; nil for none.
	Room []byte
	// Params parses the action's own parameters; it is called once the
	// signature has verified, since some wires sign bytes, not parameters.
	Params func() (param.Bag, error)
}

// Answer is an HTTP answer, complete before its first byte is sent.
type Answer struct {
	Status      int
	ContentType string
	Header      map[string]string
	Body        []byte
	Code        string // the error code on the wire, "" for a success
	Row         string // the code as its row writes it, for counting: a closed set
}

// Marks are what a dialect's requests can be told by: see package server for their order.
type Marks struct {
	Hosts   []string // suffixes of real host names
	Schemes []string // prefixes of the first word of Authorization
	Paths   []string
	Params  []string
	Headers []string // prefixes of header names, in canonical form
}

// Dialect is how one vendor speaks. Its methods are safe for concurrent use.
type Dialect interface {
	Cloud() ledger.Cloud
	Marks() *Marks // not to be changed
	// Read understands the envelope. The Call is never nil: it says how to
	// answer, also when the error says that nothing else could be read.
	Read(*sign.Request) (*Call, error)
	// Prove reads the claim of who is speaking, once the action is known.
	Prove(*sign.Request, *Call) (Claim, error)
	// Answer spells a success. The action is the one that made out.
	Answer(c *Call, a *Action, out any, requestID string) (Answer, error)
	// Fail spells an error; the action is nil where none was found.
	Fail(c *Call, a *Action, err error, requestID string) Answer
}

// Claim is a signature's proof with how long the wire believes it.
type Claim struct {
	sign.Proof
	// Window is how far the claim's time may lie from now, either way.
	Window time.Duration
	// Once is what must not be seen twice within the window; "" where honest
	// clients repeat themselves.
	Once string
}

// Action is one defined action, its types erased.
type Action struct {
	Cloud      ledger.Cloud
	Product    string // cvm, ecs, …: the first half of a rate limit's and a policy's name
	Generation string // as in Call
	Name       string
	Version    string
	SameAs     string // as in Spec
	Regional   bool
	Rate       int // calls per second and account; 0: not limited
	Faults     []Fault

	decode    func(param.Bag, bool) (any, error)
	resources func(*Request, any) []string
	call      func(context.Context, *Request, any) (any, error)
	stamp     func(out any, requestID string)
	encode    func(b []byte, out any) ([]byte, error)
}

// Decode fills a new request struct from parameters and checks it; strict
// refuses parameters that it does not declare. Errors are *param.Error.
func (a *Action) Decode(b param.Bag, strict bool) (any, error) { return a.decode(b, strict) }

// Resources names what a policy is asked about, the vendor's way; none where
// nobody needs a permission.
func (a *Action) Resources(r *Request, in any) []string { return a.resources(r, in) }

// Call runs the function with what Decode returned.
func (a *Action) Call(ctx context.Context, r *Request, in any) (any, error) {
	return a.call(ctx, r, in)
}

// Stamp writes the request id where the answer has a place for it.
func (a *Action) Stamp(out any, requestID string) { a.stamp(out, requestID) }

// Offset is where a page begins, the first being 1. It stays within 64 bits,
// though a page number may be as large as its type.
func Offset(number, size int64) int64 {
	const far = 1 << 40
	return min(number-1, far) * size
}

// Page is one page of a list, the first being 1; past the end it is empty.
func Page[T any](list []T, number, size int64) []T {
	// Divided, not multiplied: a page number may be as large as its type.
	if number-1 > int64(len(list))/size {
		return nil
	}
	start := min((number-1)*size, int64(len(list)))
	return list[start:min(start+size, int64(len(list)))]
}
