// Package policy decides by the policy documents of both clouds: CAM of Tencent
// Cloud, RAM of Alibaba Cloud. A document that is not sound is refused where
// it is written, because later nobody would see why it allows nothing. So
// nothing in a stored one is passed over: what Compile refuses was stored by an
// older version, and whoever it belongs to is best denied everything.
//
// Parse and its kin are for whoever stores a document, Compile for whoever
// will ask it, Decide for asking. What an account does with its own key is not
// asked here: no policy binds it.
//
// Limits: conditions on tags are refused, because no request here says them,
// and so are conditions that only other services' requests can answer. Names
// of services and actions are held against no list: a policy may speak of
// services that are not here, so a misspelt one is kept and matches nothing.
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
// again changes nothing. What it accepts, Compile takes. A fault is an *Error.
func Parse(cloud ledger.Cloud, doc []byte) (ledger.Document, error) {
	return parse(cloud, doc, identity)
}

// ParseTrust is Parse for the document that says who may act as a role: it
// names a principal instead of a resource. It is for CompileTrust.
func ParseTrust(cloud ledger.Cloud, doc []byte) (ledger.Document, error) {
	return parse(cloud, doc, trust)
}

// ParseSession is Parse for the policy that narrows one session of a role or
// federated user, given to STS as JSON text (Tencent's URL encoding undone).
// Both vendors hold it to the grammar of any policy, without a principal. How
// long it may be is STS's own limit, with an error of its own. It is for
// Compile; a session may do what its role's policies and this one both allow.
func ParseSession(cloud ledger.Cloud, doc []byte) (ledger.Document, error) {
	return parse(cloud, doc, session)
}

// use is what a document is written for.
type use int

const (
	identity use = iota
	session
	trust
)

func parse(cloud ledger.Cloud, doc []byte, u use) (ledger.Document, error) {
	v, _, err := understand(cloud, doc, u)
	if err != nil {
		return "", err
	}
	return ledger.Document(v.appendTo(nil)), nil
}

// understand is the one reader of documents, so that what is accepted and what
// can be asked are the same. It reads before it judges: broken JSON is told as
// such.
func understand(cloud ledger.Cloud, doc []byte, u use) (value, []statement, error) {
	g, ok := grammars[cloud]
	if !ok {
		return value{}, nil, wrong("", "cloud %q has no policy documents", cloud)
	}
	v, err := read(doc)
	if err != nil {
		return value{}, nil, err
	}
	statements, err := g.document(v, u)
	return v, statements, err
}
