package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// beFloor is the bare handler: it answers what it was last told to, and does
// nothing else. A PUT to its admin address tells it, and /metrics there says
// what it has used.
func beFloor() error {
	wires, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var told atomic.Pointer[reply]
	go func() { panic(http.Serve(admin, tell(&told))) }()
	fmt.Printf("ready wires=%s admin=%s\n", wires.Addr(), admin.Addr())
	return http.Serve(wires, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer := told.Load()
		for _, h := range answer.headers {
			w.Header().Set(h.name, h.value)
		}
		_, _ = w.Write(answer.body)
	}))
}

// reply is what the floor answers, but for what net/http itself adds.
type reply struct {
	headers []header
	body    []byte
}

type header struct{ name, value string }

func tell(told *atomic.Pointer[reply]) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("PUT /", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a := &reply{body: b}
		for _, name := range r.Header["Answer"] {
			a.headers = append(a.headers, header{name, r.Header.Get(name)})
		}
		told.Store(a)
	})
	m.Handle("GET /metrics", promhttp.HandlerFor(prometheus.DefaultGatherer, promhttp.HandlerOpts{}))
	return m
}

// imitate has the floor answer what the server answers to a call, header for
// header: what they are compared by is the same bytes on the wire.
func (p *process) imitate(server *process, of population, c call) error {
	r, err := c.request(server.addr, c.ask(of, newDraw(of, c.Product, false).next()))
	if err != nil {
		return err
	}
	theirs := &wire{addr: server.addr}
	defer theirs.close()
	answer, err := theirs.send(r)
	if err != nil {
		return err
	}
	if err := p.told(theirs.header, answer); err != nil {
		return err
	}
	own := &wire{addr: p.addr}
	defer own.close()
	if _, err := own.send(r); err != nil {
		return err
	}
	own.header["Date"] = theirs.header["Date"]
	if !reflect.DeepEqual(own.header, theirs.header) {
		return fmt.Errorf("the floor answers %v, the server %v", own.header, theirs.header)
	}
	return nil
}

// told tells the floor what to answer. Which headers are the answer's is told
// by one that repeats.
func (p *process) told(headers http.Header, answer []byte) error {
	r, err := http.NewRequest(http.MethodPut, "http://"+p.admin+"/", bytes.NewReader(answer))
	if err != nil {
		return err
	}
	for name, values := range headers {
		if name != "Date" && name != "Content-Length" {
			r.Header[name] = values
			r.Header.Add("Answer", name)
		}
	}
	done, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return done.Body.Close()
}
