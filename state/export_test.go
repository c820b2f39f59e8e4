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
		{account: 2, expiresAt: "2026-01-02T12:00:01Z"}, {account: 3, expiresAt: "2026-01-02T12:00:02Z"}]}]}`)
	f, err := Export(t.Context(), h.ledger.Reader(), Options{Now: noon.Add(time.Second)})
	if err != nil || len(f.Images[0].Shares) != 1 || f.Images[0].Shares[0].Account != "3" {
		t.Errorf("got %+v, %v, want the share of 3 alone", f.Images, err)
	}
	if f, err = Export(t.Context(), h.ledger.Reader(), Options{}); err != nil || len(f.Images[0].Shares) != 2 {
		t.Errorf("at no time: got %+v, %v, want both shares", f.Images, err)
	}
}

// TestEndedSharesStandInNobodysWay: none is in an export, so no file could take
// it away first.
func TestEndedSharesStandInNobodysWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(`{version: 1, images: [{product: ens, id: m-1, owner: 1, shares: [{account: 2, expiresAt: "2026-01-02T12:00:00Z"}]}]}`)
	h.must(`{version: 1, images: [{product: ens, id: m-1, owner: 2}]}`)
	if out, _ := h.export(false); !strings.Contains(out, `owner: "2"`) {
		t.Error(out)
	}
}

// TestAnExportIsAnEqualFile whatever the images are in the middle of.
func TestAnExportIsAnEqualFile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ledger.Image){
		"an image that became available": func(i *ledger.Image) { i.State, i.ReadyAt = ledger.Creating, noon.Add(-time.Hour) },
		"an image that will":             func(i *ledger.Image) { i.State, i.ReadyAt = ledger.Copying, noon.Add(90*time.Second+time.Millisecond) },
		"an image in a written state":    func(i *ledger.Image) { i.State = ledger.Importing },
		"a share that has ended":         func(i *ledger.Image) { i.Shares = []ledger.Share{{Account: "2", Until: noon}} },
	} {
		h, key := newHouse(t, seal.NewKey()), ledger.ImageKey{Product: ledger.ENS, ID: "m-1"}
		err := h.ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
			return e.Image(key, func(i *ledger.Image) error { i.Owner = "1"; change(i); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		before, image := h.history(), h.image(key)
		out, _ := h.export(false)
		h.must(out)
		if got := h.history(); got != before {
			t.Errorf("%s: the history went on with\n%s", name, strings.TrimPrefix(got, before))
		}
		// In a house of its own it goes on as it did here, to the second.
		other := newHouse(t, h.key)
		other.must(out)
		if again, _ := other.export(false); again != out {
			t.Errorf("%s: got\n%s\nwant\n%s", name, again, out)
		}
		if late := noon.Add(time.Hour); other.image(key).Settled(late).State != image.Settled(late).State {
			t.Errorf("%s: later %s, want %s", name, other.image(key).Settled(late).State, image.Settled(late).State)
		}
	}
}

// TestWhatIsStoredMayBeSaidAgain although it could no longer be made.
func TestWhatIsStoredMayBeSaidAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(`{version: 1, images: [{product: cvm, region: ap-beijing, id: img-00000001, owner: 1, shares: [{account: 2}]}]}`)
	h.must(`{version: 1, regions: {cvm: [ap-private-1]}}`)
	out, _ := h.export(false)
	before := h.history()
	h.must(out)
	if got := h.history(); got != before {
		t.Errorf("the history went on with\n%s", strings.TrimPrefix(got, before))
	}
	if err := h.apply(strings.Replace(out, "img-00000001", "img-00000002", 1)); !errors.Is(err, ledger.ErrNoRegion) {
		t.Errorf("a new image there: %v", err)
	}
}

// TestNumbersInUseAreNoUsers: a user's number is never an owner or a target.
func TestNumbersInUseAreNoUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(`{version: 1, images: [{product: cvm, region: ap-beijing, id: img-00000001, owner: 1, shares: [{account: 2}]}]}`)
	for _, number := range []string{"1", "2"} {
		err := h.apply(`{version: 1, accounts: [{cloud: tencent, id: 5, users: [{name: bob, id: ` + number + `}]}]}`)
		if !errors.Is(err, ledger.ErrNumberTaken) || !strings.Contains(err.Error(), "some are shared with it") {
			t.Errorf("number %s: %v", number, err)
		}
	}
	// Images of the other cloud are none of its business, and what has ended is over.
	h.must(`{version: 1, images: [{product: cvm, region: ap-beijing, id: img-00000001, owner: 1, shares: []}], accounts: [
		{cloud: tencent, id: 5, users: [{name: bob, id: 2}]}, {cloud: alibaba, id: 5, users: [{name: bob, id: 1}]}]}`)
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
