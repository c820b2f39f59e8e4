package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// speaker is on whose behalf a client calls, and where.
type speaker struct {
	addr   string
	key    key
	region string
}

// client is one SDK in one mode of signing, reduced to what image sharing is.
// An empty string stands for a parameter that is not sent at all.
type client interface {
	share(image string, accounts ...string) error
	cancel(image string, accounts ...string) error
	list(image string) (listing, error)
}

// pager is what Alibaba's clients can do besides.
type pager interface {
	client
	page(image string, number, size int) (listing, error)
	change(image string, add, remove []string) error
}

// listing is the answer of DescribeImageSharePermission. What the vendor or the
// SDK does not know stays empty.
type listing struct {
	requestID         string
	image, region     string
	page, size, total int
	shares            []share
	groups            []string
}

func (l listing) accounts() []string {
	ids := []string{}
	for _, s := range l.shares {
		ids = append(ids, s.Account)
	}
	return ids
}

// fault is an error as an SDK hands it to its user.
type fault struct {
	code      string
	status    int // 0: the SDK does not keep it
	message   string
	hint      string // what the SDK made of it by itself
	requestID string
}

// wire is one row of the table: an SDK and a way to sign. A new SDK is a new
// row, and then meets every case.
type wire struct {
	name    string
	cloud   *cloud
	profile string   // which ECS document the server follows
	args    []string // what else the server must be told for this client
	dial    func(*testing.T, speaker) client
	blame   func(error) (fault, bool) // reads the SDK's own type of error

	sdk       sdk    // as results call it
	signature string // the same

	regionName  string // how a complaint about the region calls it
	secretHint  string // what the SDK says by itself of a wrong secret
	timesListed bool   // the list says when each share was made
}

func wires() []wire {
	rows := []wire{
		tc3Wire(),
		tencentWire("tencent TC3 GET", mode{method: "GET", sign: "TC3-HMAC-SHA256"}),
		tencentWire("tencent TC3 POST unsigned payload", mode{method: "POST", sign: "TC3-HMAC-SHA256", unsigned: true}),
		tencentWire("tencent TC3 GET unsigned payload", mode{method: "GET", sign: "TC3-HMAC-SHA256", unsigned: true}),
		tencentWire("tencent HmacSHA1 POST", mode{method: "POST", sign: "HmacSHA1"}),
		tencentWire("tencent HmacSHA1 GET", mode{method: "GET", sign: "HmacSHA1"}),
		tencentWire("tencent HmacSHA256 POST", mode{method: "POST", sign: "HmacSHA256"}),
		tencentWire("tencent HmacSHA256 GET", mode{method: "GET", sign: "HmacSHA256"}),
	}
	for _, profile := range []string{"", "2017", "2019", "current"} {
		rows = append(rows, acs3Wire(profile), v1Wire(profile))
	}
	return append(rows, openapiWires(alibaba)...)
}

// on starts a client of this wire as one of the accounts of the state.
func (w wire) on(t *testing.T, addr, account string) client {
	t.Helper()
	return w.dial(t, speaker{addr: addr, key: keyOf(account), region: w.cloud.region})
}

// texts are the messages that the ECS documents disagree about.
var texts = map[string]map[string]string{
	"2017": {
		"InvalidImageId.NotFound":  "The specified ImageId does not exist.",
		"InvalidRegionId.NotFound": "The source region not found.",
	},
	"2019": {
		"InvalidImageId.NotFound":  "The specified image does not exist.",
		"InvalidRegionId.NotFound": "The specified RegionId does not exist.",
	},
	"current": {
		"InvalidImageId.NotFound":  "The specified image IMAGEID does not exist.",
		"InvalidRegionId.NotFound": "The specified RegionId does not exist.",
	},
}

// document is the profile in force, which is 2019 where none is asked for.
func (w wire) document() string {
	if w.profile == "" {
		return "2019"
	}
	return w.profile
}

// said is the whole message that this wire promises with a code, or empty.
func (w wire) said(code, image string) string {
	switch w.cloud {
	case tencent:
		return ""
	case ens:
		return ensSaid(code)
	}
	return strings.ReplaceAll(texts[w.document()][code], "IMAGEID", image)
}

var upperID = regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)

// requestIDs: one vendor writes them in lower case, the other in upper case.
var requestIDs = map[*cloud]*regexp.Regexp{
	tencent: regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	alibaba: upperID,
	ens:     upperID,
}

func (w wire) checkRequestID(t *testing.T, id string) {
	t.Helper()
	if !requestIDs[w.cloud].MatchString(id) {
		t.Errorf("request id %q is not of the vendor's form", id)
	}
}

// sent is a parameter, or none where there is nothing to say.
func sent(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value reads what an SDK keeps as a pointer; what is missing is caught by the
// checks like any other wrong value.
func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
