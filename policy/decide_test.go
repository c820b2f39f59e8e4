package policy

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
)

// owner is whose policies the tests ask.
var owner = map[ledger.Cloud]string{ledger.Tencent: "100000000001", ledger.Alibaba: "1557809237700001"}

// The file is for people too: which document allows what.
func TestDecisions(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/decisions.txt")
	if err != nil {
		t.Fatal(err)
	}
	for paragraph := range strings.SplitSeq(string(file), "\n\n") {
		lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(paragraph), "\n"), func(l string) bool { return strings.HasPrefix(l, "#") })
		if len(lines) > 0 {
			checkParagraph(t, lines)
		}
	}
}

func checkParagraph(t *testing.T, lines []string) {
	t.Helper()
	kind, lines := lines[0], lines[1:]
	asked := slices.IndexFunc(lines, func(l string) bool { return l[0] != '{' })
	if asked < 1 {
		t.Fatalf("%s %q: want documents, then requests", kind, lines)
	}
	for _, line := range lines[asked:] {
		who, r, want := readRequest(t, line)
		cloud := ledger.Cloud(strings.Fields(kind)[0])
		r.Account = owner[cloud]
		if got := decide(t, kind, lines[:asked], who, r); got != want {
			t.Errorf("%q\n%s\n got %v %s", lines[:asked], line, got.Effect, got.Resource)
		}
		if got := slowly(t, kind, lines[:asked], who, r); got != want {
			t.Errorf("the slow evaluator on %q\n%s\n got %v %s", lines[:asked], line, got.Effect, got.Resource)
		}
	}
}

// decide asks documents of one kind, which go the way of stored ones.
func decide(t *testing.T, kind string, docs []string, who Principal, r Request) Decision {
	t.Helper()
	cloud := ledger.Cloud(strings.Fields(kind)[0])
	var all []*Policy
	for _, doc := range docs {
		stored, err := kinds[kind]([]byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if strings.HasSuffix(kind, "trust") {
			trust, err := CompileTrust(cloud, stored)
			if err != nil {
				t.Fatalf("%s: %v", stored, err)
			}
			return trust.Decide(who, r)
		}
		p, err := Compile(cloud, stored)
		if err != nil {
			t.Fatalf("%s: %v", stored, err)
		}
		all = append(all, p)
	}
	return Decide(all, r)
}

// readRequest reads a line such as
// cvm:A image/1 image/2 by=1/user/alice ip=10.0.0.1 secure -> ImplicitDeny image/2
func readRequest(t *testing.T, line string) (who Principal, r Request, want Decision) {
	t.Helper()
	question, answer, ok := strings.Cut(line, " -> ")
	if !ok {
		t.Fatalf("%s: no arrow", line)
	}
	words := strings.Fields(question)
	r.Action = words[0]
	for _, word := range words[1:] {
		name, text, _ := strings.Cut(word, "=")
		readWord(t, name, text, &who, &r)
	}
	effect, resource, _ := strings.Cut(answer, " ")
	for e := ImplicitDeny; e <= Allowed; e++ {
		if e.String() == effect {
			return who, r, Decision{e, resource}
		}
	}
	t.Fatalf("%s: no effect", line)
	return who, r, want
}

func readWord(t *testing.T, name, text string, who *Principal, r *Request) {
	t.Helper()
	var err error
	switch name {
	case "by":
		parts := append(strings.SplitN(text, "/", 3), "", "")
		who.Account = parts[0]
		*map[string]*string{"user": &who.User, "role": &who.Role, "": new(string)}[parts[1]] = parts[2]
	case "number":
		who.Number, r.Context.Number = text, text
	case "ip":
		r.Context.Source, err = netip.ParseAddr(text)
	case "now":
		r.Context.Now, err = time.Parse(time.RFC3339, text)
	case "region":
		r.Context.Region = text
	case "externalid":
		r.Context.ExternalID = text
	case "secure":
		r.Context.Secure = true
	case "mfa":
		r.Context.MFA = true
	default:
		r.Resources = append(r.Resources, name)
	}
	if err != nil {
		t.Fatalf("%s=%s: %v", name, text, err)
	}
}

// Nothing was said: nothing is allowed, and no cloud is guessed.
func TestNothing(t *testing.T) {
	t.Parallel()
	if got := Decide(nil, Request{Action: "cvm:DescribeImages"}); got != (Decision{ImplicitDeny, "*"}) {
		t.Errorf("without policies: %v %s", got.Effect, got.Resource)
	}
	doc := ledger.Document(samples[0].want)
	if p, err := Compile("aws", doc); err == nil {
		t.Errorf("a cloud that has no policies: %v", p)
	}
	if p, err := Compile(ledger.Alibaba, doc); err == nil {
		t.Errorf("the other cloud's policy: %v", p)
	}
	if p, err := CompileTrust(ledger.Tencent, doc); err == nil {
		t.Errorf("a policy as a trust policy: %v", p)
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a:b/c", true}, {"?", "", false}, {"?", "é", true},
		{"a*", "a", true}, {"*a", "ba", true}, {"*a", "ab", false}, {"a*b*c", "a-b-b-c", true}, {"a*b*c", "a-c-b", false},
		{"**", "x", true}, {"*?", "", false}, {"*?", "é", true}, {"*??", "€", false}, {"a?c", "abc", true},
		{"image/*", "image/*", true}, {"image/?", "image/*", false}, {"image/?*", "image/*", false}, {"*/*", "image/*", true},
	} {
		if got := newPattern(c.pattern).matches(c.text); got != c.want {
			t.Errorf("%q takes %q: got %v", c.pattern, c.text, got)
		}
	}
}

// A stranger's pattern may cost no more than its length times the name's:
// tried one star after the other, this one would take longer than the sun burns.
func TestHostilePattern(t *testing.T) {
	t.Parallel()
	hostile := strings.Repeat("*a", maxSize/8) + "*b"
	doc := `{"version":"2.0","statement":{"effect":"allow","action":"*","resource":"qcs::cvm:::` + hostile + `"}}`
	asked := "qcs::cvm:ap-guangzhou:uin/1:" + strings.Repeat("a", maxSize/2)
	r := Request{Action: "cvm:DeleteImages", Resources: []string{asked}, Account: "1"}
	start := time.Now()
	if got := decide(t, "tencent policy", []string{doc}, Principal{}, r); got.Effect != ImplicitDeny {
		t.Errorf("got %v", got.Effect)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// threePolicies are what a user commonly has: one that reads, one for its own
// work, one that forbids.
var threePolicies = []string{
	`{"version":"2.0","statement":[{"effect":"allow","action":["cvm:Describe*","cvm:Inquiry*","vpc:Describe*","cbs:Describe*","tag:Get*"],"resource":"*"}]}`,
	`{"version":"2.0","statement":[{"effect":"allow","action":["cvm:CreateImage","cvm:ModifyImageAttribute","cvm:ModifyImageSharePermission"],"resource":["qcs::cvm:ap-guangzhou::image/*","qcs::cvm:ap-shanghai:uin/100000000001:image/*","qcs::cvm:ap-guangzhou::instance/*"],"condition":{"ip_equal":{"qcs:ip":["10.0.0.0/8","111.21.33.72"]}}}]}`,
	`{"version":"2.0","statement":[{"effect":"deny","action":"cvm:DeleteImages","resource":"*"},{"effect":"deny","action":"cvm:*","resource":"qcs::cvm:::image/img-golden00"}]}`,
}

var typical = Request{
	Action:    "cvm:ModifyImageSharePermission",
	Resources: []string{"qcs::cvm:ap-shanghai:uin/100000000001:image/img-6pb6lrmy"},
	Account:   "100000000001",
	Context:   somewhere,
}

func BenchmarkDecide(b *testing.B) {
	var all []*Policy
	for _, doc := range threePolicies {
		p, err := Compile(ledger.Tencent, ledger.Document(doc))
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, p)
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := Decide(all, typical); got.Effect != Allowed {
			b.Fatal(got)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, doc := range threePolicies {
			if _, err := Compile(ledger.Tencent, ledger.Document(doc)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
