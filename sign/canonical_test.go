package sign

import (
	"net/http"
	"testing"
)

// Names are spelled as net/http would, those that are spelled out like any other.
func TestCanonicalNames(t *testing.T) {
	t.Parallel()
	names := []string{"Authorization", "X-TC-Timestamp", "X-TC-Token", "X-TC-Content-SHA256", "content-type", "x-tc-action", "x-something-else"}
	for _, h := range acsHeaders {
		names = append(names, h.name)
	}
	for _, name := range names {
		if got, want := canonicalName(name), http.CanonicalHeaderKey(name); got != want {
			t.Errorf("%s is spelled %s, want %s", name, got, want)
		}
	}
}
