package tencent

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"imageshare/api"
	"imageshare/param"
	"imageshare/sign"
)

const wireV3 = "tencent-3.0"

// windowV3 is how far a signature's time may lie from now.
const windowV3 = 5 * time.Minute

// The headers as net/http spells them; spelled otherwise each look-up would
// make them so.
const (
	headerAction    = "X-Tc-Action"
	headerVersion   = "X-Tc-Version"
	headerRegion    = "X-Tc-Region"
	headerTimestamp = "X-Tc-Timestamp"
)

// hosts are the names that clients sign when they reach this server through a
// proxy or a gateway, where the Host header is another.
var hosts = []string{
	"cvm.tencentcloudapi.com", "sts.tencentcloudapi.com", "tag.tencentcloudapi.com", "region.tencentcloudapi.com", "cbs.tencentcloudapi.com",
}

// readV3 understands the envelope of API 3.0: X-TC headers beside an
// Authorization header, else the parameters of a signature v1.
func readV3(r *sign.Request) (*api.Call, error) {
	c := &api.Call{Wire: wireV3, Strict: true, Host: r.Host}
	// JSON without TC3 and a form with it are not allowed.
	limit, kind := maxForm, param.Form
	twice := readHeaders(r, c)
	if isTC3(r) {
		limit, kind = maxJSON, param.JSON
	} else {
		readParams(r, c)
	}
	if err := checkTransport(r, limit, kind); err != nil {
		return c, err
	}
	if err := param.Unique(r.Params); err != nil {
		return c, err
	}
	if twice != nil {
		return c, twice
	}
	return c, required("Action", c.Action, "Version", c.Version)
}

// isTC3 decides between the two ways to sign. An X-TC-Action without any
// signature is a TC3 call that forgot it, and is told so.
func isTC3(r *sign.Request) bool {
	return header(r, "Authorization") != "" || (header(r, headerAction) != "" && param.Value(r.Params, "Signature") == "")
}

// header is the first value of a header that is spelled as net/http spells it,
// which http.Header.Get would see to again.
func header(r *sign.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// readHeaders takes the call from its X-TC headers, and tells of one that is sent
// twice, whoever signed: a proxy may have looked at the other. Those that have to
// do with the signature are looked at with it.
func readHeaders(r *sign.Request, c *api.Call) (twice error) {
	for _, h := range [...]struct {
		name string
		to   *string
	}{{headerAction, &c.Action}, {headerVersion, &c.Version}, {headerRegion, &c.Region}} {
		values := r.Header[h.name]
		if len(values) > 1 && twice == nil {
			twice = &param.Error{Rule: param.ErrMalformed, Field: "X-TC-" + strings.TrimPrefix(h.name, "X-Tc-"), Reason: "is given twice"}
		}
		if len(values) > 0 {
			*h.to = values[0]
		}
	}
	c.RegionField = "X-TC-Region"
	c.Params = func() (param.Bag, error) {
		if r.Method != http.MethodPost {
			return param.FromForm(r.Params, common), nil
		}
		// A common parameter that stands in the body as well is no error, and
		// says nothing: the headers do.
		bag, err := param.FromJSON(r.Body)
		return slices.DeleteFunc(bag, func(p param.Param) bool { return common(sign.Param{Name: p.Name}) }), err
	}
	return twice
}

func readParams(r *sign.Request, c *api.Call) {
	c.Action, c.Version = param.Value(r.Params, "Action"), param.Value(r.Params, "Version")
	c.Region, c.RegionField = param.Value(r.Params, "Region"), "Region"
	c.Params = func() (param.Bag, error) { return param.FromForm(r.Params, common), nil }
}

// proveV3 reads the signature. Nothing is refused as a replay on this wire: its
// clients repeat a signature legitimately, two equal requests in one second.
func proveV3(r *sign.Request) (api.Claim, error) {
	read := sign.ReadTencentV1
	if isTC3(r) {
		if err := required("Timestamp", header(r, headerTimestamp)); err != nil {
			return api.Claim{}, err
		}
		read = func(r *sign.Request) (sign.Proof, error) { return sign.ReadTC3(r, hosts...) }
	}
	proof, err := read(r)
	return api.Claim{Proof: proof, Window: windowV3}, unreadable(err)
}

// unreadable marks what was wrong with an Authorization header that was sent.
func unreadable(err error) error {
	if err == nil {
		return nil // before anything is allocated
	}
	var field *sign.FieldError
	if errors.As(err, &field) && field.Field == "Authorization" && !errors.Is(err, sign.ErrMissing) {
		return fmt.Errorf("%w: %w", errAuthorization, err)
	}
	return err
}

// errAuthorization is a header that cannot be read, which has its own code
// where a parameter that cannot be read has the common one.
var errAuthorization = errors.New("authorization header not well formed")
