package memory_test

import (
	"testing"

	"imageshare/ledger"
	"imageshare/store/memory"
	"imageshare/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) storetest.Opener {
		return func(testing.TB) ledger.Store { return memory.New() }
	}, storetest.Forgets)
}
