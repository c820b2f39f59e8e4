package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// accepted is the server's end of a connection on loopback.
func accepted(t testing.TB, w *watch) *watched {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l = w.on(l)
	client := dial(t, l.Addr().String())
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); client.Close() })
	return c.(*watched)
}

// watching serves on loopback. Its deadlines are looked at when a test says so,
// and by the time that it says.
func watching(t *testing.T, h http.HandlerFunc, patience time.Duration) (*doors, string) {
	t.Helper()
	o := &doors{}
	if err := o.add("--listen", "127.0.0.1:0", h, patience, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return o, begins(t, o)
}

func begins(t *testing.T, o *doors) string {
	t.Helper()
	go o.servers[0].Serve(o.listeners[0])
	t.Cleanup(func() { o.servers[0].Close() })
	return o.listeners[0].Addr().String()
}

// talker is a client by hand.
type talker struct {
	net.Conn
	t    testing.TB
	from *bufio.Reader
}

// dial gives no test longer than ten seconds to hear something.
func dial(t testing.TB, addr string) *talker {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(10 * time.Second))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &talker{c, t, bufio.NewReader(c)}
}

func (c *talker) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Error(err)
	}
}

// hears wants an answer with this text in it.
func (c *talker) hears(want string) {
	c.t.Helper()
	r, err := http.ReadResponse(c.from, nil)
	if err != nil {
		c.t.Errorf("no answer: %v", err)
		return
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(body), want) {
		c.t.Errorf("%.200q %v, want %q", body, err, want)
	}
}

// hangsUp wants the end of the connection. Before it http.Server may answer what
// it has of a request that does not come.
func (c *talker) hangsUp() {
	c.t.Helper()
	b, err := io.ReadAll(c.from)
	if os.IsTimeout(err) || (len(b) > 0 && !bytes.HasPrefix(b, []byte("HTTP/1.1 400 "))) {
		c.t.Errorf("still connected: %q %v", b, err)
	}
}

// readsUntil waits until the one connection there is has a deadline for reads
// between two times from now.
func readsUntil(t *testing.T, o *doors, from, to time.Duration) {
	t.Helper()
	await(t, func() bool {
		o.watch.mu.Lock()
		defer o.watch.mu.Unlock()
		for c := range o.watch.conns {
			at := c.reads.at.Load()
			return at > elapsed(time.Now().Add(from)) && at <= elapsed(time.Now().Add(to))
		}
		return false
	})
}

// await is for what the server is about to do.
func await(t *testing.T, is func() bool) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); !is(); runtime.Gosched() {
		if time.Now().After(late) {
			t.Fatal("it did not come to that")
		}
	}
}

// after lets the deadlines strike as if so much time had gone by.
func (o *doors) after(d time.Duration) { o.watch.look(time.Now().Add(d)) }

// margin is what a test may take of the time that it makes up.
const margin = 10 * time.Second

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

const whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// TestRequestThatDoesNotArrive begins one, at the start of a connection and
// after another, and says no more.
func TestRequestThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answered bool
		said     string
	}{
		"nothing":                        {false, ""},
		"half a header":                  {false, whole[:20]},
		"half a header after an answer":  {true, whole[:20]},
		"half of a line after an answer": {true, whole[:5]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, addr := watching(t, hello, wirePatience)
			client := dial(t, addr)
			if c.answered {
				client.say(whole)
				client.hears("hello")
				readsUntil(t, o, idling-margin, idling)
			}
			client.say(c.said)
			readsUntil(t, o, wirePatience-margin, wirePatience)
			o.after(wirePatience - margin)
			readsUntil(t, o, 0, wirePatience)
			o.after(wirePatience + lookEvery)
			client.hangsUp()
			await(t, func() bool { return o.watch.count() == 0 })
		})
	}
}

// count is how many connections are watched.
func (w *watch) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.conns)
}

// TestSlowRequestArrives comes in two parts and within its time.
func TestSlowRequestArrives(t *testing.T) {
	t.Parallel()
	o, addr := watching(t, hello, wirePatience)
	client := dial(t, addr)
	for range 3 {
		client.say(whole[:20])
		readsUntil(t, o, wirePatience-margin, wirePatience)
		o.after(wirePatience - margin)
		client.say(whole[20:])
		client.hears("hello")
	}
}

// taking reads the body and answers what became of it.
func taking(asked chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		b, err := io.ReadAll(r.Body)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			io.WriteString(w, "too slow: ")
		}
		w.Write(b)
	}
}

const posted = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"

// TestHalfABody is answered still: only what is read has passed.
func TestHalfABody(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	o, addr := watching(t, taking(asked), wirePatience)
	client := dial(t, addr)
	client.say(posted + "12345")
	<-asked
	o.after(wirePatience - margin)
	o.after(wirePatience + lookEvery)
	client.hears("too slow: 12345")
	client.hangsUp()
}

// TestLargeRequest takes four of its five minutes to arrive, and two to answer.
func TestLargeRequest(t *testing.T) {
	t.Parallel()
	asked, more := make(chan struct{}), make(chan struct{})
	o, addr := watching(t, func(w http.ResponseWriter, r *http.Request) {
		taking(asked)(w, r)
		asked <- struct{}{}
		<-more
		if r.Context().Err() != nil {
			t.Error("it was cut off")
		}
	}, adminPatience)
	client := dial(t, addr)
	client.say(posted + "12345")
	<-asked
	o.after(adminPatience - margin)
	client.say("67890")
	<-asked
	o.after(adminPatience + answering - margin)
	close(more)
	client.hears("1234567890")
}

// TestLongWork is not cut off while it works, however long: a deadline that
// passes is one of writing, and its time is over when there is an answer.
func TestLongWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		took  time.Duration
		heard bool
	}{
		"in time":  {wirePatience + answering - margin, true},
		"too long": {wirePatience + answering + lookEvery, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, more, done := make(chan struct{}), make(chan struct{}), make(chan error)
			o, addr := watching(t, func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				<-more
				done <- r.Context().Err()
				hello(w, r)
			}, wirePatience)
			client := dial(t, addr)
			client.say(whole)
			<-asked
			o.after(c.took)
			close(more)
			if err := <-done; err != nil {
				t.Errorf("cut off while it worked: %v", err)
			}
			if c.heard {
				client.hears("hello")
			} else {
				client.hangsUp()
			}
		})
	}
}

// TestSlowReader does not take its answer, which is more than the system keeps
// for it.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	writing, done := make(chan struct{}), make(chan error, 1)
	o, addr := watching(t, func(w http.ResponseWriter, r *http.Request) {
		close(writing)
		var err error
		for part := make([]byte, 1<<20); err == nil; {
			_, err = w.Write(part)
		}
		done <- err
	}, wirePatience)
	client := dial(t, addr)
	client.say(whole)
	<-writing
	o.after(wirePatience + answering - margin)
	select {
	case err := <-done:
		t.Errorf("before its time was over: %v", err)
	default:
	}
	o.after(wirePatience + answering + lookEvery)
	await(t, func() bool { return o.watch.count() == 0 })
	if err := <-done; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("writing ended by %v", err)
	}
}

func TestIdleConnection(t *testing.T) {
	t.Parallel()
	o, addr := watching(t, hello, wirePatience)
	client := dial(t, addr)
	for range 2 {
		client.say(whole)
		client.hears("hello")
		readsUntil(t, o, idling-margin, idling)
		o.after(idling - margin)
	}
	o.after(idling + lookEvery)
	client.hangsUp()
	await(t, func() bool { return o.watch.count() == 0 })
}

// TestTLSIsWatched goes from half a handshake to an idle connection.
func TestTLSIsWatched(t *testing.T) {
	t.Parallel()
	dir := ordered(t)
	for name, end := range map[string]func(*testing.T, *doors, *talker){
		"half a handshake": func(t *testing.T, o *doors, client *talker) {
			client.say("\x16\x03\x01\x02")
			readsUntil(t, o, wirePatience-margin, wirePatience)
			o.after(wirePatience - margin)
			readsUntil(t, o, 0, wirePatience)
			o.after(wirePatience + lookEvery)
			client.hangsUp()
		},
		"half a header": func(t *testing.T, o *doors, client *talker) {
			secured := client.secured(trustingFile(t, dir))
			secured.say(whole)
			secured.hears("TLS 1.3")
			readsUntil(t, o, idling-margin, idling)
			secured.say(whole[:20])
			readsUntil(t, o, wirePatience-margin, wirePatience)
			o.after(wirePatience + lookEvery)
			secured.hangsUp()
		},
		"idle": func(t *testing.T, o *doors, client *talker) {
			secured := client.secured(trustingFile(t, dir))
			secured.say(whole)
			secured.hears("TLS 1.3")
			readsUntil(t, o, idling-margin, idling)
			o.after(idling - margin)
			secured.say(whole)
			secured.hears("TLS 1.3")
			readsUntil(t, o, idling-margin, idling)
			o.after(idling + lookEvery)
			secured.hangsUp()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := slog.New(slog.DiscardHandler)
			o := &doors{}
			if err := o.add("--listen", "127.0.0.1:0", http.HandlerFunc(overTLS), wirePatience, log); err != nil {
				t.Fatal(err)
			}
			o.wrap(pairOf(t, dir, log, time.Now).config())
			end(t, o, dial(t, begins(t, o)))
		})
	}
}

func overTLS(w http.ResponseWriter, r *http.Request) {
	if r.TLS != nil {
		io.WriteString(w, tls.VersionName(r.TLS.Version))
	}
}

func (c *talker) secured(config *tls.Config) *talker {
	config.ServerName = "127.0.0.1"
	s := tls.Client(c.Conn, config)
	return &talker{s, c.t, bufio.NewReader(s)}
}

// TestStopEndsWhatNobodyAskedOn leaves what was asked on, for
// http.Server.Shutdown knows whether it is idle.
func TestStopEndsWhatNobodyAskedOn(t *testing.T) {
	t.Parallel()
	asked, more := make(chan struct{}), make(chan struct{})
	o, addr := watching(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-more
		hello(w, r)
	}, wirePatience)
	working, silent, half := dial(t, addr), dial(t, addr), dial(t, addr)
	working.say(whole)
	<-asked
	half.say(whole[:20])
	await(t, func() bool { return o.watch.count() == 3 })
	o.watch.stop(time.Now())
	silent.hangsUp()
	half.hangsUp()
	dial(t, addr).hangsUp() // which came too late
	close(more)
	working.hears("hello")
	if err := o.servers[0].Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if n := o.watch.count(); n != 0 {
		t.Errorf("%d connections are watched still", n)
	}
}

// TestServingLooks runs the watch as a server does: from its begin, and while
// the last requests finish.
func TestServingLooks(t *testing.T) {
	t.Parallel()
	ticks, asked, ended := make(chan time.Time, 2), make(chan struct{}), make(chan error)
	o := &doors{watch: watch{ticks: ticks}, flush: func(context.Context) error { return nil }}
	log := slog.New(slog.DiscardHandler)
	if err := o.add("--listen", "127.0.0.1:0", taking(asked), wirePatience, log); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- o.serve(ctx, log, func() {}) }()

	silent := dial(t, o.admin())
	readsUntil(t, o, wirePatience-margin, wirePatience)
	ticks <- time.Now().Add(wirePatience + lookEvery)
	silent.hangsUp()

	slow := dial(t, o.admin())
	slow.say(posted + "12345")
	<-asked
	stop()
	// It has less time to come whole by now, and nobody's work is lost with it.
	go func() {
		for late := time.Now().Add(arriving + lookEvery); ; {
			select {
			case ticks <- late:
			case <-t.Context().Done():
				return
			}
		}
	}()
	slow.hears("too slow: 12345")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestStopOfAllListenersAtOnce: one that waits for its last request does not
// keep the others open.
func TestStopOfAllListenersAtOnce(t *testing.T) {
	t.Parallel()
	asked, more, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	o := &doors{flush: func(context.Context) error { return nil }}
	for _, h := range []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) { asked <- struct{}{}; <-more; hello(w, r) }, hello} {
		if err := o.add("--listen", "127.0.0.1:0", h, wirePatience, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- o.serve(ctx, slog.New(slog.DiscardHandler), func() {}) }()
	working, idle := dial(t, o.wires()[0]), dial(t, o.admin())
	idle.say(whole)
	idle.hears("hello")
	working.say(whole)
	<-asked
	stop()
	idle.hangsUp()
	close(more)
	working.hears("hello")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestWhatPeopleMustHear of http.Server is that it can take no connection.
func TestWhatPeopleMustHear(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	log := stdlog.New(complaints{slog.New(slog.NewTextHandler(&said, nil))}, "", 0)
	log.Print("http: TLS handshake error from 127.0.0.1:1: EOF")
	log.Print("http: Accept error: accept tcp 127.0.0.1:7080: accept4: too many open files; retrying in 1s")
	if got := said.String(); strings.Contains(got, "handshake") || !strings.Contains(got, "level=WARN msg=\"http: Accept error: accept tcp") {
		t.Error(got)
	}
}
