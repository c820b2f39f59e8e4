package policy

import (
	"regexp"

	"imageshare/ledger"
)

// grammar is how one cloud writes its documents: the same thing twice, in
// other words.
type grammar struct {
	versionKey, version string // the version's key and its only value
	statement           string
	single              bool // one statement may stand without a list
	effect              string
	allow, deny         string
	anyCase             bool // in which letter case an effect is written does not matter
	action              string
	notAction           string // "" where the cloud has no such key
	resource            string
	condition           string
	principal           string

	actionForm *regexp.Regexp
	actionHint string
	// Resources and principals are names of parts joined by colons, the first
	// of them the scheme.
	scheme           string
	parts            int
	resourceExample  string
	principalExample string
	// principals are the kinds of principal: true where one is such a name,
	// false where it is a host-like one.
	principals map[string]bool
}

var grammars = map[ledger.Cloud]grammar{
	ledger.Tencent: {
		versionKey: "version", version: "2.0", statement: "statement", single: true,
		effect: "effect", allow: "allow", deny: "deny", anyCase: true,
		action: "action", resource: "resource", condition: "condition", principal: "principal",
		// name/ is how older pages write it; the newer ones leave it out.
		actionForm: regexp.MustCompile(`^(\*|(name/)?[A-Za-z0-9_*-]+:[A-Za-z0-9_*?./-]+)$`),
		actionHint: "write *, cvm:DescribeImages or name/cvm:DescribeImages",
		scheme:     "qcs", parts: 6,
		resourceExample:  "qcs::cvm:ap-guangzhou:uin/100000000001:image/img-6pb6lrmy",
		principalExample: "qcs::cam::uin/100000000001:root",

		principals: map[string]bool{"qcs": true, "federated": true, "service": false},
	},
	ledger.Alibaba: {
		versionKey: "Version", version: "1", statement: "Statement",
		effect: "Effect", allow: "Allow", deny: "Deny",
		action: "Action", notAction: "NotAction", resource: "Resource", condition: "Condition", principal: "Principal",
		actionForm: regexp.MustCompile(`^(\*|[A-Za-z0-9_*-]+:[A-Za-z0-9_*?.-]+)$`),
		actionHint: "write * or ecs:DescribeImages",
		scheme:     "acs", parts: 5,
		resourceExample:  "acs:ecs:cn-hangzhou:1234567890123456:image/m-bp1caf3yicx5jlfl0001",
		principalExample: "acs:ram::1234567890123456:root",

		principals: map[string]bool{"RAM": true, "Federated": true, "Service": false},
	},
}
