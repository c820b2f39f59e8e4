package cbs_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cbs"
	"imageshare/tencent/cvm"
)

// config serves CVM beside the product: they have one version.
func config() wiretest.Config {
	return wiretest.Config{
		Actions: func(l *ledger.Ledger) []api.Action { return slices.Concat(cbs.Actions(l), cvm.Actions(l)) },
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	wiretest.Run(t, "testdata/*.txt", config())
}

// Snapshots name the images that are made of them, whose ids are new.
func TestSnapshotsOfImages(t *testing.T) {
	t.Parallel()
	d := wiretest.Open(t, config())
	create := `{"ImageName":"%s","SnapshotIds":["snap-sys1","snap-data%d"]}`
	for n := range 2 {
		if got := d.Call(t, "tc3 CreateImage", fmt.Sprintf(create, fmt.Sprint("golden-", n), n)).Body.String(); !strings.Contains(got, `"ImageId"`) {
			t.Fatal(got)
		}
	}
	var got struct {
		Response struct {
			TotalCount  int
			SnapshotSet []cbs.Snapshot
		}
	}
	body := d.Call(t, "tc3 DescribeSnapshots", `{"SnapshotIds":["snap-data1","snap-nosuch","snap-sys1","snap-data1"]}`).Body.String()
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, s := range got.Response.SnapshotSet {
		line := []string{s.SnapshotId, s.SnapshotState, s.DiskUsage, fmt.Sprint(s.DiskSize), s.CreateTime, fmt.Sprint(s.ImageCount)}
		names := []string{}
		for _, i := range s.Images {
			names = append(names, i.ImageName)
		}
		slices.Sort(names) // an image's place is its id's, which is chance
		seen = append(seen, strings.Join(append(line, names...), " "))
	}
	want := []string{
		"snap-data1 NORMAL DATA_DISK 50 2018-06-20 10:00:00 1 golden-1",
		"snap-sys1 NORMAL SYSTEM_DISK 50 2018-06-20 10:00:00 2 golden-0 golden-1",
	}
	if !slices.Equal(seen, want) || got.Response.TotalCount != 2 {
		t.Errorf("%d\n%s\nwant 2\n%s", got.Response.TotalCount, strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}
