package cvm_test

import (
	"testing"

	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
	"imageshare/tencent/cvm"
)

func config() wiretest.Config {
	return wiretest.Config{
		Actions: cvm.Actions,
		Ledger: ledger.Config{
			Regions:     map[ledger.Product][]string{ledger.CVM: cvm.Regions, ledger.ECS: {"cn-qingdao", "cn-hangzhou"}},
			ShareQuotas: map[ledger.Product]int{ledger.CVM: 4},
		},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, generation := range []string{"testdata/*.txt", "testdata/v2/*.txt", "testdata/2016/*.txt"} {
		wiretest.Run(t, generation, config())
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	c := config()
	c.Rates = server.Rates{Documented: true, Over: map[string]int{"cvm:ModifyImageSharePermission": 2, "cvm:ShareImage": 1}}
	wiretest.Run(t, "testdata/rates/*.txt", c)
}

// TestKnownAccountsOnly is what a server says that knows its tenants.
func TestKnownAccountsOnly(t *testing.T) {
	t.Parallel()
	c := config()
	c.Ledger.KnownAccountsOnly = true
	wiretest.Run(t, "testdata/known/*.txt", c)
}
