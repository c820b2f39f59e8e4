package wiretest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Call makes one call, written as a script writes it, and returns its answer:
// for tests that hold the answer against something else than a script.
func (d *Door) Call(t testing.TB, line string, body ...string) *httptest.ResponseRecorder {
	t.Helper()
	return d.Do(d.Request(t, line, body...))
}

// Request is the request of Call, not yet sent.
func (d *Door) Request(t testing.TB, line string, body ...string) *http.Request {
	t.Helper()
	s := call(t.Name(), strings.Fields(line))
	s.body = body
	return d.request(t, s)
}

// Pass lets time pass.
func (d *Door) Pass(t time.Duration) { d.now = d.now.Add(t) }
