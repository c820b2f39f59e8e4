package state

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Every file in testdata/faults says itself what is wrong with it and where.
func TestFaultyFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %v, %v, want files", paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		var want []string
		for line := range strings.Lines(string(data)) {
			if fault, ok := strings.CutPrefix(strings.TrimSpace(line), "# want "); ok {
				want = append(want, name+":"+fault)
			}
		}
		_, err = Parse(name, data)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if want := strings.Join(want, "\n"); got != want {
			t.Errorf("%s:\n got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// What no YAML file can show: JSON, and bytes that are no text.
func TestFaultyBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, want string }{
		{"", "x:1: the file is empty: a state file begins with version: 1"},
		{"{\n\t\"version\": 1,\n\t\"images\": [}\n}", "x:3: not JSON at column 13: look for a comma, quote or bracket too many or too few, or a broken \\ escape"},
		{"{\n\"version\": 1,\n", "x:3: not JSON at column 1: it ends too early"},
		{"{\"version\": 1}\n{}", "x:2: not JSON at column 2: something stands behind its end"},
		{"{\"version\": 1,\n\"version\": 1}", `x:2: key "version" stands twice, also on line 1: keep one`},
		{"{\"version\": 1,\n\"images\": null}", "x:2: images has no value: write [] for an empty list, or leave the key out"},
		{`{"accounts": [{"cloud": "tencent", "id": "1", "keys": [{"id": "a", "secret": "\ud83d"}]}]}`, `x:1: not JSON at column 79: look for a comma, quote or bracket too many or too few, or a broken \ escape`},
		{"[]", "x:1: a state file is a mapping, not a list: write key: value pairs"},
		{"---\n", "x:2: a state file is a mapping, not no value: write key: value pairs"},
		{"version: 1\nimages: \"\xff\"", "x:2: not UTF-8: save the file as UTF-8 text, and escape what cannot be printed"},
		{"\xff\xfev\x00", "x:1: not UTF-8: save the file as UTF-8 text, and escape what cannot be printed"},
		{"version: 1\n\n\x00", "x:3: character U+0000: save the file as UTF-8 text, and escape what cannot be printed"},
	} {
		_, err := Parse("x", []byte(c.data))
		if fault := (*Error)(nil); !errors.As(err, &fault) || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.data, err, c.want)
		}
	}
}

func TestManyFaultsAreCutShort(t *testing.T) {
	t.Parallel()
	_, err := Parse("x", []byte("version: 1\n"+"images:\n"+strings.Repeat("  - 1\n", 80)))
	lines := strings.Split(err.Error(), "\n")
	if got, want := lines[len(lines)-1], "x:53: 30 more faults from here on are not shown"; got != want || len(lines) != maxFaults+1 {
		t.Errorf("got %d lines, the last %q, want %d and %q", len(lines), got, maxFaults+1, want)
	}
}

// An account number is the text that stands there, whatever YAML makes of it.
func TestNumbersAsWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`100000000001`: "100000000001", `"100000000001"`: "100000000001", `'100000000001'`: "100000000001",
		`12345678901234567890`: "12345678901234567890", `1_0`: "", `1e5`: "", `0777`: "", `0x1F`: "", `true`: "", `1.0`: "",
	} {
		f, err := Parse("x", []byte("version: 1\naccounts: [{cloud: tencent, id: "+written+"}]"))
		switch {
		case err == nil && f.Accounts[0].ID != want:
			t.Errorf("id %s: got %q, want %q", written, f.Accounts[0].ID, want)
		case err != nil && (want != "" || !strings.Contains(err.Error(), `"`+written+`" is not an account number`)):
			t.Errorf("id %s: got %v, want %q", written, err, want)
		}
	}
}

// Text fields take any one value as it stands there.
func TestTextAsWritten(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"1e5", "0777", "3.10", "0x1F", "1_000", "true", "yes", "12:30:45", "2018-06-01", ".5", "99999999999999999999"} {
		f, err := Parse("x", []byte("version: 1\nimages: [{product: ens, id: m-1, owner: 1, name: "+written+", tags: {"+written+": "+written+"}}]"))
		if err != nil {
			t.Errorf("name %s: %v", written, err)
			continue
		}
		if i := f.Images[0]; *i.Name != written || i.Tags[written] != written {
			t.Errorf("name %s: got %q and tags %q", written, *i.Name, i.Tags)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	f, err := Parse("x", []byte("\xef\xbb\xbf{\"version\":1,\n\t\"images\":[{\"product\":\"ens\",\"id\":\"m-1\",\"owner\":1234567890123456,\n"+
		`"name":"a\/b \ud83d\ude00\u0000\t","public":true,"sizeGiB":50,"tags":{"n":1e5},"shares":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	i := f.Images[0]
	if *i.Name != "a/b 😀\x00\t" || i.Owner != "1234567890123456" || !*i.Public || *i.SizeGiB != 50 || i.Tags["n"] != "1e5" || i.Shares == nil || i.Line != 2 {
		t.Errorf("got name %q, owner %s, public %v, sizeGiB %d, tags %v, shares %v, line %d", *i.Name, i.Owner, *i.Public, *i.SizeGiB, i.Tags, i.Shares, i.Line)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	f, err := Parse("x", []byte(`{version: 1, images: [{product: ens, id: m-1, owner: 1, createdAt: 2018-06-01T08:00:00.9+08:00,
		shares: [{account: 2, sharedAt: "2018-06-10T11:02:50.999999Z", expiresAt: "2030-01-01T00:00:00.123456Z"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	i := f.Images[0]
	got := []time.Time{*i.CreatedAt, *i.Shares[0].SharedAt, *i.Shares[0].ExpiresAt}
	want := []time.Time{
		time.Date(2018, 6, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2018, 6, 10, 11, 2, 50, 0, time.UTC),
		time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A million laughs must cost nothing, nor a tower of brackets.
func TestBombs(t *testing.T) {
	t.Parallel()
	laughs := "a: &a [x]\n" + strings.Repeat("b: [*a, *a, *a, *a, *a, *a, *a, *a]\n", 1000)
	for _, data := range []string{laughs, strings.Repeat("[", 1e6), strings.Repeat("{a: ", 1e5), `{"version":` + strings.Repeat("[", 1e6)} {
		start := time.Now()
		if _, err := Parse("x", []byte(data)); err == nil || time.Since(start) > 5*time.Second {
			t.Errorf("%.20q: got %v after %v, want an error at once", data, err, time.Since(start))
		}
	}
}

func encode(t *testing.T, f *File) (yaml, json []byte) {
	t.Helper()
	var y, j bytes.Buffer
	if err := errors.Join(f.WriteYAML(&y), f.WriteJSON(&j)); err != nil {
		t.Fatal(err)
	}
	return y.Bytes(), j.Bytes()
}

// FuzzParse: nothing makes it panic, every fault has a line, and what is
// sound is the same when written and read again, in either language.
func FuzzParse(f *testing.F) {
	paths, _ := filepath.Glob("testdata/faults/*.yaml")
	for _, path := range append(paths, "testdata/full.yaml", "demo.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"version":1,"images":[{"product":"ens","id":"m-1","owner":1,"name":"\ud83d\ude00\u2028\u0085\ufeff\u0000\u007f\u009f\ufffe\uffff\udbff\udfff ","tags":{"":"\n x"}}]}`))
	f.Add([]byte("- version")) // a list whose last item is a key of a file
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("x", data)
		if err != nil {
			if fault := (*Error)(nil); !errors.As(err, &fault) || fault.Line == 0 {
				t.Errorf("got %v, want a line", err)
			}
			return
		}
		yaml, json := encode(t, file)
		for _, text := range [][]byte{yaml, json} {
			again, err := Parse("x", text)
			if err != nil {
				t.Fatalf("written as\n%s\ngot %v", text, err)
			}
			if y, j := encode(t, again); !bytes.Equal(y, yaml) || !bytes.Equal(j, json) {
				t.Errorf("got\n%s\nwant\n%s", y, yaml)
			}
		}
	})
}
