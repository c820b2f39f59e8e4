package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
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
	var answer atomic.Pointer[[]byte]
	go func() { panic(http.Serve(admin, tell(&answer))) }()
	fmt.Printf("ready wires=%s admin=%s\n", wires.Addr(), admin.Addr())
	return http.Serve(wires, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(*answer.Load())
	}))
}

func tell(answer *atomic.Pointer[[]byte]) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("PUT /", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer.Store(&b)
	})
	m.Handle("GET /metrics", promhttp.HandlerFor(prometheus.DefaultGatherer, promhttp.HandlerOpts{}))
	return m
}

// imitate has the floor answer what the server answers to a call.
func (p *process) imitate(server *process, of population, c call) error {
	r, err := c.request(server.addr, c.ask(of, newDraw(of, c.Product, false).next()))
	if err != nil {
		return err
	}
	w := &wire{addr: server.addr}
	defer w.close()
	answer, err := w.send(r)
	if err != nil {
		return err
	}
	told, err := http.NewRequest(http.MethodPut, "http://"+p.admin+"/", bytes.NewReader(answer))
	if err != nil {
		return err
	}
	done, err := http.DefaultClient.Do(told)
	if err != nil {
		return err
	}
	return done.Body.Close()
}
