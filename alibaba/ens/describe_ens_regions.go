package ens

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeEnsRegionsRequest asks for the nodes.
type DescribeEnsRegionsRequest struct {
	// One node; an unknown one gives an empty list. All where none is given.
	EnsRegionId string
}

// DescribeEnsRegionsResponse has the nodes.
type DescribeEnsRegionsResponse struct {
	// 0, which says that it went well.
	Code int64
	// The nodes.
	EnsRegions EnsRegions
	// The id of this request.
	RequestId string
}

// EnsRegions is a list whose key repeats its wrapper's, the plural included.
type EnsRegions struct {
	// The nodes, in the order of their ids.
	EnsRegions []EnsRegion
}

// EnsRegion is one node of the edge.
type EnsRegion struct {
	// The part of the country or the world, such as NorthEastChina.
	Area string
	// The name in English.
	EnName string
	// The node's id.
	EnsRegionId string
	// The name in Chinese.
	Name string
	// The province, or the country abroad, in Chinese.
	Province string
}

// Check holds the node's id to its form.
func (in *DescribeEnsRegionsRequest) Check() error { return checkIDs("EnsRegionId", in.EnsRegionId) }

func describeEnsRegions() api.Action {
	return api.Define(api.Spec[DescribeEnsRegionsRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeEnsRegions",
		Faults: faults, Resources: everything[DescribeEnsRegionsRequest],
	}, func(_ context.Context, _ *api.Request, in *DescribeEnsRegionsRequest) (*DescribeEnsRegionsResponse, error) {
		out := &DescribeEnsRegionsResponse{}
		for _, n := range nodes {
			if in.EnsRegionId == "" || in.EnsRegionId == n.EnsRegionId {
				out.EnsRegions.EnsRegions = append(out.EnsRegions.EnsRegions, n)
			}
		}
		return out, nil
	})
}
