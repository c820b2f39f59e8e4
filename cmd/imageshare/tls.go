package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// glance is how often the files of a pair are looked at, at most. Nothing
// looks while nobody connects.
const glance = time.Second

// pair is a certificate with its key, read again when one of the files
// changes. A pair that cannot be used, such as one that is half written, never
// takes the place of one that can.
type pair struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	current atomic.Pointer[tls.Certificate]

	mu     sync.Mutex // whoever looks; the others do not wait for the disk
	looked time.Time
	seen   [2]os.FileInfo // as of the last reading, good or bad; nil: no such file
}

// pair reads the files of --tls-cert and --tls-key, or is nil where no
// listener is marked.
func (c *config) pair(log *slog.Logger) (*pair, error) {
	if !c.listen.tls() {
		return nil, nil
	}
	p := &pair{certFile: c.tlsCert, keyFile: c.tlsKey, now: time.Now, log: log}
	p.looked, p.seen = p.now(), p.stat()
	if err := p.read(); err != nil {
		return nil, fmt.Errorf("%w: name a certificate with its key by --tls-cert and --tls-key, in PEM; imageshare cert makes such a pair", err)
	}
	return p, nil
}

// config is for listeners. TLS 1.3 is what current clients take; 1.2 stays,
// with Go's suites, all of them with forward secrecy, because SDKs run on
// Python and Java installations that know no better. Only HTTP/1.1 is offered:
// every SDK speaks it, and the server's bounds on slow and half-open clients
// are those of its connections.
func (p *pair) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: p.get}
}

// get is for every handshake. A client is shown the certificate whatever name
// it asked for: what it is content with is its own affair.
func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if p.mu.TryLock() {
		defer p.mu.Unlock()
		p.look()
	}
	return p.current.Load(), nil
}

// look reads the files again if they changed. It says so once for each change,
// even of a pair that stays broken.
func (p *pair) look() {
	now := p.now()
	if now.Sub(p.looked) < glance {
		return
	}
	p.looked = now
	// Looked at before they are read: a change in between shows the next time.
	files := p.stat()
	if sameFile(files[0], p.seen[0]) && sameFile(files[1], p.seen[1]) {
		return
	}
	p.seen = files
	if err := p.read(); err != nil {
		p.log.Warn("the new TLS certificate cannot be used, the old one stays", "error", err)
		return
	}
	p.log.Info("the TLS certificate was read again", "cert", p.certFile, "until", p.current.Load().Leaf.NotAfter)
}

// read takes the files as they are now.
func (p *pair) read() error {
	made, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if errors.As(err, new(*os.PathError)) {
		return fmt.Errorf("read the TLS certificate: %w", err)
	} else if err != nil {
		return fmt.Errorf("the TLS certificate %s and the key %s: %w", p.certFile, p.keyFile, err)
	}
	if now := p.now(); now.After(made.Leaf.NotAfter) || now.Before(made.Leaf.NotBefore) {
		p.log.Warn("clients will refuse the TLS certificate: it is not valid now", "cert", p.certFile, "from", made.Leaf.NotBefore, "until", made.Leaf.NotAfter)
	}
	p.current.Store(&made)
	return nil
}

func (p *pair) stat() (files [2]os.FileInfo) {
	for i, name := range []string{p.certFile, p.keyFile} {
		if info, err := os.Stat(name); err == nil {
			files[i] = info
		}
	}
	return files
}

// sameFile tells also a file that was put in another's place with its time kept.
func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
