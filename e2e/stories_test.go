package e2e

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The images of the stories below, in this order behind the scenarios' own.
const (
	storyShare = iota
	storyTogether
	storyPages
	storySwap
	storyReplay
	galleryA
	galleryB
)

var storyImages = []image{
	storyShare: {Shares: had(large)},
	storyPages: {Shares: had(small, middle, large)},
	storySwap:  {Shares: had(small, middle, large)},
	galleryA: {Owner: curator, Shares: []share{
		{Account: small, At: "2019-01-01T00:00:00Z"},
		{Account: large, At: "2018-01-01T00:00:00Z"},
	}},
	galleryB: {Owner: curator, Shares: []share{{Account: small, At: "2017-01-01T00:00:00Z"}}},
}

func (b *bench) story(n int) image { return b.images[len(b.scenarios)+n] }

// stories are what takes more than one call.
func (b *bench) stories() map[string]func(*testing.T) {
	all := map[string]func(*testing.T){
		"share, list, cancel, list": b.shareAndCancel,
		"two changes at once":       b.together,
		"the same request again":    b.replay,
	}
	if b.cloud != tencent {
		all["pages"] = b.pages
		all["swap at the quota"] = b.swap
	}
	if b.cloud == alibaba {
		all["pages out of range"] = b.badPages
		all["list without an image"] = b.gallery
	}
	if b.cloud == ens {
		all["one account of the list"] = b.filter
	}
	return all
}

// shareAndCancel is the everyday life of an image. The large number comes
// first in the list because its share is old, the small before the middle
// because they are of one second.
func (b *bench) shareAndCancel(t *testing.T) {
	img, c := b.story(storyShare), b.on(t, b.addr, owner)
	from := time.Now().UTC().Truncate(time.Second)
	must(t, c.share(img.ID, middle, small))
	until := time.Now().UTC()
	want := []string{large, small, middle}
	l, err := c.list(img.ID)
	must(t, err)
	// Two shares of one call bear one time, unless they are no single step.
	if b.timesListed && len(l.shares) == 3 && l.shares[1].At != l.shares[2].At {
		t.Errorf("shares of one call at %s and %s", l.shares[1].At, l.shares[2].At)
	}
	b.checkTimes(t, b.expect(t, img, want), from, until)
	must(t, c.cancel(img.ID, small))
	b.checkTimes(t, b.expect(t, img, []string{large, middle}), from, until)
	must(t, c.cancel(img.ID, middle, large))
	b.expect(t, img, []string{})
}

// checkTimes: the seeded share keeps its time, a new one is of now.
func (b *bench) checkTimes(t *testing.T, l listing, from, until time.Time) {
	t.Helper()
	for _, s := range l.shares {
		if !b.timesListed {
			if s.At != "" {
				t.Errorf("a time of share, %s, that this document does not have", s.At)
			}
			continue
		}
		at, err := time.Parse("2006-01-02T15:04:05Z", s.At)
		if err != nil {
			t.Errorf("time of share: %v", err)
		}
		if s.Account == large && s.At != longAgo {
			t.Errorf("the share of %s is of %s, want %s", large, s.At, longAgo)
		}
		if s.Account != large && (at.Before(from) || at.After(until)) {
			t.Errorf("the share with %s is of %s, want between %s and %s", s.Account, s.At, from, until)
		}
	}
}

// together: declarative tools change one image from several goroutines.
func (b *bench) together(t *testing.T) {
	img := b.story(storyTogether)
	accounts := []string{small, middle, large}
	errs := make([]error, len(accounts))
	var wg sync.WaitGroup
	for n, id := range accounts {
		c := b.on(t, b.addr, owner)
		wg.Go(func() { errs[n] = c.share(img.ID, id) })
	}
	wg.Wait()
	for _, err := range errs {
		must(t, err)
	}
	l, err := b.on(t, b.addr, owner).list(img.ID)
	must(t, err)
	got := l.accounts()
	slices.Sort(got)
	slices.Sort(accounts)
	if !slices.Equal(got, accounts) {
		t.Errorf("shared with %q, want %q in some order", got, accounts)
	}
}

// pages: one account on each page, and a page past the end which still tells
// the truth about the whole.
func (b *bench) pages(t *testing.T) {
	img, c := b.story(storyPages), b.on(t, b.addr, owner).(pager)
	accounts := []string{small, middle, large}
	for number := 1; number <= 5; number++ {
		l, err := c.page(img.ID, number, 1)
		must(t, err)
		want := []string{}
		if number <= len(accounts) {
			want = accounts[number-1 : number]
		}
		if got := l.accounts(); !slices.Equal(got, want) {
			t.Errorf("page %d holds %q, want %q", number, got, want)
		}
		if l.page != number || l.size != 1 || l.total != 3 {
			t.Errorf("page %d says page %d, size %d, total %d; want %d, 1, 3", number, l.page, l.size, l.total, number)
		}
	}
}

// badPages: what is out of range is refused rather than bent into range.
func (b *bench) badPages(t *testing.T) {
	img, c := b.story(storyPages), b.on(t, b.addr, owner).(pager)
	most := 50
	if b.profile == "current" {
		most = 100
	}
	l, err := c.page(img.ID, 1, most)
	must(t, err)
	if l.size != most || l.total != 3 || len(l.shares) != 3 {
		t.Errorf("size %d, total %d, %d accounts; want %d, 3, 3", l.size, l.total, len(l.shares), most)
	}
	for name, p := range map[string][2]int{"PageSize": {1, most + 1}, "PageNumber": {0, 10}} {
		_, err := c.page(img.ID, p[0], p[1])
		b.judgeNamed(t, err, name)
	}
	_, err = c.page(img.ID, 1, 0)
	b.judgeNamed(t, err, "PageSize")
}

// judgeNamed expects InvalidParameter with the parameter in its message.
func (b *bench) judgeNamed(t *testing.T, err error, name string) {
	t.Helper()
	b.judge(t, err, fault{code: "InvalidParameter", status: 400}, "")
	if f, ok := b.blame(err); ok && !containsWord(f.message, name) {
		t.Errorf("message %q does not name %s", f.message, name)
	}
}

// swap: removals make room before additions need it.
func (b *bench) swap(t *testing.T) {
	img, c := b.story(storySwap), b.on(t, b.addr, owner).(pager)
	must(t, c.change(img.ID, []string{fourth}, []string{small}))
	b.expect(t, img, []string{middle, large, fourth})
}

// gallery: the 2017 document alone lists without an image, over all images of
// the caller, each account once with the time of its first share.
func (b *bench) gallery(t *testing.T) {
	c := b.on(t, b.addr, curator).(pager)
	l, err := c.list("")
	if b.profile != "2017" {
		b.judge(t, err, fault{
			code: "MissingParameter", status: 400,
			message: "The input parameter ImageId that is mandatory for processing this request is not supplied.",
		}, "")
		return
	}
	must(t, err)
	if want := []string{small, large}; !slices.Equal(l.accounts(), want) {
		t.Errorf("shared with %q, want %q", l.accounts(), want)
	}
	b.checkFrame(t, l, image{Region: b.cloud.region}, 2)
	l, err = c.page("", 2, 1)
	must(t, err)
	if want := []string{large}; !slices.Equal(l.accounts(), want) || l.total != 2 {
		t.Errorf("page 2 holds %q of %s, want %q of 2", l.accounts(), strconv.Itoa(l.total), want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
