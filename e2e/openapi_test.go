package e2e

import (
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
)

var openapiSDK = sdk{"alibabacloud-go darabonba-openapi/v2", "github.com/alibabacloud-go/darabonba-openapi/v2"}

// openapiWires are the client without models, which newer SDKs and declarative
// tools stand on. An action and its parameters are texts to it, so one client
// serves every product.
func openapiWires(on *cloud) []wire {
	row := func(name, signature string, send sender) wire {
		return wire{
			name: on.title + " openapi " + name, cloud: on, sdk: openapiSDK, signature: signature,
			dial: send.dial(on, false), blame: acs3Fault,
		}
	}
	return []wire{
		row("ACS3", "ACS3-HMAC-SHA256 POST", callAPI("")),
		row("V1", "V1 HMAC-SHA1 POST", callAPI("v2")),
		row("V1 query and form", "V1 HMAC-SHA1 POST query and form", sender{send: doRPC}),
	}
}

// ensStringsWire reads accounts as plain texts, like the ENS clients of 2022
// and before, which the server has to be told of. The generated one of them,
// ens-20171110/v3, needs another version of a module than the client of ECS
// does, so no build can hold both.
func ensStringsWire() wire {
	return wire{
		name: "ens openapi ACS3 plain accounts", cloud: ens, args: []string{"--ens-accounts", "strings"},
		dial: callAPI("").dial(ens, true), blame: acs3Fault,
	}
}

// sender is one of that client's ways to call.
type sender struct {
	algorithm string
	send      func(c *openapi.Client, action, version string, p map[string]*string) (map[string]any, error)
}

// callAPI sends everything in the query. Its algorithm "v2" is the signature
// that the wire calls version 1.0.
func callAPI(algorithm string) sender {
	return sender{algorithm, func(c *openapi.Client, action, version string, p map[string]*string) (map[string]any, error) {
		return c.CallApi(&openapi.Params{
			Action: &action, Version: &version, Protocol: dara.String("HTTP"), Method: dara.String("POST"),
			Pathname: dara.String("/"), AuthType: dara.String("AK"), Style: dara.String("RPC"),
			ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
		}, &openapi.OpenApiRequest{Query: p}, &dara.RuntimeOptions{})
	}}
}

// doRPC splits one call, as declarative tools do: the image in the query, the
// rest in the form, and the signature over both.
func doRPC(c *openapi.Client, action, version string, p map[string]*string) (map[string]any, error) {
	query, form := map[string]*string{}, map[string]any{}
	for name, v := range p {
		if name == "ImageId" {
			query[name] = v
		} else {
			form[name] = *v
		}
	}
	return c.DoRPCRequest(&action, &version, dara.String("HTTP"), dara.String("POST"), dara.String("AK"), dara.String("json"),
		&openapi.OpenApiRequest{Query: query, Body: form}, &dara.RuntimeOptions{})
}

func (s sender) dial(on *cloud, plain bool) func(*testing.T, speaker) client {
	return func(t *testing.T, as speaker) client {
		millis := ownPatience()
		config := &openapi.Config{
			AccessKeyId: &as.key.ID, AccessKeySecret: &as.key.Secret, SecurityToken: sent(as.key.token),
			Protocol: dara.String("http"), Endpoint: &as.addr, SignatureAlgorithm: sent(s.algorithm),
			ReadTimeout: &millis, ConnectTimeout: &millis,
		}
		c, err := openapi.NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		call := func(action string, p map[string]*string) (map[string]any, error) {
			return s.send(c, action, map[*cloud]string{alibaba: "2014-05-26", ens: "2017-11-10"}[on], p)
		}
		return openapiClient{on, plain, as.region, call}
	}
}

type openapiClient struct {
	cloud  *cloud
	plain  bool // accounts are texts instead of objects
	region string
	call   func(action string, p map[string]*string) (map[string]any, error)
}

func (c openapiClient) share(image string, accounts ...string) error {
	return c.change(image, accounts, nil)
}

func (c openapiClient) cancel(image string, accounts ...string) error {
	return c.change(image, nil, accounts)
}

func (c openapiClient) change(image string, add, remove []string) error {
	p := c.about(image)
	maps.Copy(p, c.named("AddAccount", add))
	maps.Copy(p, c.named("RemoveAccount", remove))
	_, err := c.call("ModifyImageSharePermission", p)
	return err
}

// about are the parameters of every call.
func (c openapiClient) about(image string) map[string]*string {
	p := map[string]*string{}
	if c.region != "" {
		p["RegionId"] = &c.region
	}
	if image != "" {
		p["ImageId"] = &image
	}
	return p
}

// named spells a list: ECS numbers its parameters, ENS joins them by commas.
func (c openapiClient) named(name string, accounts []string) map[string]*string {
	p := map[string]*string{}
	if c.cloud == ens && len(accounts) > 0 {
		p[name+"s"] = dara.String(strings.Join(accounts, ","))
		return p
	}
	for n, id := range accounts {
		p[name+"."+strconv.Itoa(n+1)] = &id
	}
	return p
}

func (c openapiClient) list(image string) (listing, error) { return c.describe(c.about(image)) }

func (c openapiClient) page(image string, number, size int) (listing, error) {
	p := c.about(image)
	p["PageNumber"], p["PageSize"] = dara.String(strconv.Itoa(number)), dara.String(strconv.Itoa(size))
	return c.describe(p)
}

func (c openapiClient) filter(image, account string) (listing, error) {
	p := c.about(image)
	p["AliyunId"] = &account
	return c.describe(p)
}

// describe reads the answer as documented, types included: this client has no
// model that would forgive a number where a text belongs.
func (c openapiClient) describe(p map[string]*string) (listing, error) {
	answer, err := c.call("DescribeImageSharePermission", p)
	if err != nil {
		return listing{}, err
	}
	text, err := json.Marshal(answer["body"])
	if err != nil {
		return listing{}, err
	}
	var b struct {
		RequestId, ImageId, RegionId     string
		PageNumber, PageSize, TotalCount int
		Accounts                         struct {
			Account []json.RawMessage
		}
		ShareGroups struct{ ShareGroup []struct{ Group string } }
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return listing{}, err
	}
	if b.Accounts.Account == nil {
		return listing{}, errors.New("the answer lacks Accounts")
	}
	l := listing{
		requestID: b.RequestId, image: b.ImageId, region: b.RegionId,
		page: b.PageNumber, size: b.PageSize, total: b.TotalCount,
	}
	for _, a := range b.Accounts.Account {
		s, err := c.account(a)
		if err != nil {
			return listing{}, err
		}
		l.shares = append(l.shares, s)
	}
	for _, g := range b.ShareGroups.ShareGroup {
		l.groups = append(l.groups, g.Group)
	}
	return l, nil
}

// account reads one of the list in the spelling of the product.
func (c openapiClient) account(text json.RawMessage) (share, error) {
	if c.plain {
		var id string
		err := json.Unmarshal(text, &id)
		return share{Account: id}, err
	}
	var a struct{ AliyunId, AliyunUid, SharedTime string }
	err := json.Unmarshal(text, &a)
	if c.cloud == ens {
		return share{Account: a.AliyunUid, At: a.SharedTime}, err
	}
	return share{Account: a.AliyunId, At: a.SharedTime}, err
}
