package api_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/sign"
)

type filter struct {
	Name   string `api:"required"`
	Values []string
}

type in struct {
	Id      string `api:"required,maxlen=8"`
	Mode    string `api:"enum=ON|OFF,default=ON"`
	Size    int64  `api:"min=1,max=50,default=10"`
	Text    string `api:"digits,min=1,max=100,default=10"`
	Flag    *bool
	Accs    []string `api:"comma,name=AddAccounts,maxitems=3"`
	Ids     []string `api:"maxitems=4"`
	Filters []filter
}

func (i *in) Check() error {
	if i.Mode == "OFF" && i.Flag != nil {
		return &api.ParamError{Rule: api.ErrRange, Field: "Flag"}
	}
	return nil
}

type out struct{ RequestId string }

func action() api.Action {
	return api.Define(api.Spec[in]{
		Cloud: ledger.Tencent, Product: "cvm", Version: "1", Name: "Do",
		Resources: func(api.Request, *in) []string { return nil },
	}, func(context.Context, api.Request, *in) (*out, error) { return &out{}, nil })
}

// raw makes a bag as a query does.
func raw(pairs ...string) api.Bag {
	var list []sign.Param
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, sign.Param{Name: pairs[i], Value: pairs[i+1]})
	}
	return api.FromForm(list, func(sign.Param) bool { return false })
}

func TestDecode(t *testing.T) {
	t.Parallel()
	a := action()
	got, err := a.Decode(raw("Id", "a", "Size", "50", "AddAccounts", " 1, 2,,", "Ids.10", "c", "Ids.2", "b", "Ids.0", "a",
		"Filters.7.Name", "n", "Filters.7.Values.1", "v", "Flag", "True"), true)
	if err != nil {
		t.Fatal(err)
	}
	i := got.(*in)
	if i.Mode != "ON" || i.Size != 50 || i.Text != "10" || i.Flag == nil || !*i.Flag {
		t.Errorf("got %+v", i)
	}
	if s := strings.Join(i.Ids, ""); s != "abc" {
		t.Errorf("list in numeric order: got %q, want abc", s)
	}
	if strings.Join(i.Accs, "|") != "1|2" {
		t.Errorf("joined list: got %q", i.Accs)
	}
	if len(i.Filters) != 1 || i.Filters[0].Name != "n" || len(i.Filters[0].Values) != 1 {
		t.Errorf("filters: got %+v", i.Filters)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	a := action()
	for name, c := range map[string]struct {
		bag   api.Bag
		rule  error
		field string
	}{
		"nothing given":           {raw(), api.ErrMissing, "Id"},
		"too long":                {raw("Id", "123456789"), api.ErrRange, "Id"},
		"not in the enumeration":  {raw("Id", "a", "Mode", "on"), api.ErrRange, "Mode"},
		"below":                   {raw("Id", "a", "Size", "0"), api.ErrRange, "Size"},
		"above":                   {raw("Id", "a", "Size", "51"), api.ErrRange, "Size"},
		"no number":               {raw("Id", "a", "Size", "ten"), api.ErrMalformed, "Size"},
		"beyond 64 bits":          {raw("Id", "a", "Size", "9223372036854775808"), api.ErrMalformed, "Size"},
		"a number as text, above": {raw("Id", "a", "Text", "101"), api.ErrRange, "Text"},
		"a number as text, not":   {raw("Id", "a", "Text", "-1"), api.ErrMalformed, "Text"},
		"huge number as text":     {raw("Id", "a", "Text", strings.Repeat("9", 99)), api.ErrRange, "Text"},
		"no bool":                 {raw("Id", "a", "Flag", "1"), api.ErrMalformed, "Flag"},
		"undeclared":              {raw("Id", "a", "Nope", "1"), api.ErrUndeclared, "Nope"},
		"undeclared in a list":    {raw("Id", "a", "Ids.1.Sub", "1"), api.ErrMalformed, "Ids.1"},
		"too many items":          {raw("Id", "a", "Ids.1", "1", "Ids.2", "1", "Ids.3", "1", "Ids.4", "1", "Ids.5", "1"), api.ErrRange, "Ids"},
		"too many joined":         {raw("Id", "a", "AddAccounts", "1,2,3,4"), api.ErrRange, "AddAccounts"},
		"list without numbers":    {raw("Id", "a", "Ids.x", "1"), api.ErrMalformed, "Ids.x"},
		"two numbers, one place":  {raw("Id", "a", "Ids.01", "1"), api.ErrMalformed, "Ids.01"},
		"a list as a text":        {raw("Id", "a", "Ids", "1"), api.ErrMalformed, "Ids"},
		"nested required":         {raw("Id", "a", "Filters.1.Values.1", "v"), api.ErrMissing, "Filters.1.Name"},
		"not UTF-8":               {raw("Id", "\xff"), api.ErrMalformed, "Id"},
		"two fields":              {raw("Id", "a", "Mode", "OFF", "Flag", "true"), api.ErrRange, "Flag"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := a.Decode(c.bag, true)
			var p *api.ParamError
			if !errors.As(err, &p) || p.Rule != c.rule || p.Field != c.field {
				t.Errorf("got %v, want %v of %s", err, c.rule, c.field)
			}
		})
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	a := action()
	if _, err := a.Decode(raw("Id", "a", "Nope", "1"), false); err != nil {
		t.Errorf("an undeclared parameter where those are ignored: %v", err)
	}
}

func TestFromJSON(t *testing.T) {
	t.Parallel()
	b, err := api.FromJSON([]byte(` {"Id":"a","N":12345678901234567890,"B":true,"Z":null,"L":["x",null,{"Y":[1]}],"O":{}} `))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range b {
		got = append(got, p.Name+"="+p.Text)
	}
	want := "Id=a N=12345678901234567890 B=true L= L.0=x L.2= L.2.Y= L.2.Y.0=1 O="
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestFromJSONRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, field string }{
		"nothing":         {"", ""},
		"a list":          {"[]", ""},
		"a text":          {`"x"`, ""},
		"cut short":       {`{"A":{"B":"c"`, ""},
		"goes on":         {`{} {}`, ""},
		"goes on oddly":   {`{} x`, ""},
		"twice":           {`{"A":1,"A":2}`, "A"},
		"twice below":     {`{"A":{"B":1,"B":2}}`, "A.B"},
		"a dot":           {`{"A.B":1}`, "A.B"},
		"an empty name":   {`{"":1}`, ""},
		"not UTF-8":       {"{\"A\":\"\xff\"}", ""},
		"half surrogate":  {`{"A":"\ud83d"}`, ""},
		"nested too deep": {strings.Repeat(`{"A":`, 20) + "1" + strings.Repeat("}", 20), strings.Repeat("A.", 16) + "A"},
		"too many":        {`{"A":[` + strings.Repeat("1,", 3000) + "1]}", "A.1999"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := api.FromJSON([]byte(c.body))
			var p *api.ParamError
			if !errors.As(err, &p) || p.Rule != api.ErrMalformed {
				t.Fatalf("got %v, %v", b, err)
			}
			if c.field != "" && p.Field != c.field {
				t.Errorf("field %q, want %q", p.Field, c.field)
			}
		})
	}
}

func FuzzFromJSON(f *testing.F) {
	f.Add([]byte(`{"Id":"a","Ids":["1",2],"Filters":[{"Name":"x","Values":["y"]}],"Size":5}`))
	f.Add([]byte(`{"A":1,"A":2}`))
	a := action()
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := api.FromJSON(body)
		if err != nil {
			if p := (*api.ParamError)(nil); !errors.As(err, &p) {
				t.Fatalf("an error without a field: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, p := range b {
			if seen[p.Name] {
				t.Fatalf("%s stands twice in the bag", p.Name)
			}
			seen[p.Name] = true
		}
		if _, err := a.Decode(b, true); err != nil {
			if p := (*api.ParamError)(nil); !errors.As(err, &p) {
				t.Fatalf("an error without a field: %v", err)
			}
		}
	})
}

func FuzzDecodeForm(f *testing.F) {
	f.Add("Id=a&Ids.1=b&Filters.0.Name=c&Filters.0.Values.0=d&AddAccounts=1,2")
	a := action()
	f.Fuzz(func(t *testing.T, raw string) {
		params, err := sign.ParseParams(raw)
		if err != nil {
			return
		}
		in, err := a.Decode(api.FromForm(params, func(sign.Param) bool { return false }), true)
		if (in == nil) == (err == nil) {
			t.Fatalf("got %v and %v", in, err)
		}
	})
}

func TestDefinePanics(t *testing.T) {
	t.Parallel()
	for name, define := range map[string]func(){
		"an unknown rule": func() {
			defineWith[struct {
				A string `api:"requird"`
			}]()
		},
		"a bound of a text": func() {
			defineWith[struct {
				A []string `api:"max=5"`
			}]()
		},
		"a default out of bounds": func() {
			defineWith[struct {
				A int64 `api:"max=5,default=6"`
			}]()
		},
		"a type no wire has": func() { defineWith[struct{ A float64 }]() },
		"no resources":       func() { api.Define(api.Spec[in]{Name: "A", Version: "1", Product: "p", Cloud: "c"}, nop[in]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			define()
		})
	}
}

func nop[In any](context.Context, api.Request, *In) (*out, error) { return &out{}, nil }

func defineWith[In any]() {
	api.Define(api.Spec[In]{
		Cloud: "c", Product: "p", Name: "A", Version: "1", Resources: func(api.Request, *In) []string { return nil },
	}, nop[In])
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c := api.NewCatalogue([]api.Action{action()})
	if _, err := c.Find(ledger.Tencent, &api.Call{Version: "1", Action: "Do"}); err != nil {
		t.Error(err)
	}
	if _, err := c.Find(ledger.Alibaba, &api.Call{Version: "1", Action: "Do"}); !errors.Is(err, api.ErrNoVersion) {
		t.Errorf("another cloud's version: %v", err)
	}
	if _, err := c.Find(ledger.Tencent, &api.Call{Version: "1", Action: "Undo"}); !errors.Is(err, api.ErrNoAction) {
		t.Errorf("an unknown action: %v", err)
	}
	if _, err := c.Find(ledger.Tencent, &api.Call{Generation: "old", Version: "1", Action: "Do"}); !errors.Is(err, api.ErrNoVersion) {
		t.Errorf("another generation's version: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("an action defined twice did not panic")
		}
	}()
	api.NewCatalogue([]api.Action{action(), action()})
}

func TestPage(t *testing.T) {
	t.Parallel()
	list := []int{1, 2, 3}
	for _, c := range []struct{ number, size, want int64 }{{1, 2, 2}, {2, 2, 1}, {3, 2, 0}, {1, 3, 3}, {2, 3, 0}, {1<<63 - 1, 50, 0}, {1, 1<<63 - 1, 3}} {
		if got := api.Page(list, c.number, c.size); int64(len(got)) != c.want {
			t.Errorf("page %d of %d: %v", c.number, c.size, got)
		}
	}
}

func TestSpell(t *testing.T) {
	t.Parallel()
	rows := []api.Fault{{Err: ledger.ErrShareQuota, Code: "Quota", Message: "{account} of {image}: {limit} {requestId}"}}
	err := &ledger.Error{Rule: ledger.ErrShareQuota, Account: strings.Repeat("9", 9999), Limit: 5, Image: ledger.ImageKey{ID: "{limit}"}}
	f := api.Match(err, api.Fault{Code: "Internal"}, nil, rows).Spell(err, "ID")
	want := strings.Repeat("9", 256) + "… of {limit}: 5 ID"
	if f.Code != "Quota" || f.Message != want {
		t.Errorf("got %s %s\nwant %s", f.Code, f.Message, want)
	}
	if f := api.Match(errors.New("other"), api.Fault{Code: "Internal"}, rows); f.Code != "Internal" {
		t.Errorf("fallback: %v", f)
	}
}
