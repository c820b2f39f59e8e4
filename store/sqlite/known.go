package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"imageshare/ledger"
)

// stored is an image as it is in the tables.
type stored struct {
	key ledger.ImageKey
	known
	shares    []ledger.Share
	snapshots []ledger.Snapshot // of one that is written; of one that was, record has them
	record    string
}

// known is what images are found by: a column each.
type known struct {
	owner, name, family string
	standing
}

// standing is how an image stands, as each of its shares repeats it.
type standing struct {
	state, ready any // see schema/0002.sql; nil is NULL
	public       bool
}

func knownOf(i *ledger.Image) known {
	k := known{owner: i.OwnerKey().String(), name: i.Name, family: i.Family, standing: standing{public: i.Public}}
	if i.State != ledger.Available {
		k.state = string(i.State)
		if !i.ReadyAt.IsZero() {
			k.ready = i.ReadyAt.UnixMilli()
		}
	}
	return k
}

// Image also remembers how the image is stored: most changes that read one
// write it next.
func (t *tx) Image(ctx context.Context, key ledger.ImageKey) (*ledger.Image, error) {
	const text = "SELECT owner, name, public, record, shares, family, state, ready FROM images WHERE product = ? AND region = ? AND id = ?"
	return t.image(ctx, key, text, func(r row, found *ledger.Image) {
		// What the change does to its copy must not reach the other tables.
		t.read = &stored{
			key: key, known: known{r.text(0), r.text(1), r.text(5), standing{r.textOr(6), r.intOr(7), r.bool(2)}},
			shares: slices.Clone(found.Shares), record: r.text(3),
		}
	})
}

// stored is how an image is stored, as the change has read it or reads it now.
func (t *tx) stored(key ledger.ImageKey) (stored, error) {
	if t.read == nil || t.read.key != key {
		if _, err := t.Image(context.Background(), key); err != nil {
			return stored{}, err
		}
	}
	return *t.read, nil
}

// rolls are the lists that an image stands in.
func (k known) rolls(key ledger.ImageKey) []roll {
	product := string(key.Product)
	all := []roll{ownedRoll(k.owner, product, key.Region)}
	if k.family != "" {
		all = append(all, familyRoll(k.owner, product, key.Region, k.family))
	}
	if k.public {
		all = append(all, publicRoll(product, key.Region), publicOfRoll(k.owner, product, key.Region))
	}
	return all
}

// putIn writes an image that is not there, without its shares' reverse.
func (t *tx) putIn(key ledger.ImageKey, is stored) error {
	if err := t.exec("INSERT INTO images (product, region, id, owner, name, family, state, ready, public, record, shares) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		string(key.Product), key.Region, key.ID, is.owner, is.name, is.family, is.state, is.ready, is.public, is.record, writeShares(is.shares)); err != nil {
		return err
	}
	for _, r := range is.rolls(key) {
		if err := t.came(r, placeOf(key.ID), entry{standing: is.standing}); err != nil {
			return err
		}
	}
	return t.eachSnapshot(key, is.snapshots, "INSERT INTO snapshots (product, region, id, snapshot) VALUES (?, ?, ?, ?)")
}

// takeOut removes an image, without its shares' reverse.
func (t *tx) takeOut(key ledger.ImageKey, was stored) error {
	if err := t.exec("DELETE FROM images WHERE product = ? AND region = ? AND id = ?", string(key.Product), key.Region, key.ID); err != nil {
		return err
	}
	for _, r := range was.rolls(key) {
		if err := t.gone(r, placeOf(key.ID), entry{standing: was.standing}); err != nil {
			return err
		}
	}
	i := new(ledger.Image)
	if err := json.Unmarshal([]byte(was.record), (*record)(i)); err != nil {
		return fmt.Errorf("%w: record of image %v: %w", ErrDamaged, key, err)
	}
	return t.eachSnapshot(key, i.Snapshots, "DELETE FROM snapshots WHERE product = ? AND region = ? AND id = ? AND snapshot = ?")
}

// eachSnapshot runs a statement for each snapshot that an image is made of.
func (t *tx) eachSnapshot(key ledger.ImageKey, all []ledger.Snapshot, text string) error {
	for i, s := range all {
		if slices.ContainsFunc(all[:i], func(o ledger.Snapshot) bool { return o.ID == s.ID }) {
			continue
		}
		if err := t.exec(text, string(key.Product), key.Region, key.ID, s.ID); err != nil {
			return err
		}
	}
	return nil
}
