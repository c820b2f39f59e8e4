package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
)

// replay sends what an SDK signed a second time. Alibaba refuses a nonce it
// has seen; Tencent's clients sign two equal requests of one second alike, so
// there a repetition is no offence.
func (b *bench) replay(t *testing.T) {
	img, echo := b.story(storyReplay), newEcho(t, b.addr)
	l, err := b.on(t, echo.addr, owner).list(img.ID)
	must(t, err)
	b.checkRequestID(t, l.requestID)
	first, second := echo.heard(t)
	b.checkContentType(t, first)
	b.checkContentType(t, second)
	if b.cloud == tencent {
		if second.status != http.StatusOK || second.code() != "" {
			t.Errorf("second answer: %d %s", second.status, second.body)
		}
		return
	}
	if second.status != http.StatusBadRequest || second.code() != "SignatureNonceUsed" {
		t.Errorf("second answer: %d %s, want 400 SignatureNonceUsed", second.status, second.body)
	}
}

// checkContentType: one of Tencent's SDKs takes an error for an empty success
// if the type carries a charset.
func (b *bench) checkContentType(t *testing.T, a answer) {
	t.Helper()
	want := "application/json;charset=utf-8"
	if b.cloud == tencent {
		want = "application/json"
	}
	if a.contentType != want {
		t.Errorf("Content-Type %q, want %q", a.contentType, want)
	}
}

// answer is a response off the wire.
type answer struct {
	status      int
	contentType string
	body        []byte
}

// code is the error code in either vendor's envelope.
func (a answer) code() string {
	var v struct {
		Code     string
		Response struct{ Error struct{ Code string } }
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		return "not JSON: " + err.Error()
	}
	return v.Code + v.Response.Error.Code
}

// echo stands between an SDK and the server and sends each request twice,
// Host header and all, since the SDK signed the host it knew.
type echo struct {
	addr   string
	server string
	mu     sync.Mutex
	got    []answer
	err    error
}

func newEcho(t *testing.T, server string) *echo {
	e := &echo{server: server}
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	e.addr = s.Listener.Addr().String()
	return e
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	for range 2 {
		var a answer
		if err == nil {
			a, err = e.send(r, body)
		}
		e.got = append(e.got, a)
	}
	e.err = err
	first := e.got[0]
	w.Header().Set("Content-Type", first.contentType)
	w.WriteHeader(cmp.Or(first.status, http.StatusBadGateway))
	w.Write(first.body)
}

func (e *echo) send(r *http.Request, body []byte) (answer, error) {
	again := r.Clone(r.Context())
	again.RequestURI = ""
	again.URL.Scheme, again.URL.Host = "http", e.server
	again.Body = io.NopCloser(bytes.NewReader(body))
	res, err := http.DefaultTransport.RoundTrip(again)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header.Get("Content-Type"), text}, err
}

func (e *echo) heard(t *testing.T) (first, second answer) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	must(t, e.err)
	if len(e.got) != 2 {
		t.Fatalf("%d answers, want those of one request sent twice", len(e.got))
	}
	return e.got[0], e.got[1]
}

// containsWord reports whether a text names a parameter as a whole word.
func containsWord(text, word string) bool {
	return regexp.MustCompile(`\b` + word + `\b`).MatchString(text)
}
