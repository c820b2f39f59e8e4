package server

import (
	"cmp"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"imageshare/api"
	"imageshare/param"
	"imageshare/sign"
)

const (
	// maxBody is the largest body of any wire; dialects know smaller ones.
	maxBody = 10 << 20
	// maxFlight bounds the bodies of all requests together that are in memory, and
	// as much again those that are small. Whoever sends a few of the largest and
	// does not end them keeps others from large ones, but nobody from the small
	// ones that all documented calls are.
	maxFlight = 64 << 20
	// firstRead is what a body of unknown length is given to begin with, and what
	// makes one small.
	firstRead = 4 << 10
)

// message is one request, read whole, with what was wrong with reading it.
type message struct {
	sign.Request
	broken error
	held   [2]int64 // bytes taken from the flights, of small bodies and of others
}

// read takes the body once and parses query and form once.
func (x *exchange) read(r *http.Request) {
	m := &x.msg
	m.Request = sign.Request{
		Method: r.Method, Host: r.Host, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: r.Header,
	}
	// The query may say whose wire it is, and how an error is to be spelled, also
	// where the body does not come.
	var broken error
	m.Params, broken = params(r.URL.RawQuery, "query")
	m.Body, m.broken = x.body(r)
	x.arrived = x.Ledger.Now()
	if m.broken = cmp.Or(m.broken, broken); m.broken != nil || !param.IsForm(r.Header) {
		return
	}
	form, broken := params(string(m.Body), "body")
	m.Params, m.broken = param.Distinct(append(m.Params, form...)), broken
}

// body reads at most maxBody, growing only as bytes really come: a header that
// lies about the length costs nothing.
func (x *exchange) body(r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > maxBody {
		return nil, errBodyTooLarge
	}
	b := x.asked
	if !x.room(int64(cap(b))) {
		return nil, api.ErrOverload
	}
	for {
		if len(b) == cap(b) {
			var err error
			if b, err = x.grow(b, r.ContentLength); err != nil {
				return nil, err
			}
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case len(b) > maxBody:
			return nil, errBodyTooLarge
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, &param.Error{Rule: param.ErrMalformed, Field: "body", Reason: "did not come whole"}
		}
	}
}

var errBodyTooLarge = &param.Error{Rule: api.ErrTooLarge, Field: "body", Reason: "above 10 MiB"}

// grow makes room for more bytes, if there is any: as many again, or what was
// announced or is taken at all where that is less, and one so that the end can
// be seen.
func (x *exchange) grow(b []byte, announced int64) ([]byte, error) {
	size := min(max(2*int64(cap(b)), firstRead), maxBody+1)
	if announced > 0 {
		size = min(size, announced+1)
	}
	if !x.room(size) {
		return nil, api.ErrOverload
	}
	grown := make([]byte, len(b), size)
	copy(grown, b)
	return grown, nil
}

// room takes as much of its flight as a body of a size needs.
func (x *exchange) room(size int64) bool {
	of := 0
	if size > firstRead {
		of = 1
	}
	more := size - x.msg.held[of]
	if !x.flights[of].take(more) {
		return false
	}
	x.msg.held[of] += more
	return true
}

func (x *exchange) release() {
	for of, held := range x.msg.held {
		x.flights[of].give(held)
	}
}

// flight counts the body bytes in memory.
type flight struct {
	limit int64
	held  atomic.Int64
}

func (f *flight) take(n int64) bool {
	if f.held.Add(n) <= f.limit {
		return true
	}
	f.held.Add(-n)
	return false
}

func (f *flight) give(n int64) { f.held.Add(-n) }

// params decodes a query or a form body in the order sent.
func params(raw, where string) ([]sign.Param, error) {
	if raw == "" {
		return nil, nil
	}
	list, err := sign.ParseParams(raw)
	if err != nil {
		return list, &param.Error{Rule: param.ErrMalformed, Field: where, Reason: "has a bad percent escape or too many parameters"}
	}
	return list, nil
}

func host(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}
