package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/tencent/region"
)

// DescribeZonesRequest asks for the zones of the region that is called. It has
// no parameters of its own.
type DescribeZonesRequest struct{}

// DescribeZonesResponse has them all.
type DescribeZonesResponse struct {
	// How many zones there are.
	TotalCount int64
	// The zones.
	ZoneSet []ZoneInfo
	// The id of this request.
	RequestId string
}

// DescribeZonesV2Response has them on API 2.0.
type DescribeZonesV2Response struct {
	// How many zones there are.
	TotalCount int64
	// The zones.
	ZoneSet []ZoneInfo
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

// ZoneInfo is one zone.
type ZoneInfo struct {
	// The id, such as ap-guangzhou-3.
	Zone string
	// The name in words.
	ZoneName string
	// The number, as text.
	ZoneId string
	// AVAILABLE or UNAVAILABLE.
	ZoneState string
}

func describeZones() []api.Action {
	return both(api.Spec[DescribeZonesRequest]{
		Name: "DescribeZones", Rate: 20,
		Resources: func(*api.Request, *DescribeZonesRequest) []string { return everything() },
	}, func(_ context.Context, r *api.Request, _ *DescribeZonesRequest) (*DescribeZonesResponse, error) {
		out := &DescribeZonesResponse{}
		for _, z := range region.Zones(r.Region) {
			out.ZoneSet = append(out.ZoneSet, ZoneInfo{Zone: z.ID, ZoneName: z.Name, ZoneId: z.Number, ZoneState: z.State})
		}
		out.TotalCount = int64(len(out.ZoneSet))
		return out, nil
	}, func(o *DescribeZonesResponse) *DescribeZonesV2Response {
		return &DescribeZonesV2Response{TotalCount: o.TotalCount, ZoneSet: o.ZoneSet}
	})
}
