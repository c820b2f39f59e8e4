package e2e

import (
	"slices"
	"strings"
	"testing"
)

// TestENS puts the clients of ENS through cases of its own: there are no
// regions, and most errors only name the field at fault. The stories are those
// of TestWires.
func TestENS(t *testing.T) { meet(t, ensWires()) }

func ensWires() []wire {
	return append([]wire{ensV1Wire(), ensStringsWire()}, openapiWires(ens)...)
}

// filterer is what ENS's clients can do besides.
type filterer interface {
	pager
	filter(image, account string) (listing, error)
}

// ensSaid is the whole message of the codes that bear a field's name.
func ensSaid(code string) string {
	field, found := strings.CutPrefix(code, "InvalidParameter.")
	if !found {
		return ""
	}
	return "The specified field " + field + " invalid. Please check it again."
}

// ensFault is one of ENS's own errors, which all have the same status.
func ensFault(code string) fault { return fault{code: code, status: 400} }

func ensScenarios() []scenario {
	return join(ensIdentities(), ensImages(), ensTargets(), ensChanges())
}

// ensIdentities: the gateway in front is that of ECS.
func ensIdentities() []scenario {
	wrong := fault{code: "SignatureDoesNotMatch", status: 400}
	return []scenario{
		{name: "wrong secret", as: wrongSecret, do: list, ens: wrong},
		{name: "wrong secret in a change", as: wrongSecret, do: shareWith(small, middle), ens: wrong},
		{
			name: "unknown key", as: by(key{ID: "AKIDnobody", Secret: "x"}), do: list,
			ens: fault{code: "InvalidAccessKeyId.NotFound", status: 404, message: "Specified access key is not found."},
		},
		{name: "a user who may not change", as: by(keyOf(readerUser)), do: shareWith(small), ens: ensFault("NoPermission")},
	}
}

// ensImages: unlike ECS, ENS tells a stranger's image from none.
func ensImages() []scenario {
	unknown, denied := ensFault("InvalidParameter.ImageId"), ensFault("NoPermission")
	denied.message = "Permission denied."
	foreign := image{Owner: stranger, Shares: had(small)}
	received := image{Owner: stranger, Shares: had(owner)}
	return []scenario{
		{name: "list of an unknown image", aim: "PREFIX-nosuch00", do: list, ens: unknown},
		{name: "share of an unknown image", aim: "PREFIX-nosuch00", do: shareWith(small), ens: unknown},
		{name: "cancel of an unknown image", aim: "PREFIX-nosuch00", do: cancelFor(small), ens: unknown},
		{name: "list with a malformed image id", aim: "PREFIX_NOT AN ID", do: list, ens: unknown},
		{name: "list of a stranger's image", image: foreign, do: list, ens: denied},
		{name: "share of a stranger's image", image: foreign, do: shareWith(middle), ens: denied},
		{name: "cancel of a stranger's image", image: foreign, do: cancelFor(small), ens: denied},
		{name: "list of a received image", image: received, do: list, ens: denied},
		{name: "cancel of a received image", image: received, do: cancelFor(owner), ens: denied},
		{name: "encrypted image", image: image{Encrypted: true}, do: shareWith(small), ens: ensFault("InvalidImageType.NotSupported")},
		{name: "image being created", image: image{State: "creating"}, do: shareWith(small), ens: unknown},
	}
}

func ensTargets() []scenario {
	bad := ensFault("InvalidParameter.AddAccounts")
	return []scenario{
		{name: "oneself", do: shareWith(owner), ens: bad},
		{name: "a friend and oneself", do: shareWith(small, owner), ens: bad},
		{name: "a user's own number", do: shareWith(readerUser), ens: bad},
		{name: "letters as an account", do: shareWith("friend"), ens: bad},
	}
}

func ensChanges() []scenario {
	return []scenario{
		{name: "already shared", image: image{Shares: had(small)}, do: shareWith(small)},
		{name: "one already shared of two", image: image{Shares: had(small)}, do: shareWith(middle, small), after: []string{small, middle}},
		{name: "an account named twice", do: shareWith(small, small), after: []string{small}},
		{name: "cancel of two", image: image{Shares: had(small, middle, large)}, do: cancelFor(large, small), after: []string{middle}},
		{name: "cancel of what is not shared", image: image{Shares: had(small)}, do: cancelFor(middle)},
		{
			name: "share with nobody", image: image{Shares: had(small)}, do: shareWith(),
			ens: fault{code: "MissingParameter", status: 400, message: "The input parameter that is mandatory for processing this request is not supplied."},
		},
		{name: "over the quota", image: image{Shares: had(small, middle, fourth)}, do: shareWith(large), ens: ensFault("InvalidParameter")},
		{
			name: "a page too long", image: image{Shares: had(small)}, ens: ensFault("InvalidParameter.PageSize"),
			do: func(c client, image string) error { _, err := c.(pager).page(image, 1, 101); return err },
		},
	}
}

// filter: the total counts what matches, wherever it stands in the list.
func (b *bench) filter(t *testing.T) {
	img, c := b.story(storyPages), b.on(t, b.addr, owner).(filterer)
	for account, want := range map[string][]string{middle: {middle}, fourth: {}} {
		l, err := c.filter(img.ID, account)
		must(t, err)
		if !slices.Equal(l.accounts(), want) || l.total != len(want) {
			t.Errorf("of %s: %q of %d, want %q of %d", account, l.accounts(), l.total, want, len(want))
		}
	}
}
