package policy

import (
	"bytes"
	"encoding/json"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
)

// slowly decides as the vendors' pages read, over the JSON itself and step by
// step: for the tests to hold the package against. It shares no code with it.
func slowly(t *testing.T, kind string, docs []string, who Principal, r Request) Decision {
	t.Helper()
	asked := r.Resources
	if len(asked) == 0 {
		asked = []string{"*"}
	}
	var all []map[string]any
	for _, doc := range docs {
		all = append(all, slowStatements(t, doc)...)
	}
	if strings.HasSuffix(kind, "trust") {
		return slowTrust(all, who, r)
	}
	for _, resource := range asked {
		for _, s := range all {
			if slowWord(s, "effect") == "deny" && slowSpeaks(s, r) && slowCovers(s, resource, r.Account) {
				return Decision{ExplicitDeny, resource}
			}
		}
	}
	for _, resource := range asked {
		allowed := false
		for _, s := range all {
			if slowWord(s, "effect") == "allow" && slowSpeaks(s, r) && slowCovers(s, resource, r.Account) {
				allowed = true
			}
		}
		if !allowed {
			return Decision{ImplicitDeny, resource}
		}
	}
	return Decision{Effect: Allowed}
}

func slowTrust(all []map[string]any, who Principal, r Request) Decision {
	allowed, denied := false, false
	for _, s := range all {
		for kind, names := range slowGet(s, "principal").(map[string]any) {
			for _, name := range slowList(names) {
				if (kind == "qcs" || kind == "RAM") && slowIs(kind, name, who) && slowSpeaks(s, r) {
					allowed = allowed || slowWord(s, "effect") == "allow"
					denied = denied || slowWord(s, "effect") == "deny"
				}
			}
		}
	}
	var d Decision
	if len(r.Resources) > 0 {
		d.Resource = r.Resources[0]
	}
	switch {
	case denied:
		d.Effect = ExplicitDeny
	case allowed:
		d = Decision{Effect: Allowed}
	}
	return d
}

// slowIs spells everything that a principal may be called.
func slowIs(kind, name string, who Principal) bool {
	var called []string
	if kind == "RAM" {
		account := "acs:ram::" + who.Account + ":"
		called = append(called, account+"root")
		if who.User != "" {
			called = append(called, account+"user/"+who.User)
		}
		if who.Role != "" {
			called = append(called, account+"role/"+who.Role)
		}
	} else {
		account := "qcs::cam::uin/" + who.Account + ":"
		called = append(called, account+"root")
		switch {
		case who.Role != "":
			called = append(called, account+"roleName/"+who.Role, account+"role/"+who.Number)
		case who.User != "":
			called = append(called, account+"uin/"+who.Number)
		default:
			called = append(called, account+"uin/"+who.Account, account+"uin/"+who.Number)
		}
	}
	for _, c := range called {
		if c == name {
			return true
		}
	}
	return false
}

func slowStatements(t *testing.T, doc string) []map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(doc)))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	one, ok := slowGet(m, "statement").(map[string]any)
	if ok {
		return []map[string]any{one}
	}
	var all []map[string]any
	for _, s := range slowGet(m, "statement").([]any) {
		all = append(all, s.(map[string]any))
	}
	return all
}

// slowGet reads a key in whichever case the cloud writes it.
func slowGet(m map[string]any, name string) any {
	for k, v := range m {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

func slowWord(m map[string]any, name string) string {
	return strings.ToLower(slowGet(m, name).(string))
}

// slowList is a value or a list of values as texts.
func slowList(v any) []string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, slowList(item)...)
		}
		return all
	case bool:
		if v {
			return []string{"true"}
		}
		return []string{"false"}
	case json.Number:
		return []string{string(v)}
	}
	return []string{v.(string)}
}

func slowSpeaks(s map[string]any, r Request) bool {
	actions, not := slowGet(s, "action"), false
	if actions == nil {
		actions, not = slowGet(s, "notaction"), true
	}
	named := false
	for _, a := range slowList(actions) {
		a = strings.ToLower(a)
		a = strings.TrimPrefix(a, "name/")
		named = named || slowLike([]rune(a), []rune(strings.ToLower(r.Action)))
	}
	if named == not {
		return false
	}
	conditions, _ := slowGet(s, "condition").(map[string]any)
	for operator, keys := range conditions {
		for key, values := range keys.(map[string]any) {
			if !slowMet(operator, key, slowList(values), r) {
				return false
			}
		}
	}
	return true
}

func slowCovers(s map[string]any, asked, account string) bool {
	for _, pattern := range slowList(slowGet(s, "resource")) {
		if slowResource(pattern, asked, account) {
			return true
		}
	}
	return false
}

func slowResource(pattern, asked, account string) bool {
	if pattern == "*" {
		return true
	}
	n := 6
	if strings.HasPrefix(pattern, "acs:") {
		n = 5
	}
	want, have := strings.SplitN(pattern, ":", n), strings.SplitN(asked, ":", n)
	if len(have) != n {
		return false
	}
	for i := range n {
		if n == 6 && want[i] == "" {
			want[i] = "*"
			if i == 4 {
				want[i] = "uin/" + account
			}
		}
		if !slowLike([]rune(want[i]), []rune(have[i])) {
			return false
		}
	}
	return true
}

func slowLike(p, s []rune) bool {
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		return slowLike(p[1:], s) || len(s) > 0 && slowLike(p, s[1:])
	case len(s) == 0:
		return false
	case p[0] == '?':
		return s[0] != '*' && slowLike(p[1:], s[1:])
	}
	return p[0] == s[0] && slowLike(p[1:], s[1:])
}

// slowAsked is what a request says for a key, as text; "" is nothing.
func slowAsked(key string, r Request) string {
	c := r.Context
	switch key {
	case "qcs:ip", "acs:SourceIp":
		if c.Source.IsValid() {
			return c.Source.String()
		}
	case "qcs:current_time", "acs:CurrentTime":
		if !c.Now.IsZero() {
			return c.Now.UTC().Format("2006-01-02T15:04:05Z")
		}
	case "acs:SecureTransport":
		return map[bool]string{true: "true", false: "false"}[c.Secure]
	case "acs:MFAPresent":
		return map[bool]string{true: "true", false: "false"}[c.MFA]
	case "qcs:uin":
		return c.Number
	case "qcs:owner_uin":
		return r.Account
	case "cvm:region":
		return c.Region
	case "sts:external_id", "sts:ExternalId":
		return c.ExternalID
	}
	return ""
}

// slowNames are RAM's operators by CAM's names.
var slowNames = map[string]string{
	"StringEquals": "string_equal", "StringNotEquals": "string_not_equal", "StringLike": "string_like", "StringNotLike": "string_not_like",
	"StringEqualsIgnoreCase": "string_equal_ignore_case", "StringNotEqualsIgnoreCase": "string_not_equal_ignore_case",
	"DateEquals": "date_equal", "DateNotEquals": "date_not_equal", "DateLessThan": "date_less_than", "DateLessThanEquals": "date_less_than_equal",
	"DateGreaterThan": "date_greater_than", "DateGreaterThanEquals": "date_greater_than_equal",
	"Bool": "bool_equal", "IpAddress": "ip_equal", "NotIpAddress": "ip_not_equal",
}

func slowMet(operator, key string, values []string, r Request) bool {
	asked := slowAsked(key, r)
	for _, q := range []string{"for_any_value:", "for_all_value:"} {
		operator = strings.ReplaceAll(operator, q, "")
	}
	if strings.HasSuffix(operator, "_if_exist") && asked == "" {
		return true
	}
	operator = strings.TrimSuffix(operator, "_if_exist")
	if cam, ok := slowNames[operator]; ok {
		operator = cam
	}
	if operator == "null_equal" {
		asked = map[bool]string{true: "true", false: "false"}[asked == ""]
		operator = "bool_equal"
	}
	if asked == "" {
		return false
	}
	negated := strings.Contains(operator, "_not_")
	operator = strings.Replace(operator, "_not_", "_", 1)
	for _, v := range values {
		if slowFits(operator, asked, v) {
			return !negated
		}
	}
	return negated
}

func slowFits(operator, asked, want string) bool {
	switch operator {
	case "string_equal", "bool_equal":
		return asked == want
	case "string_equal_ignore_case":
		return strings.EqualFold(asked, want)
	case "string_like":
		return slowLike([]rune(want), []rune(asked))
	case "ip_equal":
		ip := net.ParseIP(asked)
		if _, block, err := net.ParseCIDR(want); err == nil {
			return block.Contains(ip)
		}
		return net.ParseIP(want).Equal(ip)
	}
	kind, relation, _ := strings.Cut(operator, "_")
	order := 0
	if kind == "date" {
		order = slowTime(asked).Compare(slowTime(want))
	} else {
		a, _ := new(big.Rat).SetString(asked)
		b, _ := new(big.Rat).SetString(want)
		order = a.Cmp(b)
	}
	switch relation {
	case "equal":
		return order == 0
	case "less_than":
		return order < 0
	case "less_than_equal":
		return order <= 0
	case "greater_than":
		return order > 0
	}
	return order >= 0
}

func slowTime(s string) time.Time {
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// agree asks one document both ways. A pattern of many stars is left to
// TestHostilePattern: the slow way would take too long.
func agree(t *testing.T, kind string, doc ledger.Document, who Principal, r Request) {
	t.Helper()
	got := decide(t, kind, []string{string(doc)}, who, r)
	if strings.Count(string(doc), "*") > 8 {
		return
	}
	if want := slowly(t, kind, []string{string(doc)}, who, r); got != want {
		t.Errorf("%s %s\n%+v %+v\n got %v, want %v", kind, doc, who, r, got, want)
	}
}
