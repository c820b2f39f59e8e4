package ens_test

import (
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/alibaba/ens"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/server"
)

// config serves ECS beside ENS, as a real door does: their images and actions
// have the same names.
func config(o ens.Options) wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action {
			return append(ens.Actions(l, o), ecs.Actions(l, ecs.Profiles["2019"])...)
		},
		Ledger: ledger.Config{
			Regions:     map[ledger.Product][]string{ledger.ECS: ecs.Regions},
			ShareQuotas: map[ledger.Product]int{ledger.ENS: 4},
			ImageQuotas: map[ledger.Product]int{ledger.ENS: 10},
		},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", config(ens.Options{}))
}

// TestPlainAccounts is what an SDK of the first generations can read.
func TestPlainAccounts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/plain/*.txt", config(ens.Options{PlainAccounts: true}))
}

// TestKnownAccountsOnly is what a server says that knows its tenants.
func TestKnownAccountsOnly(t *testing.T) {
	t.Parallel()
	c := config(ens.Options{})
	c.Ledger.KnownAccountsOnly = true
	wiretest.Run(t, "testdata/known/*.txt", c)
}

func TestRates(t *testing.T) {
	t.Parallel()
	c := config(ens.Options{})
	c.Rates = server.Rates{Over: map[string]int{"ens:DescribeImageSharePermission": 1}}
	wiretest.Run(t, "testdata/rates/*.txt", c)
}
