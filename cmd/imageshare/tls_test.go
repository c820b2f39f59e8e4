package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ordered is a directory with an authority and a server's certificate.
func ordered(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := cert([]string{"--dir", dir}, time.Now(), io.Discard); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tlsFlags are those of a listener that shows the certificate in a directory.
func tlsFlags(dir string) []string {
	return []string{"--listen", "127.0.0.1:0,tls", "--tls-cert", filepath.Join(dir, serverFile), "--tls-key", filepath.Join(dir, serverKeyFile)}
}

func trustingFile(t testing.TB, dir string) *tls.Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, caFile))
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatalf("no authority to trust: %v", err)
	}
	return &tls.Config{RootCAs: pool}
}

// secure begins a server with one plain listener and one that speaks TLS.
func secure(t *testing.T, dir string) (s served, plain, addr string) {
	t.Helper()
	s = begin(t, append([]string{"--dev"}, tlsFlags(dir)...)...)
	plain, addr, _ = strings.Cut(s.wires, ",")
	return s, plain, addr
}

func TestTLSBesidePlain(t *testing.T) {
	t.Parallel()
	dir := ordered(t)
	s, plain, addr := secure(t, dir)
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: trustingFile(t, dir), ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	r, err := client.Get("https://" + addr + "/?SecretId=x")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || !strings.Contains(string(body), "MissingParameter") {
		t.Errorf("%s %v", body, err)
	}
	if r.ProtoMajor != 1 || r.TLS.Version != tls.VersionTLS13 {
		t.Errorf("HTTP/%d over %s: the bounds of the server are those of HTTP/1", r.ProtoMajor, tls.VersionName(r.TLS.Version))
	}
	if got := get(t, "http://"+plain+"/?SecretId=x"); !strings.Contains(got, "MissingParameter") {
		t.Errorf("the plain listener: %s", got)
	}
	if got := get(t, "http://"+addr+"/?SecretId=x"); !strings.Contains(got, "HTTP request to an HTTPS server") {
		t.Errorf("plain http on the other: %s", got)
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

func TestTLSVersions(t *testing.T) {
	t.Parallel()
	dir := ordered(t)
	_, _, addr := secure(t, dir)
	for version, taken := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c := trustingFile(t, dir)
		c.MinVersion, c.MaxVersion = version, version
		conn, err := tls.Dial("tcp", addr, c)
		if (err == nil) != taken {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		}
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: x509.NewCertPool()}); err == nil {
		t.Error("trusted by who trusts nobody")
	}
}

// TestTLSByTheVendorsNames is a client that a hosts file brings here.
func TestTLSByTheVendorsNames(t *testing.T) {
	t.Parallel()
	dir := ordered(t)
	_, _, addr := secure(t, dir)
	to := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: trustingFile(t, dir), DialContext: to}}
	defer client.CloseIdleConnections()
	for host, want := range map[string]string{
		"cvm.ap-guangzhou.tencentcloudapi.com": "`Action`",
		"ecs.cn-hangzhou.aliyuncs.com":         "<Code>",
	} {
		r, err := client.Get("https://" + host + "/")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s %v", host, body, err)
		}
	}
}

// TestSilenceDoesNotHoldATLSServer stops while a client is in the middle of its
// handshake.
func TestSilenceDoesNotHoldATLSServer(t *testing.T) {
	t.Parallel()
	s, plain, addr := secure(t, ordered(t))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	get(t, "http://"+plain+"/?SecretId=x")
	before := time.Now()
	if code := s.stop(); code != exitOK || time.Since(before) > 4*time.Second {
		t.Errorf("exit %d after %v: %s", code, time.Since(before), s.errs)
	}
}

func pairOf(t testing.TB, dir string, log *slog.Logger, now func() time.Time) *pair {
	t.Helper()
	p := &pair{certFile: filepath.Join(dir, serverFile), keyFile: filepath.Join(dir, serverKeyFile), now: now, log: log}
	p.looked, p.seen = p.now(), p.stat()
	if err := p.read(); err != nil {
		t.Fatal(err)
	}
	return p
}

// shows is the serial number that a client sees.
func (p *pair) shows(t *testing.T) string {
	t.Helper()
	c, err := p.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf.SerialNumber.String()
}

func TestPairIsReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	dir := ordered(t)
	now := time.Now()
	var said bytes.Buffer
	p := pairOf(t, dir, slog.New(slog.NewTextHandler(&said, nil)), func() time.Time { return now })
	first := p.shows(t)

	orderCert(t, now, "--dir", dir)
	if p.shows(t) != first {
		t.Error("looked at before a second was over")
	}
	now = now.Add(glance)
	second := p.shows(t)
	if second == first || second != leaf(t, dir, serverFile, serverKeyFile).SerialNumber.String() {
		t.Errorf("%s after a change, %s before", second, first)
	}
	if !strings.Contains(said.String(), "read again") {
		t.Errorf("log: %s", said.String())
	}
}

// TestBrokenPairKeepsTheOldOne goes through what a certificate that is being
// written looks like.
func TestBrokenPairKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	dir, other := ordered(t), ordered(t)
	now := time.Now()
	var said bytes.Buffer
	p := pairOf(t, dir, slog.New(slog.NewTextHandler(&said, nil)), func() time.Time { return now })
	first := p.shows(t)
	whole := string(bytesOf(t, other, serverFile))
	for _, change := range []struct {
		what string
		do   func()
	}{
		{"half a certificate", func() { write(t, dir, serverFile, whole[:len(whole)/2]) }},
		{"a certificate without its key", func() { write(t, dir, serverFile, whole) }},
		{"no key at all", func() { removing(serverKeyFile)(t, dir) }},
		{"nothing at all", func() { removing(serverFile)(t, dir) }},
	} {
		said.Reset()
		change.do()
		for range 3 {
			now = now.Add(glance)
			if p.shows(t) != first {
				t.Errorf("%s: another certificate is shown", change.what)
			}
		}
		if n := strings.Count(said.String(), "level=WARN"); n != 1 {
			t.Errorf("%s: %d warnings, want one for each change: %s", change.what, n, said.String())
		}
	}
	write(t, dir, serverFile, whole)
	write(t, dir, serverKeyFile, string(bytesOf(t, other, serverKeyFile)))
	now = now.Add(glance)
	if p.shows(t) == first {
		t.Error("the new pair is whole, and not shown")
	}
}

// TestSameFile knows a file by more than its name: restored backups keep times, and
// certificates of one form often have one size.
func TestSameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stat := func(name string) os.FileInfo {
		path := filepath.Join(dir, name)
		if err := os.Chtimes(path, madeAt, madeAt); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	write(t, dir, "a", "1")
	write(t, dir, "b", "2")
	a, b := stat("a"), stat("b")
	for _, c := range []struct {
		a, b os.FileInfo
		want bool
	}{{a, stat("a"), true}, {a, b, false}, {nil, nil, true}, {a, nil, false}, {nil, b, false}} {
		if sameFile(c.a, c.b) != c.want {
			t.Errorf("%v %v: want %v", c.a, c.b, c.want)
		}
	}
}

func TestTLSThatCannotBeServed(t *testing.T) {
	t.Parallel()
	dir, other := ordered(t), ordered(t)
	cert, key := filepath.Join(dir, serverFile), filepath.Join(dir, serverKeyFile)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no files":                {[]string{"--listen", "127.0.0.1:0,tls"}, exitUsage, "imageshare cert"},
		"no key":                  {[]string{"--listen", "127.0.0.1:0,tls", "--tls-cert", cert}, exitUsage, "--tls-key"},
		"nothing that shows it":   {[]string{"--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key}, exitUsage, "ADDR,tls"},
		"an unknown mark":         {[]string{"--listen", "127.0.0.1:0,ssl"}, exitUsage, "ecs=PROFILE and tls"},
		"a value to the mark":     {[]string{"--listen", "127.0.0.1:0,tls=yes"}, exitUsage, "ecs=PROFILE and tls"},
		"a certificate not there": {[]string{"--listen", "127.0.0.1:0,tls", "--tls-cert", cert + "x", "--tls-key", key}, exitError, "server.pemx: no such file"},
		"a key not there":         {[]string{"--listen", "127.0.0.1:0,tls", "--tls-cert", cert, "--tls-key", key + "x"}, exitError, "server-key.pemx: no such file"},
		"a key of another":        {[]string{"--listen", "127.0.0.1:0,tls", "--tls-cert", cert, "--tls-key", filepath.Join(other, serverKeyFile)}, exitError, "imageshare cert makes"},
		"a key for a certificate": {[]string{"--listen", "127.0.0.1:0,tls", "--tls-cert", key, "--tls-key", key}, exitError, key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := filepath.Join(t.TempDir(), "x.db")
			var out, errs bytes.Buffer
			args := append([]string{"serve", "--admin-listen", "127.0.0.1:0", "--store", "sqlite:" + db}, c.args...)
			if code := run(context.Background(), args, env(), &out, &errs); code != c.code || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
				t.Errorf("exit %d, stdout %q, stderr %s; want %d and %q", code, out.String(), errs.String(), c.code, c.want)
			}
			if _, err := os.Stat(db); err == nil {
				t.Error("a store was made")
			}
		})
	}
}

func TestTLSByTheEnvironment(t *testing.T) {
	t.Parallel()
	twins := env("IMAGESHARE_LISTEN", "127.0.0.1:1 127.0.0.1:2,tls,ecs=2017", "IMAGESHARE_TLS_CERT", "c.pem", "IMAGESHARE_TLS_KEY", "k.pem")
	c, err := parse(nil, twins, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if l := c.listen.list; l[0].tls || !l[1].tls || l[1].profile != "2017" || c.tlsCert != "c.pem" || c.tlsKey != "k.pem" {
		t.Errorf("%+v %s %s", l, c.tlsCert, c.tlsKey)
	}
}

// TestDevOverTLS: the lines to paste are for the listener that they fit.
func TestDevOverTLS(t *testing.T) {
	t.Parallel()
	for second, want := range map[string]string{"127.0.0.1:2": "127.0.0.1:2", "127.0.0.1:2,tls": "speaks TLS"} {
		said := welcomed(t, "--dev", "--listen", "127.0.0.1:1,tls", "--listen", second, "--tls-cert", "c.pem", "--tls-key", "k.pem")
		if !strings.Contains(said, want) || strings.Contains(said, "speaks TLS") != strings.HasSuffix(second, "tls") {
			t.Errorf("second %s: %s", second, said)
		}
	}
}

func TestExpiredCertificateIsSaid(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	pairOf(t, ordered(t), slog.New(slog.NewTextHandler(&said, nil)), func() time.Time { return time.Now().AddDate(2, 0, 0) })
	if !strings.Contains(said.String(), "not valid now") {
		t.Errorf("log: %s", said.String())
	}
}

// BenchmarkHandshake is a connection with one handshake, both ends of it, on
// loopback; resumed is one that continues a session.
func BenchmarkHandshake(b *testing.B) {
	dir := ordered(b)
	p := pairOf(b, dir, slog.New(slog.DiscardHandler), time.Now)
	l, err := tls.Listen("tcp", "127.0.0.1:0", p.config())
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: http.NotFoundHandler()}
	go s.Serve(l)
	defer s.Close()
	for name, cache := range map[string]tls.ClientSessionCache{"full": nil, "resumed": tls.NewLRUClientSessionCache(1)} {
		b.Run(name, func(b *testing.B) {
			c := trustingFile(b, dir)
			c.ClientSessionCache = cache
			client := http.Client{Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true}}
			for b.Loop() {
				r, err := client.Get("https://" + l.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				r.Body.Close()
			}
		})
	}
}
