package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"imageshare/admin"
	"imageshare/alibaba"
	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	alibabasts "imageshare/alibaba/sts"
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/session"
	"imageshare/tencent"
	"imageshare/tencent/cbs"
	"imageshare/tencent/cvm"
	"imageshare/tencent/region"
	tencentsts "imageshare/tencent/sts"
	"imageshare/tencent/tag"
)

// A request of the wires is some kilobytes and at most ten megabytes; a state
// file that the admin API takes is as large as a cloud.
const (
	wirePatience  = 20 * time.Second
	adminPatience = 5 * time.Minute
)

// answering is how long an answer may take after the last moment at which its
// request may have arrived, and idling how long a connection waits for the next.
const (
	answering = 2 * time.Minute
	idling    = 5 * time.Minute
)

// drain is how long requests under way have to finish after a signal, arriving
// how long to come whole: nobody's work is lost with one that does not.
const (
	drain    = 10 * time.Second
	arriving = drain / 2
)

// maxHeader bounds a request's line and headers. The longest that are taken
// have a query of 32 KiB and a token of 8 KiB. Some signatures are tried over
// all of it in thirty ways, before anybody is believed.
const maxHeader = 128 << 10

// serve runs until the context ends: open, apply, listen, say ready, drain, close.
func serve(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) (err error) {
	c, err := parse(args, env, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	written := &lines{to: stderr}
	defer written.flush()
	log := logger(c, written)
	shown, err := c.pair(log)
	if err != nil {
		return err
	}
	d, err := openData(ctx, c, log)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		log.Info("stopped before anything was served")
		return nil
	} else if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	doors, err := c.open(d, shown, log)
	if err != nil {
		return err
	}
	ready := fmt.Sprintf("ready wires=%s admin=%s", strings.Join(doors.wires(), ","), doors.admin())
	if c.dev {
		welcome(stderr, c, doors.wires(), doors.admin())
	}
	return doors.serve(ctx, log, func() { fmt.Fprintln(stdout, ready) })
}

func logger(c *config, to *lines) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.logLevel}
	if c.logFormat.value == "json" {
		return slog.New(urgent{slog.NewJSONHandler(to, o), to})
	}
	return slog.New(urgent{newText(to, o), to})
}

// Ids of requests are no secrets: sixteen are made of what the kernel is asked
// for once.
func init() { uuid.EnableRandPool() }

// doors are the listeners with what answers on each; the admin's is the last.
type doors struct {
	servers   []*http.Server
	listeners []net.Listener
	watch     watch
	// flush writes what requests left to be written later.
	flush func(context.Context) error
}

// open listens everywhere, or nowhere. What is shown on listeners marked tls is
// nil where there are none.
func (c *config) open(d *data, shown *pair, log *slog.Logger) (*doors, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	sessions := &session.Issuer{Key: d.key, Now: d.ledger.Now}
	s := server.New(server.Config{
		Ledger: d.ledger, Dialects: []api.Dialect{tencent.Dialect{}, alibaba.Dialect{}}, Secrets: d.key, Sessions: sessions,
		Log: log, Metrics: server.NewMetrics(registry), NewID: uuid.NewString, Rates: server.Rates(c.rateLimits),
	})
	o := &doors{flush: s.Flush}
	for _, l := range c.listen.list {
		catalogue := c.catalogue(d.ledger, sessions, l.profile)
		if err := o.add("--listen", l.addr, s.Handler(catalogue), wirePatience, log); err != nil {
			return nil, errors.Join(err, o.close())
		}
		if l.tls {
			o.wrap(shown.config())
		}
	}
	token, err := tokenFrom(c.adminTokenFile)
	if err == nil {
		err = o.add("--admin-listen", c.adminListen, admin.New(admin.Config{
			Ledger: d.ledger, Secrets: d.key, Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), Log: log,
			Token: token, Loopback: loopback(c.adminListen), AllowReset: c.allowReset, Seed: d.seed,
		}), adminPatience, log)
	}
	if err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

// catalogue is what a listener with a profile offers.
func (c *config) catalogue(l *ledger.Ledger, sessions *session.Issuer, profile string) *api.Catalogue {
	return api.NewCatalogue(
		cvm.Actions(l), ecs.Actions(l, ecs.Profiles[profile]), ens.Actions(l, ens.Options{PlainAccounts: c.ensAccounts.value == "strings"}),
		tencentsts.Actions(l, sessions), alibabasts.Actions(l, sessions), region.Actions(l), tag.Actions(l), cbs.Actions(l),
	)
}

// checkRates refuses the limit of an action that is not there, which is a slip
// of the pen. Every profile has the same actions, and none is called here.
func (c *config) checkRates() error {
	if len(c.rateLimits.Over) == 0 {
		return nil
	}
	names := map[string]bool{}
	for _, a := range c.catalogue(nil, nil, c.listen.list[0].profile).Actions() {
		names[a.Product+":"+a.Name] = true
	}
	for limited := range c.rateLimits.Over {
		if !names[limited] {
			return fmt.Errorf("--rate-limits names %s, which is no action here: write one of a product's own, as in cvm:DescribeImageSharePermission=20", limited)
		}
	}
	return nil
}

// add opens one listener. patience is how long a request may take to arrive.
func (o *doors) add(name, addr string, h http.Handler, patience time.Duration, log *slog.Logger) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w: %schoose another address with %s (port 0 takes a free one)", err, orStop(err), name)
	}
	o.listeners = append(o.listeners, o.watch.on(l))
	o.servers = append(o.servers, &http.Server{
		Handler: h,
		// Half-open and slow clients do not hold a connection for ever. One bound
		// for header and body is set once where two are set twice. That of an
		// answer is counted from the header, while the body may be on its way.
		ReadTimeout:    patience,
		WriteTimeout:   patience + answering,
		IdleTimeout:    idling,
		MaxHeaderBytes: maxHeader,
		// OPTIONS * gets the cloud's own answer like any other method.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     stdlog.New(complaints{log}, "", 0),
		ConnState:                    o.watch.note,
	})
	return nil
}

// complaints are what http.Server says: about a client for who looks for a
// fault, but for everybody that it could take no connection at all.
type complaints struct{ log *slog.Logger }

func (c complaints) Write(line []byte) (int, error) {
	level, text := slog.LevelDebug, strings.TrimSpace(string(line))
	if strings.Contains(text, "Accept error") {
		level = slog.LevelWarn
	}
	c.log.Log(context.Background(), level, text)
	return len(line), nil
}

// orStop is what else helps where an address is in use.
func orStop(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "stop what listens there, or "
	}
	return ""
}

// wrap puts TLS around the listener added last. A handshake has as long as the
// header of a request.
func (o *doors) wrap(c *tls.Config) {
	last := len(o.listeners) - 1
	o.listeners[last] = tls.NewListener(o.listeners[last], c)
}

func (o *doors) wires() []string {
	var addrs []string
	for _, l := range o.listeners[:len(o.listeners)-1] {
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

func (o *doors) admin() string { return o.listeners[len(o.listeners)-1].Addr().String() }

// serve answers until the context ends, then lets what is under way finish.
func (o *doors) serve(ctx context.Context, log *slog.Logger, ready func()) error {
	watching, unwatch := context.WithCancel(context.Background()) // while requests finish too
	defer unwatch()
	go o.watch.run(watching)
	failed := make(chan error, len(o.servers))
	for i, s := range o.servers {
		go func() { failed <- s.Serve(o.listeners[i]) }()
	}
	ready()
	log.Info("serving", "wires", o.wires(), "admin", o.admin())
	var err error
	select {
	case <-ctx.Done():
		log.Info("stopping", "within", drain)
	case err = <-failed:
	}
	err = errors.Join(err, o.drain())
	flushed, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	// What is lost with it is no change that was acknowledged.
	if lost := o.flush(flushed); lost != nil {
		log.Warn("when keys were last used could not be written", "error", lost)
	}
	return err
}

// drain lets the requests of all listeners finish that are under way.
func (o *doors) drain() error {
	o.watch.stop(time.Now().Add(arriving))
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	stopped := make(chan error, len(o.servers))
	for _, s := range o.servers {
		go func() {
			err := s.Shutdown(ctx)
			if err != nil {
				err = errors.Join(fmt.Errorf("requests did not finish within %v: %w", drain, err), s.Close())
			}
			stopped <- err
		}()
	}
	var err error
	for range o.servers {
		err = errors.Join(err, <-stopped)
	}
	return err
}

func (o *doors) close() error {
	var err error
	for _, l := range o.listeners {
		err = errors.Join(err, l.Close())
	}
	return err
}
