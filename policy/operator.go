package policy

import (
	"slices"
	"strings"
	"time"
)

// operator compares what a request says with what a document wants.
type operator struct {
	cam, ram string // its names, "" where the cloud has none
	kind     kind
	not      bool // it is met where the comparison fits for no value
	null     bool // it asks whether the key is absent, and compares nothing
	fits     func(asked, wanted operand) bool
}

// operators are all that the vendors' pages list: 598/10608 for CAM (but for
// binary_equal, whose kind no key has), conditional-operator for RAM.
var operators = []operator{
	{cam: "string_equal", ram: "StringEquals", fits: same},
	{cam: "string_not_equal", ram: "StringNotEquals", fits: same, not: true},
	{cam: "string_equal_ignore_case", ram: "StringEqualsIgnoreCase", fits: sameFolded},
	{cam: "string_not_equal_ignore_case", ram: "StringNotEqualsIgnoreCase", fits: sameFolded, not: true},
	{cam: "string_like", ram: "StringLike", fits: like},
	{cam: "string_not_like", ram: "StringNotLike", fits: like, not: true},

	{cam: "numeric_equal", ram: "NumericEquals", kind: number, fits: numbers(0)},
	{cam: "numeric_not_equal", ram: "NumericNotEquals", kind: number, fits: numbers(0), not: true},
	{cam: "numeric_less_than", ram: "NumericLessThan", kind: number, fits: numbers(-1)},
	{cam: "numeric_less_than_equal", ram: "NumericLessThanEquals", kind: number, fits: numbers(-1, 0)},
	{cam: "numeric_greater_than", ram: "NumericGreaterThan", kind: number, fits: numbers(1)},
	{cam: "numeric_greater_than_equal", ram: "NumericGreaterThanEquals", kind: number, fits: numbers(1, 0)},

	{cam: "date_equal", ram: "DateEquals", kind: date, fits: dates(0)},
	{cam: "date_not_equal", ram: "DateNotEquals", kind: date, fits: dates(0), not: true},
	{cam: "date_less_than", ram: "DateLessThan", kind: date, fits: dates(-1)},
	{cam: "date_less_than_equal", ram: "DateLessThanEquals", kind: date, fits: dates(-1, 0)},
	{cam: "date_greater_than", ram: "DateGreaterThan", kind: date, fits: dates(1)},
	{cam: "date_greater_than_equal", ram: "DateGreaterThanEquals", kind: date, fits: dates(1, 0)},

	{cam: "bool_equal", ram: "Bool", kind: boolean, fits: func(asked, wanted operand) bool { return asked.yes == wanted.yes }},
	{cam: "ip_equal", ram: "IpAddress", kind: address, fits: within},
	{cam: "ip_not_equal", ram: "NotIpAddress", kind: address, fits: within, not: true},
	{cam: "null_equal", kind: boolean, null: true},
}

// operatorsOf are one cloud's operators by their names.
func operatorsOf(name func(operator) string) map[string]operator {
	m := map[string]operator{}
	for _, o := range operators {
		if name(o) != "" {
			m[name(o)] = o
		}
	}
	return m
}

func same(asked, wanted operand) bool       { return asked.text == wanted.text }
func sameFolded(asked, wanted operand) bool { return strings.EqualFold(asked.text, wanted.text) }
func like(asked, wanted operand) bool       { return match(wanted.text, asked.text) }
func within(asked, wanted operand) bool     { return wanted.block.Contains(asked.source) }

// numbers fit where the order of asked and wanted is one of signs.
func numbers(signs ...int) func(asked, wanted operand) bool {
	return func(asked, wanted operand) bool { return slices.Contains(signs, asked.number.Cmp(wanted.number)) }
}

func dates(signs ...int) func(asked, wanted operand) bool {
	return func(asked, wanted operand) bool { return slices.Contains(signs, asked.date.Compare(wanted.date)) }
}

// key is what a condition asks of a request.
type key struct {
	kinds []kind // what may compare it, its own kind first
	// of reads it and tells whether the request has it.
	of func(*Request) (operand, bool)
	// check refuses values that no request has; nil for none.
	check func(path, text string) error
}

// camKeys: the first two are CAM's own (598/10608), the numbers of the caller
// and its main account stand in its syntax page (598/10604); each action of
// cvm has its region. sts:external_id stands in published trust policies, in
// none of CAM's pages.
var camKeys = map[string]key{
	"qcs:ip":           {kinds: []kind{address}, of: source},
	"qcs:current_time": {kinds: []kind{date}, of: now},
	"qcs:uin":          {kinds: []kind{text, number}, of: func(r *Request) (operand, bool) { return numberOf(r.Context.Number) }},
	"qcs:owner_uin":    {kinds: []kind{text, number}, of: func(r *Request) (operand, bool) { return numberOf(r.Account) }},
	"cvm:region":       {kinds: []kind{text}, of: func(r *Request) (operand, bool) { return textOf(r.Context.Region) }, check: checkRegion},
	"sts:external_id":  {kinds: []kind{text}, of: externalID},
}

// ramKeys are the ones common to all services, and the external id, which keeps
// a deputy from being confused.
var ramKeys = map[string]key{
	"acs:SourceIp":        {kinds: []kind{address}, of: source},
	"acs:CurrentTime":     {kinds: []kind{date}, of: now},
	"acs:SecureTransport": {kinds: []kind{boolean}, of: func(r *Request) (operand, bool) { return operand{yes: r.Context.Secure}, true }},
	"acs:MFAPresent":      {kinds: []kind{boolean}, of: func(r *Request) (operand, bool) { return operand{yes: r.Context.MFA}, true }},
	"sts:ExternalId":      {kinds: []kind{text}, of: externalID},
}

func externalID(r *Request) (operand, bool) { return textOf(r.Context.ExternalID) }

// source is comparable with an IPv4 block also where the listener saw the
// address through an IPv6 socket.
func source(r *Request) (operand, bool) {
	a := r.Context.Source
	return operand{source: a.Unmap().WithZone("")}, a.IsValid()
}

// now has whole seconds, as documents have.
func now(r *Request) (operand, bool) {
	t := r.Context.Now
	return operand{date: t.Truncate(time.Second)}, !t.IsZero()
}

func textOf(s string) (operand, bool) { return operand{text: s}, s != "" }

func numberOf(s string) (operand, bool) {
	n, ok := rational(s)
	return operand{text: s, number: n}, ok
}
