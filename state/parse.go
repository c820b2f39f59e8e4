package state

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"imageshare/ledger"
	"imageshare/policy"
)

// Parse reads a state file in YAML or JSON. What is wrong comes back as
// Errors: all the faults that one reading finds, each with the name, the line
// and what to do.
func Parse(name string, data []byte) (*File, error) {
	f := &faults{name: name, what: "a state file"}
	root := f.root(data)
	if root == nil {
		return nil, f.err()
	}
	// A later version has other keys, and to list them all would help nobody.
	if n := member(root, "version"); n != nil && n.Kind == yaml.ScalarNode && kind(n) != noValue && n.Value != version {
		f.add(n.Line, "version %q is not supported: this program reads version %s", n.Value, version)
		return nil, f.err()
	}
	file := &File{name: name}
	f.read("", root, reflect.ValueOf(file).Elem())
	if err := f.err(); err != nil {
		return nil, err
	}
	return file, nil
}

// root is the sound tree of a text, nil if it has faults.
func (f *faults) root(data []byte) *yaml.Node {
	root := f.tree(data)
	if root == nil {
		return nil
	}
	if f.sound(root, 0); len(f.all) > 0 {
		return nil
	}
	return root
}

// once tells what stands in a list twice.
type once struct {
	f    *faults
	seen map[string]int
}

// see passes over an entry without an id: its fault is told already.
func (o once) see(what, id string, line int) {
	if id == "" {
		return
	}
	if first, twice := o.seen[what]; twice {
		o.f.add(line, "%s stands twice, also on line %d: keep one", what, first)
		return
	}
	o.seen[what] = line
}

func (f *faults) once() once { return once{f, map[string]int{}} }

// check finds what stands in the file twice: the second entry would undo the
// first, and nobody who writes both means that.
func (f *File) check(e entry) {
	accounts, keys, images := e.once(), e.once(), e.once()
	for i := range f.Accounts {
		a := &f.Accounts[i]
		accounts.see("account "+a.key().String(), a.ID, a.Line)
		for _, k := range a.allKeys() {
			keys.see("key "+ledger.SecretName(a.Cloud, k.ID), k.ID, k.Line)
		}
	}
	for i := range f.Images {
		img := &f.Images[i]
		images.see("image "+img.key().String(), img.ID, img.Line)
	}
}

// allKeys are the account's and its users'.
func (a *Account) allKeys() []Key {
	all := slices.Clone(a.Keys)
	for _, u := range a.Users {
		all = append(all, u.Keys...)
	}
	return all
}

// check holds the account's documents to the rules of its cloud, which they
// themselves do not name.
func (a *Account) check(e entry) {
	if a.Cloud != ledger.Tencent && a.Cloud != ledger.Alibaba {
		if e.has("cloud") {
			e.fault("cloud", "%q is neither %s nor %s", a.Cloud, ledger.Tencent, ledger.Alibaba)
		}
		return // by whose rules should the policies be checked?
	}
	e.number("id", a.ID)
	names := e.once()
	for i := range a.Users {
		u := &a.Users[i]
		names.see("user "+u.Name, u.Name, u.Line)
		e.documents(a.Cloud, join(e.path, fmt.Sprintf("users[%d]", i)), u.Policies)
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		names.see("role "+r.Name, r.Name, r.Line)
		r.documents(e.faults, a.Cloud, join(e.path, fmt.Sprintf("roles[%d]", i)))
	}
}

// documents checks both kinds that a role has.
func (r *Role) documents(f *faults, c ledger.Cloud, path string) {
	f.documents(c, path, r.Policies)
	if r.Trust != nil {
		f.document(join(path, "trust"), r.Trust, c, policy.ParseTrust)
	}
}

// has reports whether a key has one value. Where it has not, that was told
// already, and what it should be need not be.
func (e entry) has(key string) bool {
	n := member(e.node, key)
	return n != nil && n.Kind == yaml.ScalarNode && kind(n) != noValue
}

// number checks an account number here, where its line is known; the ledger
// checks it again.
func (e entry) number(key, id string) {
	if e.has(key) && !ledger.ValidAccount(id) {
		e.fault(key, "%q is not an account number: write 1 to 20 digits, the first not 0", id)
	}
}

func (f *faults) documents(c ledger.Cloud, path string, docs []Document) {
	for i := range docs {
		f.document(join(path, fmt.Sprintf("policies[%d]", i)), &docs[i], c, policy.Parse)
	}
}

// document holds a policy to its vendor's rules and keeps it in its stored form.
func (f *faults) document(path string, d *Document, c ledger.Cloud, parse func(ledger.Cloud, []byte) (ledger.Document, error)) {
	if d.Text == "" {
		return // its fault is told
	}
	sound, err := parse(c, []byte(d.Text))
	if err != nil {
		f.add(d.Line, "%s: %v", path, err)
		return
	}
	d.Text = sound
}

// check wants one secret: of two, nobody could say which one counts.
func (k *Key) check(e entry) {
	switch {
	case k.Secret == "" && k.SealedSecret == "":
		e.add(e.node.Line, "%s has no secret: write secret, or sealedSecret as an export has it", e.path)
	case k.Secret != "" && k.SealedSecret != "":
		e.fault("sealedSecret", "secret is written too: keep one of them")
	}
}

// check finds what the ledger would refuse later with the image's line only,
// and only the first of it.
func (i *Image) check(e entry) {
	e.number("owner", i.Owner)
	accounts := e.once()
	for _, s := range i.Shares {
		accounts.see("account "+s.Account, s.Account, s.Line)
	}
	if i.State != nil && e.has("state") && !slices.Contains(ledger.States, *i.State) {
		e.fault("state", "%q is none of %s", *i.State, words(ledger.States))
	}
	if i.ReadyAt != nil && (i.State == nil || !slices.Contains(ledger.FirstStates, *i.State)) {
		e.fault("readyAt", "only a state of %s ends by itself: write one beside it, or leave readyAt out", words(ledger.FirstStates))
	}
	if i.SizeGiB != nil && *i.SizeGiB < 0 {
		e.fault("sizeGiB", "it is below zero")
	}
	if e.has("product") {
		i.checkKey(e)
	}
}

// words are what a field may say, as people read a list.
func words[S ~string](all []S) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = string(s)
	}
	return strings.Join(texts, ", ")
}

// checkKey holds the image's name to the rules of its product.
func (i *Image) checkKey(e entry) {
	if !i.Product.Known() {
		e.fault("product", "%q is none of %s", i.Product, words(ledger.Products))
		return
	}
	written := member(e.node, "region") != nil
	switch regional := i.Product.Regional(); {
	case regional && i.Region == "" && (!written || e.has("region")):
		e.add(e.node.Line, "%s.region is missing: images of %s lie in a region", e.path, i.Product)
	case !regional && i.Region != "":
		e.fault("region", "images of %s have no region: leave it out", i.Product)
	}
	if e.has("id") && !i.Product.ValidImageID(i.ID) {
		e.fault("id", "%q does not have the form of an image id of %s: %s", i.ID, i.Product, imageIDs[i.Product])
	}
}

// imageIDs says what a wrong image id should look like.
var imageIDs = map[ledger.Product]string{
	ledger.CVM: "img- and 8 or more digits and small letters",
	ledger.ECS: "up to 64 letters, digits, '-', '_' and '.'",
	ledger.ENS: "up to 64 letters, digits, '-', '_' and '.'",
}

func (s *Share) check(e entry) { e.number("account", s.Account) }

// check lets an empty number pass: it stands for the stored one, or a new one.
func (r *Role) check(e entry) {
	if r.ID != nil && *r.ID != "" && e.has("id") && !ledger.ValidRoleID(*r.ID) {
		e.fault("id", "%q is not a role's number: write up to 20 digits, or leave it out", *r.ID)
	}
	if n := r.MaxSessionSeconds; n != nil && (*n < 0 || *n > maxSeconds || !ledger.ValidMaxSession(time.Duration(*n)*time.Second)) {
		e.fault("maxSessionSeconds", "%d is not a longest session: write 900 to 43200, or 0 for the vendor's own bound", *n)
	}
}

// maxSeconds keeps a number of seconds that no session has from becoming one
// that looks sound, when it is counted in nanoseconds.
const maxSeconds = 1 << 32

// check lets an empty number pass: it takes away the one that is stored.
func (u *User) check(e entry) {
	if u.ID != nil && *u.ID != "" {
		e.number("id", *u.ID)
	}
}
