package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"imageshare/ledger"
)

// noon is when the tests happen.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Who the tests are about. One number in two clouds is two accounts.
const (
	owner    = "100000000001"
	stranger = "100000000002"
	grantee  = "200000000003"
)

var tencentOwner = ledger.AccountKey{Cloud: ledger.Tencent, ID: owner}

func cvmKey(id string) ledger.ImageKey {
	return ledger.ImageKey{Product: ledger.CVM, Region: "ap-guangzhou", ID: id}
}

// image is a plain image with shares, all begun at noon.
func image(key ledger.ImageKey, accounts ...string) *ledger.Image {
	i := &ledger.Image{Key: key, Owner: owner, Name: "golden", State: ledger.Available, CreatedAt: noon}
	for _, a := range accounts {
		i.Shares = append(i.Shares, ledger.Share{Account: a, At: noon})
	}
	return i
}

// fullImage has something in every field.
func fullImage(key ledger.ImageKey) *ledger.Image {
	return &ledger.Image{
		Key: key, Owner: owner, Name: "golden", Description: "base image\nof the team", State: ledger.Copying,
		Public: true, Encrypted: true, OSName: "TencentOS Server 3.1", OSType: "linux", Platform: "TencentOS",
		Architecture: "x86_64", SizeGiB: 50, Family: "base", Version: "3.1",
		Tags:      map[string]string{"team": "base", "": "empty", "empty": ""},
		Snapshots: []ledger.Snapshot{{ID: "snap-2", Usage: "system", SizeGiB: 50, Device: "/dev/xvda", Format: "RAW", Bucket: "b", Object: "o"}, {ID: "snap-1", Usage: "data", SizeGiB: 1 << 40}},
		BootMode:  "UEFI", License: "BYOL", Imported: true, ReadyAt: noon.Add(90*time.Second + 500*time.Millisecond),
		CopiedFrom: "ap-beijing/img-source00", CreatedAt: time.Date(2018, 6, 1, 1, 2, 3, 456789012, time.UTC),
		Shares: []ledger.Share{
			{Account: "9", At: time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)},
			{Account: "18446744073709551616", At: noon.Add(-time.Hour), Until: noon.AddDate(7000, 0, 0)},
			{Account: grantee, At: noon, Until: time.Unix(0, 0).UTC()},
			{Account: "200000000004", At: noon},
		},
	}
}

// account is an account with one key of its own.
func account(id string, keys ...string) *ledger.Account {
	a := &ledger.Account{Key: ledger.AccountKey{Cloud: ledger.Tencent, ID: id}, CreatedAt: noon}
	for _, k := range keys {
		a.Keys = append(a.Keys, ledger.AccessKey{ID: k, Sealed: "sealed " + k})
	}
	return a
}

// fullAccount has something in every field.
func fullAccount() *ledger.Account {
	a := account(owner, "AKIDone")
	a.Keys[0].Disabled = true
	a.Users = []ledger.User{
		{Name: "reader", Number: "100000000009", Keys: []ledger.AccessKey{{ID: "AKIDreader", Sealed: "sealed reader"}},
			Policies: []ledger.Document{`{"version":"2.0"}`, `{}`}},
		{Name: "keyless"},
	}
	a.Roles = []ledger.Role{{
		Name: "auditor", ID: "4611686018427000001", Trust: `{"who":"everybody"}`, Policies: []ledger.Document{`{"a":"b"}`}, MaxSession: time.Hour,
	}}
	return a
}

// event is a plain entry about an entity.
func event(entity string) ledger.Event {
	return ledger.Event{Entity: entity, Time: noon, Actor: "admin"}
}

// fullEvent has something in every field that is not the engine's.
func fullEvent(entity string) ledger.Event {
	return ledger.Event{
		Entity: entity, Time: noon.Add(7 * time.Millisecond), Actor: tencentOwner.String() + "/user/reader", KeyID: "AKIDreader",
		Wire: "tencent/2017-03-12", Action: "ModifyImageSharePermission", RequestID: "0f0f", Source: "127.0.0.1:4711",
		Added:   []ledger.Share{{Account: grantee, At: noon, Until: noon.Add(time.Hour)}, {Account: "9", At: noon}},
		Removed: []string{stranger}, Notes: []string{"public on", ""}, Token: "token of " + entity,
	}
}

// zeroField names the first field of a struct, or of what its slices hold,
// that has nothing in it: an example must grow with the record it stands for.
func zeroField(v reflect.Value) string {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case f.IsZero() && f.Kind() != reflect.Bool:
			return name
		case f.Kind() == reflect.Slice && f.Index(0).Kind() == reflect.Struct && f.Index(0).Type() != reflect.TypeFor[ledger.Share]():
			if inner := zeroField(f.Index(0)); inner != "" {
				return name + "." + inner
			}
		}
	}
	return ""
}

// numbered is n ids that sort like their numbers.
func numbered(prefix string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%s%08d", prefix, i)
	}
	return ids
}

func imageIDs(found []*ledger.Image) []string {
	var ids []string
	for _, i := range found {
		ids = append(ids, i.Key.String())
	}
	return ids
}

func grantIDs(found []ledger.Grant) []string {
	var ids []string
	for _, g := range found {
		ids = append(ids, g.Image.String())
	}
	return ids
}

func same(r *rig, what string, got, want []string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s\n got %s\nwant %s", what, strings.Join(got, " "), strings.Join(want, " "))
	}
}

func is(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}
