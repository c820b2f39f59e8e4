package e2e

import (
	"sync"
	"testing"
)

// burst is more calls than any two neighbouring seconds have room for.
const burst = 40

// TestRateLimits leaves the documented rates in force: ten lists a second on
// Tencent, and none on ECS, whose documents name none.
func TestRateLimits(t *testing.T) {
	for _, w := range []wire{tc3Wire(), acs3Wire("")} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, options{seed: w.cloud.seed(image{})})
			allowed, refused := tally(t, w, storm(t, w, s.addr))
			t.Logf("%d allowed, %d refused", allowed, refused)
			switch {
			case w.cloud == tencent && (allowed < 10 || refused < 1):
				t.Errorf("%d allowed and %d refused of %d, want at least 10 and 1", allowed, refused, burst)
			case w.cloud == alibaba && refused > 0:
				t.Errorf("%d refused, want none", refused)
			}
		})
	}
}

// storm sends the whole burst at once.
func storm(t *testing.T, w wire, addr string) []error {
	errs := make([]error, burst)
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for n := range errs {
		c := w.on(t, addr, owner)
		wg.Go(func() {
			<-gate
			_, errs[n] = c.list(w.cloud.imageID(0))
		})
	}
	close(gate)
	wg.Wait()
	return errs
}

// tally counts, and reports whatever is neither an answer nor the limit.
func tally(t *testing.T, w wire, errs []error) (allowed, refused int) {
	t.Helper()
	for _, err := range errs {
		if err == nil {
			allowed++
			continue
		}
		refused++
		if f, ok := w.blame(err); !ok || (f.code != "RequestLimitExceeded" && w.cloud == tencent) {
			t.Errorf("refused with %v, want RequestLimitExceeded", err)
		}
	}
	return allowed, refused
}
