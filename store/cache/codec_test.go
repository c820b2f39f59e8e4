package cache

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"imageshare/ledger"
)

// Every field of every record comes back, also one that is added some day:
// each is filled by its type, with a value that no other field has.
func TestRecordsComeBackWhole(t *testing.T) {
	t.Parallel()
	whole(t, func(c *codec, i *ledger.Image) {
		c.image(i)
		own(c, &i.Key.Product)
		own(c, &i.Key.Region)
		own(c, &i.Key.ID)
	})
	whole(t, (*codec).accountRecord)
}

func whole[T any](t *testing.T, code func(*codec, *T)) {
	t.Helper()
	var want T
	n := 0
	populate(t, reflect.ValueOf(&want).Elem(), &n)
	comesBack(t, &want, code)
	comesBack(t, new(T), code)
}

// comesBack writes a record and reads it, and all beginnings of it, which are none.
func comesBack[T any](t *testing.T, want *T, code func(*codec, *T)) {
	t.Helper()
	var known terms
	b, got := encode(&known, want, code), new(T)
	if err := decode(&known, b, got, code); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
	for cut := range b {
		if decode(&known, b[:cut], new(T), code) == nil {
			t.Fatalf("a %T cut to %d bytes was taken for whole", want, cut)
		}
	}
}

// An image on a page comes back whatever the one before it is: the same, empty,
// or another in any one field.
func TestPagesComeBack(t *testing.T) {
	t.Parallel()
	full := func(n int) (i ledger.Image) {
		populate(t, reflect.ValueOf(&i).Elem(), &n)
		i.Key.Product, i.Key.Region = "", "" // which the page's query says
		return i
	}
	all := []ledger.Image{full(0), full(0), {}, full(1000), full(2000), {}}
	for field := range reflect.TypeFor[ledger.Image]().NumField() {
		for _, from := range []ledger.Image{{}, full(3000)} {
			one := full(0)
			reflect.ValueOf(&one).Elem().Field(field).Set(reflect.ValueOf(&from).Elem().Field(field))
			all = append(all, one, full(0))
		}
	}
	want := &page{at: 7, total: 9}
	for n, i := range all {
		want.entries = append(want.entries, entry{i, uint64(n)})
	}
	comesBack(t, want, (*codec).page)
}

// What is empty comes back, be it a field, many of them, all items of a list, or
// a tag that is called nothing.
func TestEmptyComesBack(t *testing.T) {
	t.Parallel()
	comesBack(t, &ledger.Account{
		Users: make([]ledger.User, 300), Roles: []ledger.Role{{Policies: make([]ledger.Document, 300)}, {Name: "r"}, {}},
	}, (*codec).accountRecord)
	comesBack(t, &ledger.Image{Tags: map[string]string{"": ""}}, (*codec).image)
}

// A row of no zeros is none, nor is one that goes beyond the record.
func TestRowsThatAreNone(t *testing.T) {
	t.Parallel()
	var known terms
	whole := encode(&known, new(ledger.Image), (*codec).image)
	for _, row := range []byte{0, whole[len(whole)-1] - 1, whole[len(whole)-1] + 1} {
		if b := append(whole[:len(whole)-1:len(whole)-1], row); decode(&known, b, new(ledger.Image), (*codec).image) == nil {
			t.Errorf("a row of %d zeros was taken", row)
		}
	}
}

// Whatever an account is called, it comes back as it was written.
func TestAccountsComeBack(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0).UTC()
	want := &ledger.Image{Owner: "100000000001", Shares: []ledger.Share{}}
	for n, account := range []string{
		"100000000003", "100000000002", "1", "999999999999999999", "1000000000000000000", "007", "0", "", "+5", "-5", "5 ", "1_000", "a", "100000000001",
	} {
		s := ledger.Share{Account: account, At: at}
		if n%2 > 0 {
			s.Until = at.Add(time.Hour)
		}
		want.Shares = append(want.Shares, s)
	}
	comesBack(t, want, (*codec).image)
}

// Wherever a text has hyphens, it comes back as it was written, be its beginning
// one that others have, one too long for that, or all of it.
func TestBeginningsComeBack(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 2*longest)
	want := &ledger.Image{Name: "web-1", Description: "web-1", Family: "web-", Version: "web-2"}
	for _, id := range []string{"-", "--", "-a", "a-", "a--b", "snap-1", "snap-", long[1:] + "-b", long + "-b", "a-" + long + long, "a-é", ""} {
		want.Snapshots = append(want.Snapshots, ledger.Snapshot{ID: id, Bucket: id + "-" + id})
	}
	comesBack(t, want, (*codec).image)
}

// What people call their images takes no number from what vendors call their
// systems, however many there are, and comes back all the same.
func TestWordsOfPeopleLeaveRoom(t *testing.T) {
	t.Parallel()
	var known terms
	at := func(n int) *ledger.Image {
		return &ledger.Image{Name: fmt.Sprintf("%d-a", n), Description: fmt.Sprint("made for ", n)}
	}
	for n := range maxTerms {
		i := at(n)
		b, got := encode(&known, i, (*codec).image), new(ledger.Image)
		if err := decode(&known, b, got, (*codec).image); err != nil || !reflect.DeepEqual(got, i) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, got, i)
		}
	}
	first, last := len(encode(&known, at(0), (*codec).image)), len(encode(&known, at(maxTerms), (*codec).image))
	if known.number("TencentOS", maxTerms) == 0 || first >= last {
		t.Errorf("the first takes %d bytes and the last %d, and there are %d numbers", first, last, len(known.numbers))
	}
}

// A record is small: that is how many fit.
func TestRecordsAreSmall(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0).UTC()
	i := &ledger.Image{
		Owner: "100000000001", Name: "golden-2", Description: "made by the builder", State: ledger.Available,
		OSName: "TencentOS Server 3.1", SizeGiB: 50, CreatedAt: at,
	}
	var known terms
	alone := len(encode(&known, i, (*codec).image))
	for _, account := range []string{"100000345678", "100000345679", "100000345680", "200000000001"} {
		i.Shares = append(i.Shares, ledger.Share{Account: account, At: at})
	}
	if shares := len(encode(&known, i, (*codec).image)) - alone; alone > 30 || shares > 20 {
		t.Errorf("a record takes %d bytes, want 30 at the most, and four shares take %d more, want 20: two of the accounts are neighbours", alone, shares)
	}
}

func populate(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case ledger.Share:
		at := time.Unix(int64(1700000000+*n), 0).UTC()
		v.Set(reflect.ValueOf(ledger.Share{Account: fmt.Sprint(*n), At: at, Until: at.Add(time.Hour)}))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(1700000000+*n), int64(*n)).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(int64(-*n))
	case reflect.Struct:
		for i := range v.NumField() {
			populate(t, v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			populate(t, v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a": "1", "b": "2"}))
	default:
		t.Fatalf("a record has a %s: teach the codec", v.Type())
	}
}

func TestNamesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for what, name := range map[string][]byte{
		"image":             imageName(ledger.ImageKey{Product: "cvm", Region: "ap", ID: "x"}),
		"shifted":           imageName(ledger.ImageKey{Product: "cvm", Region: "a", ID: "px"}),
		"without a region":  imageName(ledger.ImageKey{Product: "cvm", ID: "apx"}),
		"account":           accountName(ledger.AccountKey{Cloud: "cvm", ID: "ap"}),
		"key of that name":  keyName{"cvm", "ap"}.bytes(),
		"key with an end":   keyName{"cvm", "ap\xff"}.bytes(),
		"another cloud's":   keyName{"cvma", "p"}.bytes(),
		"account elsewhere": accountName(ledger.AccountKey{Cloud: "cvma", ID: "p"}),
	} {
		if other, taken := seen[string(name)]; taken {
			t.Errorf("%s and %s have one name", what, other)
		}
		seen[string(name)] = what
	}
}

// What an engine hands out is shared between readers, so to encode it is to
// read it: the race detector sees whoever writes.
func TestEncodingOnlyReads(t *testing.T) {
	t.Parallel()
	var known terms
	i := &ledger.Image{Owner: "100000000001", Public: true, SizeGiB: 50, CreatedAt: time.Unix(1700000000, 0), Shares: []ledger.Share{{Account: "1", At: time.Unix(1700000000, 0)}}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if len(encode(&known, i, (*codec).image)) == 0 {
				t.Error("nothing was written")
			}
		})
	}
	all.Wait()
	if i.CreatedAt.Location() != time.Local {
		t.Errorf("the record is another: %v", i)
	}
}
