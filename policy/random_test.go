package policy

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
)

// somewhere is a request's surroundings with nothing left out.
var somewhere = Context{
	Source: netip.MustParseAddr("10.1.2.3"), Now: time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC), Secure: true,
	Region: "ap-guangzhou", Number: "100000000010", ExternalID: "abcd1234",
}

// dialect is the words that random documents are made of. There are few of
// each, so that a document often speaks of what a request asks.
type dialect struct {
	version                                          string
	keys                                             [6]string // version, statement, effect, action, resource or principal, condition
	effects, actions, resources, principals, answers []string
	conditions                                       []string
}

var dialects = map[string]dialect{
	"tencent": {
		version: "2.0", keys: [6]string{"version", "statement", "effect", "action", "resource", "condition"},
		effects: []string{"allow", "Allow", "allow", "deny"},
		actions: []string{"*", "*:*", "cvm:*", "name/cvm:A", "CVM:a", "cvm:?", "cvm:B", "c*:B", "sts:AssumeRole", "name/sts:*"},
		resources: []string{"*", "*", "qcs::cvm:::image/*", "qcs::cvm:ap-guangzhou::image/img-1", "qcs::cvm:ap-*:uin/*:image/img-?", "qcs:::::*",
			"qcs::cvm:ap-shanghai:uin/100000000001:image/*", "qcs::c*m:*:uin/10000000000?:*1", "qcs:*:cvm:ap-guangzhou:*:image/*:*"},
		answers: []string{"*", "qcs::cvm:ap-guangzhou:uin/100000000001:image/*", "qcs::cvm:ap-guangzhou:uin/100000000001:image/img-1",
			"qcs::cvm:ap-shanghai:uin/100000000001:image/img-2", "qcs::cvm:ap-guangzhou:uin/100000000002:image/img-1", "qcs:id/0:cvm:ap-guangzhou:uin/100000000001:image/a:1"},
		principals: []string{"qcs::cam::uin/1:root", "qcs::cam::uin/1:uin/10", "qcs::cam::uin/1:uin/1", "qcs::cam::uin/2:roleName/r", "qcs::cam::uin/2:role/10", "qcs::cam::uin/2:root"},
		conditions: []string{
			`"ip_equal":{"qcs:ip":["10.0.0.9/8","::1"]}`, `"ip_not_equal":{"qcs:ip":"10.1.2.3"}`, `"ip_not_equal_if_exist":{"qcs:ip":["10.1.2.3","11.0.0.0/8"]}`,
			`"date_less_than":{"qcs:current_time":"2020-01-02 03:04:05"}`, `"date_greater_than_equal":{"qcs:current_time":"2020-01-02T03:04:05Z"}`, `"date_not_equal":{"qcs:current_time":"2020-01-02T11:04:05+08:00"}`,
			`"string_like":{"cvm:region":["ap-g*","x"]}`, `"for_any_value:string_not_like":{"cvm:region":"ap-?hanghai"}`, `"string_equal_if_exist":{"cvm:region":"ap-shanghai","sts:external_id":"abcd1234"}`,
			`"string_not_equal_ignore_case":{"sts:external_id":"ABCD1234"}`, `"null_equal":{"sts:external_id":[true]}`, `"null_equal":{"cvm:region":"false","qcs:uin":false}`,
			`"numeric_less_than_equal":{"qcs:uin":[1.0000000001e11,"-1.5"]}`, `"for_all_value:numeric_greater_than_if_exist":{"qcs:uin":100000000009}`, `"string_equal":{"qcs:owner_uin":["100000000001"]}`,
		},
	},
	"alibaba": {
		version: "1", keys: [6]string{"Version", "Statement", "Effect", "Action", "Resource", "Condition"},
		effects: []string{"Allow", "Allow", "Allow", "Deny"},
		actions: []string{"*", "ecs:*", "ECS:a", "ecs:?", "ecs:B", "*:B", "ens:A", "sts:AssumeRole", "sts:*"},
		resources: []string{"*", "*", "acs:ecs:*:*:image/*", "acs:ecs:cn-hangzhou:1557809237700001:image/m-1", "acs:ecs:cn-*:155*:image/m-?", "acs:*:*:*:*",
			"acs:ecs:cn-beijing:1557809237700001:image/*", "acs:e?s::1557809237700001:*1", "acs:ecs:::image/*", "acs:ecs:*:*:image/*:*"},
		answers: []string{"*", "acs:ecs:cn-hangzhou:1557809237700001:image/*", "acs:ecs:cn-hangzhou:1557809237700001:image/m-1",
			"acs:ecs:cn-beijing:1557809237700001:image/m-2", "acs:ens::1557809237700001:image/m-1", "acs:ecs:cn-hangzhou:1557809237700001:image/a:1"},
		principals: []string{"acs:ram::1:root", "acs:ram::1:user/u", "acs:ram::2:role/r", "acs:ram::2:user/r", "acs:ram::2:root"},
		conditions: []string{
			`"IpAddress":{"acs:SourceIp":["10.0.0.9/8","::1"]}`, `"NotIpAddress":{"acs:SourceIp":["10.1.2.3","11.0.0.0/8"]}`,
			`"DateLessThan":{"acs:CurrentTime":"2020-01-02T11:04:05+08:00"}`, `"DateGreaterThanEquals":{"acs:CurrentTime":["2020-01-02T03:04:05Z"]}`, `"DateNotEquals":{"acs:CurrentTime":"2020-01-02T03:04Z"}`,
			`"Bool":{"acs:SecureTransport":"true"}`, `"Bool":{"acs:SecureTransport":false,"acs:MFAPresent":["false"]}`, `"Bool":{"acs:MFAPresent":[true,false]}`,
			`"StringEquals":{"sts:ExternalId":["abcd1234","x"]}`, `"StringNotEquals":{"sts:ExternalId":"x"}`, `"StringLike":{"sts:ExternalId":"ab*4"}`, `"StringNotLike":{"sts:ExternalId":["?","*9"]}`,
			`"StringEqualsIgnoreCase":{"sts:ExternalId":"ABCD1234"}`,
		},
	},
}

// Over many documents and requests the package and the slow evaluator agree,
// and every outcome is common enough to mean something.
func TestRandomDocuments(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tencent policy", "alibaba policy", "tencent trust", "alibaba trust"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(1, 2))
			seen := map[Effect]int{}
			const rounds = 6000
			for range rounds {
				docs, who, r := randomCase(rnd, kind)
				got, want := decide(t, kind, docs, who, r), slowly(t, kind, docs, who, r)
				if got != want {
					t.Fatalf("%q\n%+v %+v\n got %v, want %v", docs, who, r, got, want)
				}
				seen[got.Effect]++
			}
			for e := ImplicitDeny; e <= Allowed; e++ {
				if seen[e] < rounds/10 {
					t.Errorf("%v came up %d times of %d: the test says little about it", e, seen[e], rounds)
				}
			}
		})
	}
}

func pick[T any](rnd *rand.Rand, all []T) T { return all[rnd.IntN(len(all))] }

// some are one to three of all, at times the same one twice.
func some[T any](rnd *rand.Rand, all []T) []T {
	var s []T
	for range 1 + rnd.IntN(3) {
		s = append(s, pick(rnd, all))
	}
	return s
}

func randomCase(rnd *rand.Rand, kind string) (docs []string, who Principal, r Request) {
	name, use, _ := strings.Cut(kind, " ")
	d := dialects[name]
	n := 1 + rnd.IntN(3)
	if use == "trust" {
		n = 1
	}
	for range n {
		docs = append(docs, d.document(rnd, use == "trust"))
	}
	r = Request{Resources: some(rnd, d.answers), Account: owner[ledger.Cloud(name)], Context: randomContext(rnd)}
	r.Action = pick(rnd, []string{"cvm:A", "cvm:B", "cvm:AB"})
	if name == "alibaba" {
		r.Action = pick(rnd, []string{"ecs:A", "ecs:B", "ens:A"})
	}
	if use == "trust" {
		r.Action = "sts:AssumeRole"
	}
	who = pick(rnd, []Principal{{Account: "1"}, {Account: "1", User: "u", Number: "10"}, {Account: "2", Role: "r", Number: "10"}, {Account: "2", User: "r"}, {Account: "3"}})
	return docs, who, r
}

// randomContext leaves out something now and then.
func randomContext(rnd *rand.Rand) Context {
	c := somewhere
	c.Secure, c.MFA = rnd.IntN(2) == 0, rnd.IntN(2) == 0
	c.Source = pick(rnd, []netip.Addr{c.Source, c.Source, {}, netip.MustParseAddr("::ffff:10.1.2.3"), netip.MustParseAddr("11.0.0.1"), netip.IPv6Loopback()})
	c.Now = pick(rnd, []time.Time{c.Now, c.Now, {}, c.Now.Add(-time.Second), c.Now.Add(time.Minute), c.Now.Truncate(time.Minute)})
	c.Region = pick(rnd, []string{c.Region, "ap-shanghai", ""})
	c.Number = pick(rnd, []string{c.Number, "100000000009", ""})
	c.ExternalID = pick(rnd, []string{c.ExternalID, "ABCD1234", "x", ""})
	return c
}

func (d dialect) document(rnd *rand.Rand, trust bool) string {
	var all []string
	for range 1 + rnd.IntN(2) {
		all = append(all, d.statement(rnd, trust))
	}
	return `{"` + d.keys[0] + `":"` + d.version + `","` + d.keys[1] + `":[` + strings.Join(all, ",") + `]}`
}

func (d dialect) statement(rnd *rand.Rand, trust bool) string {
	action := d.keys[3]
	if d.version == "1" && rnd.IntN(4) == 0 {
		action = "NotAction"
	}
	actions, effects := d.actions, d.effects
	if trust { // few are named by one, so what is said of them is half denials
		actions, effects = actions[len(actions)-3:], effects[2:]
	}
	s := `{"` + d.keys[2] + `":` + texts(pick(rnd, effects)) + `,"` + action + `":` + texts(some(rnd, actions)) + `,`
	switch {
	case trust && d.version == "1":
		s += `"Principal":{"RAM":` + texts(some(rnd, d.principals)) + `,"Service":["ecs.aliyuncs.com"]}`
	case trust:
		s += `"principal":{"service":"cls.cloud.tencent.com","qcs":` + texts(some(rnd, d.principals)) + `}`
	default:
		s += `"` + d.keys[4] + `":` + texts(some(rnd, d.resources))
	}
	switch rnd.IntN(4) {
	case 0:
		s += `,"` + d.keys[5] + `":{` + pick(rnd, d.conditions) + `}`
	case 1:
		a, b := pick(rnd, d.conditions), pick(rnd, d.conditions)
		if operator, _, _ := strings.Cut(a, ":{"); !strings.HasPrefix(b, operator+":") {
			s += `,"` + d.keys[5] + `":{` + a + `,` + b + `}`
		}
	}
	return s + `}`
}

func texts(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
