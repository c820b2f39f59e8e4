package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imageshare/ledger"
	"imageshare/state"
)

// maxEntry bounds the body of a call about one account: some hundred users
// with the longest policies that a vendor takes.
const maxEntry = 8 << 20

// call is an endpoint: an answer (nil for a status alone), or why there is none.
type call func(*http.Request) (status int, answer any, err error)

// answers is the one place that writes what calls return.
func (h handler) answers(c call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxEntry)
		switch status, answer, err := c(r); {
		case err != nil:
			p := h.problem(r, err)
			fail(w, p.status, p.code, p.message)
		case answer == nil:
			w.WriteHeader(status)
		default:
			reply(w, status, answer)
		}
	})
}

// problem is a refusal as its caller is told it.
type problem struct {
	status        int
	code, message string
}

func (p *problem) Error() string { return p.message }

func badRequest(format string, args ...any) error {
	return &problem{http.StatusBadRequest, "BadRequest", fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &problem{http.StatusNotFound, "NotFound", fmt.Sprintf(format, args...)}
}

// problems give the errors of others their status, the first that fits, and
// say what to do where their own words do not.
var problems = []struct {
	is     func(error) bool
	status int
	code   string
	hint   string
}{
	{isA[*http.MaxBytesError], http.StatusRequestEntityTooLarge, "TooLarge", "such a body has at most 8 MiB"},
	{isRule(ledger.ErrKeyTaken), http.StatusConflict, "KeyTaken", "a key id is one key of one account or user of its cloud: choose another, or delete that key first"},
	{isRule(ledger.ErrNumberTaken), http.StatusConflict, "NumberTaken", "a number is one account or one user of its cloud: choose another"},
	{isA[*ledger.Error], http.StatusBadRequest, "Invalid", ""},
	{isA[*state.Error], http.StatusBadRequest, "Invalid", ""},
	{isRule(ledger.ErrBusy), http.StatusServiceUnavailable, "Busy", "try again"},
}

func isA[T error](err error) bool { var to T; return errors.As(err, &to) }

func isRule(rule error) func(error) bool {
	return func(err error) bool { return errors.Is(err, rule) }
}

// problem is what an error means to the caller; what is no fault of his goes to
// the log.
func (h handler) problem(r *http.Request, err error) *problem {
	if p := (*problem)(nil); errors.As(err, &p) {
		return p
	}
	for _, row := range problems {
		if !row.is(err) {
			continue
		}
		message := err.Error()
		if row.hint != "" {
			message += ": " + row.hint
		}
		return &problem{row.status, row.code, message}
	}
	h.Log.Error("admin call failed", "method", r.Method, "path", r.URL.Path, "error", err)
	return &problem{http.StatusInternalServerError, "Internal", "the call failed; the server's log says why"}
}

// body is what was sent, whole.
func body(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil && !isA[*http.MaxBytesError](err) {
		return nil, badRequest("the body ended before its announced length")
	}
	return data, err
}

// query reads the parameters of a call. One that it does not have is most
// likely a misspelt one that was to change what it does.
func query(r *http.Request, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query is not name=value joined by &: %v", err)
	}
	for name, values := range q {
		switch {
		case len(known) == 0:
			return nil, badRequest("unknown parameter %q: this call has none", name)
		case !slices.Contains(known, name):
			return nil, badRequest("unknown parameter %q: this call has %s", name, strings.Join(known, ", "))
		case len(values) > 1:
			return nil, badRequest("parameter %s is given twice: keep one", name)
		case values[0] == "":
			return nil, badRequest("parameter %s is empty: give it a value, or leave it out", name)
		}
	}
	return q, nil
}

func reply(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is no page, and a hint may well say <
	if err := e.Encode(v); err != nil {
		fail(w, http.StatusInternalServerError, "Internal", "the answer could not be encoded")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that went away is nobody to tell
}

func fail(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

// refuse answers what a call about the whole state was refused for; anything but
// a rule is ours, and goes to the log.
func (h handler) refuse(w http.ResponseWriter, err error) {
	var asked *problem
	var broken *ledger.Error
	var file *state.Error
	switch {
	case errors.As(err, &asked):
		fail(w, asked.status, asked.code, asked.message)
	case errors.As(err, &broken), errors.As(err, &file), errors.Is(err, ledger.ErrKeyTaken), errors.Is(err, ledger.ErrNumberTaken):
		fail(w, http.StatusUnprocessableEntity, "Invalid", err.Error())
	case errors.Is(err, ledger.ErrBusy):
		fail(w, http.StatusServiceUnavailable, "Busy", "the store is busy, try again")
	default:
		h.Log.Error("admin call failed", "error", err)
		fail(w, http.StatusInternalServerError, "Internal", "the call failed; the server's log says why")
	}
}
