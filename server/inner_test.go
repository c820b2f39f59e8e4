package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/policy"
	"imageshare/seal"
	"imageshare/session"
	"imageshare/sign"
	"imageshare/store/memory"
)

var start = time.Date(2018, 6, 20, 10, 0, 0, 0, time.UTC)

// stub is the part of a dialect that authentication asks.
type stub struct{ api.Dialect }

func (stub) Cloud() ledger.Cloud { return ledger.Alibaba }

// account has a key and a user with a key and policies.
func account(t testing.TB, key *seal.Key, policies ...ledger.Document) *Server {
	t.Helper()
	l, err := ledger.New(context.Background(), ledger.Config{Store: memory.New(), Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	of := ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1"}
	err = l.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Account(of, func(a *ledger.Account) error {
			a.Keys = []ledger.AccessKey{{ID: "K", Sealed: key.Seal("alibaba/K", "secret")}}
			a.Users = []ledger.User{{Name: "u", Keys: []ledger.AccessKey{{ID: "U", Sealed: key.Seal("alibaba/U", "secret")}}, Policies: policies}}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Ledger: l, Secrets: key, Log: slog.New(slog.DiscardHandler), Rates: Rates{Documented: true}})
}

func asking(s *Server, keyID string, at time.Time, nonce, secret string) *exchange {
	r := &sign.Request{Method: "GET", Host: "127.0.0.1"}
	sign.SignTencentV1(r, sign.Key{ID: keyID, Secret: secret}, sign.TencentOptions{At: at})
	proof, err := sign.ReadTencentV1(r)
	if err != nil {
		panic(err)
	}
	x := &exchange{Server: s, arrived: at, dialect: stub{}, call: &api.Call{}, action: &api.Action{}}
	x.from("192.0.2.1")
	x.claim = api.Claim{Proof: sign.Proof{KeyID: keyID, Time: at, Verify: proof.Verify}, Window: 15 * time.Minute, Once: keyID + nonce}
	return x
}

// TestReplaysAreEarned: what nobody could verify is not remembered, and what
// was is forgotten when it would be too old to be sent again.
func TestReplaysAreEarned(t *testing.T) {
	t.Parallel()
	s := account(t, seal.NewKey())
	for i := range 500 {
		for _, x := range []*exchange{
			asking(s, "nobody", start, fmt.Sprint(i), "secret"), asking(s, "K", start, fmt.Sprint(i), "wrong"),
			asking(s, "K", start.Add(-time.Hour), fmt.Sprint(i), "secret"),
		} {
			x.arrived = start
			if x.authenticate(context.Background()) == nil {
				t.Fatal("believed")
			}
		}
	}
	if n := s.replays.size(); n != 0 {
		t.Errorf("%d requests are remembered that nobody could verify", n)
	}
	s = account(t, seal.NewKey())
	for i := range 500 {
		if err := asking(s, "K", start, fmt.Sprint(i), "secret").authenticate(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if err := asking(s, "K", start, "7", "secret").authenticate(context.Background()); !errors.Is(err, api.ErrReplayed) {
		t.Errorf("again: %v, want %v", err, api.ErrReplayed)
	}
	if n := s.replays.size(); n != 500 {
		t.Errorf("%d requests are remembered, want 500", n)
	}
	if err := asking(s, "K", start.Add(17*time.Minute), "7", "secret").authenticate(context.Background()); err != nil {
		t.Errorf("after the window: %v", err)
	}
	if err := asking(s, "K", start.Add(30*time.Minute), "8", "secret").authenticate(context.Background()); err != nil {
		t.Errorf("long after: %v", err)
	}
	if n := s.replays.size(); n != 2 {
		t.Errorf("%d requests are remembered long after the window, want the last two", n)
	}
}

// TestSuspectsAreBounded: a flood from everywhere makes nobody suspect, and a
// full table nobody else.
func TestSuspectsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSuspects(true)
	for i := range 200_000 {
		s.note(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), start)
	}
	for range maxFailures + 70_000 {
		s.note(netip.MustParseAddr("192.0.2.7"), start)
	}
	for source, want := range map[string]bool{"192.0.2.7": true, "192.0.2.8": false, "10.0.0.1": false, "": false, "::ffff:192.0.2.7": true} {
		address, _ := netip.ParseAddr(source)
		if got := s.known(address, start); got != want {
			t.Errorf("%q: suspect %v, want %v", source, got, want)
		}
	}
	if s.known(netip.MustParseAddr("192.0.2.7"), start.Add(time.Minute)) {
		t.Error("suspect in the next minute")
	}
}

func TestNeighbourhood(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::",
		"fe80::1%eth0": "fe80::", "@": "invalid IP",
	} {
		address, _ := netip.ParseAddr(source)
		if got := neighbourhood(address).String(); got != want {
			t.Errorf("%q: %s, want %s", source, got, want)
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"POSTh/?A=1&Token=s1.a/b+c==&Version=2":                           "POSTh/?A=1&Token=(redacted)&Version=2",
		"AccessKeyId=x&SecurityToken=CAIS%2Fa%2B%3D%3D&Timestamp=1":       "AccessKeyId=x&SecurityToken=(redacted)&Timestamp=1",
		"GET&%2F&A%3Dx%26SecurityToken%3DCAIS%252Fa%252B%26Timestamp%3D1": "GET&%2F&A%3Dx%26SecurityToken%3D(redacted)%26Timestamp%3D1",
		"host:h\nx-acs-security-token:CAIS/a+b==\nx-acs-version:2":        "host:h\nx-acs-security-token:(redacted)\nx-acs-version:2",
		"content-type;host;x-tc-token;x-acs-security-token":               "content-type;host;x-tc-token;x-acs-security-token",
		"Token=":  "Token=",
		"Name=ab": "Name=ab",
	} {
		if got := redact(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestBrokenPolicy: whoever has a policy that cannot be read may do nothing,
// since nobody knows what it would deny.
func TestBrokenPolicy(t *testing.T) {
	t.Parallel()
	const all = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	for doc, allowed := range map[ledger.Document]bool{all: true, "{": false} {
		x := permitting(account(t, seal.NewKey(), all, doc))
		for range 2 {
			var denial *api.Denial
			if err := x.permit(context.Background()); errors.As(err, &denial) == allowed {
				t.Errorf("with %s: %v", doc, err)
			}
		}
	}
}

// TestContext is what a policy's conditions can ask about.
func TestContext(t *testing.T) {
	t.Parallel()
	s := account(t, seal.NewKey(), `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
		"Condition":{"IpAddress":{"acs:SourceIp":["192.0.2.0/24"]},"Bool":{"acs:SecureTransport":"true"},"DateLessThan":{"acs:CurrentTime":"2018-06-20T10:00:01Z"}}}]}`)
	for what, c := range map[string]struct {
		change  func(*exchange)
		allowed bool
	}{
		"as the policy wants it":     {func(*exchange) {}, true},
		"through an IPv6 socket":     {func(x *exchange) { x.from("::ffff:192.0.2.1") }, true},
		"from elsewhere":             {func(x *exchange) { x.from("198.51.100.1") }, false},
		"from an address that isn't": {func(x *exchange) { x.from("@") }, false},
		"in the clear":               {func(x *exchange) { x.secure = false }, false},
		"later":                      {func(x *exchange) { x.arrived = start.Add(time.Second) }, false},
	} {
		x := permitting(s)
		x.secure = true
		c.change(x)
		if err := x.permit(context.Background()); (err == nil) != c.allowed {
			t.Errorf("%s: %v, want allowed %v", what, err, c.allowed)
		}
	}
	x := permitting(s)
	x.caller.User = ""
	if got := x.asking(); got.Number != "1" || got.Region != "cn-hangzhou" {
		t.Errorf("the account itself: %+v", got)
	}
}

// TestCompiledIsBounded: many documents do not add up.
func TestCompiledIsBounded(t *testing.T) {
	t.Parallel()
	c, s := newCompiled(), &Server{Config: Config{Log: slog.New(slog.DiscardHandler)}}
	for i := range 2000 {
		doc := fmt.Sprintf(`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:%d%010000d","Resource":"*"}]}`, i, 0)
		if c.all(s, ledger.Alibaba, []ledger.Document{ledger.Document(doc)}) == nil {
			t.Fatal("a sound policy was not compiled")
		}
	}
	size := 0
	for k := range c.byText {
		size += len(k.text)
	}
	if size > maxCompiled || size != *c.size {
		t.Errorf("%d bytes are kept and %d counted, want at most %d", size, *c.size, maxCompiled)
	}
}

// permitting is an exchange of the user's that policies are asked about.
func permitting(s *Server) *exchange {
	type in struct{}
	a := api.Define(api.Spec[in]{
		Cloud: ledger.Alibaba, Product: "ecs", Version: "1", Name: "DescribeImageSharePermission",
		Resources: func(r *api.Request, _ *in) []string {
			return []string{"acs:ecs:" + r.Region + ":" + r.Caller.Account + ":image/m-1"}
		},
	}, func(context.Context, *api.Request, *in) (*in, error) { return nil, nil })
	x := &exchange{
		Server: s, arrived: start, dialect: stub{}, call: &api.Call{Region: "cn-hangzhou"}, action: &a, in: new(in),
		caller: ledger.Caller{Cloud: ledger.Alibaba, Account: "1", User: "u"},
	}
	x.from("192.0.2.1")
	return x
}

// BenchmarkPermit is what policies cost a user's request: reading the user, and
// asking a typical three of them.
func BenchmarkPermit(b *testing.B) {
	x := permitting(account(b, seal.NewKey(),
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":["ecs:Describe*","ecs:List*"],"Resource":"*"}]}`,
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":["ecs:ModifyImageSharePermission"],"Resource":["acs:ecs:*:*:image/*"]}]}`,
		`{"Version":"1","Statement":[{"Effect":"Deny","Action":["ecs:Delete*"],"Resource":["*"],"Condition":{"NotIpAddress":{"acs:SourceIp":["192.0.2.0/24","198.51.100.0/24"]}}}]}`,
	))
	b.ReportAllocs()
	for b.Loop() {
		x.rights, x.principal, x.holder = nil, policy.Principal{}, session.Holder{}
		if err := x.permit(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
