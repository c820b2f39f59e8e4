package wiretest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"imageshare/sign"
)

func itoa(n int) string { return strconv.Itoa(n) }

// play does one step and holds the answer against the script.
func (d *Door) play(t *testing.T, s step) {
	t.Helper()
	if s.scheme == "" {
		d.now = d.now.Add(s.clock)
		d.people(t, s)
		return
	}
	if s.status == "" {
		t.Fatalf("%s: the call has no answer line", s.where)
	}
	w := d.Do(d.request(t, s))
	body := w.Body.String()
	if got := itoa(w.Code); got != s.status {
		t.Errorf("%s: status %s, want %s\n%s", s.where, got, s.status, body)
	}
	if got := code(body); got != s.code {
		t.Errorf("%s: code %q, want %q\n%s", s.where, got, s.code, body)
	}
	d.given = Credentials(body)
	ids := strings.NewReplacer("{id}", d.lastID, "{ID}", strings.ToUpper(d.lastID),
		"{key}", d.given.ID, "{secret}", d.given.Secret, "{token}", d.given.Token)
	if want := ids.Replace(strings.Join(s.answer, "\n")); want != "" && !same(body, want) {
		t.Errorf("%s: body\n%s\nwant\n%s", s.where, body, want)
	}
}

// code finds the error code of either cloud in JSON or XML; ok if there is none.
func code(body string) string {
	var j struct {
		Code     any
		Response struct{ Error struct{ Code string } }
	}
	var x struct {
		XMLName xml.Name
		Code    string
	}
	switch {
	case json.Unmarshal([]byte(body), &j) == nil && j.Response.Error.Code != "":
		return j.Response.Error.Code
	case j.Code == 0.0: // Tencent's oldest generation says so of a success
		return "ok"
	case j.Code != nil:
		return fmt.Sprint(j.Code)
	case xml.Unmarshal([]byte(body), &x) == nil && x.XMLName.Local == "Error":
		return x.Code
	case strings.HasPrefix(body, "{"), strings.HasPrefix(body, "<"):
		return "ok"
	}
	return "text"
}

// same compares JSON by value and everything else without its indentation.
func same(got, want string) bool {
	var g, w any
	if json.Unmarshal([]byte(want), &w) == nil {
		return json.Unmarshal([]byte(got), &g) == nil && reflect.DeepEqual(g, w)
	}
	return flat(got) == flat(want)
}

func flat(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimPrefix(s, xml.Header), "\n") {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// cloud is what the attributes of a call stand for when it does not say them.
type cloud struct{ key, secret, region, version string }

var (
	tencentCall = cloud{"AKIDexample", "examplesecret", "ap-guangzhou", "2017-03-12"}
	alibabaCall = cloud{"LTAIexample", "examplesecret", "cn-hangzhou", "2014-05-26"}
)

// secrets of the keys that the scripts' state has.
var secrets = map[string]string{
	"AKIDexample": "examplesecret", "AKIDother": "othersecret", "AKIDreader": "readersecret", "AKIDoff": "offsecret",
	"AKIDdeputy": "deputysecret", "AKIDkeeper": "keepersecret", "AKIDguest": "guestsecret",
	"LTAIexample": "examplesecret", "LTAIother": "othersecret", "LTAIreader": "readersecret", "LTAIoff": "offsecret",
	"LTAIdeputy": "deputysecret", "LTAIkeeper": "keepersecret", "LTAIguest": "guestsecret",
}

// request signs what a step describes.
func (d *Door) request(t testing.TB, s step) *http.Request {
	t.Helper()
	c := alibabaCall
	if strings.HasPrefix(s.scheme, "tc3") || strings.HasPrefix(s.scheme, "sha") || strings.HasPrefix(s.scheme, "v2") {
		c = tencentCall
	}
	keyID := s.attr("key", c.key)
	key := sign.Key{ID: keyID, Secret: secrets[keyID]}
	if kept, ok := d.kept[keyID]; ok {
		key = kept
	}
	// A token may be another kept key's.
	token := s.attr("token", key.Token)
	if kept, ok := d.kept[token]; ok {
		token = kept.Token
	}
	key.Secret, key.Token = s.attr("secret", key.Secret), token
	offset, err := time.ParseDuration(s.attr("at", "0s"))
	if err != nil {
		t.Fatalf("%s: %v", s.where, err)
	}
	r := &sign.Request{Method: http.MethodGet, Host: "127.0.0.1:7080", Path: s.attr("path", "/"), Header: http.Header{}}
	d.nonces++
	p := plan{step: s, cloud: c, key: key, at: d.now.Add(offset), nonce: s.attr("nonce", itoa(d.nonces))}
	if !p.build(r) {
		t.Fatalf("%s: unknown scheme %q", s.where, s.scheme)
	}
	return p.send(r)
}

// plan is one call to be signed.
type plan struct {
	step
	cloud
	key   sign.Key
	at    time.Time
	nonce string
}

// build fills and signs a request by its scheme.
func (p plan) build(r *sign.Request) bool {
	scheme, post := strings.CutSuffix(p.scheme, "-post")
	if post {
		r.Method = http.MethodPost
	}
	switch scheme {
	case "tc3", "tc3-get", "tc3-unsigned":
		p.tc3(r)
	case "sha1", "sha256":
		p.tencent(r, sign.SignTencentV1, "HmacSHA"+strings.TrimPrefix(scheme, "sha"))
	case "v2", "v2-sha1", "v2-sha256", "v2-tc2":
		r.Path = p.attr("path", "/v2/index.php")
		p.tencent(r, sign.SignTencentV2, v2Methods[scheme])
	case "acs3":
		p.acs3(r)
	case "v1":
		p.alibabaV1(r)
	default:
		return false
	}
	return true
}

// params reads the lines under a call as Name=value.
func (p plan) params() []sign.Param {
	var list []sign.Param
	for _, line := range p.body {
		name, value, _ := strings.Cut(line, "=")
		list = append(list, sign.Param{Name: name, Value: value})
	}
	return list
}

func (p plan) tc3(r *sign.Request) {
	r.Header.Set("Content-Type", p.attr("type", "application/x-www-form-urlencoded"))
	if p.scheme == "tc3-get" {
		r.RawQuery = encode(p.params())
	} else {
		r.Method = http.MethodPost
		r.Header.Set("Content-Type", p.attr("type", "application/json"))
		r.Body = []byte(strings.Join(p.body, "\n"))
	}
	r.Header.Set("X-TC-Action", p.action)
	r.Header.Set("X-TC-Version", p.attr("version", p.version))
	if region := p.attr("region", p.region); region != "" {
		r.Header.Set("X-TC-Region", region)
	}
	sign.SignTC3(r, p.key, sign.TC3Options{Service: "cvm", At: p.at, Unsigned: p.scheme == "tc3-unsigned"})
}

// v2Methods are what the schemes of API 2.0 send as SignatureMethod.
var v2Methods = map[string]string{"v2-sha1": "HmacSHA1", "v2-sha256": "HmacSHA256", "v2-tc2": "TC2-HmacSHA256"}

// tencent sends the parameters that a signature knows; an empty one is left out.
func (p plan) tencent(r *sign.Request, signed func(*sign.Request, sign.Key, sign.TencentOptions), method string) {
	r.Params = p.params()
	for _, common := range []sign.Param{
		{Name: "Action", Value: p.action}, {Name: "Version", Value: p.attr("version", p.version)}, {Name: "Region", Value: p.attr("region", p.region)},
	} {
		if common.Value != "" {
			r.Params = append(r.Params, common)
		}
	}
	nonce, err := strconv.ParseUint(p.nonce, 10, 64)
	if err != nil {
		panic(err)
	}
	signed(r, p.key, sign.TencentOptions{At: p.at, Nonce: nonce, Method: method})
	place(r)
}

func (p plan) acs3(r *sign.Request) {
	if r.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = []byte(encode(p.withRegion()))
	} else {
		r.Method = http.MethodPost // the SDKs' way: a POST with everything in the query
		r.RawQuery = encode(p.withRegion())
	}
	r.Header.Set("x-acs-action", p.action)
	r.Header.Set("x-acs-version", p.attr("version", p.version))
	if err := sign.SignACS3(r, p.key, sign.ACS3Options{At: p.at, Nonce: p.nonce}); err != nil {
		panic(err)
	}
}

func (p plan) alibabaV1(r *sign.Request) {
	r.Params = append(p.withRegion(), sign.Param{Name: "Action", Value: p.action}, sign.Param{Name: "Version", Value: p.attr("version", p.version)})
	if format := p.attr("format", "JSON"); format != "" {
		r.Params = append(r.Params, sign.Param{Name: "Format", Value: format})
	}
	sign.SignAlibabaV1(r, p.key, sign.AlibabaV1Options{At: p.at, Nonce: p.nonce})
	place(r)
}

func (p plan) withRegion() []sign.Param {
	list := p.params()
	if region := p.attr("region", p.region); region != "" {
		list = append(list, sign.Param{Name: "RegionId", Value: region})
	}
	return list
}

// place puts signed parameters where the method carries them.
func place(r *sign.Request) {
	if r.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = []byte(encode(r.Params))
		return
	}
	r.RawQuery = encode(r.Params)
}

func encode(params []sign.Param) string {
	pairs := make([]string, len(params))
	for i, p := range params {
		pairs[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	return strings.Join(pairs, "&")
}

// send makes the HTTP request, with what the script changes after signing.
func (p plan) send(r *sign.Request) *http.Request {
	target := r.Path
	if r.RawQuery += p.attr("query", ""); r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	h, err := http.NewRequest(p.attr("method", r.Method), "http://"+r.Host+target, bytes.NewReader(r.Body))
	if err != nil {
		panic(err)
	}
	h.Header, h.RemoteAddr = r.Header, "192.0.2.1:1234"
	if name, value, ok := strings.Cut(p.attr("header", ""), ":"); ok {
		h.Header.Set(name, value)
	}
	return h
}
