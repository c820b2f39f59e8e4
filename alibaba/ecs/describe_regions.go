package ecs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeRegionsRequest lists the regions. It is sent to no region itself.
type DescribeRegionsRequest struct {
	// How instances there would be paid for: PrePaid, PostPaid,
	// SpotWithPriceLimit or SpotAsPriceGo. Every region takes each.
	InstanceChargeType string `api:"enum=PrePaid|PostPaid|SpotWithPriceLimit|SpotAsPriceGo"`
	// What would be there: instance, disk, reservedinstance or scu, in any
	// letter case. Every region takes each.
	ResourceType string
	// The language of the names: zh-CN where it is left out. Documented beside
	// it are zh-TW, whose names are those of zh-CN here, en-US, and ja, fr, de
	// and ko, whose names are those of en-US here.
	AcceptLanguage string `api:"default=zh-CN"`
}

// DescribeRegionsResponse is the regions.
type DescribeRegionsResponse struct {
	// The id of this request.
	RequestId string
	// The regions.
	Regions RegionList
}

// RegionList is regions.
type RegionList struct {
	// The regions.
	Region []Region
}

// Region is a region.
type Region struct {
	// Its id, as other calls take it.
	RegionId string
	// The vendor's own host for it.
	RegionEndpoint string
	// Its name in the language asked for; its id where it has none.
	LocalName string
	// available: nothing is sold out here.
	Status string
}

// What only this action refuses.
var (
	errLanguage     = errors.New("no such language")
	errResourceType = errors.New("no such type of resources")
)

// describeRegionsFaults lacks Unauthorized.EmptyRegion: every account has every
// region.
var describeRegionsFaults = []api.Fault{
	{Err: errLanguage, Status: 404, Code: "InvalidAcceptLanguage.NotFound", Message: "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed."},
	{Err: errResourceType, Status: 404, Code: "InvalidResourceType.NotFound", Message: "The ResourceType provided does not exist in our records."},
}

// Today's page spells the Chinese of Taiwan in two ways.
var (
	chinese   = []string{"zh-CN", "zh-TW", "zh_TW"}
	languages = append([]string{"en-US", "ja", "fr", "de", "ko"}, chinese...)
)

// Check holds words to what is documented.
func (in *DescribeRegionsRequest) Check() error {
	switch {
	case !slices.Contains(languages, in.AcceptLanguage):
		return errLanguage
	case in.ResourceType != "" && !slices.Contains([]string{"instance", "disk", "reservedinstance", "scu"}, strings.ToLower(in.ResourceType)):
		return errResourceType
	}
	return nil
}

func (in *DescribeRegionsRequest) region(id string) Region {
	r := Region{RegionId: id, RegionEndpoint: "ecs." + id + ".aliyuncs.com", LocalName: id, Status: "available"}
	name, ok := regionNames[id]
	switch {
	case ok && slices.Contains(chinese, in.AcceptLanguage):
		r.LocalName = name.chinese
	case ok:
		r.LocalName = name.english
	}
	return r
}

func describeRegions(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeRegionsRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeRegions", Faults: describeRegionsFaults,
		Resources: func(*api.Request, *DescribeRegionsRequest) []string { return []string{"*"} },
	}, func(_ context.Context, _ *api.Request, in *DescribeRegionsRequest) (*DescribeRegionsResponse, error) {
		out := &DescribeRegionsResponse{}
		for _, id := range l.RegionIDs(ledger.ECS) {
			out.Regions.Region = append(out.Regions.Region, in.region(id))
		}
		return out, nil
	})
}
