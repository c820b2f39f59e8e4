package cache

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"imageshare/ledger"
)

// codec writes a record or reads it back: each type is walked by one function
// for both ways, so that they cannot differ. To write a record it only reads
// it, as others may at the same time. Records are written small, since how many
// fit is how many are found: what many records have in common is a number of
// terms, an account and a time are how much more they are than the one before,
// and what is empty, as much is, stands together and takes two bytes.
type codec struct {
	terms   *terms
	reading bool
	out     []byte // what is written
	in      []byte // what is read
	at      int    // how much of it was: where a slice is stored the collector wants to know
	texts   []byte // all texts that were read, one behind the other
	room    int    // how long they are together
	last    int64  // the time before, in seconds of 1970
	holder  holder // the account before
	owner   holder // the owner before
	zeros   uint64 // in a row, not yet written or left to read
	ends    bool   // a share of the list has an end
	broken  bool

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
func (c *codec) image(i *ledger.Image) {
	c.holder = c.owner // one page's images are one account's, mostly
	c.account(&i.Owner)
	c.owner = c.holder
	for _, s := range [...]*string{&i.OSName, &i.OSType, &i.Platform, &i.Architecture} {
		term(c, s)
	}
	term(c, &i.State)
	number(c, &i.SizeGiB)
	word(c, &i.Name)
	word(c, &i.Description)
	c.time(&i.CreatedAt)
	c.time(&i.ReadyAt)
	for _, b := range [...]*bool{&i.Public, &i.Encrypted, &i.Imported} {
		c.flag(b)
	}
	term(c, &i.BootMode)
	term(c, &i.License)
	for _, s := range [...]*string{&i.Family, &i.Version, &i.CopiedFrom} {
		word(c, s)
	}
	c.tags(&i.Tags)
	listIn(c, &c.snapshots, &i.Snapshots, (*codec).snapshot)
	c.shares(&i.Shares)
}

func (c *codec) snapshot(s *ledger.Snapshot) {
	word(c, &s.ID)
	number(c, &s.SizeGiB)
	term(c, &s.Usage)
	term(c, &s.Device)
	term(c, &s.Format)
	word(c, &s.Bucket)
	word(c, &s.Object)
}

// shares say once whether any of them has an end: most have none.
func (c *codec) shares(l *[]ledger.Share) {
	c.ends = slices.ContainsFunc(*l, func(s ledger.Share) bool { return !s.Until.IsZero() })
	c.flag(&c.ends)
	listIn(c, &c.held, l, (*codec).share)
}

func (c *codec) share(s *ledger.Share) {
	c.account(&s.Account)
	c.seconds(&s.At)
	if c.ends {
		c.seconds(&s.Until)
	}
}

func (c *codec) accountRecord(a *ledger.Account) {
	term(c, &a.Key.Cloud)
	c.account(&a.Key.ID)
	list(c, &a.Keys, (*codec).key)
	list(c, &a.Users, (*codec).user)
	list(c, &a.Roles, (*codec).role)
	c.time(&a.CreatedAt)
}

func (c *codec) user(u *ledger.User) {
	word(c, &u.Name)
	c.account(&u.Number)
	list(c, &u.Keys, (*codec).key)
	list(c, &u.Policies, word[ledger.Document])
}

func (c *codec) role(r *ledger.Role) {
	word(c, &r.Name)
	word(c, &r.ID)
	word(c, &r.Trust)
	list(c, &r.Policies, word[ledger.Document])
	number(c, &r.MaxSession)
}

func (c *codec) key(k *ledger.AccessKey) {
	word(c, &k.ID)
	word(c, &k.Sealed)
	c.flag(&k.Disabled)
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

// next reads a number. A zero is followed by how many there are of it.
func (c *codec) next() uint64 {
	if c.zeros > 0 {
		c.zeros--
		return 0
	}
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

// zero reports whether what is read next is one of a row of zeros, and takes
// it. What it is read into is zero already.
func (c *codec) zero() bool {
	if c.zeros == 0 || !c.reading {
		return false
	}
	c.zeros--
	return true
}

// number is a whole number, those near zero the shortest.
func number[N ~int64](c *codec, n *N) {
	if c.zero() {
		return
	}
	if bits := c.uint(fold(int64(*n))); c.reading {
		*n = N(unfold(bits))
	}
}

func fold(n int64) uint64      { return uint64(n)<<1 ^ uint64(n>>63) }
func unfold(bits uint64) int64 { return int64(bits>>1) ^ -int64(bits&1) }

// count is how many bytes or items follow.
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

func (c *codec) flag(b *bool) {
	if c.zero() {
		return
	}
	var n uint64
	if *b {
		n = 1
	}
	if n = c.uint(n); c.reading {
		*b = n == 1
	}
}

// time keeps the moment and not the zone: records are compared by the moment.
func (c *codec) time(t *time.Time) {
	rest := time.Duration(t.Nanosecond())
	c.seconds(t)
	number(c, &rest)
	if c.reading && rest != 0 {
		*t = t.Add(rest)
	}
}

// seconds is a time of whole seconds, which is what engines take for a share.
// 0 is the zero time: no end.
func (c *codec) seconds(t *time.Time) {
	if c.zero() {
		return
	}
	var bits uint64
	now := t.Unix()
	if !c.reading && now != never {
		bits = 1 + fold(now-c.last)
	}
	if bits = c.uint(bits); bits > 0 {
		c.last += unfold(bits - 1)
	}
	switch {
	case !c.reading:
	case bits == 0:
		*t = time.Time{}
	default:
		*t = time.Unix(c.last, 0).UTC()
	}
}

var never = time.Time{}.Unix()

// word is a text that is a record's own.
func word[S ~string](c *codec, s *S) {
	if c.zero() {
		return
	}
	n := c.count(len(*s))
	if !c.reading {
		c.out = append(c.out, *s...)
		c.room += n
		return
	}
	from := len(c.texts)
	c.texts = append(c.texts, c.in[c.at:c.at+n]...)
	c.at += n
	*s = S(c.text(from))
}

// text is what was read last, from a place on. Nobody writes there again.
func (c *codec) text(from int) string {
	b := c.texts[from:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// term is a text that many records have: its number, or where it has none, 0
// and the text.
func term[S ~string](c *codec, s *S) {
	if c.zero() {
		word(c, s)
		return
	}
	var n uint64
	if !c.reading {
		n = c.terms.number(string(*s))
	}
	switch n = c.uint(n); {
	case n == 0:
		word(c, s)
	case c.reading:
		*s = S(c.terms.text(n))
	}
}

// longest is how many digits a byte can become.
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
	case bits == 0:
		word(c, s)
	case c.reading:
		*s = c.read(unfold(bits - 1))
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
	if c.zero() {
		return
	}
	n := c.count(len(*l))
	if c.reading && n > 0 {
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

// tags are a count and pairs. An empty map is none. One pair at the most is
// without a byte, and it has those of its row of zeros.
func (c *codec) tags(m *map[string]string) {
	if c.zero() {
		return
	}
	n := c.count(len(*m))
	if c.reading && n > 0 {
		*m = make(map[string]string, n)
		for range n {
			var key, value string
			word(c, &key)
			word(c, &value)
			(*m)[key] = value
		}
		return
	}
	for key, value := range *m {
		word(c, &key)
		word(c, &value)
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
