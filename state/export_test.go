package state

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/store/memory"
)

// The design's own example, in the words of an export.
func TestExportReadsLikeAFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(file(t, "testdata/full.yaml"))
	got, _ := h.export(true)
	if want := file(t, "testdata/full.export.yaml"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	sealed, json := h.export(false)
	if strings.Contains(sealed+json, "examplesecret") || !strings.Contains(sealed, "sealedSecret: ") {
		t.Errorf("sealed: got\n%s\nwant no secret in the clear", sealed)
	}
}

func TestEndedSharesAreLeftOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(`{version: 1, images: [{product: ens, id: m-1, owner: 1, shares: [
		{account: 2, expiresAt: "2026-01-02T12:00:00Z"}, {account: 3, expiresAt: "2026-01-02T12:00:01Z"}]}]}`)
	f, err := Export(t.Context(), h.ledger.Reader(), Options{Now: noon})
	if err != nil || len(f.Images[0].Shares) != 1 || f.Images[0].Shares[0].Account != "3" {
		t.Errorf("got %+v, %v, want the share of 3 alone", f.Images, err)
	}
	if f, err = Export(t.Context(), h.ledger.Reader(), Options{}); err != nil || len(f.Images[0].Shares) != 2 {
		t.Errorf("at no time: got %+v, %v, want both shares", f.Images, err)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	for _, c := range []struct{ text, want string }{
		{`{version: 1}`, ""},
		{`{version: 1, regions: {ecs: [cn-b, cn-a]}}`, "regions: {ecs: [cn-b, cn-a]}\n"},
		{`{version: 1, regions: {cvm: [ap-x]}}`, "regions: {cvm: [ap-x], ecs: [cn-b, cn-a]}\n"},
		{`{version: 1, regions: {ecs: []}}`, "regions: {cvm: [ap-x]}\n"},
		{`{version: 1, regions: {cvm: []}}`, ""},
	} {
		h.must(c.text)
		if got, _ := h.export(false); got != "version: 1\n"+c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, "version: 1\n"+c.want)
		}
	}
}

// Lists come in pages, and a full last page must not be the end.
func TestMoreThanAPage(t *testing.T) {
	t.Parallel()
	for _, n := range []int{page - 1, page, 2*page + 1} {
		h := newHouse(t, seal.NewKey())
		var b strings.Builder
		b.WriteString("version: 1\naccounts:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {cloud: tencent, id: %d}\n", i+1)
		}
		b.WriteString("images:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {product: cvm, region: ap-guangzhou, id: img-%08d, owner: 1}\n", i)
		}
		h.must(b.String())
		f, err := Export(t.Context(), h.ledger.Reader(), Options{})
		if err != nil || len(f.Accounts) != n || len(f.Images) != n {
			t.Errorf("got %d accounts, %d images, %v, want %d of each", len(f.Accounts), len(f.Images), err, n)
		}
		if last := f.Images[n-1].ID; last != fmt.Sprintf("img-%08d", n-1) {
			t.Errorf("the last image: got %s, want img-%08d", last, n-1)
		}
	}
}

func TestExportThatFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(file(t, "demo.yaml"))
	_, err := Export(t.Context(), h.ledger.Reader(), Options{Plain: true, Secrets: seal.NewKey()})
	if !errors.Is(err, seal.ErrWrongKey) || !strings.Contains(err.Error(), "LTAIexample") {
		t.Errorf("with another key: got %v, want %v of LTAIexample", err, seal.ErrWrongKey)
	}
	store := memory.New()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Export(t.Context(), store, Options{}); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("of a closed store: got %v, want %v", err, ledger.ErrClosed)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(file(t, "demo.yaml"))
	usable, err := h.ledger.Reader().Usable(t.Context(), ledger.UsableQuery{
		Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000002"}, Now: time.Now(),
	})
	if err != nil || len(usable) != 1 || usable[0].Image.ID != "img-6pb6lrmy" {
		t.Errorf("usable by the second account: got %v, %v, want img-6pb6lrmy", usable, err)
	}
	if f := Demo(); len(f.Accounts) != 4 || len(f.Images) != 3 {
		t.Errorf("got %d accounts, %d images, want 4 and 3", len(f.Accounts), len(f.Images))
	}
}
