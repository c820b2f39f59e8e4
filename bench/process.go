package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd  *exec.Cmd
	addr string
	took time.Duration // until it was ready
}

// start runs a command and waits for the line that says where it listens.
func start(cmd *exec.Cmd) (*process, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s did not become ready: %w", cmd.Path, err), cmd.Wait())
	}
	_, rest, _ := strings.Cut(line, "wires=")
	addr, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return &process{cmd: cmd, addr: addr, took: time.Since(began)}, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	_ = p.cmd.Wait()
}

// cpu is the processor time that the process has used so far.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The command's name, in brackets, may hold spaces; user and system time
	// are the 14th and 15th field, in hundredths of a second.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// resident is the memory of the process in MiB.
func (p *process) resident() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1]) // the kernel writes numbers
	return float64(pages*os.Getpagesize()) / (1 << 20)
}

func startFloor(ctx context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(exec.CommandContext(ctx, self, "-floor"))
}

// serveFloor answers what a list of ten shares answers, and does nothing else.
func serveFloor() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	body := floorBody()
	fmt.Printf("wires=%s\n", l.Addr())
	panic(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})))
}

func floorBody() []byte {
	var shares []string
	for i := range 10 {
		shares = append(shares, fmt.Sprintf(`{"CreatedTime":"2018-06-10T11:02:50Z","AccountId":"%d"}`, accountNumber(i)))
	}
	return []byte(`{"Response":{"SharePermissionSet":[` + strings.Join(shares, ",") + `],"RequestId":"71e69b56-32be-4412-ab45-49eded6a87be"}}`)
}

// startServer builds the binary, gives it a file of shares, and starts it a
// second time on that file, as an operator would.
func startServer(ctx context.Context, dir string, o options) (*process, error) {
	bin := filepath.Join(dir, "imageshare")
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/imageshare")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	seed := filepath.Join(dir, "seed.json")
	if err := writeSeed(seed, o); err != nil {
		return nil, err
	}
	args := []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--rate-limits", "off", "--log-level", "info",
		"--store", "sqlite:" + filepath.Join(dir, "bench.db")}
	fmt.Fprintf(os.Stderr, "filling a store with %d shares\n", o.images*o.shares)
	first, err := start(exec.CommandContext(ctx, bin, append(args, "--seed", seed)...))
	if err != nil {
		return nil, err
	}
	first.stop()
	return start(exec.CommandContext(ctx, bin, args...))
}

func writeSeed(path string, o options) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprint(w, `{"version":1,"accounts":[{"cloud":"tencent","id":"100000000001","keys":[{"id":"AKIDbench","secret":"benchsecret"}]}],"images":[`)
	for i := range o.images {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"product":"cvm","region":"ap-guangzhou","id":"%s","owner":"100000000001","shares":[`, imageID(i))
		for s := range o.shares {
			if s > 0 {
				fmt.Fprint(w, ",")
			}
			fmt.Fprintf(w, `{"account":"%d","sharedAt":"2018-06-10T11:02:50Z"}`, accountNumber(s))
		}
		fmt.Fprint(w, "]}\n")
	}
	fmt.Fprint(w, "]}\n")
	return errors.Join(w.Flush(), f.Close())
}

func imageID(i int) string { return fmt.Sprintf("img-%08d", i) }

func accountNumber(i int) int { return 101104350000 + i }
