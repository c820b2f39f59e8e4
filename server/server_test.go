package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"imageshare/alibaba/ecs"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/sign"
	"imageshare/store/memory"
	"imageshare/tencent"
	"imageshare/tencent/cvm"
)

func door(t testing.TB) *wiretest.Door { return loggedDoor(t, nil) }

func loggedDoor(t testing.TB, log *slog.Logger) *wiretest.Door {
	return wiretest.Open(t, wiretest.Config{
		Log: log,
		Actions: func(l *ledger.Ledger) []api.Action {
			return append(append(cvm.Actions(l), ecs.Actions(l, ecs.Profiles["2019"])...),
				bad("Panic", func() error { panic("a bug") }), bad("Break", func() error { return errors.New("no disk") }))
		},
		Ledger: ledger.Config{Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions}},
	})
}

// bad is an action that goes wrong.
func bad(name string, goes func() error) api.Action {
	type in struct{}
	return api.Define(api.Spec[in]{
		Cloud: ledger.Tencent, Product: "cvm", Version: "2017-03-12", Name: name,
		Resources: func(*api.Request, *in) []string { return nil },
	}, func(context.Context, *api.Request, *in) (*in, error) { return nil, goes() })
}

// signed makes a TC3 request as an SDK would.
func signed(action, body string) *http.Request { return signedFor("127.0.0.1:7080", action, body) }

func signedFor(host, action, body string) *http.Request {
	return signedBy(sign.Key{ID: "AKIDexample", Secret: "examplesecret"}, host, action, body)
}

func signedBy(k sign.Key, host, action, body string) *http.Request {
	r := &sign.Request{Method: "POST", Host: host, Path: "/", Header: http.Header{}, Body: []byte(body)}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": action, "X-TC-Version": "2017-03-12", "X-TC-Region": "ap-guangzhou",
	} {
		r.Header.Set(name, value)
	}
	sign.SignTC3(r, k, sign.TC3Options{At: wiretest.Start})
	h := httptest.NewRequest("POST", "http://"+host+"/", strings.NewReader(body))
	h.Header = r.Header
	return h
}

// code is the error code of an answer of either cloud, its first word for a text.
func code(body string) string {
	var a struct {
		Code     string
		Response struct {
			Error     struct{ Code string }
			RequestId string
		}
	}
	if json.Unmarshal([]byte(body), &a) != nil {
		word, _, _ := strings.Cut(body, " ")
		return word
	}
	return a.Response.Error.Code + a.Code
}

func TestDoor(t *testing.T) {
	t.Parallel()
	d := door(t)
	for name, c := range map[string]struct {
		target string
		header http.Header
		want   string
	}{
		"a real Tencent host":               {"http://cvm.ap-guangzhou.tencentcloudapi.com/", nil, "MissingParameter"},
		"an old Tencent host":               {"http://image.api.qcloud.com:80/v2/index.php?Version=2017-03-12", nil, "MissingParameter"},
		"a real Alibaba host":               {"http://ECS.aliyuncs.com./?Format=JSON", nil, "MissingAction"},
		"the host before the authorization": {"http://ecs.aliyuncs.com/?Format=JSON", http.Header{"Authorization": {"TC3-HMAC-SHA256 x"}}, "MissingAction"},
		"a scheme of Tencent":               {"http://127.0.0.1/", http.Header{"Authorization": {"TC3-HMAC-SHA256 x"}}, "MissingParameter"},
		"no scheme at all":                  {"http://127.0.0.1/", http.Header{"Authorization": {"SKIP"}}, "MissingParameter"},
		"a scheme of Alibaba":               {"http://127.0.0.1/", http.Header{"Authorization": {"ACS3-HMAC-SHA256 x"}}, "MissingAction"},
		"the scheme before the path":        {"http://127.0.0.1/v2/index.php", http.Header{"Authorization": {"ACS3-HMAC-SHA256 x"}}, "MissingAction"},
		"the path of 2.0":                   {"http://127.0.0.1/v2/index.php?Version=2017-03-12", nil, "MissingParameter"},
		"the path before a parameter":       {"http://127.0.0.1/v2/index.php?AccessKeyId=x&Format=JSON&Version=2017-03-12", nil, "MissingParameter"},
		"a parameter of Tencent":            {"http://127.0.0.1/?SecretId=x", nil, "MissingParameter"},
		"a parameter of Alibaba":            {"http://127.0.0.1/?AccessKeyId=x&Format=JSON", nil, "MissingAction"},
		"a parameter before a header":       {"http://127.0.0.1/?AccessKeyId=x&Format=JSON", http.Header{"X-Tc-Action": {"x"}}, "MissingAction"},
		"a header of Tencent":               {"http://127.0.0.1/", http.Header{"X-Tc-Version": {"x"}}, "MissingParameter"},
		"a header of Alibaba":               {"http://127.0.0.1/?Format=JSON", http.Header{"X-Acs-Action": {"x"}}, "MissingAction"},
		"a version of Tencent":              {"http://127.0.0.1/?Version=2017-03-12", nil, "MissingParameter"},
		"a version of Alibaba":              {"http://127.0.0.1/?Version=2014-05-26&Format=JSON", nil, "MissingAction"},
		"no mark":                           {"http://127.0.0.1/?Version=1&Action=DescribeImages", nil, "imageshare"},
		"a host that only looks like one":   {"http://tencentcloudapi.com.example/", nil, "imageshare"},
	} {
		r := httptest.NewRequest("GET", c.target, nil)
		if c.header != nil {
			r.Header = c.header
		}
		if w := d.Do(r); code(w.Body.String()) != c.want {
			t.Errorf("%s: got %s, want %s", name, w.Body, c.want)
		}
	}
}

func TestPanicIsOneRequestsOwn(t *testing.T) {
	t.Parallel()
	d := door(t)
	w := d.Do(signed("Panic", "{}"))
	if code(w.Body.String()) != "InternalError" || !strings.Contains(w.Body.String(), "RequestId") || strings.Contains(w.Body.String(), "a bug") {
		t.Errorf("got %s", w.Body)
	}
	if w := d.Do(signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)); code(w.Body.String()) != "" {
		t.Errorf("the next request: %s", w.Body)
	}
}

// bug is a dialect with one, in a step before the action.
type bug struct{ tencent.Dialect }

func (bug) Prove(*sign.Request, *api.Call) (api.Claim, error) { panic("a bug") }

// Wherever a request panics, its client is told, and so is whoever runs the server.
func TestPanicAnywhere(t *testing.T) {
	t.Parallel()
	l, err := ledger.New(t.Context(), ledger.Config{Store: memory.New()})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := server.New(server.Config{
		Ledger: l, Dialects: []api.Dialect{bug{}}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Metrics: server.NewMetrics(prometheus.NewRegistry()), NewID: uuid.NewString,
	})
	w := httptest.NewRecorder()
	s.Handler(api.NewCatalogue(cvm.Actions(l))).ServeHTTP(w, httptest.NewRequest("GET", "/?SecretId=x&Action=DescribeImages&Version=2017-03-12", nil))
	if code(w.Body.String()) != "InternalError" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, want := range []string{"level=ERROR", "code=InternalError", `error="panic: a bug"`, "stack="} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log says %s without %s", &log, want)
		}
	}
}

// TestOwnErrorsAreLoud: what failed here is an error to whoever runs the
// server, what a client did wrong is not.
func TestOwnErrorsAreLoud(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := loggedDoor(t, slog.New(slog.NewTextHandler(&log, nil)))
	for action, want := range map[string][]string{
		"Break": {"level=ERROR", "code=InternalError", `error="no disk"`},
		"Panic": {"level=ERROR", "code=InternalError", `error="panic: a bug"`, "stack="},
		"Wrong": {"level=INFO", "code=InvalidAction"},
	} {
		log.Reset()
		d.Do(signed(action, "{}"))
		for _, w := range want {
			if !strings.Contains(log.String(), w) {
				t.Errorf("%s: the log says %s without %s", action, &log, w)
			}
		}
	}
}

// TestClientGone: who went away is not answered an error that this server made.
func TestClientGone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := loggedDoor(t, slog.New(slog.NewTextHandler(&log, nil)))
	ctx, leave := context.WithCancel(context.Background())
	leave()
	d.Do(signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`).WithContext(ctx))
	d.Do(d.Request(t, "v1 ModifyImageSharePermission", "ImageId=m-unshared", "AddAccount.1=7").WithContext(ctx))
	if got := log.String(); strings.Count(got, "code=ClientGone") != 2 {
		t.Errorf("the log says\n%s", got)
	}
	if got := fmt.Sprint(counted(t, d, "imageshare_requests_total", "code")); got != "[ClientGone ClientGone]" {
		t.Errorf("the metric says %s", got)
	}
}

// counted are the values of a label that a metric has.
func counted(t *testing.T, d *wiretest.Door, metric, label string) (values []string) {
	t.Helper()
	all, err := d.Counts.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range all {
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				if family.GetName() == metric && l.GetName() == label {
					values = append(values, l.GetValue())
				}
			}
		}
	}
	return values
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	d := door(t)
	w := d.Do(signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`))
	if got := w.Header().Get("Content-Type"); got != "application/json" || w.Code != 200 {
		t.Errorf("Tencent: %d %q, want 200 and application/json without a charset", w.Code, got)
	}
	w = d.Do(httptest.NewRequest("GET", "http://ecs.aliyuncs.com/?Format=JSON", nil))
	var body struct{ RequestId string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Header().Get("x-acs-request-id") != body.RequestId || body.RequestId == "" {
		t.Errorf("Alibaba: header %v, body %s", w.Header(), w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json;charset=utf-8" {
		t.Errorf("Alibaba JSON: %q", got)
	}
	w = d.Do(httptest.NewRequest("GET", "http://ecs.aliyuncs.com/", nil))
	if got := w.Header().Get("Content-Type"); got != "text/xml;charset=utf-8" {
		t.Errorf("Alibaba XML: %q", got)
	}
}

// raw sends bytes over a real connection and reads one answer.
func raw(t *testing.T, h http.Handler, request string) *http.Response {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.DisableGeneralOptionsHandler = true
	s.Start()
	t.Cleanup(s.Close)
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.WriteString(conn, request) // a server that answers early closes early
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	method, _, _ := strings.Cut(request, " ")
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return r
}

const claim = "Host: 127.0.0.1:7080\r\nX-TC-Action: DescribeImageSharePermission\r\nX-TC-Version: 2017-03-12\r\nContent-Type: application/json\r\n" +
	"Authorization: TC3-HMAC-SHA256 Credential=a/2018-06-20/cvm/tc3_request, SignedHeaders=content-type;host, Signature=00\r\n"

func TestLyingLengths(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 11<<20)
	for name, c := range map[string]struct{ request, want string }{
		"shorter than announced":   {"POST / HTTP/1.1\r\n" + claim + "Content-Length: 100\r\n\r\n{}", "InvalidParameter"},
		"announced above all":      {"POST / HTTP/1.1\r\n" + claim + "Content-Length: 99999999999\r\n\r\n{}", "RequestSizeLimitExceeded"},
		"chunks above all":         {"POST / HTTP/1.1\r\n" + claim + "Transfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(big), big), "RequestSizeLimitExceeded"},
		"chunks cut short":         {"POST / HTTP/1.1\r\n" + claim + "Transfer-Encoding: chunked\r\n\r\nff\r\n{}", "InvalidParameter"},
		"chunks":                   {"POST / HTTP/1.1\r\n" + claim + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", "MissingParameter"},
		"a query above all":        {"GET /?A=" + strings.Repeat("x", 33<<10) + " HTTP/1.1\r\n" + claim + "\r\n", "RequestSizeLimitExceeded"},
		"HTTP/1.0":                 {"POST / HTTP/1.0\r\n" + claim + "Content-Length: 2\r\n\r\n{}", "MissingParameter"},
		"absolute form":            {"POST http://cvm.tencentcloudapi.com/ HTTP/1.1\r\n" + claim + "Content-Length: 2\r\n\r\n{}", "MissingParameter"},
		"CONNECT":                  {"CONNECT cvm.tencentcloudapi.com:443 HTTP/1.1\r\nHost: cvm.tencentcloudapi.com:443\r\n\r\n", "UnsupportedProtocol"},
		"OPTIONS *":                {"OPTIONS * HTTP/1.1\r\n" + claim + "\r\n", "UnsupportedProtocol"},
		"a form of many":           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("SecretId=1&SecretId=2&", 909) + "xx", "InvalidParameter"},
		"a form of too many":       {"POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("A&", 10000), "InvalidParameter"},
		"a form above its maximum": {"POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048577\r\n\r\n" + strings.Repeat("A", 1<<20+1), "RequestSizeLimitExceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := raw(t, door(t), c.request)
			body, err := io.ReadAll(r.Body)
			if err != nil || code(string(body)) != c.want || !strings.Contains(string(body), "RequestId") {
				t.Errorf("got %s (%v), want %s", body, err, c.want)
			}
		})
	}
}

// TestLogTellsNoSecret logs everything there is to log of calls that go well
// and calls that do not, and looks for what must not be there.
func TestLogTellsNoSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := loggedDoor(t, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	right := signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)
	_, signature, _ := strings.Cut(right.Header.Get("Authorization"), "Signature=")
	d.Do(right)
	for _, scheme := range []string{"tc3", "sha1", "sha256-post", "v2", "acs3", "v1"} {
		body := "ImageId=img-6pb6lrmy"
		if scheme == "tc3" {
			body = `{"ImageId":"img-6pb6lrmy"}`
		}
		d.Call(t, scheme+" DescribeImageSharePermission secret=wrongsecret", body)
		d.Call(t, scheme+" DescribeImageSharePermission", body)
	}
	got := log.String()
	if !strings.Contains(got, "level=DEBUG") || !strings.Contains(got, "actor=tencent/100000000001") {
		t.Fatalf("the log says too little to be looked through:\n%s", got)
	}
	for _, secret := range []string{"examplesecret", "wrongsecret", signature, "Signature="} {
		if strings.Contains(got, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, got)
		}
	}
}

// TestLogLinesAreShort: what a client calls its parameters, images and accounts
// is quoted in the log, and no more of it than helps.
func TestLogLinesAreShort(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := loggedDoor(t, slog.New(slog.NewTextHandler(&log, nil)))
	long := strings.Repeat("x", 900_000)
	d.Call(t, "sha256-post DescribeImages", long+"=1")
	d.Call(t, "v1-post DescribeImageSharePermission", "ImageId="+long)
	d.Do(signed("DescribeImageSharePermission", `{"ImageId":"`+long+`"}`))
	d.Do(signed("ModifyImageSharePermission", `{"ImageId":"img-6pb6lrmy","Permission":"SHARE","AccountIds":["`+long+`"]}`))
	d.Do(signed("DescribeImages", `{"Filters":[{"Name":"`+long+`","Values":["1"]}]}`))
	d.Do(httptest.NewRequest(long, "http://cvm.tencentcloudapi.com/", nil))
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 6 {
		t.Errorf("%d lines, want one for each request", len(lines))
	}
	for _, line := range lines {
		if len(line) > 2000 {
			t.Errorf("a line of %d bytes: %.300s", len(line), line)
		}
	}
}

// TestEveryByte puts every byte there is into an image id and an account, in
// every way that carries bytes. What is no id is the wire's own error.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	d := door(t)
	allowed := map[string]bool{
		"InvalidImageId.Malformed": true, "InvalidImageId.NotFound": true, "InvalidParameter": true, "InvalidAccountId.NotFound": true,
		"InvalidAccount.NotFound": true, "MissingParameter": true,
	}
	for b := range 256 {
		for _, call := range []string{"sha1", "sha256-post", "v2", "v2-post", "acs3", "acs3-post", "v1", "v1-post"} {
			list := d.Call(t, call+" DescribeImageSharePermission", "ImageId=img-0000000"+string([]byte{byte(b)})).Body.String()
			change := d.Call(t, call+" ModifyImageSharePermission", "ImageId=img-unshared", "Permission=SHARE", "AccountIds.0=7"+string([]byte{byte(b)})).Body.String()
			for _, got := range []string{list, change} {
				digit := b >= '0' && b <= '9' && got == change
				foreign := strings.Contains(call, "acs3") || strings.HasPrefix(call, "v1")
				if c := code(got); !allowed[c] && !digit && !(foreign && strings.Contains(got, "InvalidImageId.NotFound")) {
					t.Errorf("%s with byte %#x: %s", call, b, got)
				}
			}
		}
	}
}

// TestHeldBack is a client that waits for leave before it sends a body.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(door(t))
	t.Cleanup(s.Close)
	r := signed("DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)
	h, err := http.NewRequest("POST", s.URL, r.Body)
	if err != nil {
		t.Fatal(err)
	}
	h.Header, h.Host = r.Header, "127.0.0.1:7080"
	h.Header.Set("Expect", "100-continue")
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answer, err := client.Do(h)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), "101104350000") {
		t.Errorf("got %s (%v)", body, err)
	}
}

// TestThroughAProxy is a client that was told nothing but HTTP_PROXY: it asks
// for the vendor's own host, in absolute form, and has signed that host.
func TestThroughAProxy(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(door(t))
	t.Cleanup(s.Close)
	proxy, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
	for _, host := range []string{"cvm.tencentcloudapi.com", "cvm.na-ashburn.tencentcloudapi.com", "cvm.intl.tencentcloudapi.com:80"} {
		r := signedFor(host, "DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)
		h, err := http.NewRequest("POST", "http://"+host+"/", r.Body)
		if err != nil {
			t.Fatal(err)
		}
		h.Header = r.Header
		answer, err := client.Do(h)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || !strings.Contains(string(body), "101104350000") {
			t.Errorf("%s: got %s (%v)", host, body, err)
		}
		_ = answer.Body.Close() // it was read to its end
	}
}

// TestPipelined is a client that does not wait for one answer before it asks again.
func TestPipelined(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(door(t))
	t.Cleanup(s.Close)
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const one = "GET /?AccessKeyId=x&Format=JSON&Action=A HTTP/1.1\r\nHost: ecs.ap-southeast-1.aliyuncs.com\r\n\r\n"
	const two = "POST / HTTP/1.1\r\nHost: cvm.na-ashburn.tencentcloudapi.com\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	if _, err := io.WriteString(conn, one+two+one); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	for n, want := range []string{"MissingVersion", "InvalidRequest", "MissingVersion"} {
		r, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r.Body); err != nil || code(string(body)) != want {
			t.Errorf("answer %d: %s (%v), want %s", n, body, err, want)
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	r := raw(t, door(t), "HEAD / HTTP/1.1\r\n"+claim+"\r\n")
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json" || r.ContentLength <= 0 {
		t.Errorf("got %v", r)
	}
}

// FuzzRequest holds the door to one promise: whatever comes, an answer in the
// words of a wire with a request id, or the plain text; and no change.
func FuzzRequest(f *testing.F) {
	f.Add("POST", "http://127.0.0.1/", "TC3-HMAC-SHA256 Credential=AKIDexample/2018-06-20/cvm/tc3_request, SignedHeaders=content-type;host, Signature=00", "application/json", `{"ImageId":1}`)
	f.Add("GET", "http://127.0.0.1/?AccessKeyId=x&Format=JSON&Action=ModifyImageSharePermission&Version=2014-05-26", "", "", "")
	f.Add("POST", "http://ecs.aliyuncs.com/?Action=x&Version=2014-05-26", "ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host,Signature=00", "application/x-www-form-urlencoded", "A=%zz")
	f.Add("POST", "http://127.0.0.1/v2/index.php?SecretId=AKIDexample&Signature=x&Timestamp=1&Nonce=1&Action=DescribeImageSharePermission&Version=2017-03-12", "", "application/x-www-form-urlencoded", "A=1")
	f.Add("POST", "http://127.0.0.1/v2/index.php?SecretId=AKIDexample&Signature=x&Timestamp=1529488800&Nonce=1&Action=ShareImage", "", "application/x-www-form-urlencoded", "imageId_0=@")
	f.Fuzz(func(t *testing.T, method, target, authorization, kind, body string) {
		r, err := http.NewRequest(method, target, strings.NewReader(body))
		if err != nil || r.Host == "" {
			t.Skip()
		}
		r.Header.Set("Content-Type", kind)
		r.Header.Set("X-TC-Timestamp", fmt.Sprint(wiretest.Start.Unix()))
		r.Header.Set("x-acs-date", wiretest.Start.Format("2006-01-02T15:04:05Z"))
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := door(t).Do(r)
		got := w.Body.String()
		if !strings.Contains(got, "RequestId") && !strings.HasPrefix(got, "imageshare cannot tell") && !strings.HasPrefix(got, `{"code":4`) {
			t.Errorf("no request id, and not the generation that has none: %s", got)
		}
		if strings.Contains(got, "InternalError") {
			t.Errorf("an internal error: %s", got)
		}
	})
}
