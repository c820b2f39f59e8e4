// Package tag is what Tencent Cloud's Tag offers here, one file per action:
// the tags of images, for whoever owns them. Terraform asks for them whenever
// it reads an image, and writes them here.
//
// Limits: version 2018-08-13. Images of CVM are the only things here that have
// tags, and all tags are the owner's own.
package tag

import (
	"imageshare/api"
	"imageshare/ledger"
)

const (
	product = "tag"
	version = "2018-08-13"
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger) []api.Action {
	return []api.Action{describeResourceTagsByResourceIds(l), modifyResourceTags(l)}
}
