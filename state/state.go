// Package state reads, checks and writes the state file: accounts with their
// keys, images with their shares, in YAML or JSON, as people write them by
// hand and as the server exports them.
//
// A file is a change, not a whole: what it does not name stays, a field that
// it does not write keeps what is stored, a list that it writes is the whole
// list. So "written or not" is kept for every field, and a value is the text
// that stands in the file, because account numbers must not pass through a
// number type. Every fault comes with its line.
//
// Limits: a file is held in memory whole. Anchors, aliases, tags and several
// documents in one file are refused. An account's time of registration is not
// in the file. An export reads page by page: what changes meanwhile may be
// in it or not, unless it is given a Tx to read from.
package state

import (
	"time"

	"imageshare/ledger"
)

// version is the only version of the file so far.
const version = "1"

// File is a state file. A nil pointer, list or map, or the zero value of any
// other field, is a field that is not written. The tag of a field is its key,
// then: required, flow (its items stand on one line). Times are whole seconds.
type File struct {
	Version  string    `state:"version,required"`
	Regions  *Regions  `state:"regions,flow"`
	Accounts []Account `state:"accounts"`
	Images   []Image   `state:"images"`

	name string
}

// Regions replaces the region ids of the products that have regions; an empty
// list brings the built-in ones back.
type Regions struct {
	CVM  []string `state:"cvm"`
	ECS  []string `state:"ecs"`
	Line int
}

// Account is an account's entry. Line, here and below, is where an entry
// begins in the file, 0 if it came from no file.
type Account struct {
	Cloud ledger.Cloud `state:"cloud,required"`
	ID    string       `state:"id,required"`
	Keys  []Key        `state:"keys,flow"`
	Users []User       `state:"users"`
	Roles []Role       `state:"roles"`
	Line  int
}

// Key is an access key with its secret either in the clear or sealed.
type Key struct {
	ID           string `state:"id,required"`
	Secret       string `state:"secret"`
	SealedSecret string `state:"sealedSecret"`
	Disabled     *bool  `state:"disabled"`
	Line         int
}

// User is a user's entry; the stored user of the same name is the one it changes.
type User struct {
	Name     string     `state:"name,required"`
	ID       *string    `state:"id"`
	Keys     []Key      `state:"keys,flow"`
	Policies []Document `state:"policies,flow"`
	Line     int
}

// Role is a role's entry; the stored role of the same name is the one it
// changes. An ID that is not written, or empty, is the stored one or a new one.
// MaxSessionSeconds of 0 is the vendor's own bound.
type Role struct {
	Name              string     `state:"name,required"`
	ID                *string    `state:"id"`
	MaxSessionSeconds *int64     `state:"maxSessionSeconds"`
	Trust             *Document  `state:"trust,flow"`
	Policies          []Document `state:"policies,flow"`
	Line              int
}

// Document is a policy as its vendor writes it.
type Document struct {
	Text ledger.Document
	Line int
}

// Image is an image's entry. ReadyAt is when a first state that is written
// beside it ends by itself; without it a written state stays.
type Image struct {
	Product      ledger.Product    `state:"product,required"`
	Region       string            `state:"region"`
	ID           string            `state:"id,required"`
	Owner        string            `state:"owner,required"`
	Name         *string           `state:"name"`
	Description  *string           `state:"description"`
	State        *ledger.State     `state:"state"`
	ReadyAt      *time.Time        `state:"readyAt"`
	Public       *bool             `state:"public"`
	Encrypted    *bool             `state:"encrypted"`
	OSName       *string           `state:"osName"`
	OSType       *string           `state:"osType"`
	Platform     *string           `state:"platform"`
	Architecture *string           `state:"architecture"`
	SizeGiB      *int64            `state:"sizeGiB"`
	Family       *string           `state:"family"`
	Version      *string           `state:"version"`
	Tags         map[string]string `state:"tags,flow"`
	Snapshots    []Snapshot        `state:"snapshots,flow"`
	BootMode     *string           `state:"bootMode"`
	License      *string           `state:"licenseType"`
	Imported     *bool             `state:"imported"`
	CopiedFrom   *string           `state:"copiedFrom"`
	CreatedAt    *time.Time        `state:"createdAt"`
	Shares       []Share           `state:"shares,flow"`
	Line         int
}

// Snapshot is one disk of an image.
type Snapshot struct {
	ID      string `state:"id"`
	Usage   string `state:"usage"`
	SizeGiB int64  `state:"sizeGiB"`
	Device  string `state:"device"`
	Format  string `state:"format"`
	Bucket  string `state:"bucket"`
	Object  string `state:"object"`
	Line    int
}

// Share is one account's use of an image. Without ExpiresAt it has no end.
type Share struct {
	Account   string     `state:"account,required"`
	SharedAt  *time.Time `state:"sharedAt"`
	ExpiresAt *time.Time `state:"expiresAt"`
	Line      int
}

// Sealer keeps the secrets; the name of a secret is cloud/keyId. Package seal
// has one.
type Sealer interface {
	Seal(name, secret string) string
	Open(name, sealed string) (string, error)
}

func (a *Account) key() ledger.AccountKey { return ledger.AccountKey{Cloud: a.Cloud, ID: a.ID} }

func (i *Image) key() ledger.ImageKey {
	return ledger.ImageKey{Product: i.Product, Region: i.Region, ID: i.ID}
}
