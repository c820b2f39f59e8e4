package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"imageshare/sign"
)

// wire is one connection that is kept. It is written by hand, because a
// generator that costs more than the server it loads measures itself.
type wire struct {
	addr   string
	eager  bool // it does not sleep until an answer comes
	conn   net.Conn
	from   *bufio.Reader
	text   []byte      // of a request, then of an answer
	header http.Header // of the last answer
}

// patience is how long an answer may take.
const patience = time.Minute

func (w *wire) dial() error {
	if w.conn != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", w.addr, patience)
	if err != nil {
		return err
	}
	var from io.Reader = conn
	if w.eager {
		if from, err = newEager(conn.(*net.TCPConn)); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	w.conn, w.from = conn, bufio.NewReaderSize(from, 16<<10)
	return nil
}

func (w *wire) close() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

// send sends a request and reads its answer, which is good until the next one.
func (w *wire) send(r *sign.Request) (answer []byte, err error) {
	if err := w.dial(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	w.text = appendRequest(w.text[:0], r)
	if _, err := w.conn.Write(w.text); err != nil {
		return nil, err
	}
	return w.receive()
}

func (w *wire) receive() ([]byte, error) {
	a, err := http.ReadResponse(w.from, nil)
	if err != nil {
		return nil, err
	}
	w.header = a.Header
	b := bytes.NewBuffer(w.text[:0])
	if _, err := io.Copy(b, a.Body); err != nil {
		return nil, err
	}
	w.text = b.Bytes()
	if a.Close {
		w.close()
	}
	return w.text, a.Body.Close()
}

func appendRequest(b []byte, r *sign.Request) []byte {
	b = append(append(append(b, r.Method...), ' '), r.Path...)
	if r.RawQuery != "" {
		b = append(append(b, '?'), r.RawQuery...)
	}
	b = append(append(b, " HTTP/1.1\r\nHost: "...), r.Host...)
	for name, values := range r.Header {
		b = append(append(append(append(b, "\r\n"...), name...), ": "...), values[0]...)
	}
	b = strconv.AppendInt(append(b, "\r\nContent-Length: "...), int64(len(r.Body)), 10)
	return append(append(b, "\r\n\r\n"...), r.Body...)
}

// judge reports whether an answer turns the request away for there being too
// much, and whether it is the one that was wanted.
func judge(answer []byte, want string) (shed, ok bool) {
	if bytes.Contains(answer, []byte(`"RequestLimitExceeded`)) || bytes.Contains(answer, []byte(`"ServiceUnavailable"`)) {
		return true, false
	}
	return false, bytes.Contains(answer, []byte(want))
}
