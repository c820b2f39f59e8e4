package ecs_test

import (
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
)

func config(p ecs.Profile) wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action { return ecs.Actions(l, p) },
		Ledger: ledger.Config{
			Regions:     map[ledger.Product][]string{ledger.ECS: ecs.Regions},
			ShareQuotas: map[ledger.Product]int{ledger.ECS: 4},
		},
	}
}

// TestScripts runs what each profile says for itself, and under each what all
// of them say alike.
func TestScripts(t *testing.T) {
	t.Parallel()
	for name, p := range ecs.Profiles {
		if p.Name != name {
			t.Errorf("profile %s calls itself %s", name, p.Name)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wiretest.Run(t, "testdata/"+name+"/*.txt", config(p))
			wiretest.Run(t, "testdata/every/*.txt", config(p))
		})
	}
}

// TestKnownAccountsOnly is what a server says that knows its tenants.
func TestKnownAccountsOnly(t *testing.T) {
	t.Parallel()
	c := config(ecs.Profiles["2019"])
	c.Ledger.KnownAccountsOnly = true
	wiretest.Run(t, "testdata/known/*.txt", c)
}

// TestOwnRegions is a server whose state file wrote the list of regions.
func TestOwnRegions(t *testing.T) {
	t.Parallel()
	c := config(ecs.Profiles["2019"])
	c.Ledger.Regions = map[ledger.Product][]string{ledger.ECS: {"cn-qingdao", "cn-hangzhou", "cn-private-1"}}
	wiretest.Run(t, "testdata/regions/*.txt", c)
}
