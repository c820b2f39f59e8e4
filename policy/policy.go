// Package policy knows the policy documents of both clouds: CAM of Tencent
// Cloud, RAM of Alibaba Cloud. A document that is not sound is refused where
// it is written, because later nobody would see why it allows nothing.
//
// Limits: only the shape is checked so far. Names of actions, resources and
// condition keys are not held against any list, so a misspelt one is kept and
// matches nothing.
package policy

import (
	"fmt"

	"imageshare/ledger"
)

// Error is what is wrong with a document and where.
type Error struct {
	Path   string // such as statement[0].action[2]; "" for the whole document
	Reason string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// wrong makes an Error, always as error: a nil *Error in one is not nil.
func wrong(path, format string, args ...any) error {
	return &Error{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// Parse checks the policy of a user or role and gives it in its stored form:
// compact JSON with keys in their order, strings and numbers as written. Every
// way to write the same document comes out as the same text, and parsing that
// again changes nothing. A fault is an *Error.
func Parse(cloud ledger.Cloud, doc []byte) (ledger.Document, error) {
	return parse(cloud, doc, false)
}

// ParseTrust is Parse for the document that says who may act as a role: it
// names a principal instead of a resource.
func ParseTrust(cloud ledger.Cloud, doc []byte) (ledger.Document, error) {
	return parse(cloud, doc, true)
}

// parse reads before it judges, so that broken JSON is told as such.
func parse(cloud ledger.Cloud, doc []byte, trust bool) (ledger.Document, error) {
	g, ok := grammars[cloud]
	if !ok {
		return "", wrong("", "cloud %q has no policy documents", cloud)
	}
	v, err := read(doc)
	if err != nil {
		return "", err
	}
	if err := g.document(v, trust); err != nil {
		return "", err
	}
	return ledger.Document(v.appendTo(nil)), nil
}
