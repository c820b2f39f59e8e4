package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sdk is a client as tables of results call it, and the module that it is of.
type sdk struct{ name, module string }

// steps are what every client of every language is asked for, in this order.
var steps = []string{"share", "list", "pages", "cancel", "unknown image", "wrong secret"}

// stepsOf says which steps a case or story shows.
var stepsOf = map[string][]string{
	"share, list, cancel, list":  {"share", "list", "cancel"},
	"pages":                      {"pages"},
	"list of an unknown image":   {"unknown image"},
	"share of an unknown image":  {"unknown image"},
	"cancel of an unknown image": {"unknown image"},
	"wrong secret":               {"wrong secret"},
	"wrong secret in a change":   {"wrong secret"},
}

// results are what became of each step, by the name of the row.
var results = struct {
	sync.Mutex
	of map[string]map[string]string
}{of: map[string]map[string]string{}}

// report notes at the end of a test what it has shown. A step that several
// tests show has failed if one of them has. A row that is an SDK once more, but
// for what the server was told, is left out: of the ECS documents only the
// default counts.
func (w wire) report(t *testing.T, test string) {
	if w.profile != "" || w.sdk.name == "" {
		return
	}
	t.Cleanup(func() {
		results.Lock()
		defer results.Unlock()
		if results.of[w.name] == nil {
			results.of[w.name] = map[string]string{}
		}
		for _, step := range stepsOf[test] {
			switch {
			case t.Failed():
				results.of[w.name][step] = "fail"
			case !t.Skipped() && results.of[w.name][step] == "":
				results.of[w.name][step] = "pass"
			}
		}
	})
}

// result is one line of the file.
type result struct {
	Language  string `json:"language"`
	Client    string `json:"client"`
	Version   string `json:"version"`
	API       string `json:"api"`
	Signature string `json:"signature"`
	Step      string `json:"step"`
	Result    string `json:"result"`
}

// writeResults writes what ran, in the order of the tables: the rows ran side
// by side.
func writeResults(path string) error {
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for _, w := range slices.Concat(wires(), ensWires()) {
		got := results.of[w.name]
		if len(got) == 0 {
			continue
		}
		version, err := versionOf(w.sdk.module)
		if err != nil {
			return err
		}
		if w.cloud == tencent {
			got["pages"] = "none" // the API has none
		}
		for _, step := range steps {
			if got[step] == "" {
				continue
			}
			line := result{"go", w.sdk.name, version, w.cloud.api, w.signature, step, got[step]}
			if err := lines.Encode(line); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// versionOf asks the build which version it takes of a module. A test binary,
// unlike others, does not say what was linked into it.
func versionOf(module string) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("the version of %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}
