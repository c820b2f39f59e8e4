package cache

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"imageshare/internal/heap"
	"imageshare/ledger"
	"imageshare/seal"
)

// What people write takes half of the numbers at the most, wherever they write it.
func TestTextsOfPeopleLeaveRoom(t *testing.T) {
	t.Parallel()
	for what, write := range map[string]func(string) *ledger.Image{
		"descriptions":      func(s string) *ledger.Image { return &ledger.Image{Description: s} },
		"platforms":         func(s string) *ledger.Image { return &ledger.Image{Platform: s} },
		"operating systems": func(s string) *ledger.Image { return &ledger.Image{OSName: s} },
		"devices":           func(s string) *ledger.Image { return &ledger.Image{Snapshots: []ledger.Snapshot{{Device: s}}} },
		"beginnings":        func(s string) *ledger.Image { return &ledger.Image{Name: s + "-"} },
	} {
		var known terms
		for n := range maxTerms {
			encode(&known, write(fmt.Sprint("mine ", n)), (*codec).image)
		}
		if n := len(known.numbers); n != maxFree {
			t.Errorf("%s took %d numbers, want %d", what, n, maxFree)
		}
	}
}

// A sealed secret begins like no other, whatever it has a hyphen behind.
func TestSealedSecretsTakeNoNumber(t *testing.T) {
	t.Parallel()
	var known terms
	k := seal.NewKey()
	for n := range 1000 {
		id := fmt.Sprintf("AKID%032d", n)
		a := &ledger.Account{Keys: []ledger.AccessKey{{ID: id, Sealed: k.Seal("tencent/"+id, strings.Repeat("s", 32))}}}
		encode(&known, a, (*codec).accountRecord)
	}
	if n := len(known.numbers); n > 0 {
		t.Errorf("%d of 1000 sealed secrets took a number", n)
	}
}

// A number keeps its own text, not the long one that this was part of.
func TestNumbersHoldTheirTextsAlone(t *testing.T) {
	// Not parallel: it measures the heap.
	var known terms
	before := heap.InUse()
	for n := range maxFree {
		long := fmt.Sprintf("a%d-", n) + strings.Repeat("é", 1015)
		encode(&known, &ledger.Image{Snapshots: []ledger.Snapshot{{Object: long}}}, (*codec).image)
	}
	if held := heap.InUse() - before; len(known.numbers) != maxFree || held > maxFree*200 {
		t.Errorf("%d numbers hold %d KiB", len(known.numbers), held>>10)
	}
	runtime.KeepAlive(&known)
}
