package sts_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	"imageshare/alibaba/sts"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/session"
)

// config serves images beside sessions, since what a session is good for shows
// at them.
func config() wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action {
			return append(ecs.Actions(l, ecs.Profiles["2019"]), ens.Actions(l, ens.Options{})...)
		},
		Sessions: func(l *ledger.Ledger, s *session.Issuer) []api.Action { return sts.Actions(l, s) },
		Ledger:   ledger.Config{Regions: map[ledger.Product][]string{ledger.ECS: ecs.Regions}},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", config())
}

func TestRates(t *testing.T) {
	t.Parallel()
	c := config()
	c.Rates = server.Rates{Over: map[string]int{"sts:AssumeRole": 1}}
	wiretest.Run(t, "testdata/rates/*.txt", c)
}

// TestLongPolicies are too long to stand in a script. The longest allowed fits
// into a token, whatever characters it has.
func TestLongPolicies(t *testing.T) {
	t.Parallel()
	const text = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:Describe*","Resource":"*"}]}`
	const tooLong = "<Message>The size of Policy must be smaller than 2048 bytes.</Message>"
	pad := strings.Repeat(" ", 2048-len(text))
	noise := strings.Map(func(rune) rune { return 0x10000 + rand.Int32N(0x100000) }, pad[:1850])
	for policy, want := range map[string]string{
		text + pad: "<AccessKeyId>STS.", text + pad + " ": tooLong,
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"StringEquals":{"sts:ExternalId":"` + noise + `"}}}]}`: "<AccessKeyId>STS.",
	} {
		body := wiretest.Open(t, config()).Call(t, "v1-post AssumeRole version=2015-04-01 key=LTAIdeputy format=XML",
			"RoleArn=acs:ram::1234567890123456:role/auditor", "RoleSessionName=long", "Policy="+policy).Body.String()
		if !strings.Contains(body, want) {
			t.Errorf("a policy of %d bytes: %s, want %s", len(policy), body, want)
		}
	}
}
