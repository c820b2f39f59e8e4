package cache

import (
	"encoding/binary"
	"errors"
	"time"
	"unsafe"

	"imageshare/ledger"
)

// codec writes a record or reads it back: each type is walked by one function
// for both ways, so that they cannot differ. What is read are parts of one text.
type codec struct {
	reading bool
	out     []byte
	in      string
	broken  bool
}

func encode[T any](v *T, code func(*codec, *T)) []byte {
	c := codec{out: make([]byte, 0, 512)}
	code(&c, v)
	return c.out
}

// errBroken cannot happen: what is read was written here.
var errBroken = errors.New("a record in the cache is not one")

// decode reads what encode wrote. The bytes are the record's from then on: its
// texts are parts of them.
func decode[T any](b []byte, v *T, code func(*codec, *T)) error {
	c := codec{reading: true, in: unsafe.String(unsafe.SliceData(b), len(b))}
	if code(&c, v); c.broken || c.in != "" {
		return errBroken
	}
	return nil
}

// image leaves out the key, which whoever asks knows.
func (c *codec) image(i *ledger.Image) {
	word(c, &i.Owner)
	word(c, &i.Name)
	word(c, &i.Description)
	word(c, &i.State)
	c.flag(&i.Public)
	c.flag(&i.Encrypted)
	for _, s := range []*string{
		&i.OSName, &i.OSType, &i.Platform, &i.Architecture, &i.Family, &i.Version, &i.BootMode, &i.License, &i.CopiedFrom,
	} {
		word(c, s)
	}
	number(c, &i.SizeGiB)
	c.flag(&i.Imported)
	c.time(&i.CreatedAt)
	c.time(&i.ReadyAt)
	c.tags(&i.Tags)
	list(c, &i.Snapshots, (*codec).snapshot)
	list(c, &i.Shares, (*codec).share)
}

func (c *codec) snapshot(s *ledger.Snapshot) {
	for _, text := range []*string{&s.ID, &s.Usage, &s.Device, &s.Format, &s.Bucket, &s.Object} {
		word(c, text)
	}
	number(c, &s.SizeGiB)
}

func (c *codec) share(s *ledger.Share) {
	word(c, &s.Account)
	c.seconds(&s.At)
	c.seconds(&s.Until)
}

func (c *codec) account(a *ledger.Account) {
	word(c, &a.Key.Cloud)
	word(c, &a.Key.ID)
	list(c, &a.Keys, (*codec).key)
	list(c, &a.Users, (*codec).user)
	list(c, &a.Roles, (*codec).role)
	c.time(&a.CreatedAt)
}

func (c *codec) user(u *ledger.User) {
	word(c, &u.Name)
	word(c, &u.Number)
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

func (c *codec) credential(k *ledger.Credential) {
	c.key(&k.AccessKey)
	word(c, &k.Account.Cloud)
	word(c, &k.Account.ID)
	word(c, &k.User)
}

// number is a whole number of any size.
func number[N ~int64](c *codec, n *N) {
	if !c.reading {
		c.out = binary.AppendVarint(c.out, int64(*n))
		return
	}
	*n = N(c.next())
}

// next reads a varint without a copy of the text.
func (c *codec) next() int64 {
	var bits uint64
	for i := range min(len(c.in), binary.MaxVarintLen64) {
		bits |= uint64(c.in[i]&0x7f) << (7 * i)
		if c.in[i] < 0x80 {
			c.in = c.in[i+1:]
			return int64(bits>>1) ^ -int64(bits&1)
		}
	}
	c.broken = true
	return 0
}

func (c *codec) flag(b *bool) {
	var n int64
	if *b {
		n = 1
	}
	number(c, &n)
	*b = n == 1
}

// time keeps the moment and not the zone: records are compared by the moment.
func (c *codec) time(t *time.Time) {
	rest := time.Duration(t.Nanosecond())
	c.seconds(t)
	number(c, &rest)
	if c.reading {
		*t = t.Add(rest)
	}
}

// seconds is a time of whole seconds, which is what engines take for a share.
// They count from the zero time, so that no end takes one byte.
func (c *codec) seconds(t *time.Time) {
	first := time.Time{}.Unix()
	n := t.Unix() - first
	number(c, &n)
	if c.reading {
		*t = time.Unix(n+first, 0).UTC()
	}
}

func word[S ~string](c *codec, s *S) {
	n := int64(len(*s))
	number(c, &n)
	switch {
	case !c.reading:
		c.out = append(c.out, *s...)
	case n < 0 || n > int64(len(c.in)):
		c.broken = true
	default:
		*s, c.in = S(c.in[:n]), c.in[n:]
	}
}

// list is a count and that many of something. An empty list is none.
func list[T any](c *codec, l *[]T, each func(*codec, *T)) {
	n := int64(len(*l))
	number(c, &n)
	if n < 0 || (c.reading && n > int64(len(c.in))) { // each takes a byte at least
		c.broken = true
		return
	}
	if c.reading && n > 0 {
		*l = make([]T, n)
	}
	for i := range *l {
		each(c, &(*l)[i])
	}
}

func (c *codec) tags(m *map[string]string) {
	type tag struct{ key, value string }
	var all []tag
	for k, v := range *m {
		all = append(all, tag{k, v})
	}
	list(c, &all, func(c *codec, t *tag) { word(c, &t.key); word(c, &t.value) })
	if c.reading && len(all) > 0 {
		*m = make(map[string]string, len(all))
		for _, t := range all {
			(*m)[t.key] = t.value
		}
	}
}

// Names begin with what they name, and their parts end with a byte that no
// text of them has, so that no two records have one name.

func imageName(k ledger.ImageKey) []byte { return name('i', string(k.Product), k.Region, k.ID) }

func accountName(k ledger.AccountKey) []byte { return name('a', string(k.Cloud), k.ID) }

func credentialName(c ledger.Cloud, keyID string) []byte { return name('k', string(c), keyID) }

func name(kind byte, parts ...string) []byte {
	b := make([]byte, 1, 64)
	b[0] = kind
	for _, p := range parts {
		b = append(append(b, p...), 0xff)
	}
	return b
}
