package ledger

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// ImageKey names one image. Region is "" where the product has none (ENS).
type ImageKey struct {
	Product Product
	Region  string
	ID      string
}

// String is product/region/id, with - for no region: how the CLI and the
// history write an image.
func (k ImageKey) String() string {
	region := k.Region
	if region == "" {
		region = "-"
	}
	return string(k.Product) + "/" + region + "/" + k.ID
}

// Compare orders keys by product, region and id, byte by byte.
func (k ImageKey) Compare(o ImageKey) int {
	if c := strings.Compare(string(k.Product), string(o.Product)); c != 0 {
		return c
	}
	if c := strings.Compare(k.Region, o.Region); c != 0 {
		return c
	}
	return strings.Compare(k.ID, o.ID)
}

// State is where an image stands in its life.
type State string

// The states. A state written by hand stays until somebody changes it.
const (
	Creating   State = "creating"
	Importing  State = "importing"
	Copying    State = "copying"
	Available  State = "available"
	Deprecated State = "deprecated"
	Failed     State = "failed"
)

// States lists every state.
var States = append(slices.Clone(FirstStates), Available, Deprecated, Failed)

// FirstStates are those in which an image is being made.
var FirstStates = []State{Creating, Importing, Copying}

// Image is the record of one machine image with everybody it is shared with.
// What a store hands out is shared between readers: Clone before changing it.
type Image struct {
	Key         ImageKey
	Owner       string // account number in the product's cloud
	Name        string
	Description string
	State       State
	Public      bool // usable by every account of the region
	Encrypted   bool

	OSName       string
	OSType       string
	Platform     string
	Architecture string
	SizeGiB      int64
	Family       string
	Version      string
	Tags         map[string]string
	Snapshots    []Snapshot
	BootMode     string // as the vendor spells it, like License
	License      string
	Imported     bool   // brought in from outside, not made of a machine's disks here
	CopiedFrom   string // region/id of a copy's source
	CreatedAt    time.Time
	// ReadyAt is when an image that an action made becomes available. Zero: its
	// state stays until somebody changes it.
	ReadyAt time.Time

	// Shares are in the order of a list: see Share.Compare.
	Shares []Share
}

// Snapshot is one disk of an image, as metadata.
type Snapshot struct {
	ID      string
	Usage   string // system or data
	SizeGiB int64
	Device  string `json:",omitempty"` // as who made the image named it; "" if nobody did
	// What an imported disk was made of. Nobody looks there.
	Format string `json:",omitempty"`
	Bucket string `json:",omitempty"`
	Object string `json:",omitempty"`
}

// Share is one account's use of an image.
type Share struct {
	Account string
	At      time.Time // whole seconds, UTC
	Until   time.Time // zero: no end
}

// Compare orders shares by time, then by account as a number: the shorter
// first, then digit by digit.
func (s Share) Compare(o Share) int {
	if c := s.At.Compare(o.At); c != 0 {
		return c
	}
	if c := len(s.Account) - len(o.Account); c != 0 {
		return c
	}
	return strings.Compare(s.Account, o.Account)
}

// Ended reports whether the share grants nothing any more at a moment: from
// the instant of its end on.
func (s Share) Ended(now time.Time) bool { return !s.Until.IsZero() && !now.Before(s.Until) }

func (s Share) outlasts(o Share) bool {
	return !o.Until.IsZero() && (s.Until.IsZero() || s.Until.After(o.Until))
}

// Equal reports whether both name the same account, start and end.
func (s Share) Equal(o Share) bool {
	return s.Account == o.Account && s.At.Equal(o.At) && s.Until.Equal(o.Until)
}

// ShareDiff is the shares of an image that are no longer as they were, and
// those that were not as they are. Both lists are in list order, and so are the
// results, which are the caller's own. A share whose times were rewritten ends
// and begins again: the history must be able to tell who could use what at any
// moment.
func ShareDiff(was, is []Share) (gone, come []Share) {
	for len(was) > 0 && len(is) > 0 {
		switch c := was[0].Compare(is[0]); {
		case c == 0 && was[0].Equal(is[0]):
			was, is = was[1:], is[1:]
		case c <= 0:
			gone, was = append(gone, was[0]), was[1:]
		default:
			come, is = append(come, is[0]), is[1:]
		}
	}
	return append(gone, was...), append(come, is...)
}

func accountsOf(shares []Share) (ids []string) {
	for _, s := range shares {
		ids = append(ids, s.Account)
	}
	return ids
}

// Live are the shares that grant something at a moment, in list order. The
// result may be the image's own slice.
func (i *Image) Live(now time.Time) []Share {
	for n := range i.Shares { // where they lie: to copy each would take longer than the look
		if i.Shares[n].Ended(now) {
			return slices.DeleteFunc(slices.Clone(i.Shares), func(s Share) bool { return s.Ended(now) })
		}
	}
	return i.Shares
}

// Settled is the record as it stands at a moment: available, if that is when
// or after it became so. The result may be i itself.
func (i *Image) Settled(now time.Time) *Image {
	if i.ReadyAt.IsZero() || now.Before(i.ReadyAt) {
		return i
	}
	c := *i
	c.State, c.ReadyAt = Available, time.Time{}
	return &c
}

// Progress is how much of the making of an image is done at a moment, in
// percent: 100 of one that is made, less of one that is not.
func (i *Image) Progress(now time.Time) int {
	switch i.State {
	case Creating, Importing, Copying:
		return i.madePart(now)
	case Failed:
		return 0
	}
	return 100
}

// madePart is 0 where a written state stays: nothing is on its way.
func (i *Image) madePart(now time.Time) int {
	whole := i.ReadyAt.Sub(i.CreatedAt)
	if i.ReadyAt.IsZero() || whole <= 0 {
		return 0
	}
	return max(0, min(99, int(100*now.Sub(i.CreatedAt)/whole)))
}

// usableBy reports whether an account that does not own the image may use it.
func (i *Image) usableBy(account string, now time.Time) bool {
	return i.Public || i.heldBy(account, now)
}

// heldBy reports whether an account has a share of the image.
func (i *Image) heldBy(account string, now time.Time) bool {
	return slices.ContainsFunc(i.Shares, func(s Share) bool { return s.Account == account && !s.Ended(now) })
}

// Listed is the record as a list shows it to an account: with one share at the
// most, its own, and without what is the owner's business alone. The owner is
// left the share that lasts longest, which tells at any moment whether anybody
// has one. The result may be i itself.
func (i *Image) Listed(account AccountKey) *Image {
	var shares []Share
	var tags map[string]string
	if i.OwnerKey() == account {
		shares, tags = lastingLongest(i.Shares), i.Tags
	} else {
		shares = only(i.Shares, slices.IndexFunc(i.Shares, func(s Share) bool { return s.Account == account.ID }))
	}
	if len(shares) == len(i.Shares) && len(tags) == len(i.Tags) {
		return i
	}
	c := *i
	c.Shares, c.Tags = shares, tags
	return &c
}

func lastingLongest(all []Share) []Share {
	longest := -1
	for n, s := range all {
		if longest < 0 || s.outlasts(all[longest]) {
			longest = n
		}
	}
	return only(all, longest)
}

// only is the n-th share, or none below zero.
func only(all []Share, n int) []Share {
	if n < 0 {
		return nil
	}
	return all[n : n+1 : n+1]
}

// TagKeys are the keys of the tags, in their order.
func (i *Image) TagKeys() []string {
	if len(i.Tags) == 0 { // as of most, and to sort nothing takes a few allocations too
		return nil
	}
	return slices.Sorted(maps.Keys(i.Tags))
}

// Clone is a copy that shares nothing with i.
func (i *Image) Clone() *Image {
	c := *i
	c.Tags = maps.Clone(i.Tags)
	c.Snapshots = slices.Clone(i.Snapshots)
	c.Shares = slices.Clone(i.Shares)
	return &c
}

// Equal reports whether two records say the same.
func (i *Image) Equal(o *Image) bool {
	return reflect.DeepEqual(i.scalars(), o.scalars()) && maps.Equal(i.Tags, o.Tags) &&
		slices.Equal(i.Snapshots, o.Snapshots) && slices.EqualFunc(i.Shares, o.Shares, Share.Equal)
}

// scalars is the record without its lists, which compare by their elements:
// an empty list and no list say the same.
func (i *Image) scalars() Image {
	s := *i
	s.Tags, s.Snapshots, s.Shares = nil, nil, nil
	s.CreatedAt, s.ReadyAt = i.CreatedAt.UTC().Round(0), i.ReadyAt.UTC().Round(0)
	return s
}
