package param_test

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"imageshare/param"
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
		return &param.Error{Rule: param.ErrRange, Field: "Flag"}
	}
	return nil
}

var shape = param.NewShape(reflect.TypeFor[in]())

func decode(b param.Bag, strict bool) (*in, error) {
	i := new(in)
	return i, shape.Decode(i, b, strict)
}

// raw makes a bag as a query does.
func raw(pairs ...string) param.Bag {
	var list []sign.Param
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, sign.Param{Name: pairs[i], Value: pairs[i+1]})
	}
	return param.FromForm(list, func(sign.Param) bool { return false })
}

func TestDecode(t *testing.T) {
	t.Parallel()
	i, err := decode(raw("Id", "a", "Size", "50", "AddAccounts", " 1, 2,,", "Ids.10", "c", "Ids.2", "b", "Ids.0", "a",
		"Filters.7.Name", "n", "Filters.7.Values.1", "v", "Flag", "True"), true)
	if err != nil {
		t.Fatal(err)
	}
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
	for name, c := range map[string]struct {
		bag   param.Bag
		rule  error
		field string
	}{
		"nothing given":           {raw(), param.ErrMissing, "Id"},
		"too long":                {raw("Id", "123456789"), param.ErrRange, "Id"},
		"not in the enumeration":  {raw("Id", "a", "Mode", "on"), param.ErrRange, "Mode"},
		"below":                   {raw("Id", "a", "Size", "0"), param.ErrRange, "Size"},
		"above":                   {raw("Id", "a", "Size", "51"), param.ErrRange, "Size"},
		"no number":               {raw("Id", "a", "Size", "ten"), param.ErrMalformed, "Size"},
		"beyond 64 bits":          {raw("Id", "a", "Size", "9223372036854775808"), param.ErrMalformed, "Size"},
		"a number as text, above": {raw("Id", "a", "Text", "101"), param.ErrRange, "Text"},
		"a number as text, not":   {raw("Id", "a", "Text", "-1"), param.ErrMalformed, "Text"},
		"huge number as text":     {raw("Id", "a", "Text", strings.Repeat("9", 99)), param.ErrRange, "Text"},
		"no bool":                 {raw("Id", "a", "Flag", "1"), param.ErrMalformed, "Flag"},
		"undeclared":              {raw("Id", "a", "Nope", "1"), param.ErrUndeclared, "Nope"},
		"undeclared in a list":    {raw("Id", "a", "Ids.1.Sub", "1"), param.ErrMalformed, "Ids.1"},
		"too many items":          {raw("Id", "a", "Ids.1", "1", "Ids.2", "1", "Ids.3", "1", "Ids.4", "1", "Ids.5", "1"), param.ErrRange, "Ids"},
		"too many joined":         {raw("Id", "a", "AddAccounts", "1,2,3,4"), param.ErrRange, "AddAccounts"},
		"list without numbers":    {raw("Id", "a", "Ids.x", "1"), param.ErrMalformed, "Ids.x"},
		"two numbers, one place":  {raw("Id", "a", "Ids.01", "1"), param.ErrMalformed, "Ids.01"},
		"a list as a text":        {raw("Id", "a", "Ids", "1"), param.ErrMalformed, "Ids"},
		"nested required":         {raw("Id", "a", "Filters.1.Values.1", "v"), param.ErrMissing, "Filters.1.Name"},
		"not UTF-8":               {raw("Id", "\xff"), param.ErrMalformed, "Id"},
		"two fields":              {raw("Id", "a", "Mode", "OFF", "Flag", "true"), param.ErrRange, "Flag"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decode(c.bag, true)
			var p *param.Error
			if !errors.As(err, &p) || p.Rule != c.rule || p.Field != c.field {
				t.Errorf("got %v, want %v of %s", err, c.rule, c.field)
			}
		})
	}
}

// TestLongNumber: one of a million digits would be read for a second.
// TestContainers: an object or a list is a parameter too, also an empty one.
func TestContainers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		rule  error
		field string
	}{
		`{"Id":"a","Bogus":[]}`:                      {param.ErrUndeclared, "Bogus"},
		`{"Id":"a","Bogus":{}}`:                      {param.ErrUndeclared, "Bogus"},
		`{"Id":"a","Bogus":[1]}`:                     {param.ErrUndeclared, "Bogus"},
		`{"Id":"a","Ids":[{}]}`:                      {param.ErrMalformed, "Ids.0"},
		`{"Id":"a","Filters":[{}]}`:                  {param.ErrMissing, "Filters.0.Name"},
		`{"Id":"a","Filters":[{"Name":null}]}`:       {param.ErrMissing, "Filters.0.Name"},
		`{"Id":"a","Filters":[[]]}`:                  {param.ErrMalformed, "Filters.0"},
		`{"Id":"a","Filters":[],"Ids":[]}`:           {},
		`{"Id":"a","Filters":[{"Name":"n","V":[]}]}`: {param.ErrUndeclared, "Filters.0.V"},
	} {
		b, err := param.FromJSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		_, err = decode(b, true)
		var e *param.Error
		if want.rule == nil && err != nil || want.rule != nil && (!errors.As(err, &e) || e.Rule != want.rule || e.Field != want.field) {
			t.Errorf("%s: %v, want %v of %s", body, err, want.rule, want.field)
		}
	}
}

type many struct {
	Texts   []string
	Filters []filter
}

// TestManyItems: long lists of texts are read whatever their order is, and lists
// of objects are as long as any that is documented, five times over.
func TestManyItems(t *testing.T) {
	t.Parallel()
	var texts, filters []string
	for n := 4000; n > 0; n-- {
		texts = append(texts, "Texts."+strconv.Itoa(n), strconv.Itoa(n))
	}
	for n := range 101 {
		filters = append(filters, "Filters."+strconv.Itoa(n)+".Name", "n")
	}
	shape, got := param.NewShape(reflect.TypeFor[many]()), new(many)
	if err := shape.Decode(got, raw(texts...), true); err != nil || len(got.Texts) != 4000 || got.Texts[0] != "1" || got.Texts[3999] != "4000" {
		t.Errorf("%d texts, %v", len(got.Texts), err)
	}
	if err := shape.Decode(got, raw(filters[2:]...), true); err != nil || len(got.Filters) != 100 {
		t.Errorf("%d filters, %v", len(got.Filters), err)
	}
	if err := shape.Decode(got, raw(filters...), true); !errors.Is(err, param.ErrRange) {
		t.Errorf("one more: %v", err)
	}
}

// TestLargeBagsAreReadAlike: of two parameters of one name the first is meant,
// and what is not declared is found, however many there are.
func TestLargeBagsAreReadAlike(t *testing.T) {
	t.Parallel()
	var pairs []string
	for n := range 100 {
		pairs = append(pairs, "Texts."+strconv.Itoa(n), "a")
	}
	shape, got := param.NewShape(reflect.TypeFor[many]()), new(many)
	if err := shape.Decode(got, raw(append(pairs, "Texts.7", "b")...), false); err != nil || got.Texts[7] != "a" {
		t.Errorf("%v %v", got.Texts, err)
	}
	var e *param.Error
	if err := shape.Decode(got, raw(append(pairs, "Bogus", "b")...), true); !errors.As(err, &e) || e.Rule != param.ErrUndeclared || e.Field != "Bogus" {
		t.Errorf("%v", err)
	}
}

func TestLongNumber(t *testing.T) {
	t.Parallel()
	_, err := decode(raw("Id", "a", "Text", strings.Repeat("9", 1_000_000)), true)
	if p := (*param.Error)(nil); !errors.As(err, &p) || p.Rule != param.ErrRange || p.Reason != "is longer than 100 digits" {
		t.Errorf("got %v", err)
	}
}

// TestLongJoinedList: a list sent as one text is no way around the bound of
// those that come as parameters.
func TestLongJoinedList(t *testing.T) {
	t.Parallel()
	s := param.NewShape(reflect.TypeFor[struct {
		Accounts []string `api:"comma"`
	}]())
	for items, want := range map[int]error{param.MaxParams: nil, param.MaxParams + 1: param.ErrRange, 500_000: param.ErrRange} {
		if err := s.Decode(new(struct{ Accounts []string }), raw("Accounts", strings.Repeat("1,", items)), true); !errors.Is(err, want) {
			t.Errorf("%d items: %v, want %v", items, err, want)
		}
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	if _, err := decode(raw("Id", "a", "Nope", "1"), false); err != nil {
		t.Errorf("an undeclared parameter where those are ignored: %v", err)
	}
}

func TestFromJSON(t *testing.T) {
	t.Parallel()
	b, err := param.FromJSON([]byte(` {"Id":"a","N":12345678901234567890,"B":true,"Z":null,"L":["x",null,{"Y":[1]}],"O":{}} `))
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
		"too long a name": {`{"A":{"` + strings.Repeat("B", 512) + `":[1,2,3]}}`, "A"},
		"too many nulls":  {`{"A":[` + strings.Repeat("null,", 3000) + "null]}", "A.1999"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := param.FromJSON([]byte(c.body))
			var p *param.Error
			if !errors.As(err, &p) || p.Rule != param.ErrMalformed {
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
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := param.FromJSON(body)
		if err != nil {
			if p := (*param.Error)(nil); !errors.As(err, &p) {
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
		if _, err := decode(b, true); err != nil {
			if p := (*param.Error)(nil); !errors.As(err, &p) {
				t.Fatalf("an error without a field: %v", err)
			}
		}
	})
}

func FuzzDecodeForm(f *testing.F) {
	f.Add("Id=a&Ids.1=b&Filters.0.Name=c&Filters.0.Values.0=d&AddAccounts=1,2")
	f.Fuzz(func(t *testing.T, raw string) {
		params, err := sign.ParseParams(raw)
		if err != nil {
			return
		}
		i, err := decode(param.FromForm(params, func(sign.Param) bool { return false }), true)
		if p := (*param.Error)(nil); err != nil && !errors.As(err, &p) {
			t.Fatalf("an error without a field: %v", err)
		}
		if err == nil && (i.Size < 1 || i.Size > 50 || len(i.Ids) > 4) {
			t.Fatalf("beyond its limits: %+v", i)
		}
	})
}

func TestNewShapePanics(t *testing.T) {
	t.Parallel()
	for name, typ := range map[string]reflect.Type{
		"an unknown rule": reflect.TypeFor[struct {
			A string `api:"requird"`
		}](),
		"a bound of a list": reflect.TypeFor[struct {
			A []string `api:"max=5"`
		}](),
		"a default out of bounds": reflect.TypeFor[struct {
			A int64 `api:"max=5,default=6"`
		}](),
		"a type no wire has": reflect.TypeFor[struct{ A float64 }](),
		"two of one name": reflect.TypeFor[struct {
			A, B string `api:"name=C"`
		}](),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			param.NewShape(typ)
		})
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	s := param.NewShape(reflect.TypeFor[struct{ A int64 }]())
	s.Limit(map[string]string{"A": "required,max=5"})
	for text, want := range map[string]error{"5": nil, "6": param.ErrRange} {
		if err := s.Decode(new(struct{ A int64 }), raw("A", text), true); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
	if err := s.Decode(new(struct{ A int64 }), nil, true); !errors.Is(err, param.ErrMissing) {
		t.Errorf("nothing: %v", err)
	}
}

func TestUnique(t *testing.T) {
	t.Parallel()
	if err := param.Unique([]sign.Param{{Name: "A", Value: "1"}, {Name: "a", Value: "1"}}); err != nil {
		t.Errorf("letters differ: %v", err)
	}
	if err := param.Unique([]sign.Param{{Name: "A", Value: "1"}, {Name: "A", Value: "1"}}); !errors.Is(err, param.ErrMalformed) {
		t.Errorf("given twice, though alike: %v", err)
	}
}

func TestDistinct(t *testing.T) {
	t.Parallel()
	got := param.Distinct([]sign.Param{{Name: "A", Value: "1"}, {Name: "B", Value: "1"}, {Name: "A", Value: "1"}, {Name: "A", Value: "2"}})
	want := []sign.Param{{Name: "A", Value: "1"}, {Name: "B", Value: "1"}, {Name: "A", Value: "2"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
