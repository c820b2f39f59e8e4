package imageshare_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cvm"
)

// samples are the pages' own samples with the calls that ask for them. A
// sample that is not well-formed is held by its normal form.
var samples = []struct{ doc, file, profile, call, body string }{
	{"000", "000.response.normal.json", "2019", "v2 DescribeImageSharePermission region=ap-beijing", "ImageId=img-6pb6lrmy"},
	{"001", "001.response.json", "2019", "tc3-get DescribeImageSharePermission", "ImageId=img-6pb6lrmy"},
	{"002", "002.response.xml", "2019", "v1 DescribeImageSharePermission region=cn-qingdao format=XML", "ImageId=m-282dzntc7"},
	{"002", "002.response.json", "2019", "v1 DescribeImageSharePermission region=cn-qingdao format=JSON", "ImageId=m-282dzntc7"},
	{"003", "003.response.normal.xml", "2017", "v1 DescribeImageSharePermission region=cn-qingdao format=XML", "ImageId=m-282dzntc7"},
	{"003", "003.response.normal.json", "2017", "v1 DescribeImageSharePermission region=cn-qingdao format=JSON", "ImageId=m-282dzntc7"},
	{"004", "004.response.normal.json", "2019", "acs3 DescribeImageSharePermission version=2017-11-10 region=", "ImageId=m-5qkf6jv9a0tzd5ipwx5fi0001\nPageSize=100"},
}

func vendorDoor(t *testing.T, profile string) *wiretest.Door {
	return wiretest.Open(t, wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action {
			return slices.Concat(cvm.Actions(l), ecs.Actions(l, ecs.Profiles[profile]), ens.Actions(l, ens.Options{}))
		},
		Ledger: ledger.Config{Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions}},
	})
}

// TestSamples asks for what every page shows. The state has the samples' own
// images; what the pages contradict each other in is set for each.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		t.Run(s.file, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile("testdata/vendor/" + s.file)
			if err != nil {
				t.Fatal(err)
			}
			d := vendorDoor(t, s.profile)
			sampleShares(t, d, s.doc)
			got := d.Call(t, s.call, strings.Split(s.body, "\n")...).Body.String()
			if strings.HasSuffix(s.file, ".xml") {
				sameXML(t, got, string(want))
			} else {
				holdsJSON(t, got, string(want))
			}
		})
	}
}

// sampleShares gives the samples' images the accounts of one page: pages share
// an image id and name other accounts.
func sampleShares(t *testing.T, d *wiretest.Door, doc string) {
	t.Helper()
	accounts := map[string][]string{"003": {"1886508529898586"}, "004": {"15152855200000", "197265348438000"}}[doc]
	key := ledger.ImageKey{Product: ledger.ECS, Region: "cn-qingdao", ID: "m-282dzntc7"}
	if doc == "004" {
		key = ledger.ImageKey{Product: ledger.ENS, ID: "m-5qkf6jv9a0tzd5ipwx5fi0001"}
	}
	err := d.Ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Image(key, func(i *ledger.Image) error {
			if accounts != nil {
				i.Shares = nil
			}
			for _, a := range accounts {
				i.Shares = append(i.Shares, ledger.Share{Account: a, At: wiretest.Start})
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holdsJSON insists that an answer has everything of a sample: names, types,
// nesting and values; more it may have. Request ids are the request's own.
func holdsJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("the sample is not well-formed: %v", err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if path := missing(g, w, ""); path != "" {
		t.Errorf("%s differs in\n%s\nwant\n%s", path, got, want)
	}
}

// missing is the path to the first thing of want that got does not have.
func missing(got, want any, path string) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(w)) {
			if !ok || g[name] == nil {
				return path + "." + name
			}
			if p := missing(g[name], w[name], path+"."+name); p != "" && !strings.EqualFold(name, "RequestId") {
				return p
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return path
		}
		for i := range w {
			if p := missing(g[i], w[i], fmt.Sprintf("%s[%d]", path, i)); p != "" {
				return p
			}
		}
		return ""
	}
	if !reflect.DeepEqual(got, want) {
		return path
	}
	return ""
}

// sameXML insists on the same elements in the same order and nesting with the
// same text, request ids aside.
func sameXML(t *testing.T, got, want string) {
	t.Helper()
	if g, w := elements(t, got), elements(t, want); !slices.Equal(g, w) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
	}
}

func elements(t *testing.T, text string) []string {
	t.Helper()
	var list, path []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			list = append(list, strings.Join(path, "/"))
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(x)); s != "" && len(path) > 0 && path[len(path)-1] != "RequestId" {
				list[len(list)-1] += " " + s
			}
		}
	}
	if len(list) == 0 {
		t.Fatalf("no XML: %s", text)
	}
	return list
}

// vendorRow is one row of a page's tables.
type vendorRow struct{ doc, kind, name, status string }

func vendorRows(t *testing.T) []vendorRow {
	t.Helper()
	text, err := os.ReadFile("testdata/vendor/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []vendorRow
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row, status, _ := strings.Cut(line, ": ")
		parts := strings.SplitN(row, " ", 3)
		if len(parts) != 3 {
			t.Fatalf("rows.txt: %q is no row", line)
		}
		rows = append(rows, vendorRow{parts[0], parts[1], parts[2], status})
	}
	return rows
}

// TestRows holds every row of the pages to what is said of it.
func TestRows(t *testing.T) {
	t.Parallel()
	marked := marks(t)
	for _, r := range vendorRows(t) {
		mark := r.doc + " " + r.kind + " " + r.name
		_, reason, other := strings.Cut(r.status, ": ")
		switch {
		case r.status == "tested" && r.kind == "field":
			if !inSample(t, r) {
				t.Errorf("%s: no sample of the page has it", mark)
			}
		case r.status == "tested" && r.kind != "sample":
			if !marked[mark] {
				t.Errorf("%s: no script says # row %s", mark, mark)
			}
		case r.status == "tested":
		case !other || reason == "" || (!strings.HasPrefix(r.status, "other action: ") && !strings.HasPrefix(r.status, "unreachable: ")):
			t.Errorf("%s: %q is neither tested, nor another action's, nor unreachable for a reason", mark, r.status)
		}
		delete(marked, mark)
	}
	for mark := range marked {
		t.Errorf("a script says # row %s, which rows.txt does not have", mark)
	}
}

// marks are the rows that scripts say they test.
func marks(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, vendor := range []string{"tencent", "alibaba"} {
		err := filepath.WalkDir(vendor, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".txt") {
				return err
			}
			text, err := os.ReadFile(path)
			for line := range strings.Lines(string(text)) {
				if mark, ok := strings.CutPrefix(strings.TrimSpace(line), "# row "); ok {
					found[mark] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// inSample reports whether a sample of the row's page has the field.
func inSample(t *testing.T, r vendorRow) bool {
	t.Helper()
	for _, s := range samples {
		text, err := os.ReadFile("testdata/vendor/" + s.file)
		if err != nil {
			t.Fatal(err)
		}
		// The table of page 000 says RequestId and its sample RequestID: both are sent.
		name := r.name
		if r.doc == "000" && name == "RequestId" {
			name = "RequestID"
		}
		if s.doc == r.doc && (strings.Contains(string(text), `"`+name+`"`) || strings.Contains(string(text), "<"+name+">")) {
			return true
		}
	}
	return false
}
