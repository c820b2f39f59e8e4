package tencent

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"imageshare/api"
	"imageshare/param"
	"imageshare/sign"
)

const (
	wireV2 = "tencent-2.0"
	pathV2 = "/v2/index.php"
)

// The generations of API 2.0: a Version chooses the one, its absence the other.
const (
	generation2017 = "2.0"
	generation2016 = "2016"
)

// windowV2 is how far a signature's time may lie from now.
const windowV2 = 2 * time.Hour

// readV2 understands the envelope of API 2.0. Its parameters are those that
// the signature covers, under the names that it covers: an underscore is a
// dot, so that A_1 beside A.1 is one name given twice, and what is not signed
// is not read.
func readV2(r *sign.Request) (*api.Call, error) {
	params := sign.CoveredTencentV2(r)
	c := &api.Call{
		Wire: wireV2, Generation: generation2017, Strict: true, Host: r.Host,
		Action: param.Value(params, "Action"), Version: param.Value(params, "Version"),
		Region: longRegion(param.Value(params, "Region")), RegionField: "Region",
		Params: func() (param.Bag, error) { return param.FromForm(params, commonV2), nil },
	}
	if c.Version == "" {
		c.Generation = generation2016
	}
	if err := checkTransport(r, maxForm, param.Form); err != nil {
		return c, err
	}
	if err := param.Unique(params); err != nil {
		return c, err
	}
	return c, required("Action", c.Action)
}

// commonV2 has one parameter more: the old command line tool names itself in it.
func commonV2(p sign.Param) bool { return common(p) || p.Name == "RequestSource" }

// proveV2 reads the signature, which serves once. The Nonce alone would not do
// to tell two requests apart: the Node client draws it from 65536 numbers.
func proveV2(r *sign.Request) (api.Claim, error) {
	proof, err := sign.ReadTencentV2(r)
	once := strings.Join([]string{proof.KeyID, proof.Time.String(), proof.Nonce, proof.Signature}, "\n")
	return api.Claim{Proof: proof, Window: windowV2, Once: once}, err
}

// envelope2016 is every answer of the oldest generation. The documents' samples
// have its code as text, their tables as a number, which is what SDKs read.
type envelope2016 struct {
	Code     int            `json:"code"`
	Message  string         `json:"message"`
	CodeDesc string         `json:"codeDesc"`
	Data     jsontext.Value `json:"data,omitempty"`
}
