package cvm

import (
	"context"
	"slices"

	"imageshare/api"
	"imageshare/ledger"
)

// both defines an action of version 2017-03-12 on API 3.0 and on API 2.0,
// where the answer has the request's id in two spellings.
func both[In, Out, Old any](s api.Spec[In], fn func(context.Context, *api.Request, *In) (*Out, error), old func(*Out) *Old) []api.Action {
	s.Regional = true
	return anywhere(s, fn, old)
}

// anywhere is both for an action that belongs to no region.
func anywhere[In, Out, Old any](s api.Spec[In], fn func(context.Context, *api.Request, *In) (*Out, error), old func(*Out) *Old) []api.Action {
	s.Cloud, s.Product, s.Version = ledger.Tencent, product, version
	s.Faults = slices.Concat(s.Faults, faults)
	v3 := api.Define(s, fn)
	s.Generation = generation2017
	return []api.Action{v3, api.Define(s, func(ctx context.Context, r *api.Request, in *In) (*Old, error) {
		out, err := fn(ctx, r, in)
		if err != nil {
			return nil, err
		}
		return old(out), nil
	})}
}

// Done says that it was done.
type Done struct {
	// The id of this request.
	RequestId string
}

// DoneV2 says so on API 2.0.
type DoneV2 struct {
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

func doneV2(*Done) *DoneV2 { return &DoneV2{} }
