package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// results is all that was measured. Parts that a run leaves out stay as an
// earlier one left them.
type results struct {
	Machine  string
	Calls    []compared
	Layers   *layered
	Pace     []paced
	Growth   []grown
	Width    []wide
	Pages    []page
	Writes   []written
	Overload []overloaded
	Small    *sizes
}

func readResults(dir string) (*results, error) {
	r := &results{}
	text, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return r, err
}

func (r *results) write(dir string) error {
	r.Machine = machine()
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return r.draw(dir)
}

// machine says what it was measured on, as far as that matters.
func machine() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "model name\t: "); ok {
			return name + ", one core for the server, one for the load"
		}
	}
	return runtime.GOARCH
}
