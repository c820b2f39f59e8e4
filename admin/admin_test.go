package admin_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"imageshare/admin"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/state"
	"imageshare/store/memory"
)

// open is an admin API over a memory store that begins with the demo state.
func open(t *testing.T, change func(*admin.Config)) http.Handler {
	t.Helper()
	l, err := ledger.New(context.Background(), ledger.Config{
		Store: memory.New(), Now: func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) },
		Regions: map[ledger.Product][]string{ledger.CVM: {"ap-guangzhou"}, ledger.ECS: {"cn-hangzhou"}},
		Random:  rand.NewChaCha8([32]byte{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := admin.Config{
		Ledger: l, Secrets: seal.NewKey(), Metrics: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler),
		Loopback: true, AllowReset: true, Seed: state.Demo(), Random: rand.NewChaCha8([32]byte{}),
	}
	if err := l.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error { return c.Seed.Apply(e, c.Secrets) }); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	return admin.New(c)
}

func do(h http.Handler, method, path, body string, header ...string) (int, string) {
	w := ask(h, method, path, body, header...)
	answer, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(answer)
}

func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:7081"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestExportImportIsTheIdentity(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for _, q := range []string{"", "?format=yaml", "?secrets=plain", "?format=yaml&secrets=plain"} {
		_, before := do(h, "GET", "/api/v1/state"+q, "")
		if status, answer := do(h, "PUT", "/api/v1/state", before); status != 204 {
			t.Fatalf("%s: %d %s", q, status, answer)
		}
		if _, after := do(h, "GET", "/api/v1/state"+q, ""); after != before {
			t.Errorf("%s: before\n%s\nafter\n%s", q, before, after)
		}
	}
}

func TestPlainOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	if _, got := do(h, "GET", "/api/v1/state", ""); strings.Contains(got, "examplesecret") || !strings.Contains(got, "sealedSecret") {
		t.Errorf("sealed by default: %s", got)
	}
	if _, got := do(h, "GET", "/api/v1/state?secrets=plain", ""); !strings.Contains(got, "examplesecret") {
		t.Errorf("plain when asked: %s", got)
	}
	if status, _ := do(h, "GET", "/api/v1/state?secrets=all", ""); status != 400 {
		t.Errorf("anything else is refused, got %d", status)
	}
}

// TestMisspeltParameters: whoever keeps an export for bad days would else find
// out on one of them that its secrets are sealed.
func TestMisspeltParameters(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for call, want := range map[string]string{
		"GET /api/v1/state?secret=plain":              "unknown parameter \\\"secret\\\": this call has format, secrets",
		"GET /api/v1/state?secrets=plain;format=yaml": "joined by &",
		"GET /api/v1/state?format=yaml&format=json":   "given twice",
		"GET /api/v1/state?format=toml":               "format can be yaml or json",
		"PUT /api/v1/state?dry=true":                  "this call has none",
		"POST /api/v1/state/reset?really=true":        "this call has none",
	} {
		method, path, _ := strings.Cut(call, " ")
		if status, answer := do(h, method, path, "version: 1"); status != 400 || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s, want 400 and %s", call, status, answer, want)
		}
	}
}

func TestAFaultyFileChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, before := do(h, "GET", "/api/v1/state", "")
	for name, c := range map[string]struct{ body, want string }{
		"no file":           {"", "version"},
		"an unknown key":    {"version: 1\nimges: []\n", "body:2"},
		"half of it faulty": {"version: 1\nimages:\n  - {product: cvm, region: ap-guangzhou, id: img-00000001, owner: '1'}\n  - {product: cvm, region: nowhere, id: img-00000002, owner: '1'}\n", "body:4"},
	} {
		status, answer := do(h, "PUT", "/api/v1/state", c.body)
		if status != 422 || !strings.Contains(answer, c.want) || !strings.Contains(answer, `{"error":{"code":`) {
			t.Errorf("%s: %d %s, want 422 naming %s", name, status, answer, c.want)
		}
	}
	if _, after := do(h, "GET", "/api/v1/state", ""); after != before {
		t.Errorf("something changed: %s", after)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, before := do(h, "GET", "/api/v1/state?secrets=plain", "")
	if status, answer := do(h, "PUT", "/api/v1/state", "version: 1\naccounts: [{cloud: tencent, id: '5'}]\n"); status != 204 {
		t.Fatal(answer)
	}
	if status, answer := do(h, "POST", "/api/v1/state/reset", ""); status != 204 {
		t.Fatal(answer)
	}
	if _, after := do(h, "GET", "/api/v1/state?secrets=plain", ""); after != before {
		t.Errorf("got %s\nwant %s", after, before)
	}
	closed := open(t, func(c *admin.Config) { c.AllowReset = false })
	if status, answer := do(closed, "POST", "/api/v1/state/reset", ""); status != 403 || !strings.Contains(answer, "--allow-reset") {
		t.Errorf("not allowed: %d %s", status, answer)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	loopback := open(t, nil)
	open8 := open(t, func(c *admin.Config) { c.Loopback, c.Token = false, "word" })
	for name, c := range map[string]struct {
		h      http.Handler
		path   string
		header []string
		want   int
	}{
		"an address":                   {loopback, "/healthz", nil, 200},
		"a name":                       {loopback, "/readyz", []string{"Host", "localhost:1"}, 200},
		"version six":                  {loopback, "/readyz", []string{"Host", "[::1]:7081"}, 200},
		"a name in capitals":           {loopback, "/healthz", []string{"Host", "LocalHost:7081"}, 200},
		"a name without port":          {loopback, "/healthz", []string{"Host", "localhost"}, 200},
		"a name that was rebound":      {loopback, "/api/v1/state", []string{"Host", "evil.example:7081"}, 403},
		"a name that begins like ours": {loopback, "/api/v1/state", []string{"Host", "127.0.0.1.evil.example"}, 403},
		"a name where a port belongs":  {loopback, "/api/v1/state", []string{"Host", "localhost:evil.example"}, 403},
		"version six without brackets": {loopback, "/healthz", []string{"Host", "::1"}, 403},
		"another name in brackets":     {loopback, "/healthz", []string{"Host", "[localhost]"}, 403},
		"an empty port":                {loopback, "/healthz", []string{"Host", "localhost:"}, 403},
		"a port with a sign":           {loopback, "/healthz", []string{"Host", "localhost:+80"}, 403},
		"no host":                      {loopback, "/healthz", []string{"Host", ""}, 403},
		"our own page":                 {loopback, "/api/v1/state", []string{"Origin", "http://127.0.0.1:7081"}, 200},
		"another's page":               {loopback, "/healthz", []string{"Origin", "http://evil.example"}, 403},
		"another's image or link":      {loopback, "/api/v1/state", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another port's image or link": {loopback, "/api/v1/state", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"our own page's image or link": {loopback, "/api/v1/state", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"typed into a browser":         {loopback, "/api/v1/state", []string{"Sec-Fetch-Site", "none"}, 200},
		"another's image, with token":  {open8, "/api/v1/state", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer word"}, 403},
		"no page at all":               {loopback, "/healthz", []string{"Origin", "null"}, 403},
		"any host, no token":           {open8, "/api/v1/state", []string{"Host", "admin.example"}, 401},
		"alive needs none":             {open8, "/healthz", []string{"Host", "admin.example"}, 200},
		"ready needs none":             {open8, "/readyz", nil, 200},
		"metrics need one":             {open8, "/metrics", nil, 401},
		"the token":                    {open8, "/api/v1/state", []string{"Authorization", "Bearer word"}, 200},
		"another token":                {open8, "/api/v1/state", []string{"Authorization", "Bearer ward"}, 401},
		"a longer token":               {open8, "/api/v1/state", []string{"Authorization", "Bearer word2"}, 401},
		"another scheme":               {open8, "/api/v1/state", []string{"Authorization", "Basic word"}, 401},
		"no such call":                 {loopback, "/api/v2", nil, 404},
		"an account, no token":         {open8, "/api/v1/accounts", nil, 401},
		"an account, another's page":   {loopback, "/api/v1/accounts", []string{"Origin", "http://evil.example"}, 403},
	} {
		if got, body := do(c.h, "GET", c.path, "", c.header...); got != c.want {
			t.Errorf("%s: %d %s, want %d", name, got, body, c.want)
		}
	}
}
