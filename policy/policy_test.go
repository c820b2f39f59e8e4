package policy

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"imageshare/ledger"
)

var kinds = map[string]func([]byte) (ledger.Document, error){
	"tencent policy": func(b []byte) (ledger.Document, error) { return Parse(ledger.Tencent, b) },
	"alibaba policy": func(b []byte) (ledger.Document, error) { return Parse(ledger.Alibaba, b) },
	"tencent trust":  func(b []byte) (ledger.Document, error) { return ParseTrust(ledger.Tencent, b) },
	"alibaba trust":  func(b []byte) (ledger.Document, error) { return ParseTrust(ledger.Alibaba, b) },

	"tencent session": func(b []byte) (ledger.Document, error) { return ParseSession(ledger.Tencent, b) },
	"alibaba session": func(b []byte) (ledger.Document, error) { return ParseSession(ledger.Alibaba, b) },
}

// samples are documents as the vendors print them.
var samples = []struct{ kind, doc, want string }{
	{"tencent policy",
		`{ "version": "2.0", "statement": [ { "effect": "Allow", "action": ["name/cvm:Describe*", "cvm:*"], "resource": "*" } ] }`,
		`{"version":"2.0","statement":[{"effect":"Allow","action":["name/cvm:Describe*","cvm:*"],"resource":"*"}]}`},
	{"tencent policy",
		`{"version":"2.0","statement":{"effect":"deny","action":"cvm:ModifyImageSharePermission","resource":["qcs::cvm:ap-guangzhou:uin/100000000001:image/*","qcs::cvm:::image/img-6pb6lrmy"],"condition":{"ip_equal":{"qcs:ip":["10.0.0.1"]},"numeric_equal":{"qcs:uin":[1.0,1e2]}}}}`,
		`{"version":"2.0","statement":{"effect":"deny","action":"cvm:ModifyImageSharePermission","resource":["qcs::cvm:ap-guangzhou:uin/100000000001:image/*","qcs::cvm:::image/img-6pb6lrmy"],"condition":{"ip_equal":{"qcs:ip":["10.0.0.1"]},"numeric_equal":{"qcs:uin":[1.0,1e2]}}}}`},
	{"alibaba policy",
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:Describe*","Resource":["acs:ecs:*:*:image\/*"],"Condition":{"Bool":{"acs:MFAPresent":true}}}]}`,
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:Describe*","Resource":["acs:ecs:*:*:image/*"],"Condition":{"Bool":{"acs:MFAPresent":true}}}]}`},
	{"alibaba policy",
		`{"Statement":[{"NotAction":["ecs:DeleteImage"],"Resource":"acs:ens::1234567890123456:image/m-1","Effect":"Allow"}],"Version":"1"}`,
		`{"Statement":[{"NotAction":["ecs:DeleteImage"],"Resource":"acs:ens::1234567890123456:image/m-1","Effect":"Allow"}],"Version":"1"}`},
	{"tencent trust",
		`{"version":"2.0","statement":[{"action":"name/sts:AssumeRole","effect":"allow","principal":{"qcs":["qcs::cam::uin/100000000001:root"],"service":"cls.cloud.tencent.com"}}]}`,
		`{"version":"2.0","statement":[{"action":"name/sts:AssumeRole","effect":"allow","principal":{"qcs":["qcs::cam::uin/100000000001:root"],"service":"cls.cloud.tencent.com"}}]}`},
	{"alibaba trust",
		`{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::1234567890123456:root","acs:ram::1234567890123456:user/\u0061lice"],"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}`,
		`{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::1234567890123456:root","acs:ram::1234567890123456:user/alice"],"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}`},
}

func TestSoundDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range samples {
		got, err := kinds[c.kind]([]byte(c.doc))
		if err != nil || string(got) != c.want {
			t.Errorf("%s %s:\n got %s, %v\nwant %s", c.kind, c.doc, got, err, c.want)
			continue
		}
		if again, err := kinds[c.kind]([]byte(got)); err != nil || again != got {
			t.Errorf("parsed again:\n got %s, %v\nwant %s", again, err, got)
		}
	}
}

// The file is for people too: what is refused, and in which words.
func TestFaultyDocuments(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	for ; len(lines) >= 3; lines = lines[3:] {
		got, err := kinds[lines[0]]([]byte(lines[1]))
		var fault *Error
		if !errors.As(err, &fault) || got != "" || err.Error() != lines[2] {
			t.Errorf("%s %s:\n got %q, %v\nwant %s", lines[0], lines[1], got, err, lines[2])
		}
	}
	if len(lines) > 0 {
		t.Errorf("lines left over: %q, want three a document", lines)
	}
}

func TestWhatIsTooBig(t *testing.T) {
	t.Parallel()
	for what, doc := range map[string]string{
		"long": `{"version":"2.0","statement":"` + strings.Repeat("x", maxSize) + `"}`,
		"deep": strings.Repeat("[", maxSize),
	} {
		if got, err := Parse(ledger.Tencent, []byte(doc)); err == nil {
			t.Errorf("%s: got %.40q, want an error", what, got)
		}
	}
	if got, err := Parse("aws", []byte(samples[0].doc)); err == nil {
		t.Errorf("a cloud that has no policies: got %s, want an error", got)
	}
}

// FuzzParse: nothing makes it panic, every fault is an *Error, what is sound
// stays as it is when parsed again, and decides as the slow evaluator does.
func FuzzParse(f *testing.F) {
	for _, c := range samples {
		f.Add(c.kind, []byte(c.doc), "cvm:DescribeImages", "qcs::cvm:ap-guangzhou:uin/100000000001:image/*")
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, kind := range []string{"tencent policy", "alibaba policy", "tencent trust", "alibaba trust"} {
		for range 20 {
			docs, _, r := randomCase(rnd, kind)
			f.Add(kind, []byte(docs[0]), r.Action, r.Resources[0])
		}
	}
	f.Fuzz(func(t *testing.T, kind string, doc []byte, action, resource string) {
		parse, ok := kinds[kind]
		if !ok {
			return
		}
		got, err := parse(doc)
		if err != nil {
			if fault := (*Error)(nil); !errors.As(err, &fault) {
				t.Errorf("%s: got %T, want *Error", doc, err)
			}
			return
		}
		if again, err := parse([]byte(got)); err != nil || again != got {
			t.Errorf("%s: got %s, %v when parsed again, want %s", doc, again, err, got)
		}
		r := Request{Action: action, Resources: []string{resource}, Account: "100000000001", Context: somewhere}
		agree(t, kind, got, Principal{Account: "100000000001"}, r)
	})
}
