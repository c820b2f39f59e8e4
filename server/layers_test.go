package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"imageshare/alibaba"
	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/sign"
	"imageshare/store/cache"
	"imageshare/store/sqlite"
	"imageshare/tencent"
	"imageshare/tencent/cvm"
)

// stage is a part of a call that is measured by itself: some of the steps, or
// what stands around them.
type stage struct {
	name  string
	steps []step
	do    func(*rig) error
}

// layers are all that happens between the handler's door and its last byte,
// each part of it in one layer.
var layers = []stage{
	{name: "begin", do: (*rig).begin}, // room, clock, request id, address
	{name: "read", do: (*rig).read},   // body, parameters, and whose wire it is
	{name: "claim", steps: []step{(*exchange).envelope, (*exchange).find, (*exchange).prove}}, // what is asked, and who says so
	{name: "verify", steps: []step{(*exchange).authenticate}},                                 // credential, secret, signature, replay
	{name: "decode", steps: []step{(*exchange).decode}},
	{name: "rules", steps: []step{place, (*exchange).limit, (*exchange).region, (*exchange).permit}},
	{name: "ledger", steps: []step{(*exchange).run}}, // the function and the domain's rules, the image at hand
	{name: "store/hit", do: (*rig).hit},
	{name: "encode", do: (*rig).encode},
	{name: "end", do: (*rig).end}, // metrics and the log's line
}

// BenchmarkLayers takes one call apart: a list of ten shares, signed with TC3 by
// the image's owner, over a cache over SQLite, as a server has them. Each layer
// runs again and again on an exchange that has been through all of them.
//
// Beside the layers stand whole, the handler itself, and sequence, the layers
// one after the other with a clock between them: there each finds the
// processor's caches as the others left them, as it does in a call, and takes
// more than alone. What whole takes beyond those is in no layer. store/miss is
// what the store takes instead of store/hit where the cache does not have the
// image.
//
// One signature serves for all, since the replay memory does not grow: this
// wire's requests may be repeated, which is checked at the end.
func BenchmarkLayers(b *testing.B) {
	if n := len(stairs) + 2; covered() != n {
		b.Fatalf("the layers have %d steps of %d", covered(), n)
	}
	f := newFixture(b)
	for _, l := range layers {
		b.Run(l.name, func(b *testing.B) { f.measure(b, l.once) })
	}
	b.Run("store/miss", func(b *testing.B) { f.measure(b, (*rig).miss) })
	b.Run("sequence", f.sequence)
	b.Run("whole", func(b *testing.B) { f.measure(b, (*rig).whole) })
	if n := f.replays.size(); n != 0 {
		b.Errorf("%d requests are remembered", n)
	}
}

// covered counts the steps in the layers: the stairs, and before them the
// envelope and place.
func covered() (n int) {
	for _, l := range layers {
		n += len(l.steps)
	}
	return n
}

// place is what served does between the envelope and the stairs. How long others
// wait is looked at every few milliseconds of requests that begin, so by whole alone.
func place(x *exchange, _ context.Context) error {
	if err := x.load.enter(x.arrived); err != nil {
		return err
	}
	defer x.load.leave()
	return nil
}

func (s stage) once(r *rig) error {
	if s.do != nil {
		return s.do(r)
	}
	return r.x.walk(r.ctx, s.steps)
}

func (f *fixture) measure(b *testing.B, once func(*rig) error) {
	r := f.rig(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := once(r); err != nil {
			b.Fatal(err)
		}
	}
}

// sequence reports what each layer takes among the others, less what looking at
// the clock takes.
func (f *fixture) sequence(b *testing.B) {
	r := f.rig(b)
	began, spent := time.Now(), make([]time.Duration, len(layers))
	var clock time.Duration
	b.ReportAllocs()
	for b.Loop() {
		at := time.Since(began)
		for i := range layers {
			if err := layers[i].once(r); err != nil {
				b.Fatal(err)
			}
			now := time.Since(began)
			spent[i] += now - at
			at = now
		}
		clock += time.Since(began) - at
	}
	for i, l := range layers {
		b.ReportMetric(float64(spent[i]-clock)/float64(b.N), l.name+"-ns")
	}
}

const (
	ownerID, ownerKey, ownerSecret = "100000000001", "AKIDowner", "ownersecret"
	// filled is how many images there are: enough that those asked for in any
	// order do not lie on one page of the file.
	filled = 4096
)

// fixture is a server with its store, put together as the command does.
type fixture struct {
	*Server
	engine, cached ledger.Store
	catalogue      *api.Catalogue
	apart          *api.Catalogue    // the same, whose ledger finds the image at hand
	names          []ledger.ImageKey // of all images, in no order
}

func newFixture(b *testing.B) *fixture {
	b.Helper()
	key := seal.NewKey()
	engine := filledStore(b, key)
	f := &fixture{engine: engine, cached: cache.New(engine, 64<<20)}
	for _, n := range rand.New(rand.NewPCG(1, 1)).Perm(filled) {
		f.names = append(f.names, imageKey(n))
	}
	l := ledgerOver(b, f.cached)
	f.catalogue, f.apart = catalogueOf(l), catalogueOf(ledgerOver(b, findFirst(b, f.cached)))
	// Rates are counted, but nobody is refused.
	f.Server = New(Config{
		Ledger: l, Dialects: []api.Dialect{tencent.Dialect{}, alibaba.Dialect{}}, Secrets: key,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: NewMetrics(prometheus.NewRegistry()), NewID: uuid.NewString,
		Rates: Rates{Documented: true, Over: map[string]int{"cvm:DescribeImageSharePermission": 1 << 30}},
	})
	b.Cleanup(func() { _ = f.Flush(context.Background()) }) // before the store is closed
	return f
}

func filledStore(b *testing.B, key *seal.Key) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "store.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Update(b.Context(), func(tx ledger.Tx) error { return fill(tx, key) }); err != nil {
		b.Fatal(err)
	}
	return s
}

func fill(tx ledger.Tx, key *seal.Key) error {
	a := &ledger.Account{Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: ownerID}}
	a.Keys = []ledger.AccessKey{{ID: ownerKey, Sealed: key.Seal(ledger.SecretName(ledger.Tencent, ownerKey), ownerSecret)}}
	if err := tx.PutAccount(a); err != nil {
		return err
	}
	for n := range filled {
		if err := tx.PutImage(sharedImage(n)); err != nil {
			return err
		}
	}
	return nil
}

func imageKey(n int) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: fmt.Sprintf("img-%08d", n)}
}

// sharedImage is shared with ten accounts.
func sharedImage(n int) *ledger.Image {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	i := &ledger.Image{
		Key: imageKey(n), Owner: ownerID, Name: fmt.Sprintf("golden-%d", n), Description: "base image", State: ledger.Available, CreatedAt: at,
		OSName: "TencentOS Server 3.1", OSType: "linux", Platform: "TencentOS", Architecture: "x86_64", SizeGiB: 50,
		Snapshots: []ledger.Snapshot{{ID: fmt.Sprintf("snap-%08d", n), Usage: "system", SizeGiB: 50}},
	}
	for k := range 10 {
		i.Shares = append(i.Shares, ledger.Share{Account: strconv.Itoa(200000000000 + n/100*10 + k), At: at.Add(time.Duration(k) * time.Hour)})
	}
	return i
}

func ledgerOver(b *testing.B, s ledger.Store) *ledger.Ledger {
	b.Helper()
	l, err := ledger.New(b.Context(), ledger.Config{Store: s, Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions}})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func catalogueOf(l *ledger.Ledger) *api.Catalogue {
	return api.NewCatalogue(cvm.Actions(l), ecs.Actions(l, ecs.Profiles["2019"]), ens.Actions(l, ens.Options{}))
}

// found is a store with one image at hand, so that what a ledger over it takes
// is the ledger's own.
type found struct {
	ledger.Store
	image *ledger.Image
}

func (f found) Image(context.Context, ledger.ImageKey) (*ledger.Image, error) { return f.image, nil }

func findFirst(b *testing.B, s ledger.Store) found {
	b.Helper()
	image, err := s.Image(b.Context(), imageKey(0))
	if err != nil {
		b.Fatal(err)
	}
	return found{s, image}
}

// rig is one signed request, ready to be sent, and an exchange that has been
// through everything with it but the end.
type rig struct {
	*fixture
	ctx     context.Context
	handler http.Handler
	request *http.Request
	text    []byte // of its body
	body    *bytes.Reader
	x       *exchange
	ended   api.Call // a copy of the exchange's
	writer  sink
	image   ledger.ImageKey // the one that is asked for
	misses  int
}

// rig signs a request anew, since none stays fresh for ever, and sends it.
func (f *fixture) rig(b *testing.B) *rig {
	b.Helper()
	k := imageKey(0)
	text := []byte(`{"ImageId":"` + k.ID + `"}`)
	r := &rig{
		fixture: f, ctx: b.Context(), handler: f.Handler(f.catalogue), text: text, body: bytes.NewReader(text),
		writer: sink{header: http.Header{}}, image: k,
	}
	r.request = httptest.NewRequest(http.MethodPost, "http://127.0.0.1:7080/", r.body)
	r.request.Header = signedHeader(r.request.Host, k.Region, text)
	r.send(b)
	return r
}

func signedHeader(host, region string, body []byte) http.Header {
	r := &sign.Request{Method: http.MethodPost, Host: host, Path: "/", Body: body, Header: http.Header{}}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": "DescribeImageSharePermission", "X-TC-Version": "2017-03-12", "X-TC-Region": region,
	} {
		r.Header.Set(name, value)
	}
	sign.SignTC3(r, sign.Key{ID: ownerKey, Secret: ownerSecret}, sign.TC3Options{At: time.Now()})
	return r.Header
}

// send goes through the call once, and gives the exchange the room that it
// would have were it not the first.
func (r *rig) send(b *testing.B) {
	b.Helper()
	x := r.Server.begin(r.apart, r.request)
	x.answer = x.serve(r.request)
	if bytes.Count(x.answer.Body, []byte(`"AccountId"`)) != 10 {
		b.Fatalf("%s", x.answer.Body)
	}
	x.asked, x.answered = x.msg.Body[:0], x.answer.Body[:0]
	r.x = x
}

// begin gives back what it takes, as the end does.
func (r *rig) begin() error {
	rooms.Put(r.Server.begin(r.apart, r.request))
	return nil
}

func (r *rig) read() error {
	r.body.Reset(r.text)
	r.x.read(r.request)
	r.x.dialect, r.x.door = choose(r.x.Dialects, r.apart, &r.x.msg.Request)
	r.x.release()
	return r.x.msg.broken
}

func (r *rig) hit() error {
	_, err := r.cached.Image(r.ctx, r.image)
	return err
}

func (r *rig) miss() error {
	_, err := r.engine.Image(r.ctx, r.names[r.misses%filled])
	r.misses++
	return err
}

func (r *rig) encode() error {
	r.x.call.Room = r.x.answered
	a, err := r.x.dialect.Answer(r.x.call, r.x.action, r.x.out, r.x.id)
	write(&r.writer, a)
	return err
}

// end ends a copy, in the room that another left.
func (r *rig) end() error {
	x := rooms.Get().(*exchange)
	*x, r.ended = *r.x, *r.x.call
	x.call = &r.ended
	x.forget()
	x.end()
	return nil
}

func (r *rig) whole() error {
	r.body.Reset(r.text)
	r.handler.ServeHTTP(&r.writer, r.request)
	if r.writer.status != http.StatusOK || r.writer.length != len(r.x.answer.Body) {
		return fmt.Errorf("status %d, %d bytes, want %d", r.writer.status, r.writer.length, len(r.x.answer.Body))
	}
	return nil
}

// sink is a ResponseWriter that keeps nothing.
type sink struct {
	header         http.Header
	status, length int
}

func (s *sink) Header() http.Header    { return s.header }
func (s *sink) WriteHeader(status int) { s.status = status }
func (s *sink) Write(p []byte) (int, error) {
	s.length = len(p)
	return len(p), nil
}
