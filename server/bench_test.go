package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkSignedDescribe is one signed list, from the handler's door to its
// last byte: everything but the network and the HTTP parser.
func BenchmarkSignedDescribe(b *testing.B) {
	// Lines are made and thrown away, as a server's are that writes to a pipe.
	d := loggedDoor(b, slog.New(slog.NewTextHandler(io.Discard, nil)))
	const body = `{"ImageId":"img-6pb6lrmy"}`
	r := signed("DescribeImageSharePermission", body)
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(&text{body})
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
			b.Fatal(w.Body)
		}
	}
}

// text is a body that costs nothing to make.
type text struct{ rest string }

func (t *text) Read(p []byte) (int, error) {
	n := copy(p, t.rest)
	if t.rest = t.rest[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
