// Package server is the door: one http.Handler per listener. It reads a
// request once and bounded, decides whose wire it is, and walks the stairs
// down and up again: envelope, action, claim, caller, rate, parameters,
// region, policy, the function, and back as return values. One place writes.
//
// Whatever comes before a verified signature is hostile: bodies are bounded
// one by one and together, parameters are counted, a failed step answers in
// the wire's own words.
//
// Whether a key exists shows in the error of a wrong signature: both vendors
// have a code of its own for an unknown key. What they do not tell apart (a
// disabled and an unknown SecretId; the ways in which a Tencent token is bad)
// is not told apart here either.
//
// Limits: the memory of used nonces, the rate windows and the count of failed
// signatures are this process's own and start empty.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/policy"
	"imageshare/session"
)

// Config is what a Server needs; all fields must be set, but Sessions may be
// nil and Rates' zero value limits nothing.
type Config struct {
	Ledger   *ledger.Ledger
	Dialects []api.Dialect
	Secrets  Secrets
	// Sessions opens the tokens of temporary keys; nil knows none.
	Sessions *session.Issuer
	// Log writes what it is given before it returns: nothing of a line is kept.
	Log     *slog.Logger
	Metrics *Metrics
	// NewID makes a request id: a lower-case UUID.
	NewID func() string
	Rates Rates
}

// Rates say how often an account may call an action in a second, and whether an
// address may fail to be believed without end.
type Rates struct {
	Documented bool           // what the vendors' documents say holds, and addresses are watched
	Over       map[string]int // product:action → calls, over that; 0 lifts a limit
}

// Secrets opens the sealed secret of an access key, named cloud/keyID.
type Secrets interface {
	Open(name, sealed string) (string, error)
}

// Server holds what all listeners share.
type Server struct {
	Config
	rates    rates
	replays  *replays
	suspects suspects
	compiled compiled
	opened   opened
	flights  [2]flight // of small bodies, and of others
	load     load
	used     *used
}

// New makes a server.
func New(c Config) *Server {
	return &Server{
		Config: c, rates: newRates(c.Rates), replays: newReplays(), suspects: newSuspects(c.Rates.Documented),
		compiled: newCompiled(), flights: [2]flight{{limit: maxFlight}, {limit: maxFlight}}, used: newUsed(c.Ledger, c.Log),
	}
}

// Handler serves one listener with what its catalogue offers.
func (s *Server) Handler(c *api.Catalogue) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(c, r)
		defer x.end()
		x.answer = x.serve(r)
		x.forget()
		write(w, x.answer)
	})
}

// rooms are exchanges that are over, with the room that they had for bodies and
// for a line of the log.
var rooms = sync.Pool{New: func() any { return new(exchange) }}

// How much of it is kept for the next one: a page of a hundred images has some
// 60 KB, what asks for it a few hundred bytes.
const (
	keptAsked    = firstRead
	keptAnswered = 128 << 10
)

func (s *Server) begin(c *api.Catalogue, r *http.Request) *exchange {
	x := rooms.Get().(*exchange)
	x.Server, x.catalogue, x.began, x.id = s, c, s.Ledger.Now(), s.NewID()
	x.from(host(r.RemoteAddr))
	x.secure = r.TLS != nil
	return x
}

// from is where a request came from.
func (x *exchange) from(source string) {
	x.source = source
	x.address, _ = netip.ParseAddr(source)
}

// forget lets go of what a request brought, whose answer a client may be slow to
// take: of all that only what the log says stays. Most texts of a request are
// parts of one, so that each would hold all of it.
func (x *exchange) forget() {
	if 0 < cap(x.msg.Body) && cap(x.msg.Body) <= keptAsked {
		x.asked = x.msg.Body[:0]
	}
	x.failed()
	x.msg, x.claim, x.told, x.in, x.out, x.err = message{}, api.Claim{}, api.Request{}, nil, nil, nil
	if x.call != nil {
		*x.call = api.Call{Wire: x.call.Wire}
	}
}

// end counts and logs. Nothing of an exchange outlives it but the room, which
// the next one writes over.
func (x *exchange) end() {
	x.finish()
	answered := x.answer.Body
	clear(x.line)
	*x = exchange{asked: x.asked, answered: x.answered, line: x.line[:0]}
	if 0 < cap(answered) && cap(answered) <= keptAnswered {
		x.answered = answered[:0]
	}
	rooms.Put(x)
}

// exchange is one request on its way down and up.
type exchange struct {
	*Server
	catalogue *api.Catalogue
	began     time.Time
	arrived   time.Time // when all of it had come, which a client may draw out: what is checked is checked at that moment
	id        string
	source    string
	address   netip.Addr // the same; zero if it is none
	secure    bool       // it came over TLS

	msg       message
	dialect   api.Dialect
	door      string // which clue decided the cloud
	call      *api.Call
	claim     api.Claim
	action    *api.Action
	caller    ledger.Caller
	session   *session.Session // the caller's, nil for a stored key
	holder    session.Holder   // whose that key is, or the user's; empty for the account's own stored key
	principal policy.Principal
	rights    rights
	told      api.Request
	in        any
	out       any
	err       error
	why       string // what err says, for the log
	stack     string // where it happened, if it was a panic
	answer    api.Answer

	asked, answered []byte      // room for the bodies of request and answer
	line            []slog.Attr // room for what the log says
}

// serve makes the answer to a request. A panic fails this request alone.
func (x *exchange) serve(r *http.Request) (a api.Answer) {
	defer x.release()
	defer func() {
		if p := recover(); p != nil {
			x.err = panicked(p)
			a = x.fail(r.Context())
		}
	}()
	x.read(r)
	if x.dialect, x.door = choose(x.Dialects, x.catalogue, &x.msg.Request); x.dialect == nil {
		return undecided(x.msg.broken)
	}
	x.err = x.served(r.Context())
	if x.err == nil {
		x.call.Room = x.answered
		if a, x.err = x.dialect.Answer(x.call, x.action, x.out, x.id); x.err == nil {
			return a
		}
	}
	return x.fail(r.Context())
}

// clientGone stands where an error's code would, in the metric and the log.
const clientGone = "ClientGone"

// fail spells an error. Of a client that went away nobody reads the answer, and
// nothing failed here: that is what is counted and logged.
func (x *exchange) fail(ctx context.Context) api.Answer {
	if x.dialect == nil {
		return broken()
	}
	a := x.dialect.Fail(x.call, x.action, x.err, x.id)
	if ctx.Err() != nil && errors.Is(x.err, context.Canceled) {
		a.Code, a.Row = clientGone, clientGone
	}
	return a
}

// served goes down the stairs. The envelope is read whatever there is to do,
// since a request that is turned away is told so in its own wire's words.
func (x *exchange) served(ctx context.Context) error {
	if err := x.envelope(ctx); err != nil {
		return err
	}
	if err := x.load.enter(x.arrived); err != nil {
		return err
	}
	defer x.load.leave()
	return x.walk(ctx, stairs)
}

// step is one check, or the function itself.
type step func(*exchange, context.Context) error

// stairs are the order of checks.
var stairs = []step{
	(*exchange).find, (*exchange).prove, (*exchange).authenticate, (*exchange).limit,
	(*exchange).decode, (*exchange).region, (*exchange).permit, (*exchange).run,
}

// walk goes down and stops at the first step that fails.
func (x *exchange) walk(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if err := s(x, ctx); err != nil {
			return err
		}
	}
	return nil
}

// envelope understands how the request is wrapped. What went wrong while it
// was read is said first, but in the wire's own way.
func (x *exchange) envelope(context.Context) error {
	var err error
	if x.call, err = x.dialect.Read(&x.msg.Request); x.msg.broken != nil {
		return x.msg.broken
	}
	return err
}

func (x *exchange) find(context.Context) error {
	var err error
	x.action, err = x.catalogue.Find(x.dialect.Cloud(), x.call)
	return err
}

func (x *exchange) prove(context.Context) error {
	var err error
	x.claim, err = x.dialect.Prove(&x.msg.Request, x.call)
	return err
}

func (x *exchange) limit(context.Context) error {
	return x.rates.take(x.arrived, x.caller.AccountKey(), x.action)
}

func (x *exchange) decode(context.Context) error {
	bag, err := x.call.Params()
	if err != nil {
		return err
	}
	x.in, err = x.action.Decode(bag, x.call.Strict)
	return err
}

func (x *exchange) region(context.Context) error {
	if !x.action.Regional {
		return nil
	}
	if x.call.Region == "" {
		return &param.Error{Rule: param.ErrMissing, Field: "Region"}
	}
	if err := x.Ledger.Region(ledger.Product(x.action.Product), x.call.Region); err != nil {
		return &param.Error{Rule: ledger.ErrNoRegion, Field: x.call.RegionField}
	}
	return nil
}

func (x *exchange) run(ctx context.Context) error {
	var err error
	x.out, err = x.action.Call(ctx, x.request(), x.in)
	return err
}

// request is what the action is told, until its answer is made.
func (x *exchange) request() *api.Request {
	x.told = api.Request{
		Caller: x.caller, Region: x.call.Region, RequestID: x.id, Now: x.arrived, Log: x.Log,
		Session: x.session, Principal: x.principal, Context: x.asking(),
	}
	return &x.told
}

// write sends an answer that is complete, so that its length is true and a
// failure to encode could still become an error.
func write(w http.ResponseWriter, a api.Answer) {
	h := w.Header()
	for name, value := range a.Header {
		h.Set(name, value)
	}
	h["Content-Type"] = contentType(a.ContentType)
	h["X-Content-Type-Options"] = nosniff
	w.WriteHeader(a.Status)
	// A client that went away is nobody to tell.
	_, _ = w.Write(a.Body)
}

// Header values that most answers have, made once. Nobody changes them.
var (
	nosniff = []string{"nosniff"}
	kinds   = map[string][]string{
		"application/json":               {"application/json"},
		"application/json;charset=utf-8": {"application/json;charset=utf-8"},
		"text/xml;charset=utf-8":         {"text/xml;charset=utf-8"},
	}
)

func contentType(kind string) []string {
	if v := kinds[kind]; v != nil {
		return v
	}
	return []string{kind}
}
