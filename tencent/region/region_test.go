package region_test

import (
	"slices"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cvm"
	"imageshare/tencent/region"
)

// config serves CVM beside the product, since the Version tells their actions
// of one name apart.
func config(regions ...string) wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action { return slices.Concat(region.Actions(l), cvm.Actions(l)) },
		Ledger:  ledger.Config{Regions: map[ledger.Product][]string{ledger.CVM: regions}},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", config("ap-guangzhou", "ap-beijing", "eu-moscow"))
}

// A region list that a state file wrote is the one that is told, on both
// products, with an id for the name of what the vendor does not have.
func TestWrittenRegions(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, config(cvm.Regions...))
	err := d.Ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Regions(ledger.CVM, []string{"ap-private-1", "ap-guangzhou"})
	})
	if err != nil {
		t.Fatal(err)
	}
	const two = `"TotalCount":2,"RegionSet":[{"Region":"ap-private-1","RegionName":"ap-private-1","RegionState":"AVAILABLE"`
	for call, want := range map[string]string{
		"tc3 DescribeRegions":                                           two,
		"tc3-get DescribeRegions version=2022-06-27":                    two,
		"tc3 DescribeZones region=ap-private-1":                         `"TotalCount":1,"ZoneSet":[{"Zone":"ap-private-1-1","ZoneName":"ap-private-1 Zone 1",`,
		"tc3-get DescribeZones region=ap-private-1 version=2022-06-27":  `"TotalCount":1,"ZoneSet":[{"Zone":"ap-private-1-1"`,
		"tc3-get DescribeZones region= version=2022-06-27":              `"TotalCount":5,`,
		"tc3-get DescribeZones region=ap-shanghai version=2022-06-27":   `"TotalCount":0,"ZoneSet":[],`,
		"sha1-post DescribeZones region=ap-private-1":                   `"TotalCount":1,`,
		"v2 DescribeRegions region=":                                    two,
		"tc3 DescribeZones region=ap-shanghai":                          `"Code":"InvalidParameterValue"`,
		"tc3-get DescribeRegions region=ap-shanghai version=2022-06-27": two,
	} {
		body := []string{"{}"}
		if !strings.HasPrefix(call, "tc3 ") {
			body = nil
		}
		if strings.Contains(call, "2022-06-27") {
			body = []string{"Product=cvm"}
		}
		if got := d.Call(t, call, body...).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s answered\n%s\nwithout\n%s", call, got, want)
		}
	}
}

// Every region that is built in has a name that is not its id, and a zone.
func TestBuiltInRegions(t *testing.T) {
	t.Parallel()
	numbers := map[string]string{}
	for _, id := range cvm.Regions {
		zones := region.Zones(id)
		if region.Name(id) == id || len(zones) == 0 {
			t.Errorf("%s is called %s and has zones %v", id, region.Name(id), zones)
		}
		for _, z := range zones {
			if other := numbers[z.Number]; other != "" {
				t.Errorf("%s and %s have one number, %s", z.ID, other, z.Number)
			}
			numbers[z.Number] = z.ID
		}
	}
}
