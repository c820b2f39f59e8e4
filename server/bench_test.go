package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"imageshare/internal/wiretest"
	"imageshare/sign"
)

// BenchmarkSignedDescribe is one signed list, from the handler's door to its
// last byte: everything but the network and the HTTP parser.
func BenchmarkSignedDescribe(b *testing.B) {
	describe(b, sign.Key{ID: "AKIDexample", Secret: "examplesecret"})
}

// BenchmarkSignedDescribeByUser is the same by a user, whose record is read and
// whose policies are asked.
func BenchmarkSignedDescribeByUser(b *testing.B) {
	describe(b, sign.Key{ID: "AKIDreader", Secret: "readersecret"})
}

// BenchmarkSignedDescribeBySession is the same by a role's session with a
// policy of its own: its token is opened, and both policies are asked.
func BenchmarkSignedDescribeBySession(b *testing.B) {
	describe(b, sign.Key{})
}

// describe measures a list that a key signs; the empty one is a session's.
func describe(b *testing.B, k sign.Key) {
	// Lines are made and thrown away, as a server's are that writes to a pipe.
	c := everything()
	c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	d := wiretest.Open(b, c)
	const body = `{"ImageId":"img-6pb6lrmy"}`
	if k.ID == "" {
		k = wiretest.Credentials(d.Call(b, "sha256-post AssumeRole version=2018-08-13", "RoleArn=qcs::cam::uin/100000000001:roleName/auditor",
			"RoleSessionName=bench", `Policy={"version":"2.0","statement":[{"effect":"allow","action":["cvm:DescribeImageSharePermission"],"resource":["qcs::cvm:ap-guangzhou:uin/100000000001:image/*"]}]}`).Body.String())
	}
	r := signedBy(k, "127.0.0.1:7080", "DescribeImageSharePermission", body)
	account := []byte("101104350000")
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(&text{body})
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !bytes.Contains(w.Body.Bytes(), account) {
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
