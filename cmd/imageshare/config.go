package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"imageshare/ledger"
	"imageshare/server"
)

// config is what serve was told, checked.
type config struct {
	listen          listeners
	adminListen     string
	adminTokenFile  string
	store           string
	seed            string
	secretsKeyFile  string
	rateLimits      rateLimits
	unknownAccounts choice
	shareQuota      quotas
	imageQuota      quotas
	imageTransition time.Duration
	ensAccounts     choice
	cacheSize       size
	tlsCert, tlsKey string
	allowReset      bool
	logFormat       choice
	logLevel        slog.Level
	dev             bool
}

// defaults are the documented ones.
func defaults() *config {
	return &config{
		listen:          listeners{list: []listener{{addr: "127.0.0.1:7080", profile: "2019"}}, standing: true},
		adminListen:     "127.0.0.1:7081",
		store:           "sqlite:imageshare.db",
		rateLimits:      rateLimits{Documented: true},
		unknownAccounts: choice{value: "accept", of: []string{"accept", "reject"}},
		shareQuota:      quotas{},
		imageQuota:      quotas{},
		ensAccounts:     choice{value: "objects", of: []string{"objects", "strings"}},
		cacheSize:       64 << 20,
		logFormat:       choice{value: "text", of: []string{"text", "json"}},
	}
}

// flags binds every flag. The help text comes from here alone.
func (c *config) flags() *flag.FlagSet {
	f := flags("serve")
	f.Var(&c.listen, "listen", "`ADDR[,ecs=PROFILE][,tls]` of the vendors' wires; may be repeated, each with its own profile of the ECS documents: 2017, 2019 or current (2019); tls: speaks TLS and nothing else")
	f.StringVar(&c.adminListen, "admin-listen", c.adminListen, "`ADDR` of the admin API, /healthz, /readyz and /metrics; anything but loopback needs --admin-token-file")
	f.StringVar(&c.adminTokenFile, "admin-token-file", "", "`FILE` with the token that admin calls must bear, but /healthz and /readyz")
	f.StringVar(&c.store, "store", c.store, "`URL` of the store: memory: or sqlite:PATH")
	f.StringVar(&c.seed, "seed", "", "state `FILE`, applied at each start: a list that it writes takes the place of the one that is stored")
	f.StringVar(&c.secretsKeyFile, "secrets-key-file", "", "`FILE` with the key that seals secrets; made when the store holds none yet (with sqlite: PATH.key)")
	f.Var(&c.rateLimits, "rate-limits", "`LIMITS`: documented or off, then PRODUCT:ACTION=CALLS a second, joined by commas; off also lets an address sign wrongly without end")
	f.Var(&c.unknownAccounts, "unknown-accounts", "`accept|reject` accounts that are not registered as owners and as targets of a share")
	f.Var(&c.shareQuota, "share-quota", "accounts per image, as `PRODUCT=N` joined by commas (cvm=500,ecs=50,ens=50)")
	f.Var(&c.imageQuota, "image-quota", "images per account and region, as `PRODUCT=N` joined by commas (cvm=500,ecs=100,ens=100)")
	f.DurationVar(&c.imageTransition, "image-transition", 0, "how long an image made by an action stays creating, importing or copying, as a `DURATION` like 30s (0s: available at once)")
	f.Var(&c.ensAccounts, "ens-accounts", "`objects|strings`: how ENS lists accounts; strings for its clients of 2022 and before")
	f.Var(&c.cacheSize, "cache-size", "`SIZE` that the records kept in memory before a store in a file may take, like 64MiB; 0 keeps none")
	f.StringVar(&c.tlsCert, "tls-cert", "", "`FILE` with the certificate of the listeners marked tls, and what stands between it and its root; read again when it changes")
	f.StringVar(&c.tlsKey, "tls-key", "", "`FILE` with its key")
	f.BoolVar(&c.allowReset, "allow-reset", false, "let the admin API reset everything; on with --dev and with memory:")
	f.Var(&c.logFormat, "log-format", "`text|json`, to stderr")
	f.TextVar(&c.logLevel, "log-level", slog.LevelInfo, "`LEVEL`: debug, info, warn or error")
	f.BoolVar(&c.dev, "dev", false, "memory store, demo state, no rate limits; prints demo keys and lines to paste")
	return f
}

// parse reads the command line over the environment over --dev over the
// defaults. It returns flag.ErrHelp after printing the help.
func parse(args []string, env func(string) (string, bool), stdout io.Writer) (*config, error) {
	c := defaults()
	f := c.flags()
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		help(stdout, f)
		return nil, err
	} else if err != nil {
		return nil, seeHelp(err, "serve")
	}
	if f.NArg() > 0 {
		return nil, seeHelp(fmt.Errorf("serve takes flags only, not %q", f.Arg(0)), "serve")
	}
	given, err := overlay(f, env)
	if err != nil {
		return nil, seeHelp(err, "serve")
	}
	c.complete(given)
	if err := c.check(); err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// seeHelp says where it stands what a command takes.
func seeHelp(err error, command string) error {
	return usageError{fmt.Errorf("%w: see imageshare %s --help", err, command)}
}

// twin is the environment variable of a flag.
func twin(name string) string {
	return "IMAGESHARE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// overlay sets from the environment what the command line left, and tells
// which flags were given either way.
func overlay(f *flag.FlagSet, env func(string) (string, bool)) (given map[string]bool, err error) {
	given = map[string]bool{}
	f.Visit(func(fl *flag.Flag) { given[fl.Name] = true })
	f.VisitAll(func(fl *flag.Flag) {
		text, ok := env(twin(fl.Name))
		if !ok || given[fl.Name] || err != nil {
			return
		}
		given[fl.Name] = true
		values := []string{text}
		if _, many := fl.Value.(*listeners); many {
			values = strings.Fields(text)
		}
		for _, v := range values {
			if bad := f.Set(fl.Name, v); bad != nil {
				err = fmt.Errorf("%s=%q: %w", twin(fl.Name), text, bad)
			}
		}
	})
	return given, err
}

// complete fills what --dev and the memory store imply, where nothing was said.
func (c *config) complete(given map[string]bool) {
	if c.dev {
		if !given["store"] {
			c.store = "memory:"
		}
		if !given["rate-limits"] {
			c.rateLimits = rateLimits{}
		}
	}
	if !given["allow-reset"] {
		c.allowReset = c.dev || c.store == "memory:"
	}
}

// check refuses what should not be exposed and what cannot work.
func (c *config) check() error {
	if c.adminTokenFile == "" && !loopback(c.adminListen) {
		return fmt.Errorf("--admin-listen %s is not a loopback address: give --admin-token-file FILE, or listen on 127.0.0.1", c.adminListen)
	}
	for _, l := range c.listen.list {
		if c.dev && !loopback(l.addr) {
			return fmt.Errorf("--dev has keys that everybody knows, and --listen %s is not a loopback address: drop one of them", l.addr)
		}
	}
	if err := errors.Join(c.checkTLS(), c.checkRates()); err != nil {
		return err
	}
	if c.imageTransition < 0 {
		return fmt.Errorf("--image-transition %s is below zero: write a duration like 30s", c.imageTransition)
	}
	if kind, path, ok := strings.Cut(c.store, ":"); !ok || (kind != "memory" && kind != "sqlite") || (kind == "sqlite") == (path == "") {
		return fmt.Errorf("--store %q is no store: write memory: or sqlite:PATH", c.store)
	}
	return nil
}

// checkTLS refuses half of what TLS needs, and a certificate that nothing
// shows: whoever names one would believe to be served with it.
func (c *config) checkTLS() error {
	marked, files := c.listen.tls(), c.tlsCert != "" || c.tlsKey != ""
	switch {
	case marked && (c.tlsCert == "" || c.tlsKey == ""):
		return errors.New("a listener marked tls needs both --tls-cert FILE and --tls-key FILE: imageshare cert makes them")
	case files && !marked:
		return errors.New("--tls-cert and --tls-key are of no use, since no listener is marked: write --listen ADDR,tls, or leave them out")
	}
	return nil
}

// choice is one word out of a few.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }

// Set is for package flag.
func (c *choice) Set(s string) error {
	for _, word := range c.of {
		if s == word {
			c.value = s
			return nil
		}
	}
	return fmt.Errorf("write one of %s", strings.Join(c.of, ", "))
}

// size is a number of bytes as people write it.
type size int

func (s *size) String() string { return humanize.IBytes(uint64(*s)) }

// Set is for package flag.
func (s *size) Set(text string) error {
	n, err := humanize.ParseBytes(text)
	if err != nil || n > 64<<30 || (n > 0 && n < 512<<10) {
		return errors.New("write a size like 64MiB, from 512KiB to 64GiB, or 0")
	}
	*s = size(n)
	return nil
}

// quotas are numbers by product; naming one keeps the others.
type quotas map[ledger.Product]int

func (q *quotas) String() string { return "" }

// Set is for package flag.
func (q *quotas) Set(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		name, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if p := ledger.Product(name); err != nil || n < 0 || !p.Known() {
			return fmt.Errorf("%q: write cvm=N, ecs=N or ens=N, joined by commas", part)
		}
		(*q)[ledger.Product(name)] = n
	}
	return nil
}

// rateLimits are server.Rates as text.
type rateLimits server.Rates

func (r *rateLimits) String() string { return "documented" }

// Set is for package flag.
func (r *rateLimits) Set(s string) error {
	base, rest, more := strings.Cut(s, ",")
	if base != "documented" && base != "off" {
		return errors.New("begin with documented or off")
	}
	*r = rateLimits{Documented: base == "documented", Over: map[string]int{}}
	if !more {
		return nil
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || !strings.Contains(name, ":") {
			return fmt.Errorf("%q: write PRODUCT:ACTION=CALLS, for example cvm:DescribeImageSharePermission=20", part)
		}
		r.Over[name] = n
	}
	return nil
}

// tokenFrom reads a token file; an empty one would let everybody in.
func tokenFrom(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	data, err := readNamed("--admin-token-file", path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", fmt.Errorf("the admin token file %s is empty: put a long random word into it", path)
	}
	return token, nil
}
