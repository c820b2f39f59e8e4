package ledger_test

import (
	"strings"
	"testing"

	"imageshare/ledger"
)

func TestValidImageID(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	for _, c := range []struct {
		id       string
		cvm, ali bool
	}{
		{"img-6pb6lrmy", true, true},
		{"img-6pb6lrm", false, true},
		{"img-" + long[:60], true, true},
		{"img-" + long[:61], false, false},
		{"img-6pb6lrmY", false, true},
		{"img-6pb6lrm\xff", false, false},
		{"img-6pb6lrmé", false, false},
		{"6pb6lrmyimg-", false, true},
		{"m-bp1.2_3-Z", false, true},
		{"m-bp1/2", false, false},
		{"m bp1", false, false},
		{long, false, true},
		{long + "a", false, false},
		{"", false, false},
	} {
		if got := ledger.CVM.ValidImageID(c.id); got != c.cvm {
			t.Errorf("cvm %q: %v", c.id, got)
		}
		for _, p := range []ledger.Product{ledger.ECS, ledger.ENS} {
			if got := p.ValidImageID(c.id); got != c.ali {
				t.Errorf("%s %q: %v", p, c.id, got)
			}
		}
	}
	if ledger.Product("oss").ValidImageID("img-6pb6lrmy") {
		t.Error("a product that nobody knows has ids")
	}
}
