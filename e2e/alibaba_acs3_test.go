package e2e

import (
	"errors"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/client"
	ecs "github.com/alibabacloud-go/ecs-20140526/v4/client"
	"github.com/alibabacloud-go/tea/tea"
)

// acs3Wire is the generated SDK that signs with ACS3-HMAC-SHA256. Its model
// has no time of a share, whatever the server sends.
func acs3Wire(profile string) wire {
	return wire{
		name: "alibaba ACS3" + inProfile(profile), cloud: alibaba, profile: profile,
		sdk:       sdk{"alibabacloud-go ecs-20140526/v4", "github.com/alibabacloud-go/ecs-20140526/v4"},
		signature: "ACS3-HMAC-SHA256 POST",
		dial:      dialACS3, blame: acs3Fault,
	}
}

func inProfile(profile string) string {
	if profile == "" {
		return ""
	}
	return " " + profile
}

// dials counts the clients made of the vendor's newer library.
var dials atomic.Int64

// ownPatience is a timeout unlike any other, in milliseconds. Clients with the
// same address and timeouts share one HTTP client, on which the library sets
// the timeout, unguarded, at every call: a race that is not the server's.
func ownPatience() int { return int(patience.Milliseconds() + dials.Add(1)) }

func dialACS3(t *testing.T, s speaker) client {
	millis := ownPatience()
	sdk, err := ecs.NewClient(&openapi.Config{
		AccessKeyId: &s.key.ID, AccessKeySecret: &s.key.Secret, SecurityToken: sent(s.key.token),
		Protocol: tea.String("http"), Endpoint: &s.addr,
		ReadTimeout: &millis, ConnectTimeout: &millis,
	})
	if err != nil {
		t.Fatal(err)
	}
	return acs3Client{sdk, s.region}
}

// acs3Text is how this SDK packs the answer's status and request id into its
// message; the field for the status stays unset.
var acs3Text = regexp.MustCompile(`(?s)^code: (\d+), (.*) request id: (\S+)$`)

func acs3Fault(err error) (fault, bool) {
	var e *tea.SDKError
	if !errors.As(err, &e) {
		return fault{}, false
	}
	m := acs3Text.FindStringSubmatch(tea.StringValue(e.Message))
	if m == nil {
		return fault{}, false
	}
	status, _ := strconv.Atoi(m[1])
	return fault{code: tea.StringValue(e.Code), status: status, message: m[2], requestID: m[3]}, true
}

type acs3Client struct {
	sdk    *ecs.Client
	region string
}

func (c acs3Client) share(image string, accounts ...string) error {
	return c.change(image, accounts, nil)
}

func (c acs3Client) cancel(image string, accounts ...string) error {
	return c.change(image, nil, accounts)
}

func (c acs3Client) change(image string, add, remove []string) error {
	_, err := c.sdk.ModifyImageSharePermission(&ecs.ModifyImageSharePermissionRequest{
		RegionId: sent(c.region), ImageId: sent(image),
		AddAccount: tea.StringSlice(add), RemoveAccount: tea.StringSlice(remove),
	})
	return err
}

func (c acs3Client) list(image string) (listing, error) {
	return c.describe(&ecs.DescribeImageSharePermissionRequest{RegionId: sent(c.region), ImageId: sent(image)})
}

func (c acs3Client) page(image string, number, size int) (listing, error) {
	return c.describe(&ecs.DescribeImageSharePermissionRequest{
		RegionId: sent(c.region), ImageId: sent(image),
		PageNumber: tea.Int32(int32(number)), PageSize: tea.Int32(int32(size)),
	})
}

// describe insists on the two lists, which stay in an answer even when they
// are empty: templates index into them.
func (c acs3Client) describe(r *ecs.DescribeImageSharePermissionRequest) (listing, error) {
	answer, err := c.sdk.DescribeImageSharePermission(r)
	if err != nil {
		return listing{}, err
	}
	b := answer.Body
	if b.Accounts == nil || b.ShareGroups == nil {
		return listing{}, errors.New("the answer lacks Accounts or ShareGroups")
	}
	l := listing{
		requestID: value(b.RequestId), image: value(b.ImageId), region: value(b.RegionId),
		page: int(value(b.PageNumber)), size: int(value(b.PageSize)), total: int(value(b.TotalCount)),
	}
	for _, a := range b.Accounts.Account {
		l.shares = append(l.shares, share{Account: value(a.AliyunId)})
	}
	for _, g := range b.ShareGroups.ShareGroup {
		l.groups = append(l.groups, value(g.Group))
	}
	return l, nil
}
