package region

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeRegionsRequest asks for the regions of a product.
type DescribeRegionsRequest struct {
	// The product, cvm.
	Product string `api:"required,enum=cvm"`
	// 1 asks the product's optional list of admitted accounts as well; there is none.
	Scene int64 `api:"min=0,max=1"`
}

// DescribeRegionsResponse has them all.
type DescribeRegionsResponse struct {
	// How many regions there are.
	TotalCount int64
	// The regions.
	RegionSet []RegionInfo
	// The id of this request.
	RequestId string
}

// RegionInfo is one region. What is for the vendor's console alone is null.
type RegionInfo struct {
	// The id, such as ap-guangzhou.
	Region string
	// The name in words.
	RegionName string
	// AVAILABLE.
	RegionState string
	// A kind that the console knows.
	RegionTypeMC *int64
	// The part of the world, for the console.
	LocationMC *string
	// The name, for the console.
	RegionNameMC *string
	// The id, for the console.
	RegionIdMC *string
}

func describeRegions(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeRegionsRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "DescribeRegions", Rate: rate, Faults: faults,
		Resources: func(*api.Request, *DescribeRegionsRequest) []string { return everything() },
	}, func(context.Context, *api.Request, *DescribeRegionsRequest) (*DescribeRegionsResponse, error) {
		out := &DescribeRegionsResponse{}
		for _, id := range l.RegionIDs(ledger.CVM) {
			out.RegionSet = append(out.RegionSet, RegionInfo{Region: id, RegionName: Name(id), RegionState: Available})
		}
		out.TotalCount = int64(len(out.RegionSet))
		return out, nil
	})
}
