package policy

import (
	"regexp"
	"strings"
)

// resource is what a statement covers: everything, or a name part by part, so
// that a * in one part never takes what belongs to the next.
type resource struct{ parts []part } // none for everything

// part is one part of a name.
type part struct {
	pattern
	any bool // whatever is asked
	own bool // the account of the policy's owner
}

func (g grammar) resourceOf(path, text string) (resource, error) {
	if text == "*" {
		return resource{}, nil
	}
	names, err := g.name(path, text, g.resourceExample)
	if err != nil {
		return resource{}, err
	}
	if err := g.checkParts(path, names); err != nil {
		return resource{}, err
	}
	var r resource
	for i, name := range names {
		r.parts = append(r.parts, part{
			pattern: newPattern(name),
			any:     name == "*" || name == "" && g.emptyIsAny && i != camAccount,
			own:     name == "" && g.emptyIsAny && i == camAccount,
		})
	}
	return r, nil
}

// Where the parts stand that are looked at more closely.
const (
	ramService = 1
	camRegion  = 3
	camAccount = 4
)

// accountForm is how CAM writes accounts. A bare number is a common slip and
// would match nothing.
var accountForm = regexp.MustCompile(`^(\*|(uin|uid)/[0-9*?]+)?$`)

func checkCAMParts(path string, names []string) error {
	if !accountForm.MatchString(names[camAccount]) {
		return wrong(path, "%q is no account: write uin/ and its number, uin/* or nothing", names[camAccount])
	}
	return checkRegion(path, names[camRegion])
}

// shortForm is what older pages (598/10606, of 2020) write for regions.
var shortForm = regexp.MustCompile(`^([a-z]{2,3}|szjr|shjr|bjjr|gzopen)$`)

// checkRegion refuses a short code, which would match no request: of a
// statement that denies nobody would notice.
func checkRegion(path, region string) error {
	if shortForm.MatchString(region) {
		return wrong(path, "%q is a short code: write the region in full, such as ap-guangzhou", region)
	}
	return nil
}

func checkRAMParts(path string, names []string) error {
	if names[ramService] == "" {
		return wrong(path, "it has no service: write one, or *")
	}
	return nil
}

// covers reports whether whoever asks for asked asks for nothing but what r
// has. Only everything covers a request for everything: actions without
// resources of their own are granted by * alone, says 598/10606.
func (r resource) covers(asked, account string) bool {
	for i, p := range r.parts {
		name, more := asked, true
		if i < len(r.parts)-1 {
			name, asked, more = strings.Cut(asked, ":")
		}
		if !more || !p.covers(name, account) {
			return false
		}
	}
	return true
}

func (p part) covers(name, account string) bool {
	if p.own {
		number, ok := strings.CutPrefix(name, "uin/")
		return ok && number == account
	}
	return p.any || p.matches(name)
}
