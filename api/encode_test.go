package api_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"imageshare/api"
	"imageshare/ledger"
)

// zoo has everything that an answer may have.
type zoo struct {
	Text      string
	Number    int64
	Small     int
	Flag      bool
	None      *int64
	Some      *bool
	Nothing   []string
	Numbers   []int64
	Animals   []animal
	Cages     struct{ Cage []animal }
	Renamed   string  `json:"lowerCase"`
	LeftOut   string  `json:",omitzero"`
	Kept      string  `json:"kept,omitzero"`
	Missing   *animal `json:",omitzero"`
	Asleep    shy
	Empty     embedded
	Full      embedded
	RequestId string

	ANameThatIsRatherLongForAField string // 35 bytes with what is around it
	AShorterNameWithTwentyEight_   int64  // 32 of them
}

type animal struct {
	Name string
	Legs int64
}

// shy may have no field at all, or not the first.
type shy struct {
	Name string `json:",omitzero"`
	Legs int64  `json:",omitzero"`
}

type embedded struct{ *animal }

func zooAction(v *zoo) api.Action {
	return api.Define(api.Spec[struct{}]{
		Cloud: ledger.Tencent, Product: "zoo", Name: "Visit", Version: "1",
		Resources: func(*api.Request, *struct{}) []string { return nil },
	}, func(context.Context, *api.Request, *struct{}) (*zoo, error) { return v, nil })
}

func encoded(t *testing.T, v *zoo) []byte {
	t.Helper()
	a := zooAction(v)
	b, err := a.AppendJSON([]byte("before:"), v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimPrefix(b, []byte("before:"))
}

// The answer is what package json would write, which knows all rules of the format.
func TestAppendJSON(t *testing.T) {
	t.Parallel()
	yes := true
	full := &zoo{
		Text: "a \"quoted\" text\n<with> & \u2028 and \x7f and 中文", Number: -1 << 62, Small: 7, Flag: true, Some: &yes,
		Numbers: []int64{1, -2}, Animals: []animal{{"cat", 4}, {"hen", 2}}, Renamed: "\\", Kept: "\x1f", Asleep: shy{Legs: 4},
		Full: embedded{&animal{"snake", 0}}, RequestId: "id",
	}
	full.Cages.Cage = []animal{{}}
	for _, v := range []*zoo{{}, full} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := encoded(t, v); !bytes.Equal(got, want) {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// Whatever room is left behind what is there, it is enough or there is more, and
// nothing behind the answer's end is part of it.
func TestAppendJSONIntoAnyRoom(t *testing.T) {
	t.Parallel()
	v := &zoo{Text: "text", Animals: []animal{{"cat", 4}}, ANameThatIsRatherLongForAField: "long", RequestId: "id"}
	a, want := zooAction(v), encoded(t, v)
	for room := range len(want) + 64 {
		if got, err := a.AppendJSON(make([]byte, 0, room), v); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("room for %d bytes: error %v\n got %s\nwant %s", room, err, got, want)
		}
	}
}

// Every byte is written as package json writes it, wherever it stands.
func TestAppendJSONEveryByte(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 7, 8, 9, 15, 16, 17} {
		for at := range size {
			for c := range 0x80 {
				text := []byte("abcdefghijklmnopq"[:size])
				text[at] = byte(c)
				v := &zoo{Text: string(text)}
				if want, err := json.Marshal(v); err != nil || !bytes.Equal(encoded(t, v), want) {
					t.Fatalf("%q, error %v\n got %s\nwant %s", text, err, encoded(t, v), want)
				}
			}
		}
	}
}

// What is not UTF-8 is told, and replaced as package json replaces it.
func TestAppendJSONNotUTF8(t *testing.T) {
	t.Parallel()
	v := &zoo{Text: "a longer text \xa0 too", Animals: []animal{{Name: "c\xffat"}}, RequestId: "id"}
	a := zooAction(v)
	got, err := a.AppendJSON(nil, v)
	want, _ := json.Marshal(v, jsontext.AllowInvalidUTF8(true))
	if err == nil || !bytes.Equal(got, want) {
		t.Errorf("error %v\n got %s\nwant %s", err, got, want)
	}
}

func TestDefinePanicsOnAnAnswerThatNobodyCanWrite(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a map was taken for an answer")
		}
	}()
	api.Define(api.Spec[struct{}]{
		Cloud: ledger.Tencent, Product: "zoo", Name: "Visit", Version: "1",
		Resources: func(*api.Request, *struct{}) []string { return nil },
	}, func(context.Context, *api.Request, *struct{}) (*struct{ Any map[string]string }, error) {
		return nil, nil
	})
}
