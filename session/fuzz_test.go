package session

import (
	"errors"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/seal"
)

// FuzzOpen: no text opens that was not issued, whichever key it comes with.
func FuzzOpen(f *testing.F) {
	at := time.Date(2018, 6, 20, 10, 0, 0, 0, time.UTC)
	i := &Issuer{Key: seal.NewKey(), Now: func() time.Time { return at }}
	made, token, err := i.Issue(Session{Cloud: ledger.Alibaba, Account: "1", Role: "r", Expires: at.Add(time.Hour)})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{token, token + "A", token[4:], "CAIS", "", "CAISs1..", "s1.0.A"} {
		f.Add("alibaba", made.KeyID, s)
		f.Add("tencent", "AKIDexample", s)
	}
	f.Fuzz(func(t *testing.T, cloud, key, text string) {
		got, err := i.Open(ledger.Cloud(cloud), key, text)
		switch {
		case err == nil && (key != made.KeyID || text != token || got != made):
			t.Errorf("%s %q %q opened: %+v", cloud, key, text, got)
		case err != nil && !errors.Is(err, ErrForged) && !errors.Is(err, ErrMismatch):
			t.Errorf("%s %q %q: %v", cloud, key, text, err)
		}
	})
}

// FuzzParse: what is inside a token is our own, but reading it survives
// whatever a later version may have written.
func FuzzParse(f *testing.F) {
	s := Session{KeyID: "k", Policy: `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:DescribeImageSharePermission","cvm:DescribeImages"]}]}`}
	f.Add(s.append(nil))
	f.Add([]byte{version})
	f.Add([]byte{version, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, ok := parse(b)
		if !ok {
			return
		}
		if again, ok := parse(s.append(nil)); !ok || again != s {
			t.Errorf("%x: %+v becomes %+v", b, s, again)
		}
	})
}
