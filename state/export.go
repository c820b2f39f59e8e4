package state

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"imageshare/ledger"
)

// Options say what an export holds. The zero value is usable.
type Options struct {
	// Now leaves out shares that ended before; the zero time keeps them all.
	Now time.Time
	// Plain writes secrets in the clear, which needs Secrets to open them.
	Plain   bool
	Secrets Sealer
}

// page is how many records are asked for at once.
const page = 500

// Export reads everything into a file, sorted by key.
//
// What is empty is left out, except the lists and flags that decide who may do
// something: a user's empty list of policies, an image's empty list of shares.
// Left out they would keep what is stored, and an import that is to bring an
// old state back would leave everybody in who came since.
func Export(ctx context.Context, r ledger.Reader, o Options) (*File, error) {
	f := &File{Version: version}
	if err := f.exportRegions(ctx, r); err != nil {
		return nil, err
	}
	if err := f.exportAccounts(ctx, r, o); err != nil {
		return nil, err
	}
	return f, f.exportImages(ctx, r, o)
}

// exportRegions writes only lists that replace the built-in ones: those change
// with the program, and a file must not freeze them.
func (f *File) exportRegions(ctx context.Context, r ledger.Reader) error {
	all := &Regions{}
	for _, p := range ledger.Products {
		ids, err := r.Setting(ctx, ledger.RegionsSetting(p))
		if err != nil {
			return fmt.Errorf("export the regions of %s: %w", p, err)
		}
		if to := all.of(p); ids != "" && to != nil {
			*to, f.Regions = strings.Fields(ids), all
		}
	}
	return nil
}

func (f *File) exportAccounts(ctx context.Context, r ledger.Reader, o Options) error {
	after := ledger.AccountKey{}
	for {
		list, err := r.Accounts(ctx, after, page)
		if err != nil {
			return fmt.Errorf("export accounts: %w", err)
		}
		for _, a := range list {
			entry, err := o.account(a)
			if err != nil {
				return fmt.Errorf("export account %s: %w", a.Key, err)
			}
			f.Accounts = append(f.Accounts, entry)
			after = a.Key
		}
		if len(list) < page {
			return nil
		}
	}
}

func (f *File) exportImages(ctx context.Context, r ledger.Reader, o Options) error {
	q := ledger.ImageQuery{Limit: page}
	for {
		list, err := r.Images(ctx, q)
		if err != nil {
			return fmt.Errorf("export images: %w", err)
		}
		for _, i := range list {
			f.Images = append(f.Images, o.image(i))
			q.After = i.Key
		}
		if len(list) < page {
			return nil
		}
	}
}

func (o Options) account(a *ledger.Account) (Account, error) {
	entry := Account{Cloud: a.Key.Cloud, ID: a.Key.ID, Users: []User{}, Roles: []Role{}}
	var err error
	if entry.Keys, err = o.keys(a.Key.Cloud, a.Keys); err != nil {
		return Account{}, err
	}
	for _, u := range a.Users {
		keys, err := o.keys(a.Key.Cloud, u.Keys)
		if err != nil {
			return Account{}, err
		}
		entry.Users = append(entry.Users, User{Name: u.Name, ID: filled(u.Number), Keys: keys, Policies: documents(u.Policies)})
	}
	for _, r := range a.Roles {
		entry.Roles = append(entry.Roles, role(r))
	}
	return entry, nil
}

// role writes the longest session also where it is 0, as Export does with what
// decides who may do something.
func role(r ledger.Role) Role {
	longest := int64(r.MaxSession / time.Second)
	entry := Role{Name: r.Name, ID: filled(r.ID), MaxSessionSeconds: &longest, Policies: documents(r.Policies)}
	if r.Trust != "" {
		entry.Trust = &Document{Text: r.Trust}
	}
	return entry
}

// keys gives secrets as they are stored unless told to open them.
func (o Options) keys(c ledger.Cloud, stored []ledger.AccessKey) ([]Key, error) {
	list := make([]Key, len(stored))
	for i, k := range stored {
		list[i] = Key{ID: k.ID, SealedSecret: k.Sealed, Disabled: &k.Disabled}
		if !o.Plain {
			continue
		}
		secret, err := o.Secrets.Open(ledger.SecretName(c, k.ID), k.Sealed)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.ID, err)
		}
		list[i].Secret, list[i].SealedSecret = secret, ""
	}
	return list, nil
}

// documents is never nil: see Export.
func documents(stored []ledger.Document) []Document {
	list := make([]Document, len(stored))
	for i, d := range stored {
		list[i].Text = d
	}
	return list
}

// filled is a field that is written unless it is empty.
func filled[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

func (o Options) image(i *ledger.Image) Image {
	i = i.Settled(o.Now)
	entry := Image{
		Product: i.Key.Product, Region: i.Key.Region, ID: i.Key.ID, Owner: i.Owner,
		Name: filled(i.Name), Description: filled(i.Description),
		State: &i.State, ReadyAt: filled(i.ReadyAt.Truncate(time.Second)), Public: &i.Public, Encrypted: &i.Encrypted,
		OSName: filled(i.OSName), OSType: filled(i.OSType), Platform: filled(i.Platform), Architecture: filled(i.Architecture),
		SizeGiB: filled(i.SizeGiB), Family: filled(i.Family), Version: filled(i.Version),
		BootMode: filled(i.BootMode), License: filled(i.License), Imported: filled(i.Imported),
		CopiedFrom: filled(i.CopiedFrom), CreatedAt: filled(i.CreatedAt),
	}
	if len(i.Tags) > 0 {
		entry.Tags = maps.Clone(i.Tags)
	}
	for _, s := range i.Snapshots {
		entry.Snapshots = append(entry.Snapshots, Snapshot{
			ID: s.ID, Usage: s.Usage, SizeGiB: s.SizeGiB, Device: s.Device, Format: s.Format, Bucket: s.Bucket, Object: s.Object,
		})
	}
	entry.Shares = []Share{}
	for _, s := range i.Live(o.Now) {
		entry.Shares = append(entry.Shares, Share{Account: s.Account, SharedAt: filled(s.At), ExpiresAt: filled(s.Until)})
	}
	return entry
}
