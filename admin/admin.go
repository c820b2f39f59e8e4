// Package admin is our own small JSON API, for operators, tests and the
// command line: is it alive, what does it hold, hold this instead.
//
// Nobody signs here. On a loopback listener the browser is the danger, so the
// Host must be a loopback name and an Origin must be its own: a page of
// another site, or a name that was rebound to 127.0.0.1, gets 403. On any
// other address a bearer token stands in front of everything that tells or
// changes something.
package admin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
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
}

type handler struct{ Config }

// maxState bounds a state file sent by a caller.
const maxState = 256 << 20

// New is the handler of the admin listener.
func New(c Config) http.Handler {
	h := handler{c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle("GET /metrics", c.Metrics)
	mux.HandleFunc("GET /api/v1/state", h.export)
	mux.HandleFunc("PUT /api/v1/state", h.apply)
	mux.HandleFunc("POST /api/v1/state/reset", h.reset)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "NotFound", "no such call: "+r.Method+" "+r.URL.Path)
	})
	return h.guard(mux)
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
		case h.Token != "" && !open && !h.bears(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, http.StatusUnauthorized, "Unauthorized", "send Authorization: Bearer TOKEN, with the token of --admin-token-file")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	switch strings.ToLower(strings.Trim(host, "[]")) {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
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

func reply(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		fail(w, http.StatusInternalServerError, "Internal", "the answer could not be encoded")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that went away is nobody to tell
}

func fail(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

// refuse answers what a change was refused for; anything but a rule is ours,
// and goes to the log.
func (h handler) refuse(w http.ResponseWriter, err error) {
	var broken *ledger.Error
	var file *state.Error
	switch {
	case errors.As(err, &broken), errors.As(err, &file), errors.Is(err, ledger.ErrKeyTaken), errors.Is(err, ledger.ErrNumberTaken):
		fail(w, http.StatusUnprocessableEntity, "Invalid", err.Error())
	case errors.Is(err, ledger.ErrBusy):
		fail(w, http.StatusServiceUnavailable, "Busy", "the store is busy, try again")
	default:
		h.Log.Error("admin call failed", "error", err)
		fail(w, http.StatusInternalServerError, "Internal", "the change failed; the server's log says why")
	}
}
