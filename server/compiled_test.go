package server

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"imageshare/internal/heap"
	"imageshare/ledger"
	"imageshare/store/cache"
	"imageshare/store/memory"
)

// A policy that is kept compiled holds its own text, not the whole record of the
// account that it was read with.
func TestCompiledPoliciesHoldTheirTextsAlone(t *testing.T) {
	// Not parallel: it measures the heap.
	s := cache.New(memory.New(), 64<<20)
	const users = 90
	key := ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1"}
	a := &ledger.Account{Key: key}
	for n := range users {
		a.Users = append(a.Users, ledger.User{Name: fmt.Sprint("u", n), Policies: []ledger.Document{ledger.Document(fmt.Sprintf(
			`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"acs:ecs:*:*:image/%d%s"}]}`, n, strings.Repeat("x", 500)))}})
	}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutAccount(a) }); err != nil {
		t.Fatal(err)
	}
	c := newCompiled()
	before := heap.InUse()
	for n := range users {
		read, err := s.Account(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if c.all(&Server{}, ledger.Alibaba, read.Users[n].Policies) == nil {
			t.Fatal("not a policy")
		}
	}
	if held := heap.InUse() - before; held > int64(10**c.size) {
		t.Errorf("%d KiB of policies hold %d KiB", *c.size>>10, held>>10)
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(c)
}
