package e2e

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestRestart stops a server and starts another on the same file, without the
// state file: accounts, keys, images, shares and their times are all there.
func TestRestart(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "shares.db")
	rows := []wire{tc3Wire(), acs3Wire("current"), v1Wire("current")}
	first := start(t, options{store: store, profile: "current", seed: everyone(rows), args: []string{"--rate-limits", "off"}})
	before := make([]listing, len(rows))
	for n, w := range rows {
		before[n] = shareAndList(t, w, first.addr, w.cloud.imageID(n))
	}
	first.stop(t)
	second := start(t, options{store: store, profile: "current", args: []string{"--rate-limits", "off"}})
	for n, w := range rows {
		after, err := w.on(t, second.addr, owner).list(w.cloud.imageID(n))
		must(t, err)
		if !slices.Equal(after.shares, before[n].shares) {
			t.Errorf("%s: after the restart %v, before %v", w.name, after.shares, before[n].shares)
		}
	}
}

// everyone is the state of both clouds, with an image for each row.
func everyone(rows []wire) *state {
	images := make([]image, len(rows))
	s, ali := tencent.seed(images...), alibaba.seed(images...)
	s.Accounts = append(s.Accounts, ali.Accounts...)
	s.Images = append(s.Images, ali.Images...)
	return s
}

func shareAndList(t *testing.T, w wire, addr, image string) listing {
	t.Helper()
	c := w.on(t, addr, owner)
	must(t, c.share(image, small, middle, large))
	must(t, c.cancel(image, middle))
	l, err := c.list(image)
	must(t, err)
	if want := []string{small, large}; !slices.Equal(l.accounts(), want) {
		t.Fatalf("%s: shared with %q, want %q", w.name, l.accounts(), want)
	}
	return l
}
