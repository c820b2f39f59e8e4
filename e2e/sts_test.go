package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	sdkv1 "github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	stsv1 "github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// TestTemporaryKeys gives every client a key of a role's session: it may list
// and not share, and is nobody's with another token.
func TestTemporaryKeys(t *testing.T) {
	for _, w := range append(wires(), ensWires()...) {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			addr := start(t, options{seed: w.cloud.seedWithRole(), profile: w.profile, args: w.args}).addr
			one, two := w.assume(t, addr, ""), w.assume(t, addr, "")
			c := w.dial(t, speaker{addr: addr, key: one, region: w.cloud.region})
			if _, err := c.list(w.cloud.imageID(0)); err != nil {
				t.Errorf("list: %v", err)
			}
			w.refuses(t, c.share(w.cloud.imageID(0), small), map[*cloud]string{
				tencent: "UnauthorizedOperation", alibaba: "Forbidden.RAM", ens: "NoPermission",
			})
			moved := one
			moved.token = two.token
			_, err := w.dial(t, speaker{addr: addr, key: moved, region: w.cloud.region}).list(w.cloud.imageID(0))
			mismatch := "InvalidSecurityToken.MismatchWithAccessKey"
			w.refuses(t, err, map[*cloud]string{tencent: "AuthFailure.TokenFailure", alibaba: mismatch, ens: mismatch})
		})
	}
}

// TestSessionPolicy: a session's own policy takes away what the role may do.
func TestSessionPolicy(t *testing.T) {
	for _, w := range []wire{tc3Wire(), v1Wire(""), ensV1Wire()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			addr := start(t, options{seed: w.cloud.seedWithRole(), args: w.args}).addr
			nothing := strings.NewReplacer("Describe", "Import").Replace(w.cloud.policy)
			_, err := w.dial(t, speaker{addr: addr, key: w.assume(t, addr, nothing), region: w.cloud.region}).list(w.cloud.imageID(0))
			w.refuses(t, err, map[*cloud]string{tencent: "UnauthorizedOperation", alibaba: "Forbidden.RAM", ens: "NoPermission"})
		})
	}
}

func (w wire) refuses(t *testing.T, err error, want map[*cloud]string) {
	t.Helper()
	if f, ok := w.blame(err); !ok || f.code != want[w.cloud] {
		t.Errorf("got %v, want %s", err, want[w.cloud])
	}
}

// seedWithRole has one image, and a role that may read, for whoever is in the
// owner's account; its user may assume it.
func (c *cloud) seedWithRole() *state {
	s := c.seed(image{})
	trust, assume := `{"version":"2.0","statement":[{"effect":"allow","action":["name/sts:AssumeRole"],"principal":{"qcs":["qcs::cam::uin/%s:root"]}}]}`,
		`{"version":"2.0","statement":[{"effect":"allow","action":["name/sts:AssumeRole"],"resource":["*"]}]}`
	if c.name == "alibaba" {
		trust, assume = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::%s:root"]}}]}`,
			`{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
	}
	s.Accounts[0].Users[0].Policies = []json.RawMessage{json.RawMessage(assume)}
	s.Accounts[0].Roles = []role{{Name: "reader", Trust: json.RawMessage(fmt.Sprintf(trust, owner)), Policies: []json.RawMessage{json.RawMessage(c.policy)}}}
	return s
}

// assume asks the wire's vendor's own client of STS for a session of the role.
func (w wire) assume(t *testing.T, addr, policy string) key {
	t.Helper()
	if w.cloud == tencent {
		return assumeTencent(t, addr, policy)
	}
	return assumeAlibaba(t, addr, policy)
}

// assumeTencent calls by name: the SDK's own module of STS is not needed for
// one action.
func assumeTencent(t *testing.T, addr, policy string) key {
	t.Helper()
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint = "HTTP", addr
	k := keyOf(readerUser)
	r := tchttp.NewCommonRequest("sts", "2018-08-13", "AssumeRole")
	params := map[string]any{"RoleArn": "qcs::cam::uin/" + owner + ":roleName/reader", "RoleSessionName": "e2e"}
	if policy != "" {
		params["Policy"] = url.QueryEscape(policy)
	}
	if err := r.SetActionParameters(params); err != nil {
		t.Fatal(err)
	}
	answer := tchttp.NewCommonResponse()
	if err := common.NewCommonClient(common.NewCredential(k.ID, k.Secret), "ap-guangzhou", p).Send(r, answer); err != nil {
		t.Fatalf("AssumeRole: %v", err)
	}
	var body struct {
		Response struct {
			Credentials struct{ Token, TmpSecretId, TmpSecretKey string }
			ExpiredTime int64
			Expiration  time.Time
		}
	}
	if err := json.Unmarshal(answer.GetBody(), &body); err != nil {
		t.Fatal(err)
	}
	if got := body.Response; got.Expiration.Unix() != got.ExpiredTime || time.Until(got.Expiration) > 2*time.Hour {
		t.Errorf("expires %v, %d", got.Expiration, got.ExpiredTime)
	}
	c := body.Response.Credentials
	return key{ID: c.TmpSecretId, Secret: c.TmpSecretKey, token: c.Token}
}

func assumeAlibaba(t *testing.T, addr, policy string) key {
	t.Helper()
	making.Lock()
	defer making.Unlock()
	c, err := stsv1.NewClientWithOptions("cn-hangzhou", sdkv1.NewConfig(), credentialV1(keyOf(readerUser)))
	if err != nil {
		t.Fatal(err)
	}
	c.Domain = addr
	r := stsv1.CreateAssumeRoleRequest()
	r.Scheme = "http"
	r.RoleArn, r.RoleSessionName, r.Policy = "acs:ram::"+owner+":role/reader", "e2e", policy
	answer, err := c.AssumeRole(r)
	if err != nil {
		t.Fatalf("AssumeRole: %v", err)
	}
	if at, err := time.Parse("2006-01-02T15:04:05Z", answer.Credentials.Expiration); err != nil || time.Until(at) > time.Hour {
		t.Errorf("expires %s (%v)", answer.Credentials.Expiration, err)
	}
	who := stsv1.CreateGetCallerIdentityRequest()
	who.Scheme = "http"
	if id, err := c.GetCallerIdentity(who); err != nil || id.AccountId != owner || id.UserId != readerUser || id.IdentityType != "RAMUser" {
		t.Errorf("GetCallerIdentity: %+v, %v", id, err)
	}
	return key{ID: answer.Credentials.AccessKeyId, Secret: answer.Credentials.AccessKeySecret, token: answer.Credentials.SecurityToken}
}
