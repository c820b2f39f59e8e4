package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// AccountKey names one account of one cloud.
type AccountKey struct {
	Cloud Cloud
	ID    string
}

// String is cloud/id.
func (k AccountKey) String() string { return string(k.Cloud) + "/" + k.ID }

// ParseAccountKey reads what String writes and checks the number's form.
func ParseAccountKey(s string) (AccountKey, error) {
	cloud, id, _ := strings.Cut(s, "/")
	k := AccountKey{Cloud: Cloud(cloud), ID: id}
	if (k.Cloud != Tencent && k.Cloud != Alibaba) || !ValidAccount(id) {
		return AccountKey{}, fmt.Errorf("%q is not an account: write cloud/number, for example tencent/100000000001", s)
	}
	return k, nil
}

// Compare orders accounts by cloud, then by number.
func (k AccountKey) Compare(o AccountKey) int {
	if c := strings.Compare(string(k.Cloud), string(o.Cloud)); c != 0 {
		return c
	}
	return Share{Account: k.ID}.Compare(Share{Account: o.ID})
}

// Account is who owns images: its own keys, its users and its roles.
// What a store hands out is shared between readers: Clone before changing it.
type Account struct {
	Key       AccountKey
	Keys      []AccessKey
	Users     []User
	Roles     []Role
	CreatedAt time.Time
}

// AccessKey is a key pair. The secret is sealed: this package never sees it open.
type AccessKey struct {
	ID       string
	Sealed   string
	Disabled bool
}

// SecretName is what the secret of an access key is sealed for, so that it
// opens for no other key.
func SecretName(c Cloud, keyID string) string { return string(c) + "/" + keyID }

// User is somebody inside an account, who may do what its policies allow.
type User struct {
	Name     string
	Number   string // the user's own number, "" if it has none; no account's and no other user's
	Keys     []AccessKey
	Policies []Document
}

// Role is what others may act as.
type Role struct {
	Name string
	// ID is the role's own number. A role made anew under an old name gets
	// another, so that sessions of the old one do not come back to life.
	ID       string `json:",omitempty"`
	Trust    Document
	Policies []Document
	// MaxSession is how long a session may last at most; 0 is the vendor's own bound.
	MaxSession time.Duration `json:",omitempty"`
}

// Document is a policy as its vendor writes it: compact JSON text.
type Document string

// Credential is an access key with whose it is: what authentication looks up.
type Credential struct {
	AccessKey
	Account AccountKey
	User    string // "" for the account's own key
}

// Holder is who a number belongs to: an account, or a user inside one.
type Holder struct {
	Account AccountKey
	User    string // "" for the account itself
}

// Clone is a copy that shares nothing with a.
func (a *Account) Clone() *Account {
	c := *a
	c.Keys = slices.Clone(a.Keys)
	c.Users = slices.Clone(a.Users)
	for i := range c.Users {
		c.Users[i].Keys = slices.Clone(c.Users[i].Keys)
		c.Users[i].Policies = slices.Clone(c.Users[i].Policies)
	}
	c.Roles = slices.Clone(a.Roles)
	for i := range c.Roles {
		c.Roles[i].Policies = slices.Clone(c.Roles[i].Policies)
	}
	return &c
}

// Equal reports whether two records say the same. A sealed secret is compared
// as sealed, so whoever writes a secret again must keep the sealing it had.
func (a *Account) Equal(o *Account) bool {
	return a.Key == o.Key && a.CreatedAt.Equal(o.CreatedAt) && slices.Equal(a.Keys, o.Keys) &&
		slices.EqualFunc(a.Users, o.Users, User.equal) && slices.EqualFunc(a.Roles, o.Roles, Role.equal)
}

func (u User) equal(o User) bool {
	return u.Name == o.Name && u.Number == o.Number && slices.Equal(u.Keys, o.Keys) && slices.Equal(u.Policies, o.Policies)
}

func (r Role) equal(o Role) bool {
	return r.Name == o.Name && r.ID == o.ID && r.Trust == o.Trust && r.MaxSession == o.MaxSession &&
		slices.Equal(r.Policies, o.Policies)
}

// Credentials are every key of the account and of its users, with whose each is.
func (a *Account) Credentials() []Credential {
	var all []Credential
	for _, k := range a.Keys {
		all = append(all, Credential{AccessKey: k, Account: a.Key})
	}
	for _, u := range a.Users {
		for _, k := range u.Keys {
			all = append(all, Credential{AccessKey: k, Account: a.Key, User: u.Name})
		}
	}
	return all
}

// Holders are the numbers that belong to the account: its own, and its users'.
func (a *Account) Holders() map[string]Holder {
	all := map[string]Holder{a.Key.ID: {Account: a.Key}}
	for _, u := range a.Users {
		if u.Number != "" {
			all[u.Number] = Holder{Account: a.Key, User: u.Name}
		}
	}
	return all
}
