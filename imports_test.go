package imageshare_test

import (
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// rules say which of our packages a package may import, the first pattern
// that matches. Everything may import what is in everywhere. Tests are free.
var rules = []struct {
	pattern string
	may     []string
	why     string
}{
	{"ledger", nil, "the domain depends on nobody"},
	{"sign", nil, "signatures are pure functions"},
	{"seal", nil, "secrets at rest are bytes"},
	{"store/storetest", nil, "the promises are the ledger's alone"},
	{"store/engine", nil, "what every engine must refuse is written once"},
	{"store/*", []string{"store/engine"}, "an engine knows what it remembers and no other engine"},
	{"policy", nil, "a document is judged without knowing who asks"},
	{"state", []string{"policy"}, "a file is read and checked, whatever engine holds it"},
	{"session", []string{"policy"}, "a session is told by its token and the ledger"},
	{"param", []string{"sign"}, "what is sent and what may be sent, whoever the vendor"},
	{"api", []string{"param", "policy", "session", "sign"}, "what an action is, whoever the vendor"},
	{"tencent", []string{"api", "param", "sign"}, "a dialect speaks; it offers nothing"},
	{"alibaba", []string{"api", "param", "sign"}, "vendors never import each other"},
	{"*/sts", []string{"api", "param", "policy", "session"}, "the products that make sessions"},
	{"tencent/cvm", []string{"api", "param", "tencent/region"}, "its own lists of regions and zones tell what the product region does"},
	{"tencent/*", []string{"api", "param"}, "a product knows actions, not envelopes"},
	{"alibaba/*", []string{"api", "param"}, "a product knows actions, not envelopes"},
	{"server", []string{"api", "param", "policy", "session", "sign"}, "the door knows no vendor and no engine"},
	{"admin", []string{"state"}, "our own API knows no vendor"},
	{"internal/heap", nil, "it measures"},
	{"internal/wiretest", []string{"alibaba", "api", "seal", "server", "session", "sign", "state", "store/memory", "tencent"}, "it is a whole server"},
	{"bench", []string{"*"}, "programs"},
	{"cmd/*", []string{"*"}, "where everything is put together"},
}

// everywhere is what everyone may import.
var everywhere = []string{"ledger"}

// httpWriters may touch a ResponseWriter; the databases' drivers are the engines' alone.
var guarded = []struct {
	imported string
	by       []string
}{
	{"database/sql", []string{"store/*"}},
	{"modernc.org/sqlite", []string{"store/sqlite"}},
	{"net/http/httptest", nil},
	{"testing", []string{"store/storetest", "internal/wiretest"}},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "imageshare"), "/")
		if name == "" {
			continue
		}
		may, ok := ruleFor(name)
		if !ok {
			t.Errorf("package %s has no rule: add one, with its reason", name)
		}
		for _, imported := range p.Imports {
			if ours, is := strings.CutPrefix(imported, "imageshare/"); is && !matches(may, ours) && !matches(everywhere, ours) {
				t.Errorf("package %s must not import %s", name, ours)
			}
			for _, g := range guarded {
				if imported == g.imported && !matches(g.by, name) && name != "internal/wiretest" {
					t.Errorf("package %s must not import %s", name, imported)
				}
			}
		}
	}
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	return all
}

func ruleFor(name string) ([]string, bool) {
	for _, r := range rules {
		if matches([]string{r.pattern}, name) {
			return r.may, true
		}
	}
	return nil, false
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, name)
		return ok || p == "*"
	})
}
