package alibaba

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"imageshare/api"
	"imageshare/param"
	"imageshare/sign"
)

const wire = "alibaba-rpc"

// Read understands the RPC envelope: x-acs headers beside an ACS3
// authorization, else the parameters of a V1 call. A call's own parameters may
// stand in the query, in a form body or split over both.
func (Dialect) Read(r *sign.Request) (*api.Call, error) {
	c := &api.Call{Wire: wire, Host: r.Host, Region: param.Value(r.Params, "RegionId"), RegionField: "RegionId"}
	c.Params = func() (param.Bag, error) { return param.FromForm(r.Params, outside), nil }
	format := formatV1
	if isV3(r) {
		c.Action, c.Version = r.Header.Get("X-Acs-Action"), r.Header.Get("X-Acs-Version")
		format = formatV3
	} else {
		c.Action, c.Version = param.Value(r.Params, "Action"), param.Value(r.Params, "Version")
	}
	var err error
	if c.XML, err = format(r); err != nil {
		return c, err
	}
	if err := checkTransport(r); err != nil {
		return c, err
	}
	if err := param.Unique(r.Params); err != nil {
		return c, err
	}
	return c, required("Action", c.Action, "Version", c.Version)
}

// isV3 looks at the scheme alone: clients of V1 send x-acs-action and
// x-acs-version as well. A request with an authorization of another kind is
// sent on to V3, which refuses it.
func isV3(r *sign.Request) bool { return r.Header.Get("Authorization") != "" }

// formatV1 takes Format in any letter case; Accept means nothing here.
func formatV1(r *sign.Request) (xml bool, err error) {
	switch strings.ToUpper(param.Value(r.Params, "Format")) {
	case "JSON":
		return false, nil
	case "XML", "":
		return true, nil
	}
	return true, errFormat
}

// formatV3 answers XML only to who asks for XML and not for JSON.
func formatV3(r *sign.Request) (xml bool, err error) {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	return strings.Contains(accept, "xml") && !strings.Contains(accept, "json"), nil
}

// outside says which parameters belong to no action. An empty one counts as
// not given: SDKs send SignatureType= and the like.
func outside(p sign.Param) bool {
	switch p.Name {
	case "Action", "Version", "Format", "AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion",
		"SignatureNonce", "SignatureType", "Timestamp", "SecurityToken":
		return true
	}
	return p.Value == ""
}

func checkTransport(r *sign.Request) error {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return &param.Error{Rule: api.ErrMethod, Field: r.Method}
	case len(r.RawQuery) > maxQuery:
		return &param.Error{Rule: api.ErrTooLarge, Field: "query", Reason: fmt.Sprintf("above %d bytes", maxQuery)}
	case len(r.Body) > maxForm:
		return &param.Error{Rule: api.ErrTooLarge, Field: "body", Reason: fmt.Sprintf("above %d bytes", maxForm)}
	case len(r.Body) > 0 && !param.IsForm(r.Header):
		return &param.Error{Rule: api.ErrContentType, Field: "Content-Type", Reason: "must be application/x-www-form-urlencoded where there is a body"}
	}
	return nil
}

// Prove reads the signature. A nonce serves its key once within the window.
func (Dialect) Prove(r *sign.Request, _ *api.Call) (api.Claim, error) {
	read := sign.ReadAlibabaV1
	if isV3(r) {
		read = readV3
	}
	proof, err := read(r)
	return api.Claim{Proof: proof, Window: window, Once: proof.KeyID + "\n" + proof.Nonce}, spoken(err)
}

// names are what the common parameters of V1 call V3's headers: the codes for
// a missing one are made of these.
var names = map[string]string{
	"x-acs-date": "Timestamp", "x-acs-signature-nonce": "SignatureNonce", "x-acs-content-sha256": "ContentSha256",
	"x-acs-action": "Action", "x-acs-version": "Version",
}

func spoken(err error) error {
	var f *sign.FieldError
	if errors.As(err, &f) && names[strings.ToLower(f.Field)] != "" {
		return &sign.FieldError{Rule: f.Rule, Field: names[strings.ToLower(f.Field)], Reason: f.Reason}
	}
	return err
}

// readV3 marks a mismatch as V3's, whose message has other texts.
func readV3(r *sign.Request) (sign.Proof, error) {
	proof, err := sign.ReadACS3(r)
	if err != nil {
		return proof, err
	}
	verify := proof.Verify
	proof.Verify = func(secret *sign.Secret) error {
		if err := verify(secret); err != nil {
			return errors.Join(errMismatchV3, err)
		}
		return nil
	}
	return proof, nil
}

// required takes names and values in turn and reports the first value missing.
func required(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return &sign.FieldError{Rule: sign.ErrMissing, Field: pairs[i]}
		}
	}
	return nil
}
