package tencent

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"imageshare/api"
	"imageshare/sign"
)

const wireV3 = "tencent-3.0"

// hosts are the names that clients sign when they reach this server through a
// proxy or a gateway, where the Host header is another.
var hosts = []string{"cvm.tencentcloudapi.com"}

// Read understands the envelope of API 3.0: X-TC headers beside an
// Authorization header, else the parameters of a signature v1.
func (Dialect) Read(r *sign.Request) (*api.Call, error) {
	c := &api.Call{Wire: wireV3, Strict: true, Host: r.Host}
	if isTC3(r) {
		readHeaders(r, c)
	} else {
		readParams(r, c)
	}
	if err := checkTransport(r); err != nil {
		return c, err
	}
	if name, twice := api.Repeated(r.Params); twice {
		return c, &api.ParamError{Rule: api.ErrMalformed, Field: name, Reason: "is given twice"}
	}
	return c, required("Action", c.Action, "Version", c.Version)
}

// isTC3 decides between the two ways to sign. An X-TC-Action without any
// signature is a TC3 call that forgot it, and is told so.
func isTC3(r *sign.Request) bool {
	return r.Header.Get("Authorization") != "" || (r.Header.Get("X-TC-Action") != "" && param(r, "Signature") == "")
}

func readHeaders(r *sign.Request, c *api.Call) {
	c.Action, c.Version = r.Header.Get("X-TC-Action"), r.Header.Get("X-TC-Version")
	c.Region, c.RegionField = r.Header.Get("X-TC-Region"), "X-TC-Region"
	c.Params = func() (api.Bag, error) {
		if r.Method == http.MethodPost {
			return api.FromJSON(r.Body)
		}
		return api.FromForm(r.Params, none), nil
	}
}

func readParams(r *sign.Request, c *api.Call) {
	c.Action, c.Version = param(r, "Action"), param(r, "Version")
	c.Region, c.RegionField = param(r, "Region"), "Region"
	c.Params = func() (api.Bag, error) { return api.FromForm(r.Params, common), nil }
}

// common are the parameters of signature v1 that belong to no action.
func common(p sign.Param) bool {
	switch p.Name {
	case "Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod",
		"Token", "Language", "RequestClient":
		return true
	}
	return false
}

func none(sign.Param) bool { return false }

// checkTransport refuses what the calling guide does not allow: other methods,
// a body too large for its way, and JSON without TC3 or a form with it.
func checkTransport(r *sign.Request) error {
	limit, kind := maxForm, "application/x-www-form-urlencoded"
	if isTC3(r) {
		limit, kind = maxJSON, "application/json"
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return &api.ParamError{Rule: api.ErrMethod, Field: r.Method}
	case len(r.RawQuery) > maxQuery:
		return &api.ParamError{Rule: api.ErrTooLarge, Field: "query", Reason: fmt.Sprintf("above %d bytes", maxQuery)}
	case len(r.Body) > limit:
		return &api.ParamError{Rule: api.ErrTooLarge, Field: "body", Reason: fmt.Sprintf("above %d bytes", limit)}
	case r.Method == http.MethodPost && contentType(r) != kind:
		return &api.ParamError{Rule: api.ErrContentType, Field: "Content-Type", Reason: "must be " + kind + " for a POST signed this way"}
	case r.Method == http.MethodGet && len(r.Body) > 0:
		return &api.ParamError{Rule: api.ErrContentType, Field: "body", Reason: "a GET has none"}
	}
	return nil
}

// Prove reads the signature. Nothing is refused as a replay on this wire: its
// clients repeat a signature legitimately, two equal requests in one second.
func (Dialect) Prove(r *sign.Request, _ *api.Call) (api.Claim, error) {
	read := sign.ReadTencentV1
	if isTC3(r) {
		if err := required("Timestamp", r.Header.Get("X-TC-Timestamp")); err != nil {
			return api.Claim{}, err
		}
		read = func(r *sign.Request) (sign.Proof, error) { return sign.ReadTC3(r, hosts...) }
	}
	proof, err := read(r)
	var field *sign.FieldError
	if errors.As(err, &field) && field.Field == "Authorization" && !errors.Is(err, sign.ErrMissing) {
		err = fmt.Errorf("%w: %w", errAuthorization, err)
	}
	return api.Claim{Proof: proof, Window: window}, err
}

// errAuthorization is a header that cannot be read, which has its own code
// where a parameter that cannot be read has the common one.
var errAuthorization = errors.New("authorization header not well formed")

// required takes names and values in turn and reports the first value missing.
func required(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return &api.ParamError{Rule: api.ErrMissing, Field: pairs[i]}
		}
	}
	return nil
}

func param(r *sign.Request, name string) string {
	for _, p := range r.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
