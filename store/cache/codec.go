package cache

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"

	"imageshare/ledger"
)

// codec writes a record or reads it back: each type is walked by one function
// for both ways, so that they cannot differ. To write a record it only reads
// it, as others may at the same time. Records are written small, since how many
// fit is how many are found, and so that they are read soon: what is as it stands
// already is 0, and a row of these takes two bytes. An image on a page stands as
// the one before it, anything else as empty. What many records have in common is
// a number of terms, and an account or a time is how much more it is than the one
// before.
type codec struct {
	terms   *terms
	reading bool
	out     []byte // what is written
	in      []byte // what is read
	at      int    // how much of it was: where a slice is stored the collector wants to know
	texts   []byte // all texts that were read, one behind the other
	room    int    // how long they are together
	last    int64  // the time before, in seconds of 1970
	step    int64  // how much later the share before began than the one before it
	length  int64  // how long it lasts
	holder  holder // the account before
	owner   holder // the owner before
	zeros   uint64 // in a row, not yet written or left to read
	broken  bool
	before  *ledger.Image // on its page

	// Where the items of lists are put that are together on a page.
	snapshots []ledger.Snapshot
	held      []ledger.Share
}

func encode[T any](t *terms, v *T, code func(*codec, *T)) []byte {
	c := codec{terms: t, out: make([]byte, 0, 512)}
	code(&c, v)
	c.endZeros()
	return append(binary.AppendUvarint(nil, uint64(c.room)), c.out...)
}

// errBroken cannot happen: what is read was written here.
var errBroken = errors.New("a record in the cache is not one")

// decode reads what encode wrote and keeps nothing of it.
func decode[T any](t *terms, b []byte, v *T, code func(*codec, *T)) error {
	c := codec{terms: t, reading: true, in: b}
	room := c.varint()
	if room > longest*uint64(len(b)) {
		return errBroken
	}
	c.texts = make([]byte, 0, room)
	code(&c, v)
	if c.endZeros(); c.broken || c.at < len(c.in) {
		return errBroken
	}
	return nil
}

// endZeros ends a row of zeros: one in a record ends with it, as one in an item
// of a list does, so that no item is without a byte.
func (c *codec) endZeros() {
	switch {
	case c.zeros == 0:
	case c.reading:
		c.broken = true
	default:
		c.out = binary.AppendUvarint(append(c.out, 0), c.zeros)
		c.zeros = 0
	}
}

// image leaves out the key, which whoever asks knows. What most have comes
// first, what most have not behind it.
func (c *codec) image(i *ledger.Image) { c.imageFrom(i, &empty) }

var empty ledger.Image

// imageFrom is an image as far as it is not as another, which it stands as when
// it is read, but for its lists.
func (c *codec) imageFrom(i, was *ledger.Image) {
	c.holder = c.owner // one page's images are one account's, mostly
	c.account(&i.Owner)
	c.owner = c.holder
	phrase(c, &i.OSName, was.OSName)
	term(c, &i.OSType, was.OSType)
	phrase(c, &i.Platform, was.Platform)
	term(c, &i.Architecture, was.Architecture)
	term(c, &i.State, was.State)
	number(c, &i.SizeGiB, was.SizeGiB)
	word(c, &i.Name, was.Name)
	phrase(c, &i.Description, was.Description)
	c.time(&i.CreatedAt, was.CreatedAt)
	c.time(&i.ReadyAt, was.ReadyAt)
	c.flag(&i.Public, was.Public)
	c.flag(&i.Encrypted, was.Encrypted)
	c.flag(&i.Imported, was.Imported)
	term(c, &i.BootMode, was.BootMode)
	term(c, &i.License, was.License)
	word(c, &i.Family, was.Family)
	word(c, &i.Version, was.Version)
	word(c, &i.CopiedFrom, was.CopiedFrom)
	c.tags(&i.Tags)
	listIn(c, &c.snapshots, &i.Snapshots, (*codec).snapshot)
	c.shares(&i.Shares)
}

func (c *codec) snapshot(s *ledger.Snapshot) {
	own(c, &s.ID)
	number(c, &s.SizeGiB, 0)
	term(c, &s.Usage, "")
	phrase(c, &s.Device, "")
	term(c, &s.Format, "")
	own(c, &s.Bucket)
	own(c, &s.Object)
}

// shares are all accounts, then all times at which they began, and then, where
// any of them has an end, all ends: what is alike stands together.
func (c *codec) shares(l *[]ledger.Share) {
	listIn(c, &c.held, l, (*codec).holds)
	for i := range *l {
		c.began(&(*l)[i])
	}
	end := slices.ContainsFunc(*l, func(s ledger.Share) bool { return !s.Until.IsZero() })
	if c.flag(&end, false); !end {
		return
	}
	for i := range *l {
		c.lasts(&(*l)[i])
	}
}

func (c *codec) holds(s *ledger.Share) { c.account(&s.Account) }

// began is how much later a share began than the one before, as how much more
// that is than it was for the one before: nothing, where many began at once.
// Engines take whole seconds for a share.
func (c *codec) began(s *ledger.Share) {
	if c.reading {
		c.step += unfold(c.next())
		c.last += c.step
		s.At = time.Unix(c.last, 0).UTC()
		return
	}
	step := s.At.Unix() - c.last
	c.write(fold(step - c.step))
	c.step, c.last = step, c.last+step
}

// lasts is how much longer a share lasts than the one before, none being 0.
func (c *codec) lasts(s *ledger.Share) {
	if c.reading {
		if c.length += unfold(c.next()); c.length > 0 {
			s.Until = time.Unix(s.At.Unix()+unfold(uint64(c.length-1)), 0).UTC()
		}
		return
	}
	length := int64(0)
	if !s.Until.IsZero() {
		length = int64(1 + fold(s.Until.Unix()-s.At.Unix()))
	}
	c.write(fold(length - c.length))
	c.length = length
}

func (c *codec) accountRecord(a *ledger.Account) {
	term(c, &a.Key.Cloud, "")
	c.account(&a.Key.ID)
	list(c, &a.Keys, (*codec).key)
	list(c, &a.Users, (*codec).user)
	list(c, &a.Roles, (*codec).role)
	c.time(&a.CreatedAt, time.Time{})
}

func (c *codec) user(u *ledger.User) {
	own(c, &u.Name)
	c.account(&u.Number)
	list(c, &u.Keys, (*codec).key)
	list(c, &u.Policies, plain[ledger.Document])
}

func (c *codec) role(r *ledger.Role) {
	own(c, &r.Name)
	own(c, &r.ID)
	plain(c, &r.Trust)
	list(c, &r.Policies, plain[ledger.Document])
	number(c, &r.MaxSession, 0)
}

func (c *codec) key(k *ledger.AccessKey) {
	own(c, &k.ID)
	plain(c, &k.Sealed)
	c.flag(&k.Disabled, false)
}

// uint is a number of any size; small ones take little. What is written is
// given, what is read comes back.
func (c *codec) uint(n uint64) uint64 {
	if c.reading {
		return c.next()
	}
	c.write(n)
	return n
}

func (c *codec) write(n uint64) {
	if n == 0 {
		c.zeros++
		return
	}
	c.endZeros()
	c.out = binary.AppendUvarint(c.out, n)
}

// next reads a number.
func (c *codec) next() uint64 {
	if c.zeros > 0 {
		c.zeros--
		return 0
	}
	return c.behind()
}

// behind reads the number behind a row of zeros. A zero is followed by how many
// there are of it.
func (c *codec) behind() uint64 {
	n := c.varint()
	if n > 0 || c.broken {
		return n
	}
	row := c.varint()
	if row == 0 {
		c.broken = true
		return 0
	}
	c.zeros = row - 1
	return 0
}

// varint reads a number as it stands, 0 if it is broken.
func (c *codec) varint() uint64 {
	if c.at < len(c.in) && c.in[c.at] < 0x80 { // as most are
		c.at++
		return uint64(c.in[c.at-1])
	}
	n, size := binary.Uvarint(c.in[c.at:])
	if size <= 0 {
		c.broken, c.at = true, len(c.in)
		return 0
	}
	c.at += size
	return n
}

// number is how much more a whole number is, those near zero the shortest.
func number[N ~int64](c *codec, n *N, was N) {
	if c.reading {
		*n += N(unfold(c.next()))
		return
	}
	c.write(fold(int64(*n - was)))
}

func fold(n int64) uint64      { return uint64(n)<<1 ^ uint64(n>>63) }
func unfold(bits uint64) int64 { return int64(bits>>1) ^ -int64(bits&1) }

// count is how many items follow.
func (c *codec) count(n int) int {
	if !c.reading {
		c.write(uint64(n))
		return n
	}
	if bits := c.next(); bits <= uint64(len(c.in)-c.at) { // each takes a byte at least
		return int(bits)
	}
	c.broken = true
	return 0
}

func (c *codec) flag(b *bool, was bool) {
	switch {
	case c.reading:
		*b = *b != (c.next() > 0)
	case *b != was:
		c.write(1)
	default:
		c.write(0)
	}
}

// time keeps the moment and not the zone: records are compared by the moment.
// What is less than a second stands behind, unless the time is as it was.
func (c *codec) time(t *time.Time, was time.Time) {
	switch {
	case c.reading:
		if n := c.next(); n > 0 {
			*t = c.moment(n - 1).Add(time.Duration(c.next()))
		}
	case t.Equal(was):
		c.write(0)
	default:
		c.write(1 + c.later(*t))
		c.write(uint64(t.Nanosecond()))
	}
}

// later is how much later a time is than the one before, in seconds; 0 is the
// zero time.
func (c *codec) later(t time.Time) uint64 {
	before, now := c.last, t.Unix()
	if now == never {
		return 0
	}
	c.last = now
	return 1 + fold(now-before)
}

var never = time.Time{}.Unix()

// moment is the time that is so much later.
func (c *codec) moment(later uint64) time.Time {
	if later == 0 {
		return time.Time{}
	}
	c.last += unfold(later - 1)
	return time.Unix(c.last, 0).UTC()
}

// longest is how many digits a byte can become, and half of how many bytes of a
// text two can.
const longest = 18

// holder is an account that was written or read as a number.
type holder struct {
	number int64
	text   string
}

// account is the number of an account or a user: as a number where that says
// how it is written, else 0 and the text. Those of one image are of one
// company, mostly, and may be near each other.
func (c *codec) account(s *string) {
	var n int64
	var bits uint64
	if !c.reading && len(*s) <= longest && (*s)[:min(1, len(*s))] > "0" {
		n, _ = strconv.ParseInt(*s, 10, 64)
	}
	if n > 0 {
		bits = 1 + fold(n-c.holder.number)
	}
	switch bits = c.uint(bits); {
	case bits > 0 && c.reading:
		*s = c.read(unfold(bits - 1))
	case c.reading:
		*s = c.take(c.next())
	case bits == 0:
		c.whole(*s)
	case n != c.holder.number:
		c.holder = holder{n, *s}
		c.room += len(*s)
	}
}

// read is the account that is so much more than the one before.
func (c *codec) read(more int64) string {
	if more != 0 {
		from := len(c.texts)
		c.holder.number += more
		c.texts = strconv.AppendInt(c.texts, c.holder.number, 10)
		c.holder.text = c.text(from)
	}
	return c.holder.text
}

// list is a count and that many of something. An empty list is none.
func list[T any](c *codec, l *[]T, each func(*codec, *T)) { listIn(c, new([]T), l, each) }

// listIn is a list that is put where others are, while there is room.
func listIn[T any](c *codec, room, l *[]T, each func(*codec, *T)) {
	if n := c.count(len(*l)); c.reading && n > 0 {
		*l = cut(room, n)
	}
	for i := range *l {
		each(c, &(*l)[i])
		c.endZeros()
	}
}

// cut takes the first of some items, or makes as many.
func cut[T any](room *[]T, n int) []T {
	if n > len(*room) {
		return make([]T, n)
	}
	taken := (*room)[:n:n]
	*room = (*room)[n:]
	return taken
}

// tags are a count and pairs. An empty map is none.
func (c *codec) tags(m *map[string]string) {
	n := c.count(len(*m))
	if c.reading && n > 0 {
		*m = make(map[string]string, n)
		for range n {
			var key, value string
			own(c, &key)
			own(c, &value)
			c.endZeros()
			(*m)[key] = value
		}
		return
	}
	for key, value := range *m {
		own(c, &key)
		own(c, &value)
		c.endZeros()
	}
}

// Names begin with what they name, and their parts end with a byte that no
// text of them has, so that no two records have one name.

func imageName(k ledger.ImageKey) []byte { return nameOf('i', string(k.Product), k.Region, k.ID) }

func accountName(k ledger.AccountKey) []byte { return nameOf('a', string(k.Cloud), k.ID) }

func nameOf(kind byte, parts ...string) []byte {
	b := append(make([]byte, 0, 64), kind)
	for _, p := range parts {
		b = append(append(b, p...), 0xff)
	}
	return b
}
