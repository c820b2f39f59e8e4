// Package region is what Tencent Cloud's Region Management System offers here,
// one file per action: the regions of a product and their zones.
//
// Which regions there are, the ledger says: the built-in ones, or those that a
// state file wrote in their place. What the vendor calls them and which zones
// lie in them is data, see places.go. CVM's own two lists, which the vendor
// no longer keeps up, tell the same.
//
// Limits: version 2022-06-27. The one product that has images is cvm. Names
// are English, whatever Language asks for.
package region

import (
	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
)

const (
	product = "region"
	version = "2022-06-27"
	// rate is what the page of the product says of both calls.
	rate = 50
)

// Actions are what the product offers over one ledger.
func Actions(l *ledger.Ledger) []api.Action {
	return []api.Action{describeRegions(l), describeZones(l)}
}

// faults are the product's own rows. Its pages list the code, and no text.
var faults = []api.Fault{
	{Err: param.ErrRange, Code: "InvalidParameter.ParameterError", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
}

// everything is what a policy is asked about: no page names a resource.
func everything() []string { return []string{"*"} }
