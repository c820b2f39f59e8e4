package server_test

import (
	"slices"
	"strings"
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cvm"
)

// older are the calls that do by an older name what another action does today,
// with what is in their wires' answers.
var older = []struct {
	cloud        ledger.Cloud
	name, same   string
	call         string
	params       []string
	done, denied string
}{
	{
		ledger.Tencent, "cvm:ShareImage", "cvm:ModifyImageSharePermission",
		"v2 ShareImage version= key=AKIDreader", []string{"imageId=img-unshared", "uinList.0=7"}, `"code":0,`, `"code":4110,`,
	},
	{
		ledger.Tencent, "cvm:CancelShareImage", "cvm:ModifyImageSharePermission",
		"v2 CancelShareImage version= key=AKIDreader", []string{"imageId=img-6pb6lrmy", "uinList.0=101104350000"}, `"code":0,`, `"code":4110,`,
	},
	{
		ledger.Tencent, "cvm:GetImageShareUinInfo", "cvm:DescribeImageSharePermission",
		"v2 GetImageShareUinInfo version= key=AKIDreader", []string{"imageIds.0=img-6pb6lrmy"}, `"code":0,`, `"code":4110,`,
	},
	{
		ledger.Alibaba, "ecs:ModifyImageShareGroupPermission", "ecs:ModifyImageSharePermission",
		"acs3 ModifyImageShareGroupPermission key=LTAIreader", []string{"ImageId=m-unshared", "AddGroup.1=all"}, `0000A1"}`, `"Code":"Forbidden.RAM"`,
	},
	{
		ledger.Alibaba, "ecs:AddTags", "ecs:TagResources", "acs3 AddTags key=LTAIreader",
		[]string{"ResourceType=image", "ResourceId=m-unshared", "Tag.1.Key=a"}, `0000A1"}`, `"Code":"Forbidden.RAM"`,
	},
}

// allow is a policy that allows an action; deny one that denies it and no more.
func allow(cloud ledger.Cloud, action string) ledger.Document { return says(cloud, "allow", action) }
func deny(cloud ledger.Cloud, action string) ledger.Document  { return says(cloud, "deny", action) }

func says(cloud ledger.Cloud, effect, action string) ledger.Document {
	if cloud == ledger.Tencent {
		return ledger.Document(`{"version":"2.0","statement":[{"effect":"` + effect + `","action":["` + action + `"],"resource":["*"]}]}`)
	}
	effect = strings.ToUpper(effect[:1]) + effect[1:]
	return ledger.Document(`{"Version":"1","Statement":[{"Effect":"` + effect + `","Action":["` + action + `"],"Resource":["*"]}]}`)
}

// grant gives the user called reader other policies.
func grant(t *testing.T, d *wiretest.Door, cloud ledger.Cloud, policies ...ledger.Document) {
	t.Helper()
	account := map[ledger.Cloud]string{ledger.Tencent: "100000000001", ledger.Alibaba: "1234567890123456"}[cloud]
	err := d.Ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Account(ledger.AccountKey{Cloud: cloud, ID: account}, func(a *ledger.Account) error {
			a.Users[slices.IndexFunc(a.Users, func(u ledger.User) bool { return u.Name == "reader" })].Policies = policies
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOlderNames: what is denied by the name of today cannot be done by an
// older one, and to allow one name is not to allow the other.
func TestOlderNames(t *testing.T) {
	t.Parallel()
	for _, c := range older {
		product, same, _ := strings.Cut(c.same, ":")
		all := allow(c.cloud, product+":*")
		for what, p := range map[string]struct {
			want     string
			policies []ledger.Document
		}{
			"all":                           {c.done, []ledger.Document{all}},
			"all but the name of today":     {c.denied, []ledger.Document{all, deny(c.cloud, c.same)}},
			"all but that, in another case": {c.denied, []ledger.Document{all, deny(c.cloud, product+":"+strings.ToLower(same))}},
			"all but its own name":          {c.denied, []ledger.Document{all, deny(c.cloud, c.name)}},
			"all but another action":        {c.done, []ledger.Document{all, deny(c.cloud, product+":DescribeImages")}},
			"its own name":                  {c.done, []ledger.Document{allow(c.cloud, c.name)}},
			"its own, not that of today":    {c.denied, []ledger.Document{allow(c.cloud, c.name), deny(c.cloud, c.same)}},
			"the name of today":             {c.denied, []ledger.Document{allow(c.cloud, c.same)}},
		} {
			t.Run(c.name+"/"+what, func(t *testing.T) {
				t.Parallel()
				d := wiretest.Open(t, everything())
				grant(t, d, c.cloud, p.policies...)
				if body := d.Call(t, c.call, c.params...).Body.String(); !strings.Contains(body, p.want) {
					t.Errorf("%s\nwant %s", body, p.want)
				}
			})
		}
	}
}

// TestOlderNamesDenied: the denial names the action that a policy denies, as
// its writer will look for it.
func TestOlderNamesDenied(t *testing.T) {
	t.Parallel()
	for _, c := range older {
		d := wiretest.Open(t, everything())
		grant(t, d, c.cloud, allow(c.cloud, "*"), deny(c.cloud, c.same))
		body := d.Call(t, c.call, c.params...).Body.String()
		if !strings.Contains(body, c.same) || (c.cloud == ledger.Alibaba && !strings.Contains(body, `"NoPermissionType":"ExplicitDeny"`)) {
			t.Errorf("%s: %s", c.name, body)
		}
	}
}

// TestOlderNamesInASession: a session's own policy denies by the name of today, too.
func TestOlderNamesInASession(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, everything())
	session := `{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":[\"cvm:*\"],\"resource\":[\"*\"]},` +
		`{\"effect\":\"deny\",\"action\":[\"cvm:ModifyImageSharePermission\"],\"resource\":[\"*\"]}]}`
	given := d.Call(t, "tc3 AssumeRole version=2018-08-13", `{"RoleArn":"qcs::cam::uin/100000000001:roleName/sharer","RoleSessionName":"narrow","Policy":"`+session+`"}`)
	k := wiretest.Credentials(given.Body.String())
	call := "v2 ShareImage version= key=" + k.ID + " secret=" + k.Secret + " token=" + k.Token
	if body := d.Call(t, call, "imageId=img-unshared", "uinList.0=7").Body.String(); !strings.Contains(body, `"code":4110,`) {
		t.Errorf("%s\n%s", given.Body, body)
	}
	list := strings.Replace(call, "ShareImage", "GetImageShareUinInfo", 1)
	if body := d.Call(t, list, "imageIds.0=img-6pb6lrmy").Body.String(); !strings.Contains(body, `"code":0,`) {
		t.Errorf("%s\n%s", given.Body, body)
	}
}

// TestSameAs: the actions with an older name are those above, and each is the
// same as an action that there is.
func TestSameAs(t *testing.T) {
	t.Parallel()
	actions := slices.Concat(cvm.Actions(nil), ecs.Actions(nil, ecs.Profiles["2019"]), ens.Actions(nil, ens.Options{}))
	names, found := map[string]bool{}, map[string]string{}
	for _, a := range actions {
		names[a.Product+":"+a.Name] = true
		if a.SameAs != "" {
			found[a.Product+":"+a.Name] = a.Product + ":" + a.SameAs
		}
	}
	for _, c := range older {
		if found[c.name] != c.same || !names[c.same] {
			t.Errorf("%s is the same as %q, want %s", c.name, found[c.name], c.same)
		}
	}
	if len(found) != len(older) {
		t.Errorf("actions with an older name: %v", found)
	}
}
