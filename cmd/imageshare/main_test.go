package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
)

// env makes an environment of pairs.
func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	twins := env("IMAGESHARE_LISTEN", "127.0.0.1:1 127.0.0.1:2,ecs=2019", "IMAGESHARE_SHARE_QUOTA", "cvm=3", "IMAGESHARE_STORE", "sqlite:env.db",
		"IMAGESHARE_LOG_LEVEL", "debug", "IMAGESHARE_RATE_LIMITS", "documented,cvm:DescribeImageSharePermission=20")
	c, err := parse([]string{"--dev", "--share-quota", "ecs=7", "--image-quota=ens=8", "--image-transition=3s", "--cache-size", "128MiB", "--log-level=error"}, twins, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.listen.String(); got != "127.0.0.1:1 127.0.0.1:2" {
		t.Errorf("listen %s: several values of the environment are separated by spaces", got)
	}
	if len(c.shareQuota) != 1 || c.shareQuota["ecs"] != 7 {
		t.Errorf("quota %v: a flag beats the environment", c.shareQuota)
	}
	if c.imageQuota["ens"] != 8 || c.imageTransition != 3*time.Second || c.cacheSize != 128<<20 {
		t.Errorf("image quota %v, transition %v, cache %v", c.imageQuota, c.imageTransition, c.cacheSize)
	}
	if c.store != "sqlite:env.db" || c.logLevel.String() != "ERROR" {
		t.Errorf("store %s: the environment beats --dev; level %s", c.store, c.logLevel)
	}
	if !c.rateLimits.Documented || c.rateLimits.Over["cvm:DescribeImageSharePermission"] != 20 {
		t.Errorf("rates %+v", c.rateLimits)
	}
	if c, err = parse([]string{"--dev"}, env(), io.Discard); err != nil || c.store != "memory:" || c.rateLimits.Documented || !c.allowReset {
		t.Errorf("--dev: %+v %v", c, err)
	}
	if c, err = parse([]string{"--store=memory:", "--allow-reset=false"}, env(), io.Discard); err != nil || c.allowReset {
		t.Errorf("memory: %+v %v", c, err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		env  []string
		want string
	}{
		"an unknown command":         {[]string{"sreve"}, nil, "try serve"},
		"an unknown flag":            {[]string{"serve", "--lisen", "x"}, nil, "lisen"},
		"an argument":                {[]string{"serve", "now"}, nil, "now"},
		"no address":                 {[]string{"serve", "--listen", "7080"}, nil, "HOST:PORT"},
		"no profile":                 {[]string{"serve", "--listen", "127.0.0.1:0,ecs=2001"}, nil, "2001"},
		"no store":                   {[]string{"serve", "--store", "postgres:x"}, nil, "sqlite:PATH"},
		"a store without a path":     {[]string{"serve", "--store", "sqlite:"}, nil, "sqlite:PATH"},
		"an open admin":              {[]string{"serve", "--admin-listen", "0.0.0.0:0"}, nil, "--admin-token-file"},
		"an open admin by no name":   {[]string{"serve", "--admin-listen", ":0"}, nil, "--admin-token-file"},
		"a public dev":               {[]string{"serve", "--dev", "--listen", "0.0.0.0:0"}, nil, "everybody knows"},
		"images of nothing":          {[]string{"serve", "--image-quota", "vpc=1"}, nil, "vpc=1"},
		"a size of nothing":          {[]string{"serve", "--cache-size", "many"}, nil, "like 64MiB"},
		"a size too small":           {[]string{"serve", "--cache-size", "1KiB"}, nil, "from 512KiB"},
		"a negative transition":      {[]string{"serve", "--image-transition", "-1s"}, nil, "write a duration like 30s"},
		"a quota of nothing":         {[]string{"serve", "--share-quota", "vpc=1"}, nil, "vpc=1"},
		"a rate of nothing":          {[]string{"serve", "--rate-limits", "often"}, nil, "documented or off"},
		"a rate of no action":        {[]string{"serve", "--store", "sqlite:/no/such/directory/x.db", "--rate-limits", "off,cvm:Fly=1"}, nil, "cvm:Fly"},
		"a version of something":     {[]string{"version", "1.2"}, nil, `not "1.2": see imageshare version --help`},
		"a flag of the version":      {[]string{"version", "--bogus"}, nil, "bogus"},
		"a word that is none":        {[]string{"serve", "--unknown-accounts", "maybe"}, nil, "accept, reject"},
		"the same by an environment": {[]string{"serve"}, []string{"IMAGESHARE_UNKNOWN_ACCOUNTS", "maybe"}, "IMAGESHARE_UNKNOWN_ACCOUNTS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			if code := run(context.Background(), c.args, env(c.env...), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), c.want) {
				t.Errorf("exit %d, %s; want 2 and %q", code, errs.String(), c.want)
			}
		})
	}
}

func TestHelpListsEveryFlag(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := run(context.Background(), []string{"serve", "--help"}, env(), &out, io.Discard); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	for _, name := range []string{"--listen", "--admin-listen", "--store", "--seed", "--dev", "IMAGESHARE_ADMIN_TOKEN_FILE", "IMAGESHARE_RATE_LIMITS"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("no %s in\n%s", name, out.String())
		}
	}
}

// served is a running serve: where it listens, and how to stop it.
type served struct {
	wires, admin string
	stop         func() int
	errs         *bytes.Buffer
}

// begin runs serve until it is ready.
func begin(t *testing.T, args ...string) served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	s := served{errs: &bytes.Buffer{}}
	code := make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, args...)
		code <- run(ctx, args, env(), in, s.errs)
		_ = in.Close()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatalf("not ready, exit %d: %s", <-code, s.errs)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	ready, found := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "ready wires=")
	if !found {
		t.Fatalf("first line %q", line[:n])
	}
	s.wires, s.admin, _ = strings.Cut(ready, " admin=")
	s.stop = func() int { cancel(); return <-code }
	t.Cleanup(cancel)
	return s
}

func get(t *testing.T, url string) string {
	t.Helper()
	return answer(t, http.MethodGet, url, "")
}

// answer is what a server says, whatever its status.
func answer(t *testing.T, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 10 * time.Second}
	r, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := begin(t, "--dev")
	if got := get(t, "http://"+s.admin+"/readyz"); !strings.Contains(got, "ready") {
		t.Errorf("readyz: %s", got)
	}
	if got := get(t, "http://"+s.wires+"/?SecretId=x"); !strings.Contains(got, "MissingParameter") {
		t.Errorf("the wire: %s", got)
	}
	// What is too long for a wire still hears so in its own words, what is far
	// too long is not read.
	for size, want := range map[int]string{100_000: "RequestSizeLimitExceeded", 200_000: "431 Request Header Fields Too Large"} {
		if got := get(t, "http://"+s.wires+"/?SecretId=x&Action=A&Version=1&A="+strings.Repeat("a", size)); !strings.Contains(got, want) {
			t.Errorf("a query of %d bytes: %.200s", size, got)
		}
	}
	if got := get(t, "http://"+s.admin+"/metrics"); !strings.Contains(got, `imageshare_requests_total{action="none",code="MissingParameter",wire="tencent-3.0"} 1`) {
		t.Errorf("metrics: %s", got)
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if !strings.Contains(s.errs.String(), "AKIDexample / examplesecret") {
		t.Errorf("--dev does not tell its keys: %s", s.errs)
	}
}

// TestProfilesSideBySide asks two listeners of one server the same, as the
// documents of two years have it.
func TestProfilesSideBySide(t *testing.T) {
	t.Parallel()
	s := begin(t, "--dev", "--listen", "127.0.0.1:0,ecs=2017", "--listen", "127.0.0.1:0,ecs=current")
	for n, want := range []string{"The specified image does not exist.", "The specified ImageId does not exist.", "The specified image m-no does not exist."} {
		addr := strings.Split(s.wires, ",")[n]
		r := &sign.Request{Method: "GET", Host: addr, Path: "/", Params: []sign.Param{
			{Name: "Action", Value: "DescribeImageSharePermission"}, {Name: "Version", Value: "2014-05-26"}, {Name: "Format", Value: "JSON"},
			{Name: "RegionId", Value: "cn-hangzhou"}, {Name: "ImageId", Value: "m-no"},
		}}
		sign.SignAlibabaV1(r, sign.Key{ID: "LTAIexample", Secret: "examplesecret"}, sign.AlibabaV1Options{At: time.Now(), Nonce: addr})
		query := url.Values{}
		for _, p := range r.Params {
			query.Set(p.Name, p.Value)
		}
		if got := get(t, "http://"+addr+"/?"+query.Encode()); !strings.Contains(got, want) {
			t.Errorf("listener %d: %s, want %s", n, got, want)
		}
	}
}

// TestStopDoesNotWaitForWhoAsksNothing holds a connection open on which
// nothing was said; the wait for it would be five seconds.
func TestStopDoesNotWaitForWhoAsksNothing(t *testing.T) {
	t.Parallel()
	s := begin(t, "--dev")
	silent, err := net.Dial("tcp", s.wires)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	get(t, "http://"+s.wires+"/?SecretId=x") // the silent one is accepted by now
	before := time.Now()
	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if took := time.Since(before); took > 4*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const seed = "version: 1\naccounts: [{cloud: tencent, id: '5', keys: [{id: AKID5, secret: asecretoffive}]}]\n"

func TestStoreAndItsKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := "sqlite:" + filepath.Join(dir, "x.db")
	s := begin(t, "--store", store, "--seed", write(t, dir, "seed.yaml", seed))
	var errs bytes.Buffer
	second := []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store", store}
	if code := run(context.Background(), second, env(), io.Discard, &errs); code != exitError {
		t.Errorf("a second server on one store: exit %d %s", code, errs.String())
	}
	if code := s.stop(); code != exitOK {
		t.Fatalf("exit %d: %s", code, s.errs)
	}
	if info, err := os.Stat(filepath.Join(dir, "x.db.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key beside the store: %v %v", info, err)
	}
	if db, err := os.ReadFile(filepath.Join(dir, "x.db")); err != nil || bytes.Contains(db, []byte("asecretoffive")) {
		t.Errorf("a secret stands in the file (%v)", err)
	}
	again := begin(t, "--store", store)
	if got := get(t, "http://"+again.admin+"/api/v1/state?secrets=plain&format=yaml"); !strings.Contains(got, "secret: asecretoffive") {
		t.Errorf("after a restart: %s", got)
	}
	again.stop()
	if err := os.Rename(filepath.Join(dir, "x.db.key"), filepath.Join(dir, "kept.key")); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a missing key": {"--store", store},
		"another key":   {"--store", store, "--secrets-key-file", otherKey(t, dir)},
	} {
		var errs bytes.Buffer
		code := run(context.Background(), append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, args...), env(), io.Discard, &errs)
		if code != exitError || !strings.Contains(errs.String(), "--secrets-key-file") {
			t.Errorf("%s: exit %d %s", name, code, errs.String())
		}
	}
	moved := begin(t, "--store", store, "--secrets-key-file", filepath.Join(dir, "kept.key"))
	moved.stop()
}

// A seed is applied at each start. Whoever changed by hand what it lists is told
// that this is undone, and nobody whose changes it leaves alone.
func TestSeedAtEachStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"--store", "sqlite:" + filepath.Join(dir, "x.db"), "--seed", write(t, dir, "seed.yaml", seed)}
	const told = "first=account/tencent/5"
	s := begin(t, args...)
	answer(t, "PUT", "http://"+s.admin+"/api/v1/accounts/tencent/6", `{}`)
	answer(t, "PATCH", "http://"+s.admin+"/api/v1/accounts/tencent/5/keys/AKID5", `{"disabled":true}`)
	s.stop()
	if strings.Contains(s.errs.String(), told) {
		t.Errorf("a new store: %s", s.errs)
	}
	s = begin(t, args...)
	if got := get(t, "http://"+s.admin+"/api/v1/accounts/tencent/5"); !strings.Contains(got, `"disabled":true`) {
		t.Errorf("a key that was disabled is there again: %s", got)
	}
	answer(t, "POST", "http://"+s.admin+"/api/v1/accounts/tencent/5/keys", "")
	s.stop()
	if strings.Contains(s.errs.String(), told) {
		t.Errorf("nothing was undone: %s", s.errs)
	}
	s = begin(t, args...)
	s.stop()
	if !strings.Contains(s.errs.String(), told) {
		t.Errorf("the second key is gone, and nobody was told: %s", s.errs)
	}
}

// otherKey makes a key file by letting a new store make its own.
func otherKey(t *testing.T, dir string) string {
	t.Helper()
	s := begin(t, "--store", "sqlite:"+filepath.Join(dir, "other.db"))
	s.stop()
	return filepath.Join(dir, "other.db.key")
}

func TestRefusedBeforeServing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	busy := begin(t, "--dev")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a faulty seed":      {[]string{"--store", "memory:", "--seed", write(t, dir, "bad.yaml", "version: 1\nfoo: 1\n")}, "bad.yaml:2"},
		"a seed elsewhere":   {[]string{"--store", "memory:", "--seed", write(t, dir, "far.yaml", "version: 1\nimages:\n  - {product: ecs, region: mars, id: m-1, owner: '5'}\n")}, "far.yaml:3"},
		"no seed there":      {[]string{"--store", "memory:", "--seed", filepath.Join(dir, "no.yaml")}, "no.yaml: no such file or directory: name a file with --seed"},
		"a busy port":        {[]string{"--store", "memory:", "--listen", busy.wires}, "stop what listens there, or choose another address with --listen"},
		"no such port":       {[]string{"--store", "memory:", "--listen", "127.0.0.1:99999"}, "invalid port: choose another address with --listen"},
		"no directory":       {[]string{"--store", "sqlite:" + filepath.Join(dir, "no", "x.db")}, "make its directory first"},
		"a directory":        {[]string{"--store", "sqlite:" + dir}, "name a file in it"},
		"no token there":     {[]string{"--store", "memory:", "--admin-token-file", filepath.Join(dir, "no.token")}, "name a file with --admin-token-file"},
		"an empty token":     {[]string{"--store", "memory:", "--admin-token-file", write(t, dir, "empty.token", "\n")}, "empty"},
		"no place for a key": {[]string{"--store", "memory:", "--secrets-key-file", filepath.Join(dir, "no", "x.key")}, "name a file with --secrets-key-file"},
		"a key's directory":  {[]string{"--store", "memory:", "--secrets-key-file", dir}, "name a file in it"},
		"not a database":     {[]string{"--store", "sqlite:" + write(t, dir, "not.db", strings.Repeat("not a database ", 100))}, "not.db"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			args := append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, c.args...)
			if code := run(context.Background(), args, env(), &out, &errs); code != exitError || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
				t.Errorf("exit %d, stdout %q, stderr %s; want 1 and %q", code, out.String(), errs.String(), c.want)
			}
		})
	}
}
