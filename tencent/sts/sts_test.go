package sts_test

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/session"
	"imageshare/tencent/cvm"
	"imageshare/tencent/sts"
)

// config serves images beside sessions, since what a session is good for shows
// at them.
func config() wiretest.Config {
	return wiretest.Config{
		Actions:  cvm.Actions,
		Sessions: func(l *ledger.Ledger, s *session.Issuer) []api.Action { return sts.Actions(l, s) },
		Ledger:   ledger.Config{Regions: map[ledger.Product][]string{ledger.CVM: cvm.Regions}},
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

// TestLongPolicies are too long to stand in a script.
func TestLongPolicies(t *testing.T) {
	t.Parallel()
	noise := func() string {
		b := make([]byte, 24)
		rand.Read(b)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	for _, c := range []struct {
		actions int
		noisy   bool // packs badly, so that the token would be too long
		want    string
	}{
		{400, false, ""},
		{500, false, "InvalidParameter.PolicyTooLong"},
		{160, true, "InvalidParameter.ExtendStrategyOverSize"},
	} {
		actions := make([]string, c.actions)
		for i := range actions {
			actions[i] = `"cvm:Describe"`
			if c.noisy {
				actions[i] = `"c:` + noise() + `"`
			}
		}
		policy := `{"version":"2.0","statement":[{"effect":"allow","action":[` + strings.Join(actions, ",") + `],"resource":"*"}]}`
		body := wiretest.Open(t, config()).Call(t, "sha256-post AssumeRole version=2018-08-13",
			"RoleArn=qcs::cam::uin/100000000001:roleName/sharer", "RoleSessionName=long", "Policy="+policy).Body.String()
		if !strings.Contains(body, c.want) || (c.want == "") != strings.Contains(body, "TmpSecretId") {
			t.Errorf("a policy of %d characters: %s, want %q", len(policy), body, c.want)
		}
	}
}
