package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Caller is who does something and by which request. It is an argument of
// every rule, never a value in a context, and it is what the history keeps.
// The zero Caller is the operator: admin API, CLI and state file.
type Caller struct {
	Cloud     Cloud
	Account   string
	User      string // "" for the account itself, and for a role
	Role      string // the role whose session it is, "" for none
	Session   string // the name of that session
	KeyID     string
	Wire      string
	Action    string
	RequestID string
	Source    string // address the request came from
}

// AccountKey is the account that the caller acts in.
func (c Caller) AccountKey() AccountKey { return AccountKey{Cloud: c.Cloud, ID: c.Account} }

// Actor is how the history writes the caller: cloud/id, cloud/id/user/name,
// cloud/id/role/name/session or admin.
func (c Caller) Actor() string {
	switch {
	case c.Account == "":
		return "admin"
	case c.Role != "":
		return c.AccountKey().String() + "/role/" + c.Role + "/" + c.Session
	case c.User != "":
		return c.AccountKey().String() + "/user/" + c.User
	default:
		return c.AccountKey().String()
	}
}

// Event is one entry of the history: what one change did to one entity. The
// entries of an entity are numbered from 1, each carries the hash of the one
// before, and nothing ever rewrites them.
type Event struct {
	Entity string `json:"entity"` // image/PRODUCT/REGION/ID, account/CLOUD/ID or regions/PRODUCT
	Seq    int64  `json:"seq"`
	Prev   string `json:"prev"` // hash of the entry before, "" for the first
	Hash   string `json:"-"`
	// Position orders the entries of all entities as they were committed; the
	// engine gives it, and lists go on from behind it.
	Position int64 `json:"-"`

	Time      time.Time `json:"time"` // whole milliseconds, UTC
	Actor     string    `json:"actor"`
	KeyID     string    `json:"keyId"`
	Wire      string    `json:"wire"`
	Action    string    `json:"action"`
	RequestID string    `json:"requestId"`
	Source    string    `json:"source"`

	Added   []Share  `json:"added"`   // shares begun
	Removed []string `json:"removed"` // accounts whose share ended
	Notes   []string `json:"notes"`   // other things that changed, in words: "public on", "key AKID… made"
	Token   string   `json:"token"`   // idempotency key of the change, unique where not ""
}

// event is the beginning of an entry about entity by a caller.
func event(c Caller, entity string, now time.Time) Event {
	return Event{
		Entity: entity, Time: now.UTC().Truncate(time.Millisecond), Actor: c.Actor(), KeyID: c.KeyID,
		Wire: c.Wire, Action: c.Action, RequestID: c.RequestID, Source: c.Source,
	}
}

// Entity is the image's name in the history.
func (k ImageKey) Entity() string { return "image/" + k.String() }

// Entity is the account's name in the history.
func (k AccountKey) Entity() string { return "account/" + k.String() }

// Follow is e put after the last entry of its entity (the zero Event if there
// is none): numbered, linked and hashed, and the text that the hash is of.
// Engines call it in Append.
func (e Event) Follow(last Event) (Event, []byte) {
	e.Seq, e.Prev = last.Seq+1, last.Hash
	text := e.text()
	e.Hash = sum(text)
	return e, text
}

// Sum is the hash of everything the entry says, the hash before it included.
func (e Event) Sum() string { return sum(e.text()) }

func (e Event) text() []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic("unreachable: an event is text, numbers and times of this era: " + err.Error())
	}
	return text
}

func sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
