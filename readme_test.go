package imageshare_test

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"imageshare/state"
)

var update = flag.Bool("update", false, "write the generated tables of the README again")

// TestReadmeRows keeps the README's table of systems and rows true; -update
// writes it again.
func TestReadmeRows(t *testing.T) {
	t.Parallel()
	cells, order := map[string]map[string]string{}, []string{}
	for _, r := range vendorRows(t) {
		name := r.kind + " " + r.name
		if cells[name] == nil {
			cells[name] = map[string]string{}
			order = append(order, name)
		}
		cells[name][r.doc], _, _ = strings.Cut(r.status, ":")
	}
	slices.SortStableFunc(order, func(a, b string) int { return strings.Compare(kindOf(a), kindOf(b)) })
	var b strings.Builder
	b.WriteString("| row of a document | Tencent 2.0 | Tencent 3.0 | ECS 2019 | ECS 2017 | ENS |\n|---|---|---|---|---|---|\n")
	for _, name := range order {
		b.WriteString("| " + name + " |")
		for _, doc := range []string{"000", "001", "002", "003", "004"} {
			b.WriteString(" " + cells[name][doc] + " |")
		}
		b.WriteString("\n")
	}
	generated(t, "rows", b.String())
}

// The README names every key of a state file.
func TestReadmeNamesTheKeysOfAStateFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var check func(reflect.Type)
	check = func(of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range of.NumField() {
			key, _, _ := strings.Cut(of.Field(i).Tag.Get("state"), ",")
			if key != "" && !strings.Contains(string(text), "`"+key+"`") {
				t.Errorf("the README does not name %s of %s", key, of)
			}
			if key != "" {
				check(of.Field(i).Type)
			}
		}
	}
	check(reflect.TypeFor[state.File]())
}

func kindOf(name string) string {
	kind, _, _ := strings.Cut(name, " ")
	return kind
}

// generated holds the part of the README between two marks to a text.
func generated(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- generated: "+name+" -->\n", "<!-- end: "+name+" -->"
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md has no place for %s", name)
	}
	if got == want {
		return
	}
	if !*update {
		t.Errorf("the README's table of %s is out of date: go test . -update", name)
		return
	}
	if err := os.WriteFile("README.md", []byte(before+begin+want+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// passed is one step of one client, as the client tests report it.
type passed struct{ Language, Client, Version, API, Signature, Step, Result string }

// TestReadmeClients keeps the README's table of clients true to what they last
// reported; make clients writes both again.
func TestReadmeClients(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/clients.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var rows []passed // a client's steps without the step
	steps := map[passed]map[string]int{}
	for line := range strings.Lines(string(text)) {
		var p passed
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		row := p
		row.Step, row.Result = "", ""
		if steps[row] == nil {
			steps[row] = map[string]int{}
			rows = append(rows, row)
		}
		steps[row][p.Result]++
		if p.Result == "fail" {
			t.Errorf("%s %s %s: %s failed", p.Client, p.API, p.Signature, p.Step)
		}
	}
	var b strings.Builder
	b.WriteString("| | client | version | API | signed by | passed |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		all := steps[r]["pass"] + steps[r]["fail"]
		b.WriteString("| " + strings.Join([]string{r.Language, r.Client, r.Version, r.API, r.Signature, strconv.Itoa(steps[r]["pass"]) + " of " + strconv.Itoa(all)}, " | ") + " |\n")
	}
	generated(t, "clients", b.String())
}
