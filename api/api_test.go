package api_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/ledger"
)

type in struct{}

type out struct{ RequestId string }

func action() api.Action {
	return api.Define(api.Spec[in]{
		Cloud: ledger.Tencent, Product: "cvm", Version: "1", Name: "Do",
		Resources: func(*api.Request, *in) []string { return nil },
	}, func(context.Context, *api.Request, *in) (*out, error) { return &out{}, nil })
}

func TestDefinePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an action without resources was defined")
		}
	}()
	api.Define(api.Spec[in]{Name: "A", Version: "1", Product: "p", Cloud: "c"}, nop[in])
}

func nop[In any](context.Context, *api.Request, *In) (*out, error) { return &out{}, nil }

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c := api.NewCatalogue([]api.Action{action()})
	if _, err := c.Find(ledger.Tencent, &api.Call{Version: "1", Action: "Do"}); err != nil {
		t.Error(err)
	}
	if _, err := c.Find(ledger.Alibaba, &api.Call{Version: "1", Action: "Do"}); !errors.Is(err, api.ErrNoVersion) {
		t.Errorf("another cloud's version: %v", err)
	}
	if _, err := c.Find(ledger.Tencent, &api.Call{Version: "1", Action: "Undo"}); !errors.Is(err, api.ErrNoAction) {
		t.Errorf("an unknown action: %v", err)
	}
	if _, err := c.Find(ledger.Tencent, &api.Call{Generation: "old", Version: "1", Action: "Do"}); !errors.Is(err, api.ErrNoVersion) {
		t.Errorf("another generation's version: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("an action defined twice did not panic")
		}
	}()
	api.NewCatalogue([]api.Action{action(), action()})
}

func TestPage(t *testing.T) {
	t.Parallel()
	list := []int{1, 2, 3}
	for _, c := range []struct{ number, size, want int64 }{{1, 2, 2}, {2, 2, 1}, {3, 2, 0}, {1, 3, 3}, {2, 3, 0}, {1<<63 - 1, 50, 0}, {1, 1<<63 - 1, 3}} {
		if got := api.Page(list, c.number, c.size); int64(len(got)) != c.want {
			t.Errorf("page %d of %d: %v", c.number, c.size, got)
		}
	}
}

func TestSpell(t *testing.T) {
	t.Parallel()
	rows := []api.Fault{{Err: ledger.ErrShareQuota, Code: "Quota", Message: "{account} of {image}: {limit} {requestId}"}}
	err := &ledger.Error{Rule: ledger.ErrShareQuota, Account: strings.Repeat("9", 9999), Limit: 5, Image: ledger.ImageKey{ID: "{limit}"}}
	f := api.Match(err, api.Fault{Code: "Internal"}, nil, rows).Spell(err, "ID")
	want := strings.Repeat("9", 256) + "… of {limit}: 5 ID"
	if f.Code != "Quota" || f.Message != want {
		t.Errorf("got %s %s\nwant %s", f.Code, f.Message, want)
	}
	if f := api.Match(errors.New("other"), api.Fault{Code: "Internal"}, rows); f.Code != "Internal" {
		t.Errorf("fallback: %v", f)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ number, size, want int64 }{{1, 10, 0}, {3, 50, 100}, {math.MaxInt64, 100, 100 << 40}} {
		if got := api.Offset(c.number, c.size); got != c.want {
			t.Errorf("page %d of %d begins at %d, want %d", c.number, c.size, got, c.want)
		}
	}
}
