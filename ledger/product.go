package ledger

import "strings"

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
	regional   bool // an image lies in a region
	imageID    imageIDForm
	shareQuota int // accounts per image, as documented
	imageQuota int // images per account and region, as documented
	tagQuota   int // tags per image, as documented; 0: not bounded
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

// imageIDForm is what ids of images look like: at least so many characters of a
// kind behind a prefix. Each request asks, so it is no regular expression.
type imageIDForm struct {
	prefix string
	least  int
	no     func(rune) bool // none of these
}

func (f imageIDForm) fits(id string) bool {
	rest, ok := strings.CutPrefix(id, f.prefix)
	return ok && len(rest) >= f.least && len(id) <= maxImageID && !strings.ContainsFunc(rest, f.no)
}

var (
	cvmImageID     = imageIDForm{"img-", 8, func(c rune) bool { return !lowerOrDigit(c) }}
	alibabaImageID = imageIDForm{"", 1, func(c rune) bool {
		return !lowerOrDigit(c) && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-'
	}}
)

func lowerOrDigit(c rune) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// maxImageID is Alibaba's bound. Tencent's ids have none, and this is well above
// any real one.
const maxImageID = 64

var (
	cvm = traits{
		cloud: Tencent, regional: true, imageID: cvmImageID, shareQuota: 500, imageQuota: 500, repeatFails: true,
		newImage: idForm{"img-", 8}, newDisk: idForm{"snap-", 8}, uniqueNames: true, copyKeepsName: true,
	}
	ecs = traits{
		cloud: Alibaba, regional: true, imageID: alibabaImageID, shareQuota: 50, imageQuota: 100, tagQuota: 20, copyIsReady: true,
		newImage: idForm{"m-", 20}, newDisk: idForm{"s-", 20}, uniqueNames: true, cancelsMaking: true,
	}
	ens = traits{
		cloud: Alibaba, imageID: alibabaImageID, shareQuota: 50, imageQuota: 100,
		newImage: idForm{"m-", 24}, newDisk: idForm{"s-", 24},
	}
	none traits
)

// traits are not looked up in a map: lists ask for each of their images.
func (p Product) traits() *traits {
	switch p {
	case CVM:
		return &cvm
	case ECS:
		return &ecs
	case ENS:
		return &ens
	}
	return &none
}

// Known reports whether p is one of Products.
func (p Product) Known() bool { return p.traits() != &none }

// Cloud is the cloud whose accounts own and use p's images; "" if p is unknown.
func (p Product) Cloud() Cloud { return p.traits().cloud }

// Regional reports whether p's images lie in regions.
func (p Product) Regional() bool { return p.traits().regional }

// ValidImageID reports whether id has the form of p's image ids.
func (p Product) ValidImageID(id string) bool {
	return p.Known() && p.traits().imageID.fits(id)
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
