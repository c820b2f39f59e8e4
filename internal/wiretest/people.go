package wiretest

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"imageshare/ledger"
	"imageshare/sign"
)

// Credentials are those that an answer of either cloud gives away, in JSON or XML.
func Credentials(body string) sign.Key {
	type alibaba struct{ AccessKeyId, AccessKeySecret, SecurityToken string }
	var j struct {
		Credentials alibaba
		Response    struct {
			Credentials struct{ TmpSecretId, TmpSecretKey, Token string }
		}
	}
	if json.Unmarshal([]byte(body), &j) != nil {
		var x struct{ Credentials alibaba }
		_ = xml.Unmarshal([]byte(body), &x) // a body that is no XML gives nothing away
		j.Credentials = x.Credentials
	}
	if t := j.Response.Credentials; t.TmpSecretId != "" {
		return sign.Key{ID: t.TmpSecretId, Secret: t.TmpSecretKey, Token: t.Token}
	}
	return sign.Key{ID: j.Credentials.AccessKeyId, Secret: j.Credentials.AccessKeySecret, Token: j.Credentials.SecurityToken}
}

// people does the lines that are about who there is.
func (d *Door) people(t *testing.T, s step) {
	t.Helper()
	if s.keep != "" {
		if d.given.ID == "" {
			t.Fatalf("%s: the answer before has no credentials", s.where)
		}
		d.kept[s.keep] = d.given
	}
	if s.drop+s.renew == "" {
		return
	}
	key := ledger.AccountKey{Cloud: ledger.Cloud(s.attr("cloud", "tencent")), ID: s.attr("account", "")}
	if key.ID == "" {
		key.ID = map[ledger.Cloud]string{ledger.Tencent: "100000000001", ledger.Alibaba: "1234567890123456"}[key.Cloud]
	}
	drop := func(e *ledger.Editor) error { return dropping(e, key, s.drop+s.renew) }
	err := d.Ledger.Edit(context.Background(), ledger.Caller{}, drop)
	if err != nil {
		t.Fatalf("%s: %v", s.where, err)
	}
	if s.renew != "" {
		d.renew(t, s, key)
	}
}

// dropping ends a role, a user or the whole account.
func dropping(e *ledger.Editor, key ledger.AccountKey, what string) error {
	kind, name, _ := strings.Cut(what, "/")
	if kind == "account" {
		return e.DropAccount(key)
	}
	return e.Account(key, func(a *ledger.Account) error {
		if kind == "role" {
			a.Roles = slices.DeleteFunc(a.Roles, func(r ledger.Role) bool { return r.Name == name })
		} else {
			a.Users = slices.DeleteFunc(a.Users, func(u ledger.User) bool { return u.Name == name })
		}
		return nil
	})
}

// renew makes what was dropped anew, under its old name.
func (d *Door) renew(t *testing.T, s step, key ledger.AccountKey) {
	t.Helper()
	kind, name, _ := strings.Cut(s.renew, "/")
	err := d.Ledger.Edit(context.Background(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Account(key, func(a *ledger.Account) error {
			switch kind {
			case "role":
				a.Roles = append(a.Roles, ledger.Role{Name: name})
			case "user":
				a.Users = append(a.Users, ledger.User{Name: name})
			}
			return nil
		})
	})
	if err != nil {
		t.Fatalf("%s: %v", s.where, err)
	}
}
