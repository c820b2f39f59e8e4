package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The types below spell the server's state file, as far as the tests use it.

type state struct {
	Version  int       `json:"version"`
	Accounts []account `json:"accounts"`
	Images   []image   `json:"images"`
}

type account struct {
	Cloud string `json:"cloud"`
	ID    string `json:"id"`
	Keys  []key  `json:"keys,omitempty"`
	Users []user `json:"users,omitempty"`
	Roles []role `json:"roles,omitempty"`
}

type key struct {
	ID       string `json:"id"`
	Secret   string `json:"secret"`
	Disabled bool   `json:"disabled,omitempty"`

	token string // of a temporary key, which no state has
}

type user struct {
	Name     string            `json:"name"`
	ID       string            `json:"id"`
	Keys     []key             `json:"keys"`
	Policies []json.RawMessage `json:"policies"`
}

type role struct {
	Name     string            `json:"name"`
	Trust    json.RawMessage   `json:"trust"`
	Policies []json.RawMessage `json:"policies"`
}

type image struct {
	Product   string  `json:"product"`
	Region    string  `json:"region"`
	ID        string  `json:"id"`
	Owner     string  `json:"owner"`
	State     string  `json:"state,omitempty"`
	Encrypted bool    `json:"encrypted,omitempty"`
	Shares    []share `json:"shares,omitempty"`
}

type share struct {
	Account string `json:"account"`
	At      string `json:"sharedAt,omitempty"`
}

func (s *state) write(t *testing.T, dir string) string {
	t.Helper()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// cloud is what the cases need to know about one vendor's side of the state.
type cloud struct {
	name      string
	product   string
	prefix    string // of image ids
	region    string
	elsewhere string // another region of the product
	policy    string // lets a user read and nothing more
	title     string // in the names of tests
	api       string // as results call it
}

var (
	tencent = &cloud{
		name: "tencent", product: "cvm", prefix: "img-", region: "ap-guangzhou", elsewhere: "ap-shanghai",
		title: "tencent", api: "Tencent Cloud API 3.0",
		policy: `{"version":"2.0","statement":[{"effect":"allow","action":["cvm:Describe*"],"resource":["*"]}]}`,
	}
	alibaba = &cloud{
		name: "alibaba", product: "ecs", prefix: "m-", region: "cn-hangzhou", elsewhere: "cn-beijing",
		title: "alibaba", api: "Alibaba Cloud ECS",
		policy: `{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:Describe*","Resource":"*"}]}`,
	}
	// Images of ENS lie in no region.
	ens = &cloud{
		name: "alibaba", product: "ens", prefix: "m-",
		title: "ens", api: "Alibaba Cloud ENS",
		policy: `{"Version":"1","Statement":[{"Effect":"Allow","Action":"ens:Describe*","Resource":"*"}]}`,
	}
)

// Who is in the state. Numbers are unlike in length on purpose: a list is
// ordered by value, which for digits means the shorter number first.
const (
	owner      = "100000000001"
	readerUser = "100000000002" // a user of owner, by its own number
	stranger   = "100000000003" // another account with images of its own
	curator    = "100000000004" // owns the two images of TestWires' gallery

	small  = "99999"
	middle = "101104350000"
	large  = "98765432109876543210" // more than 64 bits
	fourth = "101104350001"
)

// longAgo is when the seeded shares were made.
const longAgo = "2018-06-10T11:02:50Z"

// keyOf is the key that the state gives to an account or user.
func keyOf(id string) key { return key{ID: "AKID" + id, Secret: "secret-of-" + id} }

var disabledKey = key{ID: "AKIDdisabled", Secret: "secret-of-disabled", Disabled: true}

// imageID names the n-th image of a cloud in the form the vendor documents.
func (c *cloud) imageID(n int) string { return fmt.Sprintf("%scase%04d", c.prefix, n) }

// seed is the state of one cloud: four speakers, and the given images with
// their gaps filled in.
func (c *cloud) seed(images ...image) *state {
	reader := user{Name: "reader", ID: readerUser, Keys: []key{keyOf(readerUser)}, Policies: []json.RawMessage{json.RawMessage(c.policy)}}
	s := &state{Version: 1, Accounts: []account{
		{Cloud: c.name, ID: owner, Keys: []key{keyOf(owner), disabledKey}, Users: []user{reader}},
		{Cloud: c.name, ID: stranger, Keys: []key{keyOf(stranger)}},
		{Cloud: c.name, ID: curator, Keys: []key{keyOf(curator)}},
	}}
	for n, img := range images {
		s.Images = append(s.Images, c.complete(n, img))
	}
	return s
}

func (c *cloud) complete(n int, img image) image {
	img.Product = c.product
	img.ID = c.imageID(n)
	switch img.Region {
	case "":
		img.Region = c.region
	case "ELSEWHERE":
		img.Region = c.elsewhere
	}
	if img.Owner == "" {
		img.Owner = owner
	}
	return img
}
