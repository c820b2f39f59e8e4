package wiretest

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// Call makes one call, written as a script writes it, and returns its answer:
// for tests that hold the answer against something else than a script.
func (d *Door) Call(t *testing.T, line string, body ...string) *httptest.ResponseRecorder {
	t.Helper()
	s := call(t.Name(), strings.Fields(line))
	s.body = body
	return d.Do(d.request(t, s))
}
