package storetest

import (
	"fmt"
	"strings"
	"time"

	"imageshare/ledger"
)

var text = []test{
	{"strange text comes back as it was", "", strangeTextComesBack},
	{"names that differ in a byte", "", namesThatDiffer},
	{"text that is not UTF-8 is refused", "", notUTF8Refused},
	{"times finer than their field are refused", "", fineTimesRefused},
	{"shares of no number are refused", "", sharesOfNoNumberRefused},
	{"two shares of one account are refused", "", sharesOfOneAccountRefused},
}

// strangeText is UTF-8 with everything that a careless engine trips over.
const strangeText = "NUL \x00 quote ' \" back \\ `; DROP TABLE images; -- % _ \r\n\t\u2028 \ufffd 😀 e\u0301 \x7f "

// notUTF8 cannot be given back by an engine that writes JSON, so all refuse it.
const notUTF8 = "caf\xe9"

func strangeTextComesBack(r *rig) {
	for _, s := range []string{strangeText, strings.Repeat("long ", 20000), " ", "\x00"} {
		i := fullImage(cvmKey("img-strange0"))
		i.Name, i.Description, i.Family = s, s, s
		i.Tags = map[string]string{s: s}
		i.Snapshots[0].ID = s
		r.put(i)
		r.wantImage(i)
		checkImages(r, ledger.ImageQuery{Name: s}, []*ledger.Image{i})
		a := fullAccount()
		a.Keys[0].Sealed, a.Roles[0].Trust = s, ledger.Document(s)
		r.register(a)
		r.wantAccount(a)
		r.wantCredential(ledger.Tencent, "AKIDone", &a.Credentials()[0])
		e := fullEvent("image/cvm/a/1")
		e.Notes, e.Actor, e.Token, e.Source = []string{s, ""}, "actor "+s, "token "+s, s
		r.append(e)
		for _, q := range []ledger.EventQuery{{Actor: e.Actor}, {Token: e.Token}} {
			if got := r.history(q); len(got) != 1 || got[0].Notes[0] != s || got[0].Source != s {
				r.Errorf("entry with %.40q: got %+v", s, got)
			}
		}
	}
	r.wantChain("image/cvm/a/1", 4)
}

func namesThatDiffer(r *rig) {
	names := []string{"golden", "Golden", "golden ", "golden\x00", "g\u00f6lden", "go\u0308lden", "golden%", "golde_"}
	for n, name := range names {
		i := image(cvmKey(fmt.Sprintf("img-name%04d", n)))
		i.Name = name
		r.put(i)
	}
	for n, name := range names {
		got := all[*ledger.Image](r)(r.Images(r.Context(), ledger.ImageQuery{Name: name}))
		same(r, fmt.Sprintf("images named %q", name), imageIDs(got), []string{fmt.Sprintf("cvm/ap-guangzhou/img-name%04d", n)})
	}
}

func notUTF8Refused(r *rig) {
	refused := map[string]change{
		"name": func(tx ledger.Tx) error { i := image(cvmKey("img-x")); i.Name = notUTF8; return tx.PutImage(i) },
		"tag": func(tx ledger.Tx) error {
			i := image(cvmKey("img-x"))
			i.Tags = map[string]string{"k": notUTF8}
			return tx.PutImage(i)
		},
		"snapshot": func(tx ledger.Tx) error {
			i := fullImage(cvmKey("img-x"))
			i.Snapshots[1].Usage = notUTF8
			return tx.PutImage(i)
		},
		"id":     func(tx ledger.Tx) error { return tx.PutImage(image(cvmKey(notUTF8))) },
		"sealed": func(tx ledger.Tx) error { a := fullAccount(); a.Keys[0].Sealed = notUTF8; return tx.PutAccount(a) },
		"policy": func(tx ledger.Tx) error {
			a := fullAccount()
			a.Users[0].Policies[1] = notUTF8
			return tx.PutAccount(a)
		},
		"role": func(tx ledger.Tx) error {
			a := fullAccount()
			a.Roles[0].Policies[0] = notUTF8
			return tx.PutAccount(a)
		},
		"setting": func(tx ledger.Tx) error { return tx.PutSetting("name", notUTF8) },
		"note": func(tx ledger.Tx) error {
			e := event("image/cvm/a/1")
			e.Notes = []string{notUTF8}
			return tx.Append(e)
		},
		"token": func(tx ledger.Tx) error { e := event("image/cvm/a/1"); e.Token = notUTF8; return tx.Append(e) },
	}
	for what, c := range refused {
		r.wantErr(what, r.Update(r.Context(), c), ledger.ErrInvalid)
	}
	if counts, err := sight(r, r); err != nil || counts != [5]int{} {
		r.Errorf("something of it stayed: %v, %v", counts, err)
	}
	_, err := r.Image(r.Context(), cvmKey(notUTF8))
	r.wantErr("reading such an id", err, ledger.ErrNoImage)
}

func fineTimesRefused(r *rig) {
	begun := image(cvmKey("img-fine0000"), grantee)
	begun.Shares[0].At = noon.Add(time.Millisecond)
	ends := image(cvmKey("img-fine0000"), grantee)
	ends.Shares[0].Until = noon.Add(time.Nanosecond)
	far := image(cvmKey("img-fine0000"))
	far.CreatedAt = noon.AddDate(9000, 0, 0)
	for _, i := range []*ledger.Image{begun, ends, far} {
		r.wantErr("put", r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }), ledger.ErrInvalid)
	}
	e := event("image/cvm/a/1")
	e.Time = noon.Add(time.Microsecond)
	r.wantErr("append", r.Update(r.Context(), func(tx ledger.Tx) error { return tx.Append(e) }), ledger.ErrInvalid)
}

func sharesOfNoNumberRefused(r *rig) {
	for _, number := range []string{"", "12 34", "12\n34", "abc", "012"} {
		i := image(cvmKey("img-number00"), number)
		r.wantErr(fmt.Sprintf("a share of %q", number), r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }), ledger.ErrInvalid)
	}
}

func sharesOfOneAccountRefused(r *rig) {
	was := image(cvmKey("img-twice000"), "3")
	r.put(was)
	for what, until := range map[string]time.Time{"without an end": {}, "after the first has ended": noon.AddDate(-1, 0, 0)} {
		i := image(was.Key, "3", "4", "3")
		i.Shares[0].Until, i.Shares[2].At = until, noon.Add(time.Hour)
		r.wantErr("a second share "+what, r.Update(r.Context(), func(tx ledger.Tx) error { return tx.PutImage(i) }), ledger.ErrInvalid)
	}
	r.wantImage(was)
}
