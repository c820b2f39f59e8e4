package storetest

import (
	"reflect"
	"slices"
	"time"

	"imageshare/ledger"
)

var images = []test{
	{"image keeps every field", "", imageKeepsEveryField},
	{"image of few fields", "", imageOfFewFields},
	{"image is written whole", "", imageIsWrittenWhole},
	{"image is looked up by its whole key", "", imageByWholeKey},
	{"image deleted and made again", "", imageDeletedAndMadeAgain},
	{"image keeps the order of its shares", "", imageKeepsShareOrder},
	{"image with many shares", "", imageWithManyShares},
	{"image read before a change stays as it was", "", imageReadBeforeAChange},
	{"image changed by its writer later", "", imageChangedByItsWriter},
}

func imageKeepsEveryField(r *rig) {
	want := fullImage(cvmKey("img-full0000"))
	if f := zeroField(reflect.ValueOf(*want)); f != "" {
		r.Fatalf("the example says nothing in field %s", f)
	}
	r.put(want)
	r.wantImage(want)
	r.put(want)
	r.wantImage(want)
}

func imageOfFewFields(r *rig) {
	want := &ledger.Image{Key: ledger.ImageKey{Product: ledger.ENS, ID: "m-1"}, Owner: owner, State: ledger.Failed}
	r.put(want)
	r.wantImage(want)
	got, err := r.Image(r.Context(), want.Key)
	if err != nil || !got.CreatedAt.IsZero() || len(got.Shares) != 0 {
		r.Errorf("got %+v, %v, want no time and no shares", got, err)
	}
}

func imageIsWrittenWhole(r *rig) {
	full := fullImage(cvmKey("img-whole000"))
	r.put(full)
	bare := &ledger.Image{Key: full.Key, Owner: stranger, State: ledger.Available}
	r.put(bare)
	r.wantImage(bare)
	r.put(full)
	r.wantImage(full)
}

func imageByWholeKey(r *rig) {
	keys := []ledger.ImageKey{
		{Product: ledger.CVM, Region: "ap-guangzhou", ID: "img-aaaaaaaa"},
		{Product: ledger.CVM, Region: "ap-beijing", ID: "img-aaaaaaaa"},
		{Product: ledger.ECS, Region: "ap-guangzhou", ID: "img-aaaaaaaa"},
		{Product: ledger.ECS, Region: "ap-guangzhou", ID: "IMG-aaaaaaaa"}, // another id: bytes, not letters, are compared
		{Product: ledger.ENS, ID: "img-aaaaaaaa"},
	}
	for n, key := range keys {
		_, err := r.Image(r.Context(), key)
		r.wantErr(key.String()+" before it is made", err, ledger.ErrNoImage)
		i := image(key)
		i.SizeGiB = int64(n)
		r.put(i)
	}
	for n, key := range keys {
		got, err := r.Image(r.Context(), key)
		if err != nil || got.Key != key || got.SizeGiB != int64(n) {
			r.Errorf("%v: got %+v, %v, want number %d", key, got, err, n)
		}
	}
}

func imageDeletedAndMadeAgain(r *rig) {
	key := cvmKey("img-again000")
	del := func(tx ledger.Tx) error { return tx.DeleteImage(key) }
	r.wantErr("delete what never was", r.Update(r.Context(), del), ledger.ErrNoImage)
	r.put(fullImage(key))
	r.must(del)
	_, err := r.Image(r.Context(), key)
	r.wantErr("read what was deleted", err, ledger.ErrNoImage)
	r.wantErr("delete it again", r.Update(r.Context(), del), ledger.ErrNoImage)
	again := image(key, stranger)
	r.put(again)
	r.wantImage(again)
}

// An engine that sorts for itself would hide a ledger that forgot to.
func imageKeepsShareOrder(r *rig) {
	i := image(cvmKey("img-order000"), "30", "4", "200", "1")
	i.Shares[2].At = noon.Add(-time.Hour)
	r.put(i)
	r.wantImage(i)
	slices.Reverse(i.Shares)
	r.put(i)
	r.wantImage(i)
}

func imageWithManyShares(r *rig) {
	i := image(cvmKey("img-many0000"), numbered("3", 600)...)
	r.put(i)
	r.wantImage(i)
	i.Shares = i.Shares[300:]
	r.put(i)
	r.wantImage(i)
	got := all[ledger.Grant](r)(r.Usable(r.Context(), ledger.UsableQuery{Account: ledger.AccountKey{Cloud: ledger.Tencent, ID: "300000299"}, Now: noon}))
	if len(got) != 0 {
		r.Errorf("a share that was dropped is still usable: %v", got)
	}
}

func imageReadBeforeAChange(r *rig) {
	before := fullImage(cvmKey("img-before00"))
	r.put(before)
	read, err := r.Image(r.Context(), before.Key)
	if err != nil {
		r.Fatal(err)
	}
	r.must(func(tx ledger.Tx) error {
		old, err := tx.Image(r.Context(), before.Key)
		if err != nil {
			return err
		}
		i := old.Clone()
		i.Tags["team"], i.Shares[0].Account, i.Name = "other", "8", "silver"
		return tx.PutImage(i)
	})
	if !read.Equal(before) {
		r.Errorf("what was read before turned into %+v", read)
	}
}

// A writer must not change a record it gave away; one that does all the same
// must not reach what is stored.
func imageChangedByItsWriter(r *rig) {
	given := fullImage(cvmKey("img-given000"))
	want := given.Clone()
	r.must(func(tx ledger.Tx) error { return tx.PutImage(given) })
	given.Name, given.Shares[0].Account, given.Tags["team"] = "other", "8", "other"
	given.Snapshots[0].ID = "other"
	r.wantImage(want)
}
