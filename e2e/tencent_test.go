package e2e

import (
	"errors"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// mode is how Tencent's Go SDK sends and signs.
type mode struct {
	method   string
	sign     string
	unsigned bool // the body is left out of the signature
}

func tencentWire(name string, m mode) wire {
	w := wire{name: name, cloud: tencent, dial: m.dial, blame: tencentFault, timesListed: true}
	w.sdk = sdk{"tencentcloud-sdk-go cvm", "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm"}
	w.signature = m.sign + " " + m.method
	if m.unsigned {
		w.signature += " unsigned payload"
	}
	// A complaint names the region as that wire spells it: a header with TC3, a
	// parameter with the older signatures.
	w.regionName = "`Region`"
	if m.sign == "TC3-HMAC-SHA256" {
		w.regionName = "`X-TC-Region`"
	}
	return w
}

// tc3Wire is the mode that the SDK uses unless told otherwise.
func tc3Wire() wire {
	return tencentWire("tencent TC3 POST", mode{method: "POST", sign: "TC3-HMAC-SHA256"})
}

func (m mode) dial(t *testing.T, s speaker) client {
	p := profile.NewClientProfile()
	p.SignMethod, p.UnsignedPayload = m.sign, m.unsigned
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint, p.HttpProfile.ReqMethod = "HTTP", s.addr, m.method
	p.HttpProfile.ReqTimeout = int(patience.Seconds())
	sdk, err := cvm.NewClient(common.NewTokenCredential(s.key.ID, s.key.Secret, s.key.token), s.region, p)
	if err != nil {
		t.Fatal(err)
	}
	return tencentClient{sdk}
}

func tencentFault(err error) (fault, bool) {
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) {
		return fault{}, false
	}
	return fault{code: e.GetCode(), message: e.GetMessage(), requestID: e.GetRequestId()}, true
}

type tencentClient struct{ sdk *cvm.Client }

func (c tencentClient) share(image string, accounts ...string) error {
	return c.modify(image, "SHARE", accounts)
}

func (c tencentClient) cancel(image string, accounts ...string) error {
	return c.modify(image, "CANCEL", accounts)
}

// modify makes a new request each time: a request object remembers the host of
// the first client that sent it.
func (c tencentClient) modify(image, permission string, accounts []string) error {
	r := cvm.NewModifyImageSharePermissionRequest()
	r.ImageId = sent(image)
	r.Permission = &permission
	if len(accounts) > 0 {
		r.AccountIds = common.StringPtrs(accounts)
	}
	_, err := c.sdk.ModifyImageSharePermission(r)
	return err
}

func (c tencentClient) list(image string) (listing, error) {
	r := cvm.NewDescribeImageSharePermissionRequest()
	r.ImageId = sent(image)
	answer, err := c.sdk.DescribeImageSharePermission(r)
	if err != nil {
		return listing{}, err
	}
	l := listing{requestID: value(answer.Response.RequestId)}
	for _, p := range answer.Response.SharePermissionSet {
		l.shares = append(l.shares, share{Account: value(p.AccountId), At: value(p.CreatedTime)})
	}
	return l, nil
}
