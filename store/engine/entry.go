package engine

import (
	"strings"

	"imageshare/ledger"
)

// Accounts are the accounts whose share an entry begins or ends, each once.
// Shares are written by number alone; the cloud is that of the image's product.
func Accounts(e ledger.Event) []ledger.AccountKey {
	var all []ledger.AccountKey
	seen := map[string]bool{}
	add := func(number string) {
		if !seen[number] {
			seen[number] = true
			all = append(all, ledger.AccountKey{Cloud: cloud(e.Entity), ID: number})
		}
	}
	for _, s := range e.Added {
		add(s.Account)
	}
	for _, number := range e.Removed {
		add(number)
	}
	return all
}

// cloud is whose accounts an entity's shares name; "" if it has none.
func cloud(entity string) ledger.Cloud {
	kind, rest, _ := strings.Cut(entity, "/")
	product, _, _ := strings.Cut(rest, "/")
	if kind != "image" {
		return ""
	}
	return ledger.Product(product).Cloud()
}
