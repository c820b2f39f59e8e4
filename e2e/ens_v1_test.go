package e2e

import (
	"strconv"
	"strings"
	"testing"

	sdkv1 "github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	ensv1 "github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
)

// ensV1Wire is the older SDK. It sends a RegionId that ENS does not have.
func ensV1Wire() wire {
	return wire{
		name: "ens V1", cloud: ens,
		sdk:       sdk{"alibaba-cloud-sdk-go ens", "github.com/aliyun/alibaba-cloud-sdk-go"},
		signature: "V1 HMAC-SHA1 POST",
		dial:      dialENSV1, blame: v1Fault, secretHint: v1SecretHint,
	}
}

func dialENSV1(t *testing.T, s speaker) client {
	making.Lock()
	defer making.Unlock()
	c, err := ensv1.NewClientWithOptions("cn-hangzhou", sdkv1.NewConfig(), credentialV1(s.key))
	if err != nil {
		t.Fatal(err)
	}
	c.Domain = s.addr
	c.SetReadTimeout(patience)
	c.SetConnectTimeout(patience)
	return ensV1Client{c}
}

type ensV1Client struct{ sdk *ensv1.Client }

func (c ensV1Client) share(image string, accounts ...string) error {
	return c.change(image, accounts, nil)
}

func (c ensV1Client) cancel(image string, accounts ...string) error {
	return c.change(image, nil, accounts)
}

func (c ensV1Client) change(image string, add, remove []string) error {
	r := ensv1.CreateModifyImageSharePermissionRequest()
	r.ImageId, r.AddAccounts, r.RemoveAccounts = image, strings.Join(add, ","), strings.Join(remove, ",")
	_, err := c.sdk.ModifyImageSharePermission(r)
	return err
}

func (c ensV1Client) list(image string) (listing, error) {
	return c.describe(image, func(*ensv1.DescribeImageSharePermissionRequest) {})
}

func (c ensV1Client) page(image string, number, size int) (listing, error) {
	return c.describe(image, func(r *ensv1.DescribeImageSharePermissionRequest) {
		r.PageNumber, r.PageSize = strconv.Itoa(number), strconv.Itoa(size)
	})
}

func (c ensV1Client) filter(image, account string) (listing, error) {
	return c.describe(image, func(r *ensv1.DescribeImageSharePermissionRequest) { r.AliyunId = requests.Integer(account) })
}

func (c ensV1Client) describe(image string, with func(*ensv1.DescribeImageSharePermissionRequest)) (listing, error) {
	r := ensv1.CreateDescribeImageSharePermissionRequest()
	r.ImageId = image
	with(r)
	answer, err := c.sdk.DescribeImageSharePermission(r)
	if err != nil {
		return listing{}, err
	}
	l := listing{
		requestID: answer.RequestId, image: answer.ImageId,
		page: answer.PageNumber, size: answer.PageSize, total: answer.TotalCount,
	}
	for _, a := range answer.Accounts.Account {
		l.shares = append(l.shares, share{Account: a.AliyunUid})
	}
	return l, nil
}
