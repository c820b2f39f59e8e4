package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Records are looked up by one key. What they return is shared with other
// readers and must not be changed. Safe for concurrent use.
type Records interface {
	// Image returns ErrNoImage if there is none.
	Image(context.Context, ImageKey) (*Image, error)
	// Account returns ErrNoAccount if it is not registered.
	Account(context.Context, AccountKey) (*Account, error)
	// Credential finds an access key by its id, byte for byte; ErrNoKey if there is none.
	Credential(ctx context.Context, c Cloud, keyID string) (*Credential, error)
	// Holder finds whose number it is, an account's or a user's own; ErrNoAccount if nobody's.
	Holder(ctx context.Context, c Cloud, number string) (Holder, error)
	// Setting is the text last put under a name, "" if none was.
	Setting(ctx context.Context, name string) (string, error)
}

// Lists are read in pages, in a stable order, from behind a key onwards. A
// page shorter than its limit is the last. A limit of 0 means no limit.
type Lists interface {
	// Images are ordered by key.
	Images(context.Context, ImageQuery) ([]*Image, error)
	// CountImages counts what Images would list without a limit.
	CountImages(context.Context, ImageQuery) (int, error)
	// ImageSet is one page of a set of images.
	ImageSet(context.Context, SetQuery) (SetPage, error)
	// Accounts are ordered by cloud, then by number; after is exclusive.
	Accounts(ctx context.Context, after AccountKey, limit int) ([]*Account, error)
	// Usable are the shares that an account holds, ordered by Grant.Compare.
	Usable(context.Context, UsableQuery) ([]Grant, error)
	// Grantees are the accounts that an owner's images in a region are shared
	// with, each once with the time of its first live share, in list order:
	// one page of them, and how many there are in all.
	Grantees(context.Context, GranteeQuery) ([]Share, int, error)
	// Events are ordered as they were committed.
	Events(context.Context, EventQuery) ([]Event, error)
}

// Glance is what can be asked of one moment. Its methods are those of Reader.
type Glance interface {
	Image(context.Context, ImageKey) (*Image, error)
	Images(context.Context, ImageQuery) ([]*Image, error)
	ImageSet(context.Context, SetQuery) (SetPage, error)
}

// Reader is what can be asked of a store. A read that starts after a change
// was acknowledged sees that change.
type Reader interface {
	Records
	Lists
}

// Writer changes records inside an Update. What it is given is written as it
// is at that moment. Text that is not UTF-8, times finer than their fields
// promise and two shares of one account are ErrInvalid: no engine could give
// them back as they were.
type Writer interface {
	// PutImage writes a record whole, shares included, new or not.
	PutImage(*Image) error
	// DeleteImage removes a record; ErrNoImage if there is none. Its history stays.
	DeleteImage(ImageKey) error
	// PutAccount writes a record whole, new or not. It returns ErrKeyTaken or
	// ErrNumberTaken if another account or user holds a key id or number of it,
	// or if it has one twice itself.
	PutAccount(*Account) error
	// DeleteAccount removes a record; ErrNoAccount if there is none. Its history stays.
	DeleteAccount(AccountKey) error
	// PutSetting keeps a text under a name; "" forgets it.
	PutSetting(name, text string) error
	// Append adds an entry behind the last of its entity (Event.Follow); it
	// returns ErrTokenUsed if the entry's token stands in the history already.
	Append(Event) error
}

// Tx is one change while it is being made: it sees the records as they were
// when the change began, with its own writes. It is for one goroutine, and it
// takes no notice of contexts: a change that has begun is finished.
type Tx interface {
	Reader
	Writer
}

// Store remembers. Engines keep these promises (package storetest tests each):
//
// Update runs change, and either all of its writes and events are there
// afterwards or none. When it returns nil, what was written survives whatever
// the engine is made to survive. The changes of concurrent Updates appear one
// after the other. change may run more than once and must touch nothing but
// its Tx. If it fails or panics, nothing of it stays, nothing of anybody
// else's is lost, and Update returns its error (a panic becomes an error that
// wraps ErrPanicked). A context cancelled before the change began returns the
// context's error; once it has begun, Update waits for the truth. If the
// engine cannot say that a change was kept, Update does not return nil.
//
// View runs a function over the images of one moment: whatever it reads agrees
// with everything else it reads. What it is handed is good for no longer. look
// may run more than once; what the last run returned counts.
type Store interface {
	Reader
	View(ctx context.Context, look func(Glance) error) error
	Update(ctx context.Context, change func(Tx) error) error
	// Close waits for changes under way and gives the store back. What has not
	// begun when Close does, and any later call, gets ErrClosed.
	Close() error
}

// ImageQuery selects images. Empty fields select all.
type ImageQuery struct {
	Product Product
	Region  string
	Owner   AccountKey // of the product's cloud
	Name    string     // the whole name
	Public  bool       // public ones only
	// Snapshot is the id of a snapshot that the image is made of.
	Snapshot string

	After ImageKey // exclusive
	Limit int
}

// Match reports whether an image is one that the query selects, After and Limit aside.
func (q ImageQuery) Match(i *Image) bool {
	return (q.Product == "" || q.Product == i.Key.Product) &&
		(q.Region == "" || q.Region == i.Key.Region) &&
		(q.Owner == AccountKey{} || q.Owner == i.OwnerKey()) &&
		(q.Name == "" || q.Name == i.Name) &&
		(!q.Public || i.Public) &&
		(q.Snapshot == "" || slices.ContainsFunc(i.Snapshots, func(s Snapshot) bool { return s.ID == q.Snapshot }))
}

// OwnerKey is the account that owns the image.
func (i *Image) OwnerKey() AccountKey { return AccountKey{Cloud: i.Key.Product.Cloud(), ID: i.Owner} }

// Set is a way in which an account comes to see images.
type Set int

// The sets, each with its order.
const (
	Owned  Set = iota // the account's own, by id
	Held              // shared with the account, by owner, start of the share and id
	Public            // for everybody, by id
)

// SetQuery selects a page of a set in one region. An Offset costs no more than
// a small one, wherever the page lies.
type SetQuery struct {
	Set     Set
	Account AccountKey // whose sets they are
	Product Product
	Region  string
	Now     time.Time // shares that have ended are left out, and states are those of now

	// Empty fields leave nothing out.
	States  []State // one of these; nil for all
	Family  string  // of Owned only
	Owner   string  // of Held and Public only: an account's number
	Without []Set   // of Public without Owner only: what is in these sets, Owned and Held, too

	Offset int64
	Limit  int // 0: no images, only how many there are
}

// SetPage is a page of a set.
type SetPage struct {
	Images []*Image // of shares and tags with what Listed leaves, or more
	Total  int      // of the set
	// Until is when there may be another answer without a change, as a share
	// ends or an image becomes available by itself; zero for never.
	Until time.Time
}

// Match reports whether an image is one that the query selects.
func (q SetQuery) Match(i *Image) bool {
	in := map[Set]bool{
		Owned:  i.OwnerKey() == q.Account,
		Held:   i.Key.Product.Cloud() == q.Account.Cloud && i.heldBy(q.Account.ID, q.Now),
		Public: i.Public,
	}
	return in[q.Set] && i.Key.Product == q.Product && i.Key.Region == q.Region &&
		(q.States == nil || slices.Contains(q.States, i.Settled(q.Now).State)) &&
		(q.Family == "" || q.Family == i.Family) && (q.Owner == "" || q.Owner == i.Owner) &&
		!slices.ContainsFunc(q.Without, func(s Set) bool { return in[s] })
}

// UsableQuery selects what is shared with an account at a moment.
type UsableQuery struct {
	Account AccountKey
	Now     time.Time
	After   Grant // exclusive
	Limit   int
}

// GranteeQuery selects whom an owner shares with at a moment.
type GranteeQuery struct {
	Owner         AccountKey
	Product       Product
	Region        string
	Now           time.Time
	Offset, Limit int64
}

// Grant is a share seen from the account that holds it.
type Grant struct {
	Image ImageKey
	Owner string
	Share
}

// Compare orders grants by product, region, owner, start and image. Text
// compares byte by byte.
func (g Grant) Compare(o Grant) int {
	return cmp.Or(
		strings.Compare(string(g.Image.Product), string(o.Image.Product)), strings.Compare(g.Image.Region, o.Image.Region),
		strings.Compare(g.Owner, o.Owner), g.At.Compare(o.At), strings.Compare(g.Image.ID, o.Image.ID),
	)
}

// EventQuery selects entries of the history. Empty fields select all.
type EventQuery struct {
	Entity  string
	Account AccountKey // in Added or Removed
	Actor   string
	Token   string
	Since   time.Time // inclusive
	Until   time.Time // exclusive

	After int64 // exclusive; the position of an entry, see Event
	Limit int
}
