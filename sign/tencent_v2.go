package sign

import (
	"net/http"
	"slices"
	"strings"
)

// SchemeTencentV2 is the parameter signature of Tencent's API 2.0: that of API
// 3.0, but for what counts as a parameter's name and value.
const SchemeTencentV2 = "TencentV2"

// tc2HmacSHA256 signs a hash of the parameters instead of the parameters.
const tc2HmacSHA256 = "TC2-HmacSHA256"

var tencentV2 = tencentRecipe{
	scheme: SchemeTencentV2, sha256: []string{hmacSHA256, tc2HmacSHA256}, texts: textsV2,
	covered: coveredV2,
}

// ReadTencentV2 reads the parameter signature of API 2.0. What the request
// says is in CoveredTencentV2: the rest is not signed.
func ReadTencentV2(r *Request) (Proof, error) {
	// Names are compared as they count: A_1 and A.1 are one name.
	if _, err := sortParams(CoveredTencentV2(r)); err != nil {
		return Proof{}, err
	}
	return tencentV2.read(r)
}

// CoveredTencentV2 are the parameters that a signature of API 2.0 covers, in
// the order sent, under the names that it covers: with "." for "_".
func CoveredTencentV2(r *Request) []Param { return dotted(coveredV2(r)) }

// coveredV2 leaves out what the clients take for the content of a file: the
// values of a POST that begin with "@", unless a Version is given.
func coveredV2(r *Request) []Param {
	versioned := func(p Param) bool { return p.Name == "Version" && p.Value != "" }
	if r.Method != http.MethodPost || slices.ContainsFunc(r.Params, versioned) {
		return r.Params
	}
	return slices.DeleteFunc(slices.Clone(r.Params), func(p Param) bool { return strings.HasPrefix(p.Value, "@") })
}

// textsV2 has "." for "_" in names, as every client writes it: after sorting
// (both Python clients, and Node, which leaves a name alone that begins with
// "_") or before it (as the document can be read).
func textsV2(prefix string, params []Param, method string) []string {
	orders := [][]Param{dottedInside(params)}
	if slices.ContainsFunc(params, underscored) {
		replaced := dotted(params)
		orders = append(orders, replaced, sortedAsSent(replaced))
	}
	texts := make([]string, len(orders))
	for i, o := range orders {
		texts[i] = textV2(prefix, o, method)
	}
	return texts
}

// dottedInside is dotted, but for names that begin with an underscore.
func dottedInside(params []Param) []Param {
	replaced := dotted(params)
	for i, p := range params {
		if strings.HasPrefix(p.Name, "_") {
			replaced[i].Name = p.Name
		}
	}
	return replaced
}

func textV2(prefix string, params []Param, method string) string {
	if method == tc2HmacSHA256 {
		return prefix + "?\n" + hexSumOf([]byte(tencentPairs(params))).String()
	}
	return tencentText(prefix, params)
}

// SignTencentV2 adds the common parameters of the signature and then Signature
// itself to r.Params, for the caller to encode.
func SignTencentV2(r *Request, k Key, o TencentOptions) { tencentV2.sign(r, k, o) }
