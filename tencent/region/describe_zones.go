package region

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeZonesRequest asks for the zones of a product in the region that is
// called, or in every region if none is.
type DescribeZonesRequest struct {
	// The product, cvm.
	Product string `api:"required,enum=cvm"`
	// 1 asks the product's optional list of admitted accounts as well; there is none.
	Scene int64 `api:"min=0,max=1"`
}

// DescribeZonesResponse has them all.
type DescribeZonesResponse struct {
	// How many zones there are.
	TotalCount int64
	// The zones.
	ZoneSet []ZoneInfo
	// The id of this request.
	RequestId string
}

// ZoneInfo is one zone. There are no edge zones, so none has a parent; what is
// for the vendor's console alone is null.
type ZoneInfo struct {
	// The id, such as ap-guangzhou-3.
	Zone string
	// The name in words.
	ZoneName string
	// The number, as text.
	ZoneId string
	// AVAILABLE or UNAVAILABLE.
	ZoneState string
	// The zone that an edge zone belongs to.
	ParentZone *string
	// That zone's number.
	ParentZoneId *string
	// That zone's name.
	ParentZoneName *string
	// The kind of an edge zone.
	ZoneType *string
	// A kind of room that the console knows.
	MachineRoomTypeMC *int64
	// The number, for the console.
	ZoneIdMC *string
}

func describeZones(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeZonesRequest]{
		Cloud: ledger.Tencent, Product: product, Version: version, Name: "DescribeZones", Rate: rate, Faults: faults,
		Resources: func(*api.Request, *DescribeZonesRequest) []string { return everything() },
	}, func(_ context.Context, r *api.Request, _ *DescribeZonesRequest) (*DescribeZonesResponse, error) {
		out := &DescribeZonesResponse{}
		for _, id := range l.RegionIDs(ledger.CVM) {
			if r.Region == "" || r.Region == id {
				out.ZoneSet = append(out.ZoneSet, zones(id)...)
			}
		}
		out.TotalCount = int64(len(out.ZoneSet))
		return out, nil
	})
}

func zones(id string) []ZoneInfo {
	var all []ZoneInfo
	for _, z := range Zones(id) {
		all = append(all, ZoneInfo{Zone: z.ID, ZoneName: z.Name, ZoneId: z.Number, ZoneState: z.State})
	}
	return all
}
