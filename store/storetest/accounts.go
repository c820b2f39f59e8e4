package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"imageshare/ledger"
)

var accounts = []test{
	{"account keeps every field", "", accountKeepsEveryField},
	{"account is written whole", "", accountIsWrittenWhole},
	{"account deleted", "", accountDeleted},
	{"credentials byte for byte", "", credentialsByteForByte},
	{"key of another account is refused", "", keyTaken},
	{"number of another account or user is refused", "", numberTaken},
	{"number of a dropped user is free", "", numbersReleased},
	{"what an account has twice is refused", "", twiceInOneAccount},
	{"a refused account leaves the change usable", "", refusedAccountLeavesChangeUsable},
	{"accounts in the order of cloud and number", "", accountsInOrder},
}

func (r *rig) wantAccount(want *ledger.Account) {
	r.Helper()
	got, err := r.Account(r.Context(), want.Key)
	if err != nil || !got.Equal(want) {
		r.Errorf("account\n got %+v, %v\nwant %+v", got, err, want)
	}
}

// wantCredential checks whose a key is; nil means nobody's.
func (r *rig) wantCredential(cloud ledger.Cloud, id string, want *ledger.Credential) {
	r.Helper()
	got, err := r.Credential(r.Context(), cloud, id)
	switch {
	case want == nil:
		r.wantErr("key "+id, err, ledger.ErrNoKey)
	case err != nil || *got != *want:
		r.Errorf("key %s: got %+v, %v, want %+v", id, got, err, want)
	}
}

// wantHolder checks whose a number is; the zero Holder means nobody's.
func (r *rig) wantHolder(cloud ledger.Cloud, number string, want ledger.Holder) {
	r.Helper()
	got, err := r.Holder(r.Context(), cloud, number)
	if want == (ledger.Holder{}) {
		r.wantErr("number "+number, err, ledger.ErrNoAccount)
	} else if err != nil || got != want {
		r.Errorf("number %s: got %+v, %v, want %+v", number, got, err, want)
	}
}

func accountKeepsEveryField(r *rig) {
	want := fullAccount()
	if f := zeroField(reflect.ValueOf(*want)); f != "" {
		r.Fatalf("the example says nothing in field %s", f)
	}
	r.register(want)
	r.wantAccount(want)
	for _, c := range want.Credentials() {
		r.wantCredential(ledger.Tencent, c.ID, &c)
		r.wantCredential(ledger.Alibaba, c.ID, nil)
	}
	for number, h := range want.Holders() {
		r.wantHolder(ledger.Tencent, number, h)
		r.wantHolder(ledger.Alibaba, number, ledger.Holder{})
	}
	bare := account(stranger)
	r.register(bare)
	r.wantAccount(bare)
}

func accountIsWrittenWhole(r *rig) {
	full := fullAccount()
	r.register(full)
	bare := account(owner, "AKIDtwo")
	r.register(bare)
	r.wantAccount(bare)
	r.wantCredential(ledger.Tencent, "AKIDone", nil)
	r.wantCredential(ledger.Tencent, "AKIDreader", nil)
	r.wantCredential(ledger.Tencent, "AKIDtwo", &bare.Credentials()[0])
	bare.Keys[0].Sealed, bare.Keys[0].Disabled = "sealed anew", true
	r.register(bare)
	r.wantCredential(ledger.Tencent, "AKIDtwo", &bare.Credentials()[0])
	// A key that moves from the account to a user of it is nobody else's.
	bare.Users, bare.Keys = []ledger.User{{Name: "heir", Keys: bare.Keys}}, nil
	r.register(bare)
	r.wantCredential(ledger.Tencent, "AKIDtwo", &bare.Credentials()[0])
}

func accountDeleted(r *rig) {
	del := func(tx ledger.Tx) error { return tx.DeleteAccount(tencentOwner) }
	_, err := r.Account(r.Context(), tencentOwner)
	r.wantErr("read what never was", err, ledger.ErrNoAccount)
	r.wantErr("delete what never was", r.Update(r.Context(), del), ledger.ErrNoAccount)
	full := fullAccount()
	r.register(full)
	r.must(del)
	_, err = r.Account(r.Context(), tencentOwner)
	r.wantErr("read what was deleted", err, ledger.ErrNoAccount)
	for _, c := range full.Credentials() {
		r.wantCredential(ledger.Tencent, c.ID, nil)
	}
	for number := range full.Holders() {
		r.wantHolder(ledger.Tencent, number, ledger.Holder{})
	}
	r.wantErr("delete it again", r.Update(r.Context(), del), ledger.ErrNoAccount)
	heir := account(stranger, "AKIDone")
	heir.Users = []ledger.User{{Name: "reader", Number: "100000000009"}}
	r.register(heir)
	r.wantAccount(heir)
}

func credentialsByteForByte(r *rig) {
	ids := []string{"AKIDcase", "akidcase", "AKIDcasE", "AKIDcase "}
	a := account(owner, ids...)
	r.register(a)
	for _, c := range a.Credentials() {
		r.wantCredential(ledger.Tencent, c.ID, &c)
	}
	for _, id := range []string{"", "AKIDCASE", "AKIDcas", "AKIDcase\x00", "AKID%", "AKIDcase'"} {
		r.wantCredential(ledger.Tencent, id, nil)
	}
}

// refuse checks that an account is not taken and nothing of it stays.
func (r *rig) refuse(a *ledger.Account, want error) {
	r.Helper()
	err := r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutAccount(a.Clone()) })
	r.wantErr(fmt.Sprintf("put %+v", a), err, want)
	if _, err := r.Account(r.Context(), a.Key); !is(err, ledger.ErrNoAccount) {
		r.Errorf("account %v is there although it was refused (%v)", a.Key, err)
	}
}

func keyTaken(r *rig) {
	r.register(fullAccount())
	for _, id := range []string{"AKIDone", "AKIDreader"} {
		r.refuse(account(stranger, "AKIDfree", id), ledger.ErrKeyTaken)
		user := account(stranger)
		user.Users = []ledger.User{{Name: "u", Keys: []ledger.AccessKey{{ID: id, Sealed: "s"}}}}
		r.refuse(user, ledger.ErrKeyTaken)
	}
	r.wantCredential(ledger.Tencent, "AKIDfree", nil)
	elsewhere := account(stranger, "AKIDone")
	elsewhere.Key.Cloud = ledger.Alibaba
	r.register(elsewhere)
	r.wantCredential(ledger.Alibaba, "AKIDone", &elsewhere.Credentials()[0])
}

func numberTaken(r *rig) {
	r.register(fullAccount()) // it has number owner, and a user with 100000000009
	r.refuse(account("100000000009"), ledger.ErrNumberTaken)
	for _, number := range []string{owner, "100000000009"} {
		a := account(stranger)
		a.Users = []ledger.User{{Name: "u", Number: number}}
		r.refuse(a, ledger.ErrNumberTaken)
	}
	r.wantHolder(ledger.Tencent, stranger, ledger.Holder{})
	elsewhere := account(owner)
	elsewhere.Key.Cloud = ledger.Alibaba
	r.register(elsewhere)
	r.wantHolder(ledger.Alibaba, owner, ledger.Holder{Account: elsewhere.Key})
}

func numbersReleased(r *rig) {
	a := fullAccount()
	r.register(a)
	a.Users = a.Users[1:]
	r.register(a)
	r.wantHolder(ledger.Tencent, "100000000009", ledger.Holder{})
	r.wantCredential(ledger.Tencent, "AKIDreader", nil)
	heir := account("100000000009", "AKIDreader")
	r.register(heir)
	r.wantHolder(ledger.Tencent, "100000000009", ledger.Holder{Account: heir.Key})
}

func twiceInOneAccount(r *rig) {
	r.refuse(account(owner, "AKIDx", "AKIDx"), ledger.ErrKeyTaken)
	self := account(owner)
	self.Users = []ledger.User{{Name: "u", Number: owner}}
	r.refuse(self, ledger.ErrNumberTaken)
	twins := account(owner)
	twins.Users = []ledger.User{{Name: "u", Number: "7"}, {Name: "v", Number: "7"}}
	r.refuse(twins, ledger.ErrNumberTaken)
}

func refusedAccountLeavesChangeUsable(r *rig) {
	r.register(fullAccount())
	r.must(func(tx ledger.Tx) error {
		clash := account(stranger, "AKIDfree", "AKIDone")
		if err := tx.PutAccount(clash); !errors.Is(err, ledger.ErrKeyTaken) {
			return fmt.Errorf("got %v, want ErrKeyTaken", err)
		}
		return tx.PutAccount(account(grantee, "AKIDfree"))
	})
	_, err := r.Account(r.Context(), ledger.AccountKey{Cloud: ledger.Tencent, ID: stranger})
	r.wantErr("the refused account", err, ledger.ErrNoAccount)
	r.wantAccount(account(grantee, "AKIDfree"))
}

func accountsInOrder(r *rig) {
	var want []ledger.AccountKey
	for _, cloud := range []ledger.Cloud{ledger.Alibaba, ledger.Tencent} {
		for _, id := range []string{"2", "9", "10", "99", "100", "99999999999999999998", "99999999999999999999"} {
			want = append(want, ledger.AccountKey{Cloud: cloud, ID: id})
		}
	}
	for n := range want { // written in another order than listed
		a := account("1")
		a.Key = want[(n*5)%len(want)]
		r.register(a)
	}
	for _, limit := range []int{0, 1, 3, len(want)} {
		for n, after := range append([]ledger.AccountKey{{}}, want...) {
			page := want[n:]
			if limit > 0 {
				page = page[:min(limit, len(page))]
			}
			got := all[*ledger.Account](r)(r.Accounts(r.Context(), after, limit))
			keys := accountKeys(got)
			if !slices.Equal(keys, page) {
				r.Errorf("accounts after %v, limit %d: got %v, want %v", after, limit, keys, page)
			}
		}
	}
	gap := ledger.AccountKey{Cloud: ledger.Alibaba, ID: "11"}
	if got := all[*ledger.Account](r)(r.Accounts(r.Context(), gap, 1)); len(got) != 1 || got[0].Key.ID != "99" {
		r.Errorf("the account behind 11: got %v, want 99", got)
	}
}

func accountKeys(found []*ledger.Account) []ledger.AccountKey {
	var keys []ledger.AccountKey
	for _, a := range found {
		keys = append(keys, a.Key)
	}
	return keys
}
