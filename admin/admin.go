// Package admin is our own small JSON API, for operators, tests and the
// command line: is it alive, what does it hold, hold this instead. An account,
// a user and a role are written with the keys that they have in the state
// file, and a list that a body writes is the whole list there, too.
//
// Nobody signs here. On a loopback listener the browser is the danger, so the
// Host must be a loopback name, and an Origin its own; a page of another site
// gets 403 for whatever it asks, as does a name that was rebound to 127.0.0.1. On any
// other address a bearer token stands in front of everything that tells or
// changes something.
//
// Limits: a secret is told once, by the call that makes its key; afterwards
// only an export of the state tells it. When a key was last used is as the
// servers noted it, up to a minute late.
package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"imageshare/ledger"
	"imageshare/state"
)

// Config is what the admin API needs.
type Config struct {
	Ledger  *ledger.Ledger
	Secrets state.Sealer
	Metrics http.Handler
	Log     *slog.Logger
	// Token is what callers must bear; "" asks for none.
	Token string
	// Loopback holds Host to loopback names; set it for a loopback listener.
	Loopback bool
	// AllowReset opens the reset call.
	AllowReset bool
	// Seed is applied again after a reset; nil for none.
	Seed *state.File
	// Random is where new keys come from, for several calls at once; nil means
	// crypto/rand.
	Random io.Reader
}

type handler struct{ Config }

// maxState bounds a state file sent by a caller: all of some four million
// shares, as an export writes them in YAML.
const maxState = 256 << 20

// New is the handler of the admin listener.
func New(c Config) http.Handler {
	if c.Random == nil {
		c.Random = rand.Reader
	}
	h := handler{c}
	mux := http.NewServeMux()
	for path, by := range h.calls() {
		mux.Handle(path, by)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "NotFound", "no such call: "+r.Method+" "+r.URL.Path)
	})
	return h.guard(mux)
}

// calls are what can be asked, by path and method.
func (h handler) calls() map[string]methods {
	const account = "/api/v1/accounts/{cloud}/{id}"
	users, roles := h.users(), h.roles()
	return map[string]methods{
		"/healthz":                         {"GET": http.HandlerFunc(h.health)},
		"/readyz":                          {"GET": http.HandlerFunc(h.ready)},
		"/metrics":                         {"GET": h.Metrics},
		"/api/v1/state":                    {"GET": http.HandlerFunc(h.export), "PUT": http.HandlerFunc(h.apply)},
		"/api/v1/state/reset":              {"POST": http.HandlerFunc(h.reset)},
		"/api/v1/accounts":                 {"GET": h.answers(h.listAccounts)},
		account:                            {"GET": h.answers(h.getAccount), "PUT": h.answers(h.putAccount), "DELETE": h.answers(h.dropAccount)},
		account + "/users/{name}":          {"GET": h.answers(users.get), "PUT": h.answers(users.put), "DELETE": h.answers(users.drop)},
		account + "/users/{name}/policies": {"PUT": h.answers(h.policies().put)},
		account + "/roles/{name}":          {"GET": h.answers(roles.get), "PUT": h.answers(roles.put), "DELETE": h.answers(roles.drop)},
		account + "/keys":                  {"POST": h.answers(h.createKey)},
		account + "/keys/{key}":            {"PATCH": h.answers(h.switchKey), "DELETE": h.answers(h.dropKey)},
	}
}

// methods are the calls on one path.
type methods map[string]http.Handler

// ServeHTTP answers whatever method the path does not have with those that it has.
func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet // net/http leaves out the body
	}
	if next, ok := m[method]; ok {
		next.ServeHTTP(w, r)
		return
	}
	allowed := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	w.Header().Set("Allow", allowed)
	fail(w, http.StatusMethodNotAllowed, "MethodNotAllowed", r.URL.Path+" takes "+allowed+", not "+r.Method)
}

// guard turns away whoever must not even ask.
func (h handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		open := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
		switch {
		case h.Loopback && !loopbackName(r.Host):
			fail(w, http.StatusForbidden, "Forbidden", "the Host must be localhost, 127.0.0.1 or [::1]")
		case !sameOrigin(r):
			fail(w, http.StatusForbidden, "Forbidden", "the Origin is not this server's")
		case !ownPage(r):
			fail(w, http.StatusForbidden, "Forbidden", "a page of another site may not ask here, nor lead here: open the address itself")
		case h.Token != "" && !open && !h.bears(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, http.StatusUnauthorized, "Unauthorized", "send Authorization: Bearer TOKEN, with the token of --admin-token-file")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// loopbackName takes three names with a port or without, literally: whatever
// else could be read as one of them is nobody's.
var loopbackName = regexp.MustCompile(`^((?i:localhost)|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?$`).MatchString

func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}

// ownPage looks at what browsers say of requests that have no Origin, those of
// an image, a script or a link. Another port of this machine is same-site, and
// as foreign as its Origin would be.
func ownPage(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// bears compares digests, so that the time taken tells nothing, not even a length.
func (h handler) bears(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(h.Token))
	return ok && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

func (h handler) health(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"status": "alive"})
}

// ready asks the store a question that touches its data.
func (h handler) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if _, err := h.Ledger.Reader().Setting(ctx, "ready"); err != nil {
		h.Log.Error("the store does not answer", "error", err)
		fail(w, http.StatusServiceUnavailable, "NotReady", "the store does not answer")
		return
	}
	reply(w, http.StatusOK, map[string]string{"status": "ready"})
}
