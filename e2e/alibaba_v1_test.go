package e2e

import (
	"errors"
	"sync"
	"testing"

	sdkv1 "github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	alierr "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// v1Wire is the older SDK, which signs the parameters with HMAC-SHA1. When a
// signature is refused it compares the server's string to sign with its own,
// byte by byte, and blames the secret only if they are equal: so the hint
// proves that the server reads requests as the client wrote them.
func v1Wire(profile string) wire {
	return wire{
		name: "alibaba V1" + inProfile(profile), cloud: alibaba, profile: profile,
		sdk:       sdk{"alibaba-cloud-sdk-go ecs", "github.com/aliyun/alibaba-cloud-sdk-go"},
		signature: "V1 HMAC-SHA1 POST",
		dial:      dialV1, blame: v1Fault,
		secretHint:  v1SecretHint,
		timesListed: profile == "current",
	}
}

// v1SecretHint is what the SDK concludes if the strings to sign are equal.
const v1SecretHint = "InvalidAccessKeySecret: Please check you AccessKeySecret"

// making guards the table of endpoints that this SDK fills in, unguarded, when
// its first client is made.
var making sync.Mutex

func dialV1(t *testing.T, s speaker) client {
	making.Lock()
	defer making.Unlock()
	c, err := ecs.NewClientWithOptions(s.region, sdkv1.NewConfig(), credentialV1(s.key))
	if err != nil {
		t.Fatal(err)
	}
	c.Domain = s.addr
	c.SetReadTimeout(patience)
	c.SetConnectTimeout(patience)
	return v1Client{c}
}

// credentialV1 is a key as this SDK takes it, a temporary one with its token.
func credentialV1(k key) auth.Credential {
	if k.token != "" {
		return credentials.NewStsTokenCredential(k.ID, k.Secret, k.token)
	}
	return credentials.NewAccessKeyCredential(k.ID, k.Secret)
}

func v1Fault(err error) (fault, bool) {
	var e *alierr.ServerError
	if !errors.As(err, &e) {
		return fault{}, false
	}
	f := fault{code: e.ErrorCode(), status: e.HttpStatus(), message: e.Message(), hint: e.Recommend(), requestID: e.RequestId()}
	// Newer SDKs read the id from the header, older ones from the body.
	if header := e.RespHeaders["X-Acs-Request-Id"]; len(header) != 1 || header[0] != f.requestID {
		f.requestID = "body and header differ"
	}
	return f, true
}

type v1Client struct{ sdk *ecs.Client }

func (c v1Client) share(image string, accounts ...string) error {
	return c.change(image, accounts, nil)
}

func (c v1Client) cancel(image string, accounts ...string) error {
	return c.change(image, nil, accounts)
}

func (c v1Client) change(image string, add, remove []string) error {
	r := ecs.CreateModifyImageSharePermissionRequest()
	r.ImageId = image
	if len(add) > 0 {
		r.AddAccount = &add
	}
	if len(remove) > 0 {
		r.RemoveAccount = &remove
	}
	_, err := c.sdk.ModifyImageSharePermission(r)
	return err
}

func (c v1Client) list(image string) (listing, error) {
	r := ecs.CreateDescribeImageSharePermissionRequest()
	r.ImageId = image
	return c.describe(r)
}

func (c v1Client) page(image string, number, size int) (listing, error) {
	r := ecs.CreateDescribeImageSharePermissionRequest()
	r.ImageId = image
	r.PageNumber, r.PageSize = requests.NewInteger(number), requests.NewInteger(size)
	return c.describe(r)
}

func (c v1Client) describe(r *ecs.DescribeImageSharePermissionRequest) (listing, error) {
	answer, err := c.sdk.DescribeImageSharePermission(r)
	if err != nil {
		return listing{}, err
	}
	l := listing{
		requestID: answer.RequestId, image: answer.ImageId, region: answer.RegionId,
		page: answer.PageNumber, size: answer.PageSize, total: answer.TotalCount,
	}
	for _, a := range answer.Accounts.Account {
		l.shares = append(l.shares, share{Account: a.AliyunId, At: a.SharedTime})
	}
	for _, g := range answer.ShareGroups.ShareGroup {
		l.groups = append(l.groups, g.Group)
	}
	return l, nil
}
