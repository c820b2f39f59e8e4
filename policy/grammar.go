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
	scheme     string
	parts      int
	checkParts func(path string, names []string) error // of a resource
	// Page 598/10606 says of CAM that an empty project, service or region is
	// any, and an empty account the main account of whoever wrote the policy.
	// RAM has no such rule: what is empty there matches what is empty.
	emptyIsAny bool

	resourceExample  string
	principalExample string
	// principals are the kinds of principal and how one is read. Callers are
	// told apart by what stands behind their account.
	principals map[string]principalReader
	callerForm *regexp.Regexp // its account, and who in it
	callerHint string
	callers    map[string]principalKind

	operators map[string]operator
	anySuffix string   // behind an operator: an absent key does no harm
	quantors  []string // before an operator
	keys      map[string]key
	localTime bool // a time may stand without a zone: it is UTC
}

// principalReader reads one name of a principal.
type principalReader func(g grammar, path, text string) (principal, error)

var grammars = map[ledger.Cloud]grammar{
	ledger.Tencent: {
		versionKey: "version", version: "2.0", statement: "statement", single: true,
		effect: "effect", allow: "allow", deny: "deny", anyCase: true,
		action: "action", resource: "resource", condition: "condition", principal: "principal",
		// name/ is how older pages write it; the newer ones leave it out.
		actionForm: regexp.MustCompile(`^(\*|(name/)?[A-Za-z0-9_*-]+:[A-Za-z0-9_*?./-]+)$`),
		actionHint: "write *, cvm:DescribeImages or name/cvm:DescribeImages",
		scheme:     "qcs", parts: 6, checkParts: checkCAMParts, emptyIsAny: true,
		resourceExample:  "qcs::cvm:ap-guangzhou:uin/100000000001:image/img-6pb6lrmy",
		principalExample: "qcs::cam::uin/100000000001:root",

		principals: map[string]principalReader{"qcs": grammar.callerOf, "federated": grammar.providerOf, "service": grammar.serviceOf},
		callers:    map[string]principalKind{"root": anybody, "uin": userNumbered, "roleName": roleNamed, "role": roleNumbered},
		callerForm: regexp.MustCompile(`^qcs::cam::uin/([1-9][0-9]*):(root|uin/[1-9][0-9]*|roleName/[^*?]+|role/[^*?]+)$`),
		callerHint: "write qcs::cam::uin/, the account's number, and :root, :uin/NUMBER, :roleName/NAME or :role/ID, without wildcards",

		operators: operatorsOf(func(o operator) string { return o.cam }),
		// Page 598/73088 has the suffix, and the quantors for keys of several
		// values. Every key here has one, so they change nothing.
		anySuffix: "_if_exist", quantors: []string{"for_any_value:", "for_all_value:"},
		keys: camKeys,
		// The same page's own sample has 2022-05-31 00:00:00; 598/58420 says UTC.
		localTime: true,
	},
	ledger.Alibaba: {
		versionKey: "Version", version: "1", statement: "Statement",
		effect: "Effect", allow: "Allow", deny: "Deny",
		action: "Action", notAction: "NotAction", resource: "Resource", condition: "Condition", principal: "Principal",
		actionForm: regexp.MustCompile(`^(\*|[A-Za-z0-9_*-]+:[A-Za-z0-9_*?.-]+)$`),
		actionHint: "write * or ecs:DescribeImages",
		scheme:     "acs", parts: 5, checkParts: checkRAMParts,
		resourceExample:  "acs:ecs:cn-hangzhou:1234567890123456:image/m-bp1caf3yicx5jlfl0001",
		principalExample: "acs:ram::1234567890123456:root",

		principals: map[string]principalReader{"RAM": grammar.callerOf, "Federated": grammar.providerOf, "Service": grammar.serviceOf},
		callers:    map[string]principalKind{"root": anybody, "user": userNamed, "role": roleNamed},
		callerForm: regexp.MustCompile(`^acs:ram::([1-9][0-9]*):(root|user/[^*?]+|role/[^*?]+)$`),
		callerHint: "write acs:ram::, the account's number, and :root, :user/NAME or :role/NAME, without wildcards",

		operators: operatorsOf(func(o operator) string { return o.ram }),
		keys:      ramKeys,
	},
}
