// Package cbs is what Tencent Cloud's Block Storage offers here: a look at the
// snapshots that images are made of. Terraform's data source of images asks
// for those of every image that it lists, and stops if nobody answers.
//
// Limits: version 2017-03-12. A snapshot is metadata of an image, so there is
// none without one; it is looked up by its id alone.
package cbs

import (
	"imageshare/api"
	"imageshare/ledger"
)

const (
	product = "cbs"
	version = "2017-03-12"
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger) []api.Action {
	return []api.Action{describeSnapshots(l)}
}
