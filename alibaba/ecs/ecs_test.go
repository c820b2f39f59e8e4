package ecs_test

import (
	"testing"

	"imageshare/alibaba/ecs"
	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
)

func TestScripts(t *testing.T) {
	wiretest.Run(t, "testdata/*.txt", wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action { return ecs.Actions(l, ecs.Profiles["2019"]) },
		Ledger: ledger.Config{
			Regions:     map[ledger.Product][]string{ledger.ECS: ecs.Regions, ledger.CVM: {"ap-guangzhou"}},
			ShareQuotas: map[ledger.Product]int{ledger.ECS: 4},
		},
	})
}
