package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The cores of the two sides: what is measured has one to itself.
const (
	serverCore = "0"
	loadCore   = "1"
)

// process is a server under measurement, its address and its admin's.
type process struct {
	cmd         *exec.Cmd
	addr, admin string
	took        time.Duration // until it was ready
}

// pinned is a command on one core: Go takes no more threads than it has cores.
func pinned(ctx context.Context, core, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", core, name}, args...)...)
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
		return nil, errors.Join(fmt.Errorf("%v did not become ready: %w", cmd.Args, err), cmd.Wait())
	}
	p := &process{cmd: cmd, took: time.Since(began)}
	_, err = fmt.Sscanf(line, "ready wires=%s admin=%s", &p.addr, &p.admin)
	return p, err
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// end is stop for a defer: its error joins that of the function.
func (p *process) end(err *error) { *err = errors.Join(*err, p.stop()) }

// startServer starts the binary on a file, as an operator would.
func startServer(ctx context.Context, bin, file string, flags ...string) (*process, error) {
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--rate-limits", "off", "--store", "sqlite:" + file}, flags...)
	cmd := pinned(ctx, serverCore, bin, args...)
	log, err := os.Create(file + ".log") // where a log goes costs something, so it goes to a file as usual
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stderr = log
	return start(cmd)
}

// serveFile starts the server on a file that is held in memory.
func (b *bench) serveFile(ctx context.Context, file string, flags ...string) (*process, error) {
	if err := b.hold(file); err != nil {
		return nil, err
	}
	return startServer(ctx, b.bin, file, flags...)
}

// serveCopy starts the server on a copy of the file of a population; done stops
// it and removes the copy.
func (b *bench) serveCopy(ctx context.Context, p population, flags ...string) (server *process, done func(*error), err error) {
	file, err := p.file(ctx, b.data)
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp(b.data, "copy-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	mine := filepath.Join(dir, "store.db")
	for _, end := range []string{"", ".key"} {
		if text, err := exec.CommandContext(ctx, "cp", "--reflink=auto", file+end, mine+end).CombinedOutput(); err != nil {
			remove()
			return nil, nil, fmt.Errorf("copy %s: %w: %s", file, err, text)
		}
	}
	if server, err = b.serveFile(ctx, mine, flags...); err != nil {
		remove()
		return nil, nil, err
	}
	return server, func(err *error) { server.end(err); remove() }, nil
}

// hold has the kernel keep a file in memory, and give back the one before. What
// nobody used for a minute it may have on the disk alone, and to wait for that
// is no cost of the server's. Who may not lock memory gets a file that was read
// just now.
func (b *bench) hold(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if b.held != nil {
		if err := syscall.Munmap(b.held); err != nil {
			return err
		}
	}
	if b.held, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED); err != nil {
		return err
	}
	if refused := syscall.Mlock(b.held); refused != nil {
		fmt.Printf("(%s may leave memory while it is measured: %v)\n", file, refused)
		_, err = io.Copy(io.Discard, f)
	}
	return err
}

func startFloor(ctx context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(pinned(ctx, serverCore, self, "-be", "floor"))
}

// usage is what a process has used so far.
type usage struct {
	cpu     time.Duration
	mallocs float64
}

func (p *process) usage() (u usage, err error) {
	if u.cpu, err = p.cpu(); err != nil {
		return u, err
	}
	u.mallocs, err = p.metric("go_memstats_mallocs_total")
	return u, err
}

// cpu is the processor time that the process has used so far.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The command's name, in brackets, may hold spaces; user and system time
	// are the 14th and 15th field, in hundredths of a second.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// resident is the memory of the process in MiB, what it maps of files apart.
func (p *process) resident() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	pages, _ := strconv.Atoi(fields[1]) // the kernel writes numbers
	mapped, _ := strconv.Atoi(fields[2])
	return float64((pages-mapped)*os.Getpagesize()) / (1 << 20)
}

// metric is a figure of the process's own.
func (p *process) metric(name string) (float64, error) {
	answer, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, errors.Join(fmt.Errorf("%s has no metric %s", p.admin, name), lines.Err())
}

// cost is a load with what it cost the server.
type cost struct {
	load
	CPU     float64 // µs a request
	Mallocs float64 // allocations a request
	MiB     float64 // resident at the end
}

// under puts a process under load and measures what that costs it.
func (p *process) under(ctx context.Context, j job) (c cost, err error) {
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	j.Addr = p.addr
	text, err := json.Marshal(j)
	if err != nil {
		return c, err
	}
	cmd := pinned(ctx, loadCore, self, "-be", "load")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return c, err
	}
	if err := cmd.Start(); err != nil {
		return c, err
	}
	err = p.watch(bufio.NewReader(out), &c)
	return c, errors.Join(err, cmd.Wait())
}

// watch measures between the generator's two lines.
func (p *process) watch(out *bufio.Reader, c *cost) error {
	if _, err := out.ReadString('\n'); err != nil {
		return fmt.Errorf("the load did not begin: %w", err)
	}
	before, err := p.usage()
	if err != nil {
		return err
	}
	text, err := io.ReadAll(out)
	if err != nil {
		return err
	}
	after, err := p.usage()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &c.load); err != nil {
		return fmt.Errorf("the load ended early: %w", err)
	}
	if c.Fault != "" {
		return errors.New(c.Fault)
	}
	n := float64(c.Done + c.Shed)
	c.CPU, c.Mallocs, c.MiB = float64((after.cpu-before.cpu).Microseconds())/n, (after.mallocs-before.mallocs)/n, p.resident()
	return nil
}
