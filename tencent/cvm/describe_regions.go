package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/tencent/region"
)

// DescribeRegionsRequest asks for the regions. It has no parameters of its own.
type DescribeRegionsRequest struct{}

// DescribeRegionsResponse has them all.
type DescribeRegionsResponse struct {
	// How many regions there are.
	TotalCount int64
	// The regions.
	RegionSet []RegionInfo
	// The id of this request.
	RequestId string
}

// DescribeRegionsV2Response has them on API 2.0.
type DescribeRegionsV2Response struct {
	// How many regions there are.
	TotalCount int64
	// The regions.
	RegionSet []RegionInfo
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// RegionInfo is one region.
type RegionInfo struct {
	// The id, such as ap-guangzhou.
	Region string
	// The name in words.
	RegionName string
	// AVAILABLE.
	RegionState string
}

// describeRegions is asked by who does not know a region yet, so it needs none.
func describeRegions(l *ledger.Ledger) []api.Action {
	return anywhere(api.Spec[DescribeRegionsRequest]{
		Name: "DescribeRegions", Rate: 20,
		Resources: func(*api.Request, *DescribeRegionsRequest) []string { return everything() },
	}, func(context.Context, *api.Request, *DescribeRegionsRequest) (*DescribeRegionsResponse, error) {
		out := &DescribeRegionsResponse{}
		for _, id := range l.RegionIDs(ledger.CVM) {
			out.RegionSet = append(out.RegionSet, RegionInfo{Region: id, RegionName: region.Name(id), RegionState: region.Available})
		}
		out.TotalCount = int64(len(out.RegionSet))
		return out, nil
	}, func(o *DescribeRegionsResponse) *DescribeRegionsV2Response {
		return &DescribeRegionsV2Response{TotalCount: o.TotalCount, RegionSet: o.RegionSet}
	})
}
