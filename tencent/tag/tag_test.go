package tag_test

import (
	"slices"
	"testing"

	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/session"
	"imageshare/tencent/cvm"
	"imageshare/tencent/sts"
	"imageshare/tencent/tag"
)

// config serves the products beside which the tags are asked for.
func config() wiretest.Config {
	return wiretest.Config{
		Actions:  func(l *ledger.Ledger) []api.Action { return slices.Concat(tag.Actions(l), cvm.Actions(l)) },
		Sessions: func(l *ledger.Ledger, s *session.Issuer) []api.Action { return sts.Actions(l, s) },
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", config())
}
