package session_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/policy"
	"imageshare/seal"
	"imageshare/session"
	"imageshare/store/memory"
)

var start = time.Date(2018, 6, 20, 10, 0, 0, 0, time.UTC)

// clock is an issuer whose time is moved by hand.
type clock struct {
	session.Issuer
	now time.Time
}

func issuer() *clock {
	c := &clock{now: start}
	c.Key, c.Now = seal.NewKey(), func() time.Time { return c.now }
	return c
}

const narrow = `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:DescribeImageSharePermission","cvm:DescribeImages"],"resource":["qcs::cvm:ap-guangzhou:uin/100000000001:image/*"]}]}`

// assumed is a session with every field filled in.
func assumed(c ledger.Cloud) session.Session {
	return session.Session{
		Cloud: c, Account: "100000000001", User: "u", Role: "auditor", RoleID: "4611686018427000001", Name: "night@shift",
		By: "100000000009", Policy: narrow, Expires: start.Add(time.Hour),
	}
}

func TestTokenComesBack(t *testing.T) {
	t.Parallel()
	forms := map[ledger.Cloud][2]string{ // of the key id, of the token
		ledger.Tencent: {`^AKID[A-Za-z0-9]{32}$`, `^s1\.[A-Za-z0-9._-]+$`},
		ledger.Alibaba: {`^STS\.[A-Za-z0-9]{24}$`, `^CAIS[A-Za-z0-9._-]+$`},
	}
	for cloud, form := range forms {
		i := issuer()
		made, token, err := i.Issue(assumed(cloud))
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(form[0]).MatchString(made.KeyID) || !regexp.MustCompile(form[1]).MatchString(token) || len(made.Secret) < 32 {
			t.Errorf("%s: key %s, secret of %d, token %s", cloud, made.KeyID, len(made.Secret), token)
		}
		if strings.Contains(token, made.Secret) || strings.Contains(token, made.KeyID) {
			t.Errorf("%s: the token shows what it holds: %s", cloud, token)
		}
		got, err := i.Open(cloud, made.KeyID, token)
		if err != nil || got != made || !got.Issued.Equal(start) {
			t.Errorf("%s: opened\n%+v, %v\nwant\n%+v", cloud, got, err, made)
		}
		again, other, err := i.Issue(assumed(cloud))
		if err != nil || again.KeyID == made.KeyID || again.Secret == made.Secret || other == token {
			t.Errorf("%s: two sessions have something in common: %+v, %v", cloud, again, err)
		}
	}
}

// TestOnOtherNodes is a token on another server: with the same key file it
// works, and it survives a restart, which is the same.
func TestOnOtherNodes(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/key"
	if _, err := seal.MakeKeyFile(path); err != nil {
		t.Fatal(err)
	}
	node := func() *session.Issuer {
		key, err := seal.ReadKeyFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return &session.Issuer{Key: key, Now: func() time.Time { return start }}
	}
	made, token, err := node().Issue(assumed(ledger.Tencent))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := node().Open(ledger.Tencent, made.KeyID, token); err != nil || got.Secret != made.Secret {
		t.Errorf("on another node: %+v, %v", got, err)
	}
	if _, err := issuer().Open(ledger.Tencent, made.KeyID, token); !errors.Is(err, session.ErrForged) {
		t.Errorf("with another key file: %v, want %v", err, session.ErrForged)
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	i := issuer()
	made, token, err := i.Issue(assumed(ledger.Alibaba))
	if err != nil {
		t.Fatal(err)
	}
	other, otherToken, err := i.Issue(assumed(ledger.Alibaba))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		cloud      ledger.Cloud
		key, token string
		want       error
	}{
		"another key's token":       {ledger.Alibaba, made.KeyID, otherToken, session.ErrMismatch},
		"another token's key":       {ledger.Alibaba, other.KeyID, token, session.ErrMismatch},
		"no key":                    {ledger.Alibaba, "", token, session.ErrMismatch},
		"another cloud":             {ledger.Tencent, made.KeyID, strings.TrimPrefix(token, "CAIS"), session.ErrForged},
		"nothing":                   {ledger.Alibaba, made.KeyID, "", session.ErrForged},
		"no prefix":                 {ledger.Alibaba, made.KeyID, strings.TrimPrefix(token, "CAIS"), session.ErrForged},
		"cut short":                 {ledger.Alibaba, made.KeyID, token[:len(token)-4], session.ErrForged},
		"a sealed secret of a key":  {ledger.Alibaba, made.KeyID, "CAIS" + i.Key.Seal("alibaba/"+made.KeyID, "secret"), session.ErrForged},
		"something else of its own": {ledger.Alibaba, made.KeyID, "CAIS" + i.Key.Seal("session/alibaba", "secret"), session.ErrForged},
		"longer than any":           {ledger.Alibaba, made.KeyID, "CAIS" + i.Key.Seal("session/alibaba", strings.Repeat("x", 9000)), session.ErrForged},
		"a cloud that is none":      {"aws", made.KeyID, token, session.ErrForged},
	} {
		if got, err := i.Open(c.cloud, c.key, c.token); !errors.Is(err, c.want) || got != (session.Session{}) {
			t.Errorf("%s: %+v, %v, want %v", what, got, err, c.want)
		}
	}
}

// TestOneByteChanged: nobody gets another session out of a token of his own.
func TestOneByteChanged(t *testing.T) {
	t.Parallel()
	i := issuer()
	made, token, err := i.Issue(assumed(ledger.Tencent))
	if err != nil {
		t.Fatal(err)
	}
	for at := range len(token) {
		for _, bit := range []byte{1, 2, 0x20, 0x80} {
			b := []byte(token)
			b[at] ^= bit
			if _, err := i.Open(ledger.Tencent, made.KeyID, string(b)); !errors.Is(err, session.ErrForged) {
				t.Errorf("byte %d changed by %#x: %v, want %v", at, bit, err, session.ErrForged)
			}
		}
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	i := issuer()
	made, token, err := i.Issue(assumed(ledger.Tencent))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration]error{0: nil, time.Hour - 1: nil, time.Hour: session.ErrExpired, 9000 * time.Hour: session.ErrExpired} {
		i.now = start.Add(at)
		if _, err := i.Open(ledger.Tencent, made.KeyID, token); !errors.Is(err, want) {
			t.Errorf("after %v: %v, want %v", at, err, want)
		}
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	i := issuer()
	s := assumed(ledger.Tencent)
	s.Policy = ledger.Document(strings.Repeat("0123456789", 2000))
	if _, token, err := i.Issue(s); err != nil {
		t.Errorf("a long policy that packs well: %d bytes, %v", len(token), err)
	}
	noise, _, err := i.Issue(assumed(ledger.Tencent))
	if err != nil {
		t.Fatal(err)
	}
	s.Policy = ""
	for len(s.Policy) < 6000 { // secrets pack badly
		s.Policy += ledger.Document(noise.Secret)
		if noise, _, err = i.Issue(assumed(ledger.Tencent)); err != nil {
			t.Fatal(err)
		}
	}
	if _, token, err := i.Issue(s); !errors.Is(err, session.ErrTooLong) || token != "" {
		t.Errorf("a long policy that does not: %d bytes, %v, want %v", len(token), err, session.ErrTooLong)
	}
}

// TestHolder is who may be gone while a session lives.
func TestHolder(t *testing.T) {
	t.Parallel()
	key := ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000001"}
	account := ledger.Account{
		Key: key, CreatedAt: start, Roles: []ledger.Role{{Name: "auditor", ID: "1"}},
		Users: []ledger.User{{Name: "reader", Number: "100000000009"}, {Name: "nobody"}},
	}
	plain := session.Number(key, &account.Users[1])
	for what, c := range map[string]struct {
		session session.Session
		change  func(*ledger.Account)
		want    error
	}{
		"the account's":                  {session.Session{}, nil, nil},
		"a role's":                       {session.Session{Role: "auditor", RoleID: "1"}, nil, nil},
		"a role that was":                {session.Session{Role: "former", RoleID: "1"}, nil, session.ErrEnded},
		"a role made anew":               {session.Session{Role: "auditor", RoleID: "2"}, nil, session.ErrEnded},
		"a user's":                       {session.Session{User: "reader", By: "100000000009"}, nil, nil},
		"a user who was":                 {session.Session{User: "former", By: "100000000009"}, nil, session.ErrEnded},
		"a user made anew":               {session.Session{User: "reader", By: "100000000008"}, nil, session.ErrEnded},
		"a user without a number":        {session.Session{User: "nobody", By: plain}, nil, nil},
		"an account that was":            {session.Session{Account: "7"}, nil, session.ErrEnded},
		"an account made anew":           {session.Session{}, func(a *ledger.Account) { a.CreatedAt = start.Add(time.Second) }, session.ErrEnded},
		"an account made at that second": {session.Session{}, func(a *ledger.Account) { a.CreatedAt = start.Add(999 * time.Millisecond).Truncate(time.Millisecond) }, nil},
	} {
		a := account.Clone()
		if c.change != nil {
			c.change(a)
		}
		s := c.session
		s.Cloud, s.Issued = ledger.Tencent, start
		if s.Account == "" {
			s.Account = key.ID
		}
		store := memory.New()
		if err := store.Update(context.Background(), func(tx ledger.Tx) error { return tx.PutAccount(a) }); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if _, err := s.Holder(context.Background(), store); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	tencent := ledger.AccountKey{Cloud: ledger.Tencent, ID: "1"}
	alibaba := ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1"}
	for k, want := range map[ledger.AccountKey]string{tencent: `^2[0-9]{11}$`, alibaba: `^2[0-9]{17}$`} {
		one, two := session.Number(k, &ledger.User{Name: "one"}), session.Number(k, &ledger.User{Name: "two"})
		if !regexp.MustCompile(want).MatchString(one) || one == two || one != session.Number(k, &ledger.User{Name: "one"}) {
			t.Errorf("%s: %s and %s, want two of %s", k, one, two, want)
		}
	}
	if got := session.Number(tencent, &ledger.User{Name: "one", Number: "7"}); got != "7" {
		t.Errorf("a user's own number: %s, want 7", got)
	}
}

func TestAssume(t *testing.T) {
	t.Parallel()
	key := ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1"}
	store := memory.New()
	err := store.Update(context.Background(), func(tx ledger.Tx) error {
		return tx.PutAccount(&ledger.Account{Key: key, Roles: []ledger.Role{
			{Name: "open", Trust: `{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::2:root"]}}]}`},
			{Name: "shut"}, {Name: "broken", Trust: "{"},
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	asked := policy.Request{Action: "sts:AssumeRole", Resources: []string{"acs:ram:*:1:role/x"}}
	for _, c := range []struct {
		account, role, who string
		err                error
		effect             policy.Effect
	}{
		{"1", "open", "2", nil, policy.Allowed},
		{"1", "open", "1", nil, policy.ImplicitDeny},
		{"1", "shut", "2", nil, policy.ImplicitDeny},
		{"1", "broken", "2", nil, policy.ImplicitDeny},
		{"1", "none", "2", session.ErrNoRole, 0},
		{"9", "open", "2", session.ErrNoRole, 0},
	} {
		is := func(r *ledger.Role) bool { return r.Name == c.role }
		role, d, err := session.Assume(context.Background(), store, ledger.AccountKey{Cloud: ledger.Alibaba, ID: c.account}, is, policy.Principal{Account: c.who}, asked)
		if !errors.Is(err, c.err) || d.Effect != c.effect || (err == nil && role.Name != c.role) {
			t.Errorf("%+v: got %v, %v, %v", c, role, d, err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	i := issuer()
	made, token, err := i.Issue(assumed(ledger.Tencent))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := i.Open(ledger.Tencent, made.KeyID, token); err != nil {
			b.Fatal(err)
		}
	}
}
