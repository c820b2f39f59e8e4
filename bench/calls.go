package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"imageshare/ledger"
	"imageshare/sign"
)

// call is an action as one client calls it.
type call struct {
	Name    string
	Product ledger.Product
	Action  string
	Scheme  string
	ask     func(p population, n int) ask
	largest bool // it asks for the largest page of a list
}

// ask is one request before it is signed: about the n-th image.
type ask struct {
	account string
	params  []sign.Param
	json    string // the same, for a body of JSON
	want    string // must stand in the answer
}

// The schemes.
const (
	tc3       = "TC3-HMAC-SHA256"
	hmac256   = "HmacSHA256"
	oldHMAC   = "API 2.0 HmacSHA1"
	acs3      = "ACS3-HMAC-SHA256"
	alibabaV1 = "V1 HMAC-SHA1"
)

// calls are what is measured; the first is the one that everything is held
// against.
var calls = []call{
	{"shares of an image", ledger.CVM, "DescribeImageSharePermission", tc3, sharesOf, false},
	{"shares of an image", ledger.CVM, "DescribeImageSharePermission", hmac256, sharesOf, false},
	{"shares of an image", ledger.CVM, "DescribeImageSharePermission", oldHMAC, sharesOf, false},
	{"shares of an image", ledger.ECS, "DescribeImageSharePermission", acs3, sharesOf, false},
	{"shares of an image", ledger.ECS, "DescribeImageSharePermission", alibabaV1, sharesOf, false},
	{"shares of an image", ledger.ENS, "DescribeImageSharePermission", acs3, sharesOf, false},
	{"an image by its id", ledger.CVM, "DescribeImages", tc3, imageByID, false},
	{"an image by its id", ledger.ECS, "DescribeImages", acs3, imageByID, false},
	{"own images, 20", ledger.CVM, "DescribeImages", tc3, owned, false},
	{"received images, 20", ledger.CVM, "DescribeImages", tc3, received, false},
	{"received images, 10", ledger.ECS, "DescribeImages", acs3, received, false},
	{"images of all kinds, 20", ledger.CVM, "DescribeImages", tc3, everyImage, false},
	{"images of all kinds, 10", ledger.ECS, "DescribeImages", acs3, everyImage, false},
	{"image quota", ledger.CVM, "DescribeImageQuota", tc3, quota, false},
	{"own images, 100", ledger.CVM, "DescribeImages", tc3, page100("PRIVATE_IMAGE", 0, false), true},
	{"own images, the last 100", ledger.CVM, "DescribeImages", tc3, page100("PRIVATE_IMAGE", 700, false), true},
	{"received images, 100", ledger.CVM, "DescribeImages", tc3, page100("SHARED_IMAGE", 0, true), true},
	{"public images, 100", ledger.CVM, "DescribeImages", tc3, page100("PUBLIC_IMAGE", 0, false), true},
	{"own images, 100", ledger.ECS, "DescribeImages", acs3, ecsPage, true},
}

// sharing is the change that is measured: the n-th image with one account more.
var sharing = call{"one share more", ledger.CVM, "ModifyImageSharePermission", tc3, nil, false}

func sharesOf(p population, n int) ask {
	id := imageKey(n).ID
	return ask{account: p.owner(n), params: []sign.Param{{Name: "ImageId", Value: id}}, json: `{"ImageId":"` + id + `"}`, want: p.grantee(n, p.Shares-1)}
}

func imageByID(p population, n int) ask {
	id := imageKey(n).ID
	return ask{account: p.owner(n), params: []sign.Param{{Name: "ImageId", Value: id}}, json: `{"ImageIds":["` + id + `"]}`, want: id}
}

func owned(p population, n int) ask {
	return ask{account: p.owner(n), json: `{"Filters":[{"Name":"image-type","Values":["PRIVATE_IMAGE"]}]}`, want: "PRIVATE_IMAGE"}
}

// everyImage is the list without a filter, which is the account's own images
// first and then others.
func everyImage(p population, n int) ask {
	return ask{account: p.owner(n), json: `{}`, want: `"ImageId"`}
}

func received(p population, n int) ask {
	return ask{
		account: p.grantee(n%min(p.Images, knownOwners*imagesOfOwner), 0), json: `{"Filters":[{"Name":"image-type","Values":["SHARED_IMAGE"]}]}`,
		params: []sign.Param{{Name: "ImageOwnerAlias", Value: "others"}}, want: `"ImageId"`,
	}
}

func page100(kind string, offset int, grantee bool) func(population, int) ask {
	body := fmt.Sprintf(`{"Filters":[{"Name":"image-type","Values":["%s"]}],"Offset":%d,"Limit":100}`, kind, offset)
	return func(p population, n int) ask {
		a := ask{account: p.owner(n), json: body, want: kind}
		if grantee {
			a.account = received(p, n).account
		}
		return a
	}
}

func ecsPage(p population, n int) ask {
	return ask{account: p.owner(n), params: []sign.Param{{Name: "ImageOwnerAlias", Value: "self"}, {Name: "PageSize", Value: "100"}}, want: `"self"`}
}

func quota(p population, n int) ask {
	return ask{account: p.owner(n), json: `{}`, want: `"ImageNumQuota":`}
}

// shareWith adds accounts, counted so that each change is one.
func shareWith(accounts func() []string) func(population, int) ask {
	return func(p population, n int) ask {
		return ask{
			account: p.owner(n), want: `"RequestId"`,
			json: `{"ImageId":"` + imageKey(n).ID + `","Permission":"SHARE","AccountIds":["` + strings.Join(accounts(), `","`) + `"]}`,
		}
	}
}

// request makes and signs the request of a call.
func (c call) request(addr string, a ask) (*sign.Request, error) {
	r := &sign.Request{Method: http.MethodPost, Host: addr, Path: "/", Header: http.Header{}, Params: a.params}
	key, now := sign.Key{ID: keyID(c.Product.Cloud(), a.account), Secret: secret}, time.Now()
	nonce := strconv.FormatUint(rand.Uint64N(1<<62), 16)
	switch c.Scheme {
	case tc3:
		r.Body = []byte(a.json)
		r.Header["Content-Type"] = []string{"application/json"}
		r.Header.Set("X-TC-Action", c.Action)
		r.Header.Set("X-TC-Version", "2017-03-12")
		r.Header.Set("X-TC-Region", cvmRegion)
		sign.SignTC3(r, key, sign.TC3Options{At: now})
	case hmac256:
		c.common(r, "2017-03-12", "Region", cvmRegion)
		sign.SignTencentV1(r, key, sign.TencentOptions{At: now, Nonce: rand.Uint64N(1 << 62), Method: "HmacSHA256"})
		form(r)
	case oldHMAC:
		r.Path = "/v2/index.php"
		c.common(r, "2017-03-12", "Region", cvmRegion)
		sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: rand.Uint64N(1 << 62)})
		form(r)
	case acs3:
		r.Params = append(r.Params, c.region()...)
		r.RawQuery = encoded(r.Params)
		r.Header["X-Acs-Action"], r.Header["X-Acs-Version"], r.Header["Accept"] = []string{c.Action}, []string{c.version()}, []string{"application/json"}
		if err := sign.SignACS3(r, key, sign.ACS3Options{At: now, Nonce: nonce}); err != nil {
			return nil, err
		}
	case alibabaV1:
		r.Params = append(r.Params, c.region()...)
		r.Params = append(r.Params, sign.Param{Name: "Action", Value: c.Action}, sign.Param{Name: "Version", Value: c.version()}, sign.Param{Name: "Format", Value: "JSON"})
		sign.SignAlibabaV1(r, key, sign.AlibabaV1Options{At: now, Nonce: nonce})
		r.RawQuery = encoded(r.Params)
	default:
		return nil, fmt.Errorf("no scheme is called %s", c.Scheme)
	}
	return r, nil
}

func (c call) common(r *sign.Request, version, region, value string) {
	r.Params = append(r.Params, sign.Param{Name: "Action", Value: c.Action}, sign.Param{Name: "Version", Value: version}, sign.Param{Name: region, Value: value})
}

func (c call) region() []sign.Param {
	if c.Product == ledger.ENS {
		return nil
	}
	return []sign.Param{{Name: "RegionId", Value: ecsRegion}}
}

func (c call) version() string {
	if c.Product == ledger.ENS {
		return "2017-11-10"
	}
	return "2014-05-26"
}

func form(r *sign.Request) {
	r.Body = []byte(encoded(r.Params))
	r.Header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
}

func encoded(params []sign.Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Name + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}
