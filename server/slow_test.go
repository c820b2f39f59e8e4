package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"imageshare/internal/heap"
	"imageshare/internal/wiretest"
	"imageshare/server"
)

// ending is a body's end before which something else happens. No scheme signs
// that it comes late, so whoever sends somebody's request again may have it so.
type ending struct{ before func() }

func (e *ending) Read([]byte) (int, error) {
	if e.before != nil {
		e.before()
		e.before = nil
	}
	return 0, io.EOF
}

// drawn is a request whose body is drawn out.
func drawn(r *http.Request, body string, before func()) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(body), &ending{before})), -1
	return r
}

// A request is judged by the moment at which all of it had come, and what is
// remembered is not forgotten before: else one that begins within its window and
// ends outside would be served again.
func TestReplayWithASlowBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		call   string
		params []string
		window time.Duration
	}{
		{"v1 ModifyImageSharePermission", []string{"ImageId=m-unshared", "AddAccount.1=101104350000"}, 15 * time.Minute},
		{"acs3 ModifyImageSharePermission", []string{"ImageId=m-unshared", "AddAccount.1=101104350000"}, 15 * time.Minute},
		{"v2 DescribeImageSharePermission", []string{"ImageId=img-6pb6lrmy"}, 2 * time.Hour},
	} {
		d := quiet(t, server.Rates{})
		// Ten seconds after the window's end the memory forgets what was used in it.
		d.Pass(-10*time.Second - c.window%(10*time.Minute))
		first := d.Request(t, c.call, c.params...)
		again := func() *http.Request { return first.Clone(t.Context()) }
		if got := code(d.Do(again()).Body.String()); got != "" {
			t.Fatalf("%s: %s", c.call, got)
		}
		d.Pass(c.window - time.Second)
		w := d.Do(drawn(again(), "", func() {
			d.Pass(13 * time.Second)
			if got := code(d.Call(t, "v1 DescribeImageSharePermission", "ImageId=m-shared").Body.String()); got != "" {
				t.Fatalf("somebody else: %s", got)
			}
		}))
		if code(w.Body.String()) == "" {
			t.Errorf("%s: a request was served twice: %s", c.call, w.Body)
		}
	}
}

// One request that ends late does not bring back the second that it began in,
// with all that others may call in it.
func TestRatesWithSlowBodies(t *testing.T) {
	t.Parallel()
	d := quiet(t, server.Rates{Documented: true})
	served := 0
	nested(30, func() { d.Pass(time.Second) }, func(inner func()) {
		d.Do(drawn(list("examplesecret"), `{"ImageId":"img-6pb6lrmy"}`, inner))
		for range 12 {
			if code(d.Do(list("examplesecret")).Body.String()) == "" {
				served++
			}
		}
	})
	if served == 0 || served > 10 {
		t.Errorf("%d calls were served within one second, want 1 to 10", served)
	}
}

// Nor is an address forgiven by requests that began in the minute before.
func TestSuspectsWithSlowBodies(t *testing.T) {
	t.Parallel()
	d := quiet(t, server.Rates{Documented: true})
	d.Pass(59 * time.Second)
	checked := 0
	guess := func(r *http.Request) {
		r.RemoteAddr = "192.0.2.1:1"
		if code(d.Do(r).Body.String()) == "AuthFailure.SignatureFailure" {
			checked++
		}
	}
	nested(3, func() { d.Pass(2 * time.Second) }, func(inner func()) {
		guess(drawn(list("wrong"), `{"ImageId":"img-6pb6lrmy"}`, inner))
		for range 1100 {
			guess(list("wrong"))
		}
	})
	if checked != 1000 {
		t.Errorf("%d guesses of one address were checked in a minute, want 1000", checked)
	}
}

// nested does something within itself, so many times deep, and once something
// else at the bottom.
func nested(depth int, bottom func(), do func(inner func())) {
	if depth == 0 {
		bottom()
		return
	}
	do(func() { nested(depth-1, bottom, do) })
}

// quiet is a door without a log.
func quiet(t *testing.T, r server.Rates) *wiretest.Door {
	t.Helper()
	c := everything()
	c.Log, c.Rates = slog.New(slog.DiscardHandler), r
	return wiretest.Open(t, c)
}

// taking is a client that takes its answer after something else has happened.
type taking struct {
	*httptest.ResponseRecorder
	before func()
}

func (w taking) Write(b []byte) (int, error) {
	w.before()
	return w.ResponseRecorder.Write(b)
}

// While a client takes its answer, and it may take two minutes, nothing is held
// of what it sent: here a mebibyte with two of texts to sign, for which nobody
// needs a secret. What is left is the answer.
func TestNothingIsHeldOfARequestThatIsAnswered(t *testing.T) {
	// Not parallel: it measures the heap.
	d := quiet(t, server.Rates{})
	r := d.Request(t, "sha256-post DescribeImages secret=wrong")
	form, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 20
	long := func() io.ReadCloser {
		text := string(form) + "&Z="
		return io.NopCloser(io.MultiReader(strings.NewReader(text), io.LimitReader(stars{}, int64(size-len(text)))))
	}
	r.ContentLength = size
	held := int64(-1)
	before := heap.InUse()
	r.Body = long()
	d.ServeHTTP(taking{httptest.NewRecorder(), func() { held = heap.InUse() - before }}, r)
	if held < 0 || held > size/2 {
		t.Errorf("%d KiB are held while the answer is taken", held>>10)
	}
}

// stars are a text that grows when it is signed.
type stars struct{}

func (stars) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '*'
	}
	return len(p), nil
}

// TestBodiesThatDoNotCome: what the query says of the wire holds all the same.
func TestBodiesThatDoNotCome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ request, kind, want string }{
		"JSON asked for":      {"/?AccessKeyId=x&Action=DescribeImages&Version=2014-05-26&Format=JSON", "application/json;charset=utf-8", `"Code":"InvalidParameter"`},
		"XML without a word":  {"/?AccessKeyId=x&Action=DescribeImages&Version=2014-05-26", "text/xml;charset=utf-8", "<Code>InvalidParameter</Code>"},
		"2.0 since 2017":      {"/v2/index.php?SecretId=x&Action=DescribeImages&Version=2017-03-12", "application/json", `"Code":"InvalidParameter"`},
		"nobody's parameters": {"/?Action=DescribeImages", "text/plain; charset=utf-8", "cannot tell which cloud"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := raw(t, door(t), "POST "+c.request+" HTTP/1.1\r\nHost: 127.0.0.1:7080\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nA=1")
			body, err := io.ReadAll(r.Body)
			if got := r.Header.Get("Content-Type"); err != nil || got != c.kind || !strings.Contains(string(body), c.want) {
				t.Errorf("%s, %s (%v), want %s", got, body, err, c.want)
			}
		})
	}
}
