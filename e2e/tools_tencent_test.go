package e2e

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// tencentTool is what Terraform's provider and Packer's plugin have in common:
// the vendor's SDK, as one account in one region, asking each product by its
// own host name. Connections are led to the server as a proxy or a hosts file
// would lead them.
//
// What a tool dereferences without looking, its replay does too: a nil there
// is a crash of the tool, and of the test.
type tencentTool struct {
	*testing.T
	addr    string
	account string
	region  string
	client  string // what the tool calls itself in each request
	cvm     *cvm.Client
	other   *common.Client // of products whose own module is not needed
}

// tencentServer runs a server whose images take a moment to be made, so that
// the tools have something to wait for. Rates are off: a replay is faster than
// the tool, and a test of rates is another.
func tencentServer(t *testing.T, images ...image) string {
	t.Helper()
	seed := tencent.seed(images...)
	seed.Images = append([]image{}, seed.Images...) // a state file takes no null
	return start(t, options{seed: seed, args: []string{"--rate-limits", "off", "--image-transition", "50ms"}}).addr
}

func newTencentTool(t *testing.T, client, addr, account, region string) tencentTool {
	t.Helper()
	p := profile.NewClientProfile()
	p.Language, p.HttpProfile.Scheme, p.HttpProfile.ReqMethod = "en-US", "HTTP", "POST"
	p.HttpProfile.ReqTimeout = int(patience.Seconds())
	k := keyOf(account)
	credential := common.NewCredential(k.ID, k.Secret)
	sdk, err := cvm.NewClient(credential, region, p)
	if err != nil {
		t.Fatal(err)
	}
	tool := tencentTool{
		T: t, addr: addr, account: account, region: region, client: client, cvm: sdk,
		other: common.NewCommonClient(credential, region, p),
	}
	here := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	t.Cleanup(here.CloseIdleConnections)
	sdk.WithHttpTransport(renamed{here, client})
	tool.other.WithHttpTransport(renamed{here, client})
	return tool
}

// in is the same tool in another region.
func (tool tencentTool) in(region string) tencentTool {
	return newTencentTool(tool.T, tool.client, tool.addr, tool.account, region)
}

// renamed says who the client is after the request was signed, as Terraform's
// provider does.
type renamed struct {
	http.RoundTripper
	client string
}

func (r renamed) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.client != "" {
		req.Header.Set("X-TC-RequestClient", r.client)
	}
	return r.RoundTripper.RoundTrip(req)
}

// ask calls an action by name.
func (tool tencentTool) ask(product, version, action string, params map[string]any, answer any) error {
	tool.Helper()
	r := tchttp.NewCommonRequest(product, version, action)
	if err := r.SetActionParameters(params); err != nil {
		tool.Fatal(err)
	}
	raw := tchttp.NewCommonResponse()
	if err := tool.other.Send(r, raw); err != nil {
		return err
	}
	return json.Unmarshal(raw.GetBody(), &struct{ Response any }{answer})
}

// find is DescribeImages, whose total both tools read without looking.
func (tool tencentTool) find(r *cvm.DescribeImagesRequest) []*cvm.Image {
	tool.Helper()
	answer, err := tool.cvm.DescribeImages(r)
	must(tool.T, err)
	if total := *answer.Response.TotalCount; total < int64(len(answer.Response.ImageSet)) {
		tool.Errorf("a total of %d over %d images", total, len(answer.Response.ImageSet))
	}
	return answer.Response.ImageSet
}

func (tool tencentTool) byID(id string) []*cvm.Image {
	tool.Helper()
	r := cvm.NewDescribeImagesRequest()
	r.ImageIds = []*string{&id}
	return tool.find(r)
}

// sees is what another account gets to see of an image: its type, "" for nothing.
func (tool tencentTool) sees(id string) string {
	tool.Helper()
	all := tool.byID(id)
	if len(all) == 0 {
		return ""
	}
	return *all[0].ImageType
}

// until asks again and again, as both tools wait.
func (tool tencentTool) until(what string, done func() bool) {
	tool.Helper()
	for end := time.Now().Add(patience); !done(); {
		if time.Now().After(end) {
			tool.Fatalf("still not %s after %v", what, patience)
		}
	}
}

// permit is ModifyImageSharePermission. No accounts are no parameter, as the
// SDK leaves out what is empty.
func (tool tencentTool) permit(id, permission string, accounts ...string) error {
	return tencentClient{tool.cvm}.modify(id, permission, accounts)
}

// sharedWith is DescribeImageSharePermission, whose account numbers both tools
// read without looking.
func (tool tencentTool) sharedWith(id string) ([]string, error) {
	r := cvm.NewDescribeImageSharePermissionRequest()
	r.ImageId = &id
	answer, err := tool.cvm.DescribeImageSharePermission(r)
	if err != nil {
		return nil, err
	}
	accounts := []string{}
	for _, p := range answer.Response.SharePermissionSet {
		accounts = append(accounts, *p.AccountId)
	}
	return accounts, nil
}

func (tool tencentTool) remove(id string) error {
	r := cvm.NewDeleteImagesRequest()
	r.ImageIds = []*string{&id}
	_, err := tool.cvm.DeleteImages(r)
	return err
}

// refused expects an error of the vendor's with a code.
func (tool tencentTool) refused(err error, code string) {
	tool.Helper()
	if f, ok := tencentFault(err); !ok || f.code != code {
		tool.Errorf("got %v, want %s", err, code)
	}
}
