// Package wiretest runs scripts against the door: text that somebody who knows
// the vendor can read, one call and its answer after the other, each request
// signed for real. The clock stands still unless a script moves it, request ids
// and the ids of what is made count upwards (m-000…101), and the store is fresh
// for every script.
//
// A script is lines; # begins a comment.
//
//	clock 10s                               time passes
//	call tc3 DescribeImageSharePermission   a call: scheme, action, then attributes
//	{"ImageId":"img-6pb6lrmy"}              its body, or its parameters one a line as Name=value
//	-> 200 InvalidImageId.NotFound          the answer: status, and the error code or ok
//	{"Response":…}                          the whole body, where it matters; JSON in any layout,
//	                                        {id} or {ID} for the request's id as the wire spells it,
//	                                        {key}, {secret} and {token} for the answer's own credentials
//	keep NAME                               key=NAME is from now on those credentials, token and all
//	drop role/NAME                          an account's role is no more: role/NAME, user/NAME or account,
//	                                        with attributes cloud= and account=; also renew role/NAME
//
// What there is at the beginning stands in state.yaml. Schemes: tc3, tc3-get, tc3-unsigned, sha1, sha1-post, sha256, sha256-post
// (Tencent); v2, v2-sha1, v2-sha256, v2-tc2, each also with -post (Tencent's API
// 2.0; version= leaves out the version); acs3, acs3-post, v1, v1-post (Alibaba). Attributes are key=ID,
// secret=TEXT, region=ID, version=V, at=OFFSET (signed then), nonce=TEXT,
// method=M, path=P and query=RAW, type=MEDIA and header=Name:value.
//
// Limits: a whole body is compared as JSON, or as XML text line by line.
package wiretest

import (
	"context"
	_ "embed" // the state that scripts begin with
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"imageshare/alibaba"
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/server"
	"imageshare/session"
	"imageshare/sign"
	"imageshare/state"
	"imageshare/store/memory"
	"imageshare/tencent"
)

// Config is what a script runs against.
type Config struct {
	// Actions are what the listener offers over the script's ledger, Sessions
	// what it offers besides that makes temporary credentials; one may be nil.
	Actions  func(*ledger.Ledger) []api.Action
	Sessions func(*ledger.Ledger, *session.Issuer) []api.Action
	// Ledger is as usual; its store, clock and new ids are the script's.
	Ledger ledger.Config
	Rates  server.Rates
	// Log is the server's; nil is the test's own.
	Log *slog.Logger
}

// Start is the moment at which every script begins.
var Start = time.Date(2018, 6, 20, 10, 0, 0, 0, time.UTC)

// Run runs every script that matches a pattern as a test of its own.
func Run(t *testing.T, pattern string, c Config) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts match %s (%v)", pattern, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			d := Open(t, c)
			for _, s := range parse(t, f, string(text)) {
				d.play(t, s)
			}
		})
	}
}

// Door is a server over a memory store whose clock stands still.
type Door struct {
	http.Handler
	Ledger *ledger.Ledger
	Store  ledger.Store
	Counts *prometheus.Registry // the server's metrics
	now    time.Time
	ids    int
	lastID string
	nonces int
	given  sign.Key            // the credentials in the last answer
	kept   map[string]sign.Key // those that a script named
}

// Open makes a door with its own ledger.
func Open(t testing.TB, c Config) *Door {
	t.Helper()
	d := &Door{Store: memory.New(), Counts: prometheus.NewRegistry(), now: Start, kept: map[string]sign.Key{}}
	key := seal.NewKey()
	lc := c.Ledger
	lc.Regions = maps.Clone(stateRegions)
	maps.Copy(lc.Regions, c.Ledger.Regions)
	lc.Store, lc.Now, lc.Random = d.Store, func() time.Time { return d.now }, new(counting)
	var err error
	if d.Ledger, err = ledger.New(context.Background(), lc); err != nil {
		t.Fatal(err)
	}
	d.seed(t, c, key)
	log := c.Log
	if log == nil {
		log = slog.New(slog.NewTextHandler(testLog{t}, nil))
	}
	issuer := &session.Issuer{Key: key, Now: d.Ledger.Now}
	s := server.New(server.Config{
		Ledger: d.Ledger, Dialects: []api.Dialect{tencent.Dialect{}, alibaba.Dialect{}}, Secrets: key, Sessions: issuer, Rates: c.Rates,
		Log: log, Metrics: server.NewMetrics(d.Counts),
		NewID: d.newID,
	})
	var actions []api.Action
	if c.Actions != nil {
		actions = c.Actions(d.Ledger)
	}
	if c.Sessions != nil {
		actions = append(actions, c.Sessions(d.Ledger, issuer)...)
	}
	d.Handler = s.Handler(api.NewCatalogue(actions))
	return d
}

// stateRegions are where the images of state.yaml lie; a script's own product
// comes with its own regions.
var stateRegions = map[ledger.Product][]string{
	ledger.CVM: {"ap-guangzhou", "ap-beijing"}, ledger.ECS: {"cn-hangzhou", "cn-qingdao"},
}

//go:embed state.yaml
var stateFile []byte

func (d *Door) seed(t testing.TB, c Config, key *seal.Key) {
	t.Helper()
	f, err := state.Parse("state.yaml", stateFile)
	if err != nil {
		t.Fatal(err)
	}
	if c.Ledger.KnownAccountsOnly {
		// The shares of state.yaml are with accounts that nobody registered.
		f.Images = slices.DeleteFunc(f.Images, func(i state.Image) bool { return i.Shares != nil })
	}
	err = d.Ledger.Edit(context.Background(), ledger.Caller{Wire: "seed"}, func(e *ledger.Editor) error { return f.Apply(e, key) })
	if err != nil {
		t.Fatal(f.Explain(err))
	}
}

// counting is where a script's new ids come from: zeros that end in a count, so
// that scripts can write them down. The first hundred are left to state.yaml.
type counting struct{ n atomic.Int64 }

func (c *counting) Read(p []byte) (int, error) {
	clear(p)
	n := 100 + c.n.Add(1)
	for i := len(p) - 1; i >= 0 && n > 0; i-- {
		p[i], n = byte(n%10), n/10
	}
	return len(p), nil
}

func (d *Door) newID() string {
	d.ids++
	d.lastID = fmt.Sprintf("00000000-0000-4000-8000-%012x", 0xa0+d.ids)
	return d.lastID
}

// testLog sends the server's log to the test's own.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// Do sends one request to the door.
func (d *Door) Do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}
