// Package alibaba is how Alibaba Cloud speaks: the RPC style that ECS, ENS and
// STS share, its two signatures, its answers in JSON and XML, and its error
// codes. What it offers is in the folders below, one per product.
//
// A V1 client chooses the format by a parameter, with XML as the default; a V3
// client by its Accept header, with JSON as the default. Clients of V1 send
// x-acs headers too, so nothing but Authorization: ACS3-… means V3.
//
// Limits: RPC style only. Bearer tokens and key-pair signatures are refused.
package alibaba

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"imageshare/api"
	"imageshare/ledger"
)

// Dialect speaks Alibaba Cloud's RPC style. The zero value is ready.
type Dialect struct{}

var _ api.Dialect = Dialect{}

// Cloud is where the accounts of this dialect live.
func (Dialect) Cloud() ledger.Cloud { return ledger.Alibaba }

// Marks tell Alibaba's requests.
func (Dialect) Marks() *api.Marks { return &marks }

var marks = api.Marks{
	Hosts:   []string{".aliyuncs.com"},
	Schemes: []string{"ACS3-"},
	Params:  []string{"AccessKeyId"},
	Headers: []string{"X-Acs-"},
}

// window is how far a signature's time may lie from now.
const window = 15 * time.Minute

// Size limits. The vendor documents none; no documented call comes near them.
// To verify what is signed wrongly takes twenty times its room.
const (
	maxQuery = 32 << 10
	maxForm  = 64 << 10
)

// Answer spells a success. Its XML root is the action's name with Response.
func (Dialect) Answer(c *api.Call, a *api.Action, out any, requestID string) (api.Answer, error) {
	id := strings.ToUpper(requestID)
	a.Stamp(out, id)
	if !c.XML {
		// Its error is about text that is not UTF-8, which is replaced.
		body, _ := a.AppendJSON(c.Room, out)
		return answer(c, 200, body, id), nil
	}
	body, err := encode(c, a.Name+"Response", out)
	if err != nil {
		return api.Answer{}, fmt.Errorf("encode the answer: %w", err)
	}
	return answer(c, 200, body, id), nil
}

// failure is the body of an error. HostId is the host that the client asked.
type failure struct {
	RequestId          string
	HostId             string
	Code               string
	Message            string
	Recommend          string
	AccessDeniedDetail *accessDeniedDetail `json:",omitzero" xml:",omitempty"`
}

// accessDeniedDetail says whose policies denied what, where a policy did.
type accessDeniedDetail struct {
	AuthAction               string
	AuthPrincipalType        string
	AuthPrincipalOwnerId     string
	AuthPrincipalDisplayName string
	NoPermissionType         string
	PolicyType               string
}

// policyTypes are the vendor's words for what said no.
var policyTypes = map[api.Layer]string{
	api.Identity: "AccountLevelIdentityBasedPolicy", api.SessionPolicy: "SessionPolicy", api.TrustPolicy: "AssumeRolePolicy",
}

// detail is nil for an error that is no policy's, and for ENS, whose denial is
// a 400 and documented without any.
func detail(status int, err error) *accessDeniedDetail {
	var d *api.Denial
	if !errors.As(err, &d) || status != http.StatusForbidden {
		return nil
	}
	a := &accessDeniedDetail{
		AuthAction: d.Action, AuthPrincipalType: "SubUser", AuthPrincipalOwnerId: d.Caller.Account,
		AuthPrincipalDisplayName: d.Principal, NoPermissionType: "ImplicitDeny", PolicyType: policyTypes[d.Layer],
	}
	if d.Caller.Role != "" {
		a.AuthPrincipalType = "AssumedRoleUser"
	}
	if d.Explicit {
		a.NoPermissionType = "ExplicitDeny"
	}
	return a
}

// Fail spells an error by the first row that names it.
func (Dialect) Fail(c *api.Call, a *api.Action, err error, requestID string) api.Answer {
	var rows []api.Fault
	product := ""
	if a != nil {
		rows, product = a.Faults, a.Product
	}
	id := strings.ToUpper(requestID)
	row := api.Match(err, internal, rows, faults)
	f := row.Spell(err, id)
	body, err := encode(c, "Error", &failure{
		RequestId: id, HostId: c.Host, Code: f.Code, Message: f.Message, Recommend: recommend(f.Code, product, id),
		AccessDeniedDetail: detail(f.Status, err),
	})
	if err != nil {
		panic("unreachable: a few texts always encode: " + err.Error())
	}
	ans := answer(c, f.Status, body, id)
	ans.Code, ans.Row = f.Code, row.Code
	return ans
}

// recommend is the page about an error that the vendor's own answers point to.
func recommend(code, product, id string) string {
	return "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(code) + "&product=" + product + "&requestId=" + id
}

// encode writes one struct in the format that the call asked for. Text may
// quote a client's bytes that are no UTF-8; both formats replace those.
func encode(c *api.Call, root string, v any) ([]byte, error) {
	if !c.XML {
		return json.Marshal(v, jsontext.AllowInvalidUTF8(true))
	}
	var b strings.Builder
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: root}}); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

func answer(c *api.Call, status int, body []byte, id string) api.Answer {
	kind := "application/json;charset=utf-8"
	if c.XML {
		kind = "text/xml;charset=utf-8"
	}
	// Some SDKs prefer this header over the body's RequestId.
	header := map[string]string{"x-acs-request-id": id}
	return api.Answer{Status: status, ContentType: kind, Header: header, Body: body}
}
