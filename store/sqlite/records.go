package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"imageshare/ledger"
)

// view reads: for everybody on a connection of the pool, for a change on the
// writer's, where it sees what the change wrote. One of the two is nil. (An
// interface would do, but whatever is passed through one is allocated.)
type view struct {
	conn *conn
	turn *turn
}

func (v view) query(ctx context.Context, see func(row) error, text string, args ...any) error {
	if v.turn != nil {
		return v.turn.query(see, text, args...)
	}
	return v.conn.query(ctx, see, text, args...)
}

// record is an image as JSON: all of it but what has a column. It has the
// fields of ledger.Image one by one, so that each converts into the other and
// neither can grow without the other. A test holds the text that is written.
type record struct {
	Key         ledger.ImageKey `json:"-"`
	Owner       string          `json:"-"`
	Name        string          `json:"-"`
	Description string          `json:",omitempty"`
	State       ledger.State
	Public      bool `json:"-"`
	Encrypted   bool `json:",omitempty"`

	OSName       string            `json:",omitempty"`
	OSType       string            `json:",omitempty"`
	Platform     string            `json:",omitempty"`
	Architecture string            `json:",omitempty"`
	SizeGiB      int64             `json:",omitempty"`
	Family       string            `json:",omitempty"`
	Version      string            `json:",omitempty"`
	Tags         map[string]string `json:",omitempty"`
	Snapshots    []ledger.Snapshot `json:",omitempty"`
	BootMode     string            `json:",omitempty"`
	License      string            `json:",omitempty"`
	Imported     bool              `json:",omitempty"`
	CopiedFrom   string            `json:",omitempty"`
	CreatedAt    time.Time
	ReadyAt      time.Time `json:",omitzero"`

	Shares []ledger.Share `json:"-"`
}

// accountRecord is an account as JSON, in the same way.
type accountRecord struct {
	Key       ledger.AccountKey  `json:"-"`
	Keys      []ledger.AccessKey `json:",omitempty"`
	Users     []ledger.User      `json:",omitempty"`
	Roles     []ledger.Role      `json:",omitempty"`
	CreatedAt time.Time
}

func (v view) Image(ctx context.Context, key ledger.ImageKey) (*ledger.Image, error) {
	return v.image(ctx, key, "SELECT owner, name, public, record, shares FROM images WHERE product = ? AND region = ? AND id = ?", nil)
}

// image is Image with a statement that may select more, and shows it that.
func (v view) image(ctx context.Context, key ledger.ImageKey, text string, more func(row, *ledger.Image)) (found *ledger.Image, err error) {
	err = v.query(ctx, func(r row) (err error) {
		if found, err = readImage(key, r); err == nil && more != nil {
			more(r, found)
		}
		return err
	}, text, string(key.Product), key.Region, key.ID)
	if err == nil && found == nil {
		err = ledger.ErrNoImage
	}
	return found, err
}

// readImage reads what Image selects.
func readImage(key ledger.ImageKey, r row) (*ledger.Image, error) {
	i := new(ledger.Image)
	if err := jsonv2.Unmarshal([]byte(r.text(3)), (*record)(i)); err != nil {
		return nil, fmt.Errorf("%w: record of image %v: %w", ErrDamaged, key, err)
	}
	i.Key, i.Owner, i.Name, i.Public = key, number(r.text(0)), r.text(1), r.bool(2)
	var err error
	if i.Shares, err = readShares(r.text(4)); err != nil {
		return nil, fmt.Errorf("image %v: %w", key, err)
	}
	return i, nil
}

// number is the part of cloud/number that the cloud is known of.
func number(account string) string {
	for i := range len(account) {
		if account[i] == '/' {
			return account[i+1:]
		}
	}
	return account
}

func (v view) Account(ctx context.Context, key ledger.AccountKey) (found *ledger.Account, err error) {
	err = v.query(ctx, func(r row) (err error) {
		found, err = readAccount(key, r.text(0))
		return err
	}, "SELECT record FROM accounts WHERE cloud = ? AND digits = ? AND id = ?", string(key.Cloud), int64(len(key.ID)), key.ID)
	if err == nil && found == nil {
		err = ledger.ErrNoAccount
	}
	return found, err
}

func readAccount(key ledger.AccountKey, text string) (*ledger.Account, error) {
	a := new(ledger.Account)
	if err := json.Unmarshal([]byte(text), (*accountRecord)(a)); err != nil {
		return nil, fmt.Errorf("%w: record of account %v: %w", ErrDamaged, key, err)
	}
	a.Key = key
	return a, nil
}

func (v view) Credential(ctx context.Context, c ledger.Cloud, keyID string) (found *ledger.Credential, err error) {
	err = v.query(ctx, func(r row) error {
		found = &ledger.Credential{
			AccessKey: ledger.AccessKey{ID: keyID, Sealed: r.text(2), Disabled: r.bool(3)},
			Account:   ledger.AccountKey{Cloud: c, ID: r.text(0)}, User: r.text(1),
		}
		return nil
	}, "SELECT account, user, sealed, disabled FROM keys WHERE cloud = ? AND id = ?", string(c), keyID)
	if err == nil && found == nil {
		err = ledger.ErrNoKey
	}
	return found, err
}

func (v view) Holder(ctx context.Context, c ledger.Cloud, number string) (found ledger.Holder, err error) {
	err = v.query(ctx, func(r row) error {
		found = ledger.Holder{Account: ledger.AccountKey{Cloud: c, ID: r.text(0)}, User: r.text(1)}
		return nil
	}, "SELECT account, user FROM numbers WHERE cloud = ? AND number = ?", string(c), number)
	if err == nil && found == (ledger.Holder{}) {
		err = ledger.ErrNoAccount
	}
	return found, err
}

func (v view) Setting(ctx context.Context, name string) (text string, err error) {
	err = v.query(ctx, func(r row) error {
		text = r.text(0)
		return nil
	}, "SELECT text FROM settings WHERE name = ?", name)
	return text, err
}
