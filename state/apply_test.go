package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/seal"
	"imageshare/store/memory"
)

// house is a ledger with its store and key, at a time that stands still.
type house struct {
	t      *testing.T
	ledger *ledger.Ledger
	key    *seal.Key
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func newHouse(t *testing.T, key *seal.Key) *house {
	t.Helper()
	store := memory.New()
	t.Cleanup(func() { _ = store.Close() })
	l, err := ledger.New(t.Context(), ledger.Config{
		Store: store, Now: func() time.Time { return noon }, Random: rand.NewChaCha8([32]byte{}), // so that role ids are always the same
		Regions: map[ledger.Product][]string{ledger.CVM: {"ap-guangzhou", "ap-beijing"}, ledger.ECS: {"cn-hangzhou"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &house{t, l, key}
}

// apply reads a file and applies it, as a server does.
func (h *house) apply(text string) error {
	f, err := Parse("file.yaml", []byte(text))
	if err != nil {
		return err
	}
	return f.Explain(h.ledger.Edit(h.t.Context(), ledger.Caller{}, func(e *ledger.Editor) error { return f.Apply(e, h.key) }))
}

func (h *house) must(text string) {
	h.t.Helper()
	if err := h.apply(text); err != nil {
		h.t.Fatal(err)
	}
}

// export is the whole state, as YAML and as JSON.
func (h *house) export(plain bool) (yaml, json string) {
	h.t.Helper()
	f, err := Export(h.t.Context(), h.ledger.Reader(), Options{Now: noon, Plain: plain, Secrets: h.key})
	if err != nil {
		h.t.Fatal(err)
	}
	y, j := encode(h.t, f)
	return string(y), string(j)
}

func (h *house) image(key ledger.ImageKey) *ledger.Image {
	h.t.Helper()
	i, err := h.ledger.Reader().Image(h.t.Context(), key)
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *house) account(cloud ledger.Cloud, id string) *ledger.Account {
	h.t.Helper()
	a, err := h.ledger.Reader().Account(h.t.Context(), ledger.AccountKey{Cloud: cloud, ID: id})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// history is what every entry says, one a line.
func (h *house) history() string {
	h.t.Helper()
	events, err := h.ledger.Reader().Events(h.t.Context(), ledger.EventQuery{})
	if err != nil {
		h.t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e.Entity, e.Added, e.Removed, e.Notes)
	}
	return b.String()
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever is held comes back: from YAML and JSON, sealed for the same key,
// in the clear for any.
func TestExportThenImport(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/full.yaml", "testdata/rich.yaml", "demo.yaml"} {
		from := newHouse(t, seal.NewKey())
		from.must(file(t, name))
		for _, plain := range []bool{false, true} {
			yaml, json := from.export(plain)
			for _, text := range []string{yaml, json} {
				to := newHouse(t, from.key)
				if plain {
					to = newHouse(t, seal.NewKey())
				}
				to.must(text)
				if got, _ := to.export(plain); got != yaml {
					t.Errorf("%s, plain %v:\n got\n%s\nwant\n%s", name, plain, got, yaml)
				}
			}
		}
	}
}

func TestEqualFileWritesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/full.yaml", "testdata/rich.yaml", "demo.yaml"} {
		h := newHouse(t, seal.NewKey())
		h.must(file(t, name))
		want := h.history()
		sealed, json := h.export(false)
		plain, _ := h.export(true)
		for what, text := range map[string]string{"itself": file(t, name), "YAML": sealed, "JSON": json, "plain": plain} {
			h.must(text)
			if got := h.history(); got != want {
				t.Errorf("%s, then %s:\n got\n%s\nwant\n%s", name, what, got, want)
			}
			if got, _ := h.export(false); got != sealed {
				t.Errorf("%s, then %s:\n got\n%s\nwant\n%s", name, what, got, sealed)
			}
		}
	}
}

const small = `
version: 1
accounts:
  - cloud: tencent
    id: 1
    keys: [{id: AKIDone, secret: one}, {id: AKIDtwo, secret: two}]
    users:
      - {name: a, id: 11, keys: [{id: AKIDa, secret: a}], policies: [{version: "2.0", statement: {effect: allow, action: "*", resource: "*"}}]}
      - {name: b}
    roles:
      - {name: r, policies: [{version: "2.0", statement: {effect: allow, action: "*", resource: "*"}}]}
images:
  - {product: cvm, region: ap-guangzhou, id: img-00000001, owner: 1, name: n, public: true, sizeGiB: 5, tags: {a: b}, snapshots: [{id: s, device: /dev/xvda, format: RAW, bucket: b, object: o}],
     createdAt: 2018-06-01T00:00:00Z, shares: [{account: 2, sharedAt: 2018-06-10T11:02:50Z, expiresAt: 2030-01-01T00:00:00Z}]}
`

var smallImage = ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-00000001"}

func TestWhatIsNotWrittenStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	before, _ := h.export(false)
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1, users: [{name: a}, {name: b}], roles: [{name: r}]}],
		images: [{product: cvm, region: ap-guangzhou, id: img-00000001, owner: 1}]}`)
	if got, _ := h.export(false); got != before {
		t.Errorf("got\n%s\nwant\n%s", got, before)
	}
}

func TestAWrittenListIsTheWholeList(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1, keys: [{id: AKIDtwo, secret: two}], users: [{name: a, id: "", keys: [], policies: []}], roles: []}],
		images: [{product: cvm, region: ap-guangzhou, id: img-00000001, owner: 1, name: "", public: false, sizeGiB: 0, tags: {}, snapshots: [], shares: []}]}`)
	a := h.account(ledger.Tencent, "1")
	if got, want := fmt.Sprintln(a.Keys[0].ID, len(a.Keys), a.Users, a.Roles), "AKIDtwo 1 [{a  [] []}] []\n"; got != want {
		t.Errorf("account: got %s, want %s", got, want)
	}
	i := h.image(smallImage)
	if got, want := fmt.Sprintf("%q %v %d %v %v %v %s", i.Name, i.Public, i.SizeGiB, i.Tags, i.Snapshots, i.Shares, i.State), `"" false 0 map[] [] [] available`; got != want {
		t.Errorf("image: got %s, want %s", got, want)
	}
}

// A share without a time keeps the one it had; a new one begins now. Without
// an end it has none, whatever it had.
func TestTimesLeftOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	h.must(`{version: 1, images: [{product: cvm, region: ap-guangzhou, id: img-00000001, owner: 1, shares: [{account: 2}, {account: 3}]},
		{product: ens, id: m-1, owner: 1}]}`)
	want := []ledger.Share{{Account: "2", At: time.Date(2018, 6, 10, 11, 2, 50, 0, time.UTC)}, {Account: "3", At: noon}}
	if got := h.image(smallImage).Shares; !slices.EqualFunc(got, want, ledger.Share.Equal) {
		t.Errorf("shares: got %v, want %v", got, want)
	}
	if got := h.image(ledger.ImageKey{Product: ledger.ENS, ID: "m-1"}); !got.CreatedAt.Equal(noon) || got.State != ledger.Available {
		t.Errorf("a new image: got %v, %s, want %v, available", got.CreatedAt, got.State, noon)
	}
}

// A state that a file writes stays, also where an action's image was about to
// become available; an export tells the state of its moment.
func TestWrittenStatesStay(t *testing.T) {
	t.Parallel()
	key := ledger.ImageKey{Product: ledger.ENS, ID: "m-1"}
	for _, c := range []struct {
		ready       time.Time
		text        string
		told, stays ledger.State
	}{
		{noon.Add(time.Hour), "", ledger.Creating, ledger.Available},
		{noon.Add(time.Hour), ", state: creating", ledger.Creating, ledger.Creating},
		{noon.Add(-time.Hour), "", ledger.Available, ledger.Available},
	} {
		h := newHouse(t, seal.NewKey())
		err := h.ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
			return e.Image(key, func(i *ledger.Image) error {
				i.Owner, i.State, i.ReadyAt = "1", ledger.Creating, c.ready
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		h.must("{version: 1, images: [{product: ens, id: m-1, owner: 1" + c.text + "}]}")
		if f, err := Export(t.Context(), h.ledger.Reader(), Options{Now: noon}); err != nil || *f.Images[0].State != c.told {
			t.Errorf("%v%s: told %v, %v, want %s", c.ready, c.text, *f.Images[0].State, err, c.told)
		}
		if got := h.image(key).Settled(noon.Add(2 * time.Hour)).State; got != c.stays {
			t.Errorf("%v%s: later %s, want %s", c.ready, c.text, got, c.stays)
		}
	}
}

// TestKeysMoveEitherWay: the order of accounts is that of their numbers in an
// export, and says nothing.
func TestKeysMoveEitherWay(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"1", "3"} {
		h := newHouse(t, seal.NewKey())
		h.must(`{version: 1, accounts: [{cloud: tencent, id: 2, keys: [{id: K, secret: s}], users: [{name: u, id: 7}]}]}`)
		other := `{cloud: tencent, id: ` + to + `, keys: [{id: K, secret: t}], users: [{name: u, id: 7}]}`
		if err := h.apply(`{version: 1, accounts: [` + other + `]}`); !errors.Is(err, ledger.ErrKeyTaken) {
			t.Errorf("to %s, before it goes there: %v", to, err)
		}
		accounts := []string{other, `{cloud: tencent, id: 2, keys: [], users: []}`}
		if to == "3" {
			slices.Reverse(accounts)
		}
		h.must(`{version: 1, accounts: [` + strings.Join(accounts, ", ") + `]}`)
		if a := h.account(ledger.Tencent, to); len(a.Keys) != 1 || a.Users[0].Number != "7" {
			t.Errorf("to %s: %+v", to, a)
		}
	}
}

// TestWhatIsTriedAgainIsOverwrittenOnce: a key moves between two stored accounts
// to the one that stands first.
func TestWhatIsTriedAgainIsOverwrittenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1}, {cloud: tencent, id: 2, keys: [{id: K, secret: s}]}]}`)
	f, err := Parse("file.yaml", []byte(`{version: 1, accounts: [{cloud: tencent, id: 1, keys: [{id: K, secret: s}]}, {cloud: tencent, id: 2, keys: []}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var over []string
	err = h.ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		err := f.Apply(e, h.key)
		over = e.Overwritten()
		return err
	})
	if want := []string{"account/tencent/2", "account/tencent/1"}; err != nil || !slices.Equal(over, want) {
		t.Errorf("%v, %v, want %v", over, err, want)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	sealed := h.account(ledger.Tencent, "1").Keys[0].Sealed
	if strings.Contains(h.history(), sealed) {
		t.Error("a sealed secret stands in the history")
	}
	// The same secret, sealed again elsewhere, keeps the stored sealing.
	again := h.key.Seal("tencent/AKIDone", "one")
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1, keys: [{id: AKIDone, sealedSecret: ` + again + `}]}]}`)
	if got := h.account(ledger.Tencent, "1").Keys[0].Sealed; got != sealed {
		t.Errorf("the same secret: got %s, want %s", got, sealed)
	}
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1, keys: [{id: AKIDone, secret: other}]}]}`)
	if got, err := h.key.Open("tencent/AKIDone", h.account(ledger.Tencent, "1").Keys[0].Sealed); got != "other" || err != nil {
		t.Errorf("another secret: got %q, %v, want other", got, err)
	}
	// A key may move from the account to one of its users, with its sealing.
	was := h.account(ledger.Tencent, "1").Keys[0].Sealed
	h.must(`{version: 1, accounts: [{cloud: tencent, id: 1, keys: [], users: [{name: a, keys: [{id: AKIDone, secret: other}]}]}]}`)
	if got := h.account(ledger.Tencent, "1").Users[0].Keys[0].Sealed; got != was {
		t.Errorf("moved: got %s, want %s", got, was)
	}
}

// A key that was disabled stays so under a file that does not say: one that is
// applied at each start must not bring back what was revoked. An export says.
func TestDisabledKeysStayDisabled(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	enabled, _ := h.export(false)
	one := func(more string) string {
		return "{version: 1, accounts: [{cloud: tencent, id: 1, keys: [{id: AKIDone, secret: one" + more + "}, {id: AKIDtwo, secret: two}]}]}"
	}
	for _, step := range []struct {
		text string
		want bool
	}{
		{one(""), false},
		{one(", disabled: true"), true},
		{one(""), true},
		{small, true},
		{one(", disabled: false"), false},
		{one(", disabled: true"), true},
		{enabled, false},
	} {
		h.must(step.text)
		if got := h.account(ledger.Tencent, "1").Keys; got[0].Disabled != step.want || got[1].Disabled {
			t.Errorf("%s\ndisabled: got %v and %v, want %v and false", step.text, got[0].Disabled, got[1].Disabled, step.want)
		}
	}
}

// Rules of the ledger are told with the line of what broke them.
func TestFaultsOfTheLedger(t *testing.T) {
	t.Parallel()
	h := newHouse(t, seal.NewKey())
	h.must(small)
	foreign := seal.NewKey().Seal("tencent/AKIDone", "one")
	for _, c := range []struct {
		text, want string
		is         error
	}{
		{"\nimages:\n  - {product: cvm, region: ap-nowhere, id: img-00000002, owner: 1}",
			"file.yaml:3: no such region: image img-00000002: region ap-nowhere: write a region", ledger.ErrNoRegion},
		{"\nimages:\n  - product: cvm\n    region: ap-guangzhou\n    id: img-00000002\n    owner: 1\n    shares:\n      - {account: 2}\n      - {account: 11}",
			"file.yaml:9: the number is a user's own, not an account's: image img-00000002: account 11: write the number of the user's account", ledger.ErrTargetUser},
		{"\nimages:\n  - product: cvm\n    region: ap-guangzhou\n    id: img-00000002\n    owner: 1\n    shares: [{account: 2},\n      {account: 1}]",
			"file.yaml:8: an image is not shared with its owner: image img-00000002: account 1: take the owner out of the shares", ledger.ErrTargetSelf},
		{"\naccounts:\n  - {cloud: tencent, id: 2}\n  - {cloud: tencent, id: 3, keys: [{id: AKIDone, secret: x}]}",
			"file.yaml:4: the access key id is in use: account 3: key AKIDone: every key id is one key", ledger.ErrKeyTaken},
		{"\naccounts:\n  - {cloud: tencent, id: 11}", "file.yaml:3: the number is another account's or user's: account 11", ledger.ErrNumberTaken},
		{"\naccounts:\n  - {cloud: tencent, id: 3, users: [{name: a b}]}", `file.yaml:3: not a valid record: user "a b"`, ledger.ErrInvalid},
		{"\naccounts:\n  - {cloud: tencent, id: 3, keys: [{id: a b, secret: x}]}", `file.yaml:3: not a valid record: key id "a b"`, ledger.ErrInvalid},
		{"\nregions: {cvm: [a/b]}", "file.yaml:2: not a valid record: region a/b: a region id is one word", ledger.ErrInvalid},
		{"\naccounts:\n  - cloud: tencent\n    id: 1\n    keys:\n      - id: AKIDone\n        sealedSecret: " + foreign,
			"file.yaml:6: the sealedSecret of key AKIDone does not open with this server's key: sealed with another key", seal.ErrWrongKey},
	} {
		before, _ := h.export(false)
		err := h.apply("version: 1" + c.text)
		var fault *Error
		if !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), c.want) || !errors.Is(err, c.is) {
			t.Errorf("%s:\n got %v\nwant %s…, an error that is %v", c.text, err, c.want, c.is)
		}
		if after, _ := h.export(false); after != before {
			t.Errorf("%s: it was applied in part:\n%s", c.text, after)
		}
	}
}

// What is wrong with the store, not with the file, comes back as it is.
func TestErrorsOfTheStore(t *testing.T) {
	t.Parallel()
	f := Demo()
	for _, err := range []error{ledger.ErrBusy, ledger.ErrClosed, context.Canceled, &ledger.Error{Rule: ledger.ErrNoImage}} {
		if got := f.Explain(err); got != err {
			t.Errorf("Explain(%v): got %v, want it as it is", err, got)
		}
		if got := f.explain(3, err); !errors.Is(err, ledger.ErrNoImage) && got != err {
			t.Errorf("explain(%v): got %v, want it as it is", err, got)
		}
	}
	if got := f.Explain(nil); got != nil {
		t.Errorf("Explain(nil): got %v, want nil", got)
	}
}
