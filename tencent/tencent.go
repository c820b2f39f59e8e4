// Package tencent is how Tencent Cloud speaks: which requests are its own,
// what an envelope says, how a claim is signed and how answers and errors are
// spelled. What it offers is in the folders below, one per product.
//
// Every answer is HTTP 200 with Content-Type application/json and no charset:
// the Node, Python and Java SDKs take any other status for a transport error
// and never look at the body, and the Python SDK looks for errors only under
// exactly this content type.
//
// Limits: API 3.0 is spoken here; requests to the 2.0 path /v2/index.php are
// recognised as Tencent's and refused in its envelope.
package tencent

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/sign"
)

// Dialect speaks Tencent Cloud API 3.0. The zero value is ready.
type Dialect struct{}

var _ api.Dialect = Dialect{}

// Cloud is where the accounts of this dialect live.
func (Dialect) Cloud() ledger.Cloud { return ledger.Tencent }

// Marks tell Tencent's requests. SKIP is what its SDKs send instead of a
// signature when they are told not to sign.
func (Dialect) Marks() api.Marks {
	return api.Marks{
		Hosts:   []string{".tencentcloudapi.com", ".api.qcloud.com"},
		Schemes: []string{"TC3-", "SKIP"},
		Paths:   []string{pathV2},
		Params:  []string{"SecretId"},
		Headers: []string{"X-Tc-"},
	}
}

const pathV2 = "/v2/index.php"

// window is how far a signature's time may lie from now.
const window = 5 * time.Minute

// Size limits by transport, as the calling guide documents them.
const (
	maxQuery = 32 << 10
	maxForm  = 1 << 20
	maxJSON  = 10 << 20
)

// Answer wraps a success in the Response envelope.
func (Dialect) Answer(c *api.Call, a *api.Action, out any, requestID string) (api.Answer, error) {
	a.Stamp(out, requestID)
	body, err := json.Marshal(map[string]any{"Response": out})
	if err != nil {
		return api.Answer{}, fmt.Errorf("encode the answer: %w", err)
	}
	return answer(body, requestID, "", ""), nil
}

// failure is the envelope of an error.
type failure struct {
	Response struct {
		Error     struct{ Code, Message string }
		RequestId string
	}
}

// Fail spells an error by the first row that names it.
func (Dialect) Fail(c *api.Call, a *api.Action, err error, requestID string) api.Answer {
	row := api.Match(err, internal, rows(a), faults)
	f := row.Spell(err, requestID)
	var e failure
	e.Response.Error.Code, e.Response.Error.Message, e.Response.RequestId = f.Code, f.Message, requestID
	body, err := json.Marshal(e, allowAnyText)
	if err != nil {
		panic("unreachable: three texts always encode: " + err.Error())
	}
	return answer(body, requestID, f.Code, row.Code)
}

func rows(a *api.Action) []api.Fault {
	if a == nil {
		return nil
	}
	return a.Faults
}

func answer(body []byte, requestID, code, row string) api.Answer {
	return api.Answer{Status: http.StatusOK, ContentType: "application/json", RequestID: requestID, Body: body, Code: code, Row: row}
}

// contentType is the body's media type, whatever its charset.
func contentType(r *sign.Request) string {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
