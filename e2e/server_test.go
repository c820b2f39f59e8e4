package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for the server. It is a deadline for failing and
// never a pause, so it may be generous on a busy machine.
const patience = 30 * time.Second

// binary is the server under test, set once by TestMain.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// Two of the SDKs send even loopback traffic through a proxy found in the
	// environment.
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		os.Unsetenv(name)
	}
	if binary = os.Getenv("IMAGESHARE_BIN"); binary != "" {
		return runAll(m)
	}
	dir, err := os.MkdirTemp("", "imageshare-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if binary, err = build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return runAll(m)
}

// runAll runs the tests, and writes down how they went where that is asked for.
func runAll(m *testing.M) int {
	code := m.Run()
	path := os.Getenv("E2E_RESULTS")
	if path == "" {
		return code
	}
	if err := writeResults(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// build compiles the server of the module above this one.
func build(dir string) (string, error) {
	path := filepath.Join(dir, "imageshare")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/imageshare")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return path, nil
}

// options says how a server differs from the usual one.
type options struct {
	store   string   // SQLite file; empty: a new one
	seed    *state   // applied at start; nil: none
	profile string   // of ECS; empty: the server's own default
	args    []string // more flags
}

// server is one running binary.
type server struct {
	addr    string // of the vendors' wires
	cmd     *exec.Cmd
	log     *bytes.Buffer // stderr; to be read only after done is closed
	ready   *readiness
	done    chan struct{}
	exited  error // what Wait said; set before done is closed
	stopped bool
}

// start runs a server until the end of the test, and insists that it then
// stops cleanly.
func start(t *testing.T, o options) *server {
	t.Helper()
	s := &server{log: new(bytes.Buffer), ready: newReadiness(), done: make(chan struct{})}
	s.cmd = exec.Command(binary, arguments(t, o)...)
	s.cmd.Env = environment()
	s.cmd.Stdout, s.cmd.Stderr = s.ready, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("starting the server: %v", err)
	}
	go func() {
		s.exited = s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(func() {
		s.stop(t)
		if t.Failed() {
			t.Logf("log of the server:\n%s", s.log)
		}
	})
	s.await(t)
	return s
}

func arguments(t *testing.T, o options) []string {
	t.Helper()
	dir := t.TempDir()
	if o.store == "" {
		o.store = filepath.Join(dir, "shares.db")
	}
	listen := "127.0.0.1:0"
	if o.profile != "" {
		listen += ",ecs=" + o.profile
	}
	args := []string{"serve", "--listen", listen, "--admin-listen", "127.0.0.1:0", "--store", "sqlite:" + o.store}
	if o.seed != nil {
		args = append(args, "--seed", o.seed.write(t, dir))
	}
	return append(args, o.args...)
}

// environment is ours without the twins of the server's flags, which would
// change what a test did not ask to change.
func environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "IMAGESHARE_") {
			env = append(env, pair)
		}
	}
	return env
}

// await returns once the server says that it listens.
func (s *server) await(t *testing.T) {
	t.Helper()
	select {
	case s.addr = <-s.ready.wires:
	case <-s.done:
		t.Fatalf("the server ended before it was ready: %v", s.exited)
	case <-time.After(patience):
		t.Fatalf("no ready line within %v", patience)
	}
}

// stop asks the server to go and checks how it went. A second call does
// nothing, so that a test may stop its server early.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.stopped {
		return
	}
	s.stopped = true
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	select {
	case <-s.done:
	case <-time.After(patience):
		t.Errorf("still running %v after SIGTERM", patience)
		s.cmd.Process.Kill()
		<-s.done
	}
	if s.exited != nil {
		t.Errorf("the server did not exit with 0: %v", s.exited)
	}
}

// readyLine is the one line of stdout that the outside contract promises.
var readyLine = regexp.MustCompile(`(?m)^ready wires=(\S+) admin=\S+$\n`)

// readiness is the server's stdout: it hands over the address of the first
// listener as soon as the line with it is complete.
type readiness struct {
	wires chan string
	mu    sync.Mutex
	text  []byte
	found bool
}

func newReadiness() *readiness { return &readiness{wires: make(chan string, 1)} }

func (r *readiness) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, p...)
	if m := readyLine.FindSubmatch(r.text); m != nil && !r.found {
		r.found = true
		first, _, _ := strings.Cut(string(m[1]), ",")
		r.wires <- first
	}
	return len(p), nil
}
