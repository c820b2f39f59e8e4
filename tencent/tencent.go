// Package tencent is how Tencent Cloud speaks: which requests are its own,
// what an envelope says, how a claim is signed and how answers and errors are
// spelled. What it offers is in the folders below, one per product.
//
// Three generations are spoken, the older two on one path, /v2/index.php:
//
//	API 3.0                        X-TC headers and TC3, or signature v1
//	API 2.0 with a Version         the same codes; some names twice, see cvm
//	API 2.0 without one, of 2016   {"code":0,"message":"","codeDesc":"Success"}
//
// Every answer is HTTP 200 with Content-Type application/json and no charset:
// the Node, Python and Java SDKs take any other status for a transport error
// and never look at the body, and the Python SDK looks for errors only under
// exactly this content type.
//
// Limits: API 2.0 is served over plain HTTP too, where the vendor insists on
// HTTPS. Messages are English, whatever Language asks for.
package tencent

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/sign"
)

// Dialect speaks Tencent Cloud API 3.0 and 2.0. The zero value is ready.
type Dialect struct{}

var _ api.Dialect = Dialect{}

// Cloud is where the accounts of this dialect live.
func (Dialect) Cloud() ledger.Cloud { return ledger.Tencent }

// Marks tell Tencent's requests. SKIP is what its SDKs send instead of a
// signature when they are told not to sign.
func (Dialect) Marks() *api.Marks { return &marks }

var marks = api.Marks{
	Hosts:   []string{".tencentcloudapi.com", ".api.qcloud.com"},
	Schemes: []string{"TC3-", "SKIP"},
	Paths:   []string{pathV2},
	Params:  []string{"SecretId"},
	Headers: []string{"X-Tc-"},
}

// Size limits by transport, as the calling guide documents them.
const (
	maxQuery = 32 << 10
	maxForm  = 1 << 20
	maxJSON  = 10 << 20
)

// Read understands the envelope. The path alone tells the generations apart.
func (Dialect) Read(r *sign.Request) (*api.Call, error) {
	if r.Path == pathV2 {
		return readV2(r)
	}
	return readV3(r)
}

// Prove reads the signature.
func (Dialect) Prove(r *sign.Request, _ *api.Call) (api.Claim, error) {
	if r.Path == pathV2 {
		return proveV2(r)
	}
	return proveV3(r)
}

// Answer wraps a success in its generation's envelope.
func (Dialect) Answer(c *api.Call, a *api.Action, out any, requestID string) (api.Answer, error) {
	a.Stamp(out, requestID)
	const before = `{"Response":`
	body, err := a.AppendJSON(append(c.Room, before...), out)
	if err == nil && c.Generation == generation2016 {
		body, err = json.Marshal(&envelope2016{CodeDesc: "Success", Data: body[len(before):]})
		return answer(body, "", ""), err
	}
	if err != nil {
		return api.Answer{}, fmt.Errorf("encode the answer: %w", err)
	}
	return answer(append(body, '}'), "", ""), nil
}

// failure is the envelope of an error since 2017.
type failure struct {
	Response struct {
		Error     struct{ Code, Message string }
		RequestId string
		RequestID string `json:",omitzero"` // on 2.0, as in its documents' samples
	}
}

// Fail spells an error by the first row that names it.
func (Dialect) Fail(c *api.Call, a *api.Action, err error, requestID string) api.Answer {
	row := api.Match(err, internal, rows(a), generationFaults[c.Generation], faults)
	f := row.Spell(err, requestID)
	body, err := json.Marshal(envelope(c, f, requestID), allowAnyText)
	if err != nil {
		panic("unreachable: a few texts always encode: " + err.Error())
	}
	return answer(body, f.Code, row.Code)
}

// envelope wraps an error as its generation does.
func envelope(c *api.Call, f api.Fault, requestID string) any {
	if c.Generation == generation2016 {
		return &envelope2016{Code: f.Status, Message: f.Message, CodeDesc: f.Code}
	}
	e := &failure{}
	e.Response.Error.Code, e.Response.Error.Message, e.Response.RequestId = f.Code, f.Message, requestID
	if c.Generation == generation2017 {
		e.Response.RequestID = requestID
	}
	return e
}

func rows(a *api.Action) []api.Fault {
	if a == nil {
		return nil
	}
	return a.Faults
}

func answer(body []byte, code, row string) api.Answer {
	return api.Answer{Status: http.StatusOK, ContentType: "application/json", Body: body, Code: code, Row: row}
}

// checkTransport refuses what the calling guide does not allow: other methods,
// and a body that is too large for its way or of another kind.
func checkTransport(r *sign.Request, limit int, kind string) error {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return &param.Error{Rule: api.ErrMethod, Field: r.Method}
	case len(r.RawQuery) > maxQuery:
		return &param.Error{Rule: api.ErrTooLarge, Field: "query", Reason: fmt.Sprintf("above %d bytes", maxQuery)}
	case len(r.Body) > limit:
		return &param.Error{Rule: api.ErrTooLarge, Field: "body", Reason: fmt.Sprintf("above %d bytes", limit)}
	case r.Method == http.MethodPost && !param.IsOf(r.Header, kind):
		return &param.Error{Rule: api.ErrContentType, Field: "Content-Type", Reason: "must be " + kind + " for a POST signed this way"}
	case r.Method == http.MethodGet && len(r.Body) > 0:
		return &param.Error{Rule: api.ErrContentType, Field: "body", Reason: "a GET has none"}
	}
	return nil
}

// required takes names and values in turn and reports the first value missing.
func required(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return &param.Error{Rule: param.ErrMissing, Field: pairs[i]}
		}
	}
	return nil
}

// common are the parameters that belong to no action.
func common(p sign.Param) bool {
	switch p.Name {
	case "Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod",
		"Token", "Language", "RequestClient":
		return true
	}
	return false
}
