package ledger

import "regexp"

// Cloud is a name space of accounts.
type Cloud string

// The two clouds. An account number means one account in each.
const (
	Tencent Cloud = "tencent"
	Alibaba Cloud = "alibaba"
)

// Product is a set of images. ECS and ENS share Alibaba's accounts.
type Product string

// The products.
const (
	CVM Product = "cvm"
	ECS Product = "ecs"
	ENS Product = "ens"
)

// Products lists every product, in the order of their names.
var Products = []Product{CVM, ECS, ENS}

// traits are the rules in which the products differ, as data.
type traits struct {
	cloud      Cloud
	regional   bool           // an image lies in a region
	imageID    *regexp.Regexp // the form of an image id
	shareQuota int            // accounts per image, as documented
	imageQuota int            // images per account and region, as documented
	tagQuota   int            // tags per image, as documented; 0: not bounded
	newImage   idForm
	newDisk    idForm // of a snapshot
	// uniqueNames: an account has one image of a name in a region.
	uniqueNames bool
	// copyKeepsName: a copy without a name of its own has its source's, not its id.
	copyKeepsName bool
	// cancelsMaking: deleting an image that is being made ends the making.
	cancelsMaking bool
	// repeatFails: adding an account that has the share already is an error
	// (Tencent documents one), not a change of nothing.
	repeatFails bool
	// copyIsReady: a copy can be shared before it is finished. The Packer
	// plugin for ECS shares its copies without waiting for them.
	copyIsReady bool
}

var (
	cvmImageID     = regexp.MustCompile(`^img-[0-9a-z]{8,}$`)
	alibabaImageID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

// maxImageID bounds ids whose pattern has no upper end, well above any real one.
const maxImageID = 64

var products = map[Product]traits{
	CVM: {
		cloud: Tencent, regional: true, imageID: cvmImageID, shareQuota: 500, imageQuota: 500, repeatFails: true,
		newImage: idForm{"img-", 8}, newDisk: idForm{"snap-", 8}, uniqueNames: true, copyKeepsName: true,
	},
	ECS: {
		cloud: Alibaba, regional: true, imageID: alibabaImageID, shareQuota: 50, imageQuota: 100, tagQuota: 20, copyIsReady: true,
		newImage: idForm{"m-", 20}, newDisk: idForm{"s-", 20}, uniqueNames: true, cancelsMaking: true,
	},
	ENS: {
		cloud: Alibaba, imageID: alibabaImageID, shareQuota: 50, imageQuota: 100,
		newImage: idForm{"m-", 24}, newDisk: idForm{"s-", 24},
	},
}

func (p Product) traits() traits { return products[p] }

// Known reports whether p is one of Products.
func (p Product) Known() bool { _, ok := products[p]; return ok }

// Cloud is the cloud whose accounts own and use p's images; "" if p is unknown.
func (p Product) Cloud() Cloud { return p.traits().cloud }

// Regional reports whether p's images lie in regions.
func (p Product) Regional() bool { return p.traits().regional }

// ValidImageID reports whether id has the form of p's image ids.
func (p Product) ValidImageID(id string) bool {
	return len(id) <= maxImageID && p.Known() && p.traits().imageID.MatchString(id)
}

// ValidAccount reports whether id has the form of an account number: one to
// twenty digits, the first not zero.
func ValidAccount(id string) bool {
	if len(id) < 1 || len(id) > 20 || id[0] == '0' {
		return false
	}
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return false
		}
	}
	return true
}
