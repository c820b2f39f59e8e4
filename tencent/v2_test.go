package tencent_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
	"imageshare/tencent"
)

var (
	key = sign.Key{ID: "AKIDexample", Secret: "examplesecret"}
	now = time.Date(2018, 6, 20, 10, 0, 0, 0, time.UTC)
)

// request is a signed call of API 2.0; version "" is the generation of 2016.
func request(version string) *sign.Request {
	r := &sign.Request{
		Method: http.MethodPost, Host: "image.api.qcloud.com", Path: "/v2/index.php",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Params: []sign.Param{{Name: "Action", Value: "ShareImage"}, {Name: "Region", Value: "gz"}, {Name: "uinList_0", Value: "1"}},
	}
	if version != "" {
		r.Params = append(r.Params, sign.Param{Name: "Version", Value: version})
	}
	sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: 7})
	return r
}

// with changes one parameter after signing; "" takes it away.
func with(r *sign.Request, name, value string) *sign.Request {
	r.Params = slices.DeleteFunc(r.Params, func(p sign.Param) bool { return p.Name == name })
	if value != "" {
		r.Params = append(r.Params, sign.Param{Name: name, Value: value})
	}
	return r
}

// TestCommonParameters says the same in both generations' words.
func TestCommonParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, code, number, says string }{
		{"Action", "", "MissingParameter", "4000", "`Action`"},
		{"SecretId", "", "MissingParameter", "4000", "`SecretId`"},
		{"Timestamp", "", "MissingParameter", "4000", "`Timestamp`"},
		{"Timestamp", "yesterday", "InvalidParameter", "4000", "`Timestamp`"},
		{"Timestamp", "-1", "InvalidParameter", "4000", "`Timestamp`"},
		{"Nonce", "", "MissingParameter", "4000", "`Nonce`"},
		{"Nonce", "1.5", "InvalidParameter", "4000", "`Nonce`"},
		{"Signature", "", "MissingParameter", "4000", "`Signature`"},
		{"uinList.0", "2", "InvalidParameter", "4000", "`uinList.0`"},
	} {
		for _, version := range []string{"", "2017-03-12"} {
			d, r := tencent.Dialect{}, with(request(version), c.name, c.value)
			call, err := d.Read(r)
			if err == nil {
				_, err = d.Prove(r, call)
			}
			a := d.Fail(call, nil, err, "id")
			want := `{"Response":{"Error":{"Code":"` + c.code + `"`
			if version == "" {
				want = `{"code":` + c.number + `,`
			}
			if a.Code != c.code || a.Status != 200 || !strings.HasPrefix(string(a.Body), want) || !strings.Contains(string(a.Body), c.says) {
				t.Errorf("%s %q, version %q: %s, want %s", c.name, c.value, version, a.Body, want)
			}
		}
	}
}

// TestTransportV2 is what a request may be carried by.
func TestTransportV2(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sign.Request)
		code   string
	}{
		"a form at its limit":  {func(r *sign.Request) { r.Body = make([]byte, 1<<20) }, ""},
		"a form above it":      {func(r *sign.Request) { r.Body = make([]byte, 1<<20+1) }, "RequestSizeLimitExceeded"},
		"a query at its limit": {func(r *sign.Request) { r.RawQuery = strings.Repeat("a", 32<<10) }, ""},
		"a query above it":     {func(r *sign.Request) { r.RawQuery = strings.Repeat("a", 32<<10+1) }, "RequestSizeLimitExceeded"},
		"a GET with a body":    {func(r *sign.Request) { r.Method, r.Body = http.MethodGet, []byte("a") }, "InvalidRequest"},
		"a POST of JSON":       {func(r *sign.Request) { r.Header.Set("Content-Type", "application/json") }, "InvalidRequest"},
		"a method of its own":  {func(r *sign.Request) { r.Method = "SHARE" }, "UnsupportedProtocol"},
		"a form with a charset": {func(r *sign.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		}, ""},
	} {
		d, r := tencent.Dialect{}, request("")
		c.change(r)
		call, err := d.Read(r)
		if got := d.Fail(call, nil, err, "id").Code; (err == nil) != (c.code == "") || (err != nil && got != c.code) {
			t.Errorf("%s: %v, %s, want %q", name, err, got, c.code)
		}
	}
}

func TestReadV2(t *testing.T) {
	t.Parallel()
	r := request("")
	r.Params = append(r.Params, sign.Param{Name: "icon", Value: "@logo.png"})
	call, err := tencent.Dialect{}.Read(r)
	if err != nil {
		t.Fatal(err)
	}
	bag, err := call.Params()
	if err != nil || len(bag) != 1 || bag[0].Name != "uinList.0" {
		t.Errorf("parameters %v, %v: want the signed one under its dotted name", bag, err)
	}
	if call.Wire != "tencent-2.0" || call.Region != "ap-guangzhou" {
		t.Errorf("wire %s, region %s", call.Wire, call.Region)
	}
}

// TestProveV2 is what the door is told of a claim.
func TestProveV2(t *testing.T) {
	t.Parallel()
	once := map[string]bool{}
	for name, change := range map[string]func(*sign.Request){
		"as it is":      func(*sign.Request) {},
		"another nonce": func(r *sign.Request) { sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: 8}) },
		"another time": func(r *sign.Request) {
			sign.SignTencentV2(r, key, sign.TencentOptions{At: now.Add(time.Second), Nonce: 7})
		},
		"another key": func(r *sign.Request) {
			sign.SignTencentV2(r, sign.Key{ID: "AKIDother", Secret: "s"}, sign.TencentOptions{At: now, Nonce: 7})
		},
		"something else": func(r *sign.Request) {
			r.Params[0].Value = "CancelShareImage"
			sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: 7})
		},
		"sent on by others": func(r *sign.Request) { r.Params = append(r.Params, sign.Param{Name: "icon", Value: "@"}) },
	} {
		r := request("")
		change(r)
		claim, err := tencent.Dialect{}.Prove(r, nil)
		if err != nil || claim.Window != 2*time.Hour || claim.Once == "" {
			t.Errorf("%s: %+v, %v", name, claim, err)
		}
		once[claim.Once] = true
	}
	if len(once) != 5 {
		t.Errorf("%d of 6 requests count as different, want 5: the last is the first, sent on", len(once))
	}
}
