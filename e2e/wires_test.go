package e2e

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

// TestWires puts every client through every case. Each client has a server of
// its own and each case an image of its own, so all of it runs in parallel.
func TestWires(t *testing.T) { meet(t, wires()) }

func meet(t *testing.T, rows []wire) {
	for _, w := range rows {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, w)
			for n, s := range b.scenarios {
				t.Run(s.name, func(t *testing.T) {
					t.Parallel()
					w.report(t, s.name)
					if s.pending != "" {
						t.Skip(s.pending)
					}
					b.play(t, s, b.images[n])
				})
			}
			for name, test := range b.stories() {
				t.Run(name, func(t *testing.T) { t.Parallel(); w.report(t, name); test(t) })
			}
		})
	}
}

// bench is one client's server with the images that the tests work on.
type bench struct {
	wire
	addr      string
	scenarios []scenario
	images    []image // the scenarios' own, then one for each story
}

// newBench starts a server whose quota of three is soon reached.
func newBench(t *testing.T, w wire) *bench {
	t.Helper()
	b := &bench{wire: w, scenarios: scenarios()}
	if w.cloud == ens {
		b.scenarios = ensScenarios()
	}
	for _, s := range b.scenarios {
		b.images = append(b.images, s.image)
	}
	b.images = append(b.images, storyImages...)
	seed := w.cloud.seed(b.images...)
	b.images = seed.Images
	b.addr = start(t, options{
		seed: seed, profile: w.profile,
		args: append([]string{"--rate-limits", "off", "--share-quota", "cvm=3,ecs=3,ens=3"}, w.args...),
	}).addr
	return b
}

// play runs one scenario and then asks the image's owner what came of it.
func (b *bench) play(t *testing.T, s scenario, img image) {
	as := speaker{addr: b.addr, key: keyOf(owner), region: b.cloud.region}
	if s.as != nil {
		s.as(&as)
	}
	aim := img.ID
	if s.aim != "" {
		aim = strings.ReplaceAll(s.aim, "PREFIX", strings.TrimSuffix(b.cloud.prefix, "-"))
	}
	want := map[*cloud]fault{tencent: s.tencent, alibaba: s.alibaba, ens: s.ens}[b.cloud]
	b.judge(t, s.do(b.dial(t, as), aim), want, aim)
	after := s.after
	if want.code != "" || after == nil {
		after = listing{shares: img.Shares}.accounts()
	}
	b.expect(t, img, after)
}

// judge compares what the SDK reported with what the rules promise.
func (b *bench) judge(t *testing.T, err error, want fault, image string) {
	t.Helper()
	if want.code == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if err == nil {
		t.Errorf("not refused; want %s", want.code)
		return
	}
	got, ok := b.blame(err)
	if !ok {
		t.Fatalf("not the SDK's own error for an answer: %T %v", err, err)
	}
	b.compare(t, got, want, image)
}

func (b *bench) compare(t *testing.T, got, want fault, image string) {
	t.Helper()
	if got.code != want.code {
		t.Errorf("code %s, want %s; message: %s", got.code, want.code, got.message)
	}
	if b.cloud != tencent && got.status != want.status {
		t.Errorf("HTTP status %d, want %d", got.status, want.status)
	}
	b.checkMessage(t, got.message, want, image)
	b.checkRequestID(t, got.requestID)
	if want.code == "SignatureDoesNotMatch" && got.hint != b.secretHint {
		t.Errorf("the SDK concludes %q, want %q; message: %s", got.hint, b.secretHint, got.message)
	}
}

// checkMessage: Alibaba documents whole messages. Of Tencent's only the name
// of the culprit is sure.
func (b *bench) checkMessage(t *testing.T, got string, want fault, image string) {
	t.Helper()
	if b.cloud == tencent {
		if part := strings.ReplaceAll(want.message, "REGION", b.regionName); !strings.Contains(got, part) {
			t.Errorf("message %q does not name %s", got, part)
		}
		return
	}
	if whole := cmp.Or(want.message, b.said(want.code, image)); whole != "" && got != whole {
		t.Errorf("message %q, want %q", got, whole)
	}
}

// expect checks whom an image is shared with, asking as its owner at its home.
func (b *bench) expect(t *testing.T, img image, want []string) listing {
	t.Helper()
	at := speaker{addr: b.addr, key: keyOf(img.Owner), region: img.Region}
	l, err := b.dial(t, at).list(img.ID)
	if err != nil {
		t.Fatalf("listing: %v", err)
	}
	if got := l.accounts(); !slices.Equal(got, want) {
		t.Errorf("shared with %q, want %q", got, want)
	}
	b.checkRequestID(t, l.requestID)
	b.checkFrame(t, l, img, len(want))
	return l
}

// checkFrame looks at what ECS and ENS put around the list.
func (b *bench) checkFrame(t *testing.T, l listing, img image, total int) {
	t.Helper()
	if b.cloud == tencent {
		return
	}
	if l.image != img.ID || l.region != img.Region {
		t.Errorf("the list is of %q in %q, want %q in %q", l.image, l.region, img.ID, img.Region)
	}
	if l.page != 1 || l.size != 10 || l.total != total {
		t.Errorf("page %d of size %d, total %d; want 1, 10 and %d", l.page, l.size, l.total, total)
	}
	if len(l.groups) != 0 {
		t.Errorf("groups %q of an image that is not public", l.groups)
	}
}
