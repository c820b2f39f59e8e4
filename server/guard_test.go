package server_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	alibabasts "imageshare/alibaba/sts"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/session"
	"imageshare/sign"
	"imageshare/tencent/cvm"
	tencentsts "imageshare/tencent/sts"
)

// everything is what a real door offers of images and sessions.
func everything() wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action {
			return append(append(cvm.Actions(l), ecs.Actions(l, ecs.Profiles["2019"])...), ens.Actions(l, ens.Options{})...)
		},
		Sessions: func(l *ledger.Ledger, s *session.Issuer) []api.Action {
			return append(tencentsts.Actions(l, s), alibabasts.Actions(l, s)...)
		},
		Ledger: ledger.Config{Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: ecs.Regions}},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", everything())
}

// from is a call that comes from an address.
func from(d *wiretest.Door, source string, r *http.Request) string {
	const body = `{"ImageId":"img-6pb6lrmy"}`
	r.Body, r.RemoteAddr = io.NopCloser(strings.NewReader(body)), source
	return code(d.Do(r).Body.String())
}

func list(secret string) *http.Request {
	return signedBy(sign.Key{ID: "AKIDexample", Secret: secret}, "127.0.0.1:7080", "DescribeImageSharePermission", `{"ImageId":"img-6pb6lrmy"}`)
}

// TestSuspects is an address from where a thousand wrong signatures came.
func TestSuspects(t *testing.T) {
	t.Parallel()
	c := everything()
	c.Log = slog.New(slog.DiscardHandler)
	c.Rates = server.Rates{Documented: true, Over: map[string]int{"cvm:DescribeImageSharePermission": 0}}
	d := wiretest.Open(t, c)
	const guesser, neighbour, stranger = "[2001:db8::7]:1", "[2001:db8::8]:1", "[2001:db8:0:1::7]:1"
	wrong, right := list("wrong"), list("examplesecret")
	for i := range 1000 {
		if got := from(d, guesser, wrong); got != "AuthFailure.SignatureFailure" {
			t.Fatalf("wrong signature %d: %s", i, got)
		}
		// What is right in between neither counts nor makes up for it.
		if got := from(d, guesser, right); got != "" && i < 999 {
			t.Fatalf("right signature %d: %s", i, got)
		}
	}
	for source, want := range map[string]string{
		guesser: "RequestLimitExceeded.IPLimitExceeded", neighbour: "RequestLimitExceeded.IPLimitExceeded", stranger: "",
		"192.0.2.1:1": "",
	} {
		if got := from(d, source, right); got != want {
			t.Errorf("from %s: %q, want %q", source, got, want)
		}
	}
	r := d.Request(t, "v1 DescribeImageSharePermission", "ImageId=m-shared")
	r.RemoteAddr = guesser
	if w := d.Do(r); code(w.Body.String()) != "Throttling" || w.Code != http.StatusBadRequest {
		t.Errorf("on Alibaba's wire: %d %s", w.Code, w.Body)
	}
	d.Pass(60e9)
	if got := from(d, guesser, right); got != "" {
		t.Errorf("a minute later: %q", got)
	}
}

// TestNobodyIsSuspect: without documented rates nothing is counted, and the
// mishaps of honest clients never are.
func TestNobodyIsSuspect(t *testing.T) {
	t.Parallel()
	c := everything()
	c.Log = slog.New(slog.DiscardHandler)
	off := wiretest.Open(t, c)
	c.Rates.Documented = true
	on := wiretest.Open(t, c)
	on.Pass(360e9)
	wrong, late := list("wrong"), list("examplesecret")
	for i := range 1100 {
		if got := from(off, "192.0.2.1:1", wrong); got != "AuthFailure.SignatureFailure" {
			t.Fatalf("off, wrong signature %d: %s", i, got)
		}
		if got := from(on, "192.0.2.1:1", late); got != "AuthFailure.SignatureExpire" {
			t.Fatalf("on, expired signature %d: %s", i, got)
		}
	}
}

// TestLogTellsNoToken looks for a token, as each wire spells it in what it
// signs, in all there is to log.
func TestLogTellsNoToken(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := everything()
	c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d := wiretest.Open(t, c)
	answer := d.Call(t, "tc3 AssumeRole version=2018-08-13", `{"RoleArn":"qcs::cam::uin/100000000001:roleName/sharer","RoleSessionName":"one"}`)
	tencent := wiretest.Credentials(answer.Body.String())
	answer = d.Call(t, "v1 AssumeRole version=2015-04-01 key=LTAIdeputy", "RoleArn=acs:ram::1234567890123456:role/sharer", "RoleSessionName=one")
	alibaba := wiretest.Credentials(answer.Body.String())
	if tencent.Token == "" || alibaba.Token == "" {
		t.Fatal("no tokens to look for")
	}
	for scheme, k := range map[string]sign.Key{
		"tc3": tencent, "sha1": tencent, "sha256-post": tencent, "v2": tencent, "acs3": alibaba, "acs3-post": alibaba, "v1": alibaba, "v1-post": alibaba,
	} {
		body := "ImageId=img-6pb6lrmy"
		if scheme == "tc3" {
			body = `{"ImageId":"img-6pb6lrmy"}`
		}
		for _, secret := range []string{k.Secret, "wrong"} {
			d.Call(t, fmt.Sprintf("%s DescribeImageSharePermission key=%s secret=%s token=%s", scheme, k.ID, secret, k.Token), body)
		}
		d.Call(t, fmt.Sprintf("%s DescribeImageSharePermission token=%s", scheme, k.Token), body)
	}
	got := log.String()
	if strings.Count(got, "(redacted)") < 8 || !strings.Contains(got, "actor=tencent/100000000001/role/sharer/one") {
		t.Fatalf("the log says too little to be looked through:\n%s", got)
	}
	for _, k := range []sign.Key{tencent, alibaba} {
		for _, secret := range []string{k.Secret, k.Token, k.Token[10:40], k.Token[len(k.Token)-30:]} {
			if strings.Contains(got, secret) {
				t.Errorf("%q stands in the log:\n%s", secret, got)
			}
		}
	}
}

// TestHostileResource: a client that wrote its session's policy asks that
// policy about names of its choice. Unbounded, the first takes seven seconds.
func TestHostileResource(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, everything())
	policy := `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:*"],"resource":["qcs::cvm:::image/*` + strings.Repeat("a", 3000) + `b"]}]}`
	answer := d.Call(t, "tc3 AssumeRole version=2018-08-13", `{"RoleArn":"qcs::cam::uin/100000000001:roleName/sharer","RoleSessionName":"one","Policy":`+strconv.Quote(policy)+`}`)
	k := wiretest.Credentials(answer.Body.String())
	for text, want := range map[string]string{
		strings.Repeat("a", 1_000_000): "RequestSizeLimitExceeded", strings.Repeat(`aaaaaaaa","`, 1500): "RequestSizeLimitExceeded", "img-6pb6lrmy": "UnauthorizedOperation",
	} {
		if got := code(d.Do(signedBy(k, "127.0.0.1:7080", "DeleteImages", `{"ImageIds":["`+text+`"]}`)).Body.String()); got != want {
			t.Errorf("%.20s: %q, want %q", text, got, want)
		}
	}
}

// TestManyFilters: each is asked of each image, so there is a bound.
func TestManyFilters(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, everything())
	for count, want := range map[int]string{20: "", 21: "InvalidParameter"} {
		var call []string
		for n := range count {
			call = append(call, fmt.Sprintf("Filter.%d.Key=CreationEndTime", n+1), fmt.Sprintf("Filter.%d.Value=2030-01-01T00:00Z", n+1))
		}
		if got := outcome(d.Call(t, "v1-post DescribeImages", call...).Body.String()); got != want {
			t.Errorf("%d filters: %q, want %q", count, got, want)
		}
	}
}

// TestDisabledKeyIsHidden: where the vendor does not tell a disabled key from
// an unknown one, nothing that comes with either does. Alibaba Cloud has a code
// for a disabled key, which nothing that comes with it changes.
func TestDisabledKeyIsHidden(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, everything())
	answer := d.Call(t, "tc3 AssumeRole version=2018-08-13", `{"RoleArn":"qcs::cam::uin/100000000001:roleName/sharer","RoleSessionName":"one"}`)
	others := wiretest.Credentials(answer.Body.String()).Token
	// asked is what a key is told, whose secret nobody knows.
	asked := func(scheme, key, token string) string {
		action, body := " DescribeImageSharePermission", "ImageId=img-6pb6lrmy"
		switch scheme {
		case "tc3":
			body = `{"ImageId":"img-6pb6lrmy"}`
		case "v2 version=":
			action, body = " GetImageShareUinInfo", "imageIds.0=img-jgggrva9"
		}
		return outcome(d.Call(t, scheme+action+" secret=wrong key="+key+token, body).Body.String())
	}
	for _, token := range []string{"", " token=junk", " token=" + others} {
		for _, scheme := range []string{"tc3", "sha1", "sha256-post", "v2", "v2-tc2-post"} {
			if off, none := asked(scheme, "AKIDoff", token), asked(scheme, "AKIDnobody", token); off != none || off == "" {
				t.Errorf("%s%.12s: a disabled key is told %q, an unknown one %q", scheme, token, off, none)
			}
		}
		if got := asked("v2 version=", "AKIDoff", token); (token == "") != (got == "4103") {
			t.Errorf("2016%.12s: a disabled key is told %q", token, got)
		}
		for _, scheme := range []string{"acs3", "v1", "v1-post"} {
			if got := asked(scheme, "LTAIoff", token); got != "InvalidAccessKeyId.Inactive" {
				t.Errorf("%s%.12s: a disabled key is told %q", scheme, token, got)
			}
		}
	}
}
