package api

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"imageshare/ledger"
	"imageshare/param"
)

// Spec says what an action is called and how its errors are spelled.
type Spec[In any] struct {
	Cloud   ledger.Cloud
	Product string
	Name    string
	// Version may be left out in a generation that had none yet.
	Version string
	// Generation is as in Call.
	Generation string
	// SameAs names the product's action that does the same today, where this is
	// an older name for it: what a policy denies by that name is denied here, too.
	SameAs string
	// Regional: the call's region must be one that the product serves.
	Regional bool
	// Rate is the documented number of calls per second and account; 0 where no document says one.
	Rate int
	// Faults are the action's own rows, then its product's; the first match answers.
	Faults []Fault
	// Limits are further tag rules by field name, where documents of one action
	// differ in nothing else.
	Limits map[string]string
	// Resources names what a policy is asked about, all of which it must allow.
	// Where it names none, nobody needs a permission. A denial says what In's
	// method Named() string does, if it has one, instead.
	Resources func(*Request, *In) []string
}

// Define makes an action of a request struct, a response struct and a
// function. What the fields of In may be and what their tags say, package
// param knows. Out may have a field RequestId at the place where the documents
// show it, or RequestID, or both.
func Define[In, Out any](s Spec[In], fn func(context.Context, *Request, *In) (*Out, error)) Action {
	if s.Name == "" || s.Version+s.Generation == "" || s.Product == "" || s.Cloud == "" || s.Resources == nil {
		panic(fmt.Sprintf("api: action %q %q lacks a name, version, product, cloud or resources", s.Product, s.Name))
	}
	encode := encoderOf(reflect.TypeFor[Out]())
	shape := param.NewShape(reflect.TypeFor[In]())
	shape.Limit(s.Limits)
	return Action{
		Cloud: s.Cloud, Product: s.Product, Generation: s.Generation, Name: s.Name, Version: s.Version, SameAs: s.SameAs,
		Regional: s.Regional, Rate: s.Rate, Faults: s.Faults,
		decode: func(b param.Bag, strict bool) (any, error) {
			in := new(In)
			return in, shape.Decode(in, b, strict)
		},
		resources: func(r *Request, in any) []string { return s.Resources(r, in.(*In)) },
		call:      func(ctx context.Context, r *Request, in any) (any, error) { return fn(ctx, r, in.(*In)) },
		stamp:     stamper(reflect.TypeFor[Out]()),
		encode:    func(b []byte, out any) ([]byte, error) { return encode(b, unsafe.Pointer(out.(*Out))) },
	}
}

func stamper(out reflect.Type) func(any, string) {
	var places [][]int
	for _, name := range []string{"RequestId", "RequestID"} {
		f, ok := out.FieldByName(name)
		if ok && f.Type.Kind() != reflect.String {
			panic(fmt.Sprintf("api: %s.%s is no string", out, name))
		}
		if ok {
			places = append(places, f.Index)
		}
	}
	return func(o any, id string) {
		for _, place := range places {
			reflect.ValueOf(o).Elem().FieldByIndex(place).SetString(id)
		}
	}
}

// Catalogue is what one listener offers.
type Catalogue struct {
	actions  map[actionKey]*Action
	versions map[versionKey]bool
}

type actionKey struct {
	versionKey
	name string
}

type versionKey struct {
	cloud               ledger.Cloud
	generation, version string
}

// NewCatalogue collects actions and panics where two have one name.
func NewCatalogue(products ...[]Action) *Catalogue {
	c := &Catalogue{actions: map[actionKey]*Action{}, versions: map[versionKey]bool{}}
	for _, actions := range products {
		for _, a := range actions {
			v := versionKey{a.Cloud, a.Generation, a.Version}
			k := actionKey{v, a.Name}
			if c.actions[k] != nil {
				panic(fmt.Sprintf("api: %s %s %s is defined twice", a.Cloud, a.Version, a.Name))
			}
			c.actions[k] = &a
			c.versions[v] = true
		}
	}
	return c
}

// Find is the action that a call asks for, ErrNoVersion or ErrNoAction.
func (c *Catalogue) Find(cloud ledger.Cloud, call *Call) (*Action, error) {
	v := versionKey{cloud, call.Generation, call.Version}
	if a := c.actions[actionKey{v, call.Action}]; a != nil {
		return a, nil
	}
	if !c.versions[v] {
		return nil, &param.Error{Rule: ErrNoVersion, Field: "Version"}
	}
	return nil, &param.Error{Rule: ErrNoAction, Field: "Action"}
}

// HasVersion reports whether a cloud's present generation has a version.
func (c *Catalogue) HasVersion(cloud ledger.Cloud, version string) bool {
	return c.versions[versionKey{cloud: cloud, version: version}]
}

// Actions lists what the catalogue offers, in no order.
func (c *Catalogue) Actions() []*Action {
	var all []*Action
	for _, a := range c.actions {
		all = append(all, a)
	}
	return all
}
