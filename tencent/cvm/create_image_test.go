package cvm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"imageshare/ledger"
	"imageshare/tencent/cvm"
)

// made is the one image of a name.
func (r rig) made(name string) cvm.Image {
	r.Helper()
	got := r.do("tc3 DescribeImages", fmt.Sprintf(filtered, "image-name", name), "")
	if len(got.ImageSet) != 1 {
		r.Fatalf("images called %s: %+v", name, got)
	}
	return got.ImageSet[0].Image
}

// An image of snapshots is made of these and no others, whatever else it is:
// Terraform compares them with what it asked for.
func TestImageOfSnapshots(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("tc3 CreateImage", `{"ImageName":"golden","ImageDescription":"base","ImageFamily":"base",
		"SnapshotIds":["snap-3js1hnoe","snap-5b8t7ds2","snap-3js1hnoe"],
		"TagSpecification":[{"ResourceType":"image","Tags":[{"Key":"team","Value":"base"},{"Key":"cost","Value":"7"}]}]}`, "").ImageId
	got := r.made("golden")
	want := cvm.Image{
		ImageId: id, ImageName: "golden", ImageDescription: "base", ImageFamily: "base", ImageType: "PRIVATE_IMAGE",
		ImageState: "NORMAL", ImageSource: "CREATE_IMAGE", ImageCreator: "100000000001", ImageSize: 50, Architecture: "x86_64",
		LicenseType: "TencentCloud", CreatedTime: "2018-06-20T10:00:00Z",
		SnapshotSet: []cvm.Snapshot{
			{SnapshotId: "snap-3js1hnoe", DiskUsage: "SYSTEM_DISK", DiskSize: 50},
			{SnapshotId: "snap-5b8t7ds2", DiskUsage: "DATA_DISK", DiskSize: 50},
		},
		Tags: []cvm.Tag{{Key: "cost", Value: "7"}, {Key: "team", Value: "base"}},
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// An image of a machine has snapshots that nobody had before: of its system
// disk, and of each data disk that was to come along.
func TestImageOfAMachine(t *testing.T) {
	t.Parallel()
	r := life(t, 10*time.Second)
	r.do("tc3 CreateImage", `{"ImageName":"plain","InstanceId":"ins-2v3sqe2t"}`, "")
	r.do("tc3 CreateImage", `{"ImageName":"whole","InstanceId":"ins-2v3sqe2t","DataDiskIds":["disk-6gabakqz","disk-1drr53sd"]}`, "")
	for name, disks := range map[string]string{"plain": "SYSTEM_DISK", "whole": "SYSTEM_DISK DATA_DISK DATA_DISK"} {
		img := r.made(name)
		var usages []string
		ids := map[string]bool{}
		for _, s := range img.SnapshotSet {
			usages = append(usages, s.DiskUsage)
			ids[s.SnapshotId] = strings.HasPrefix(s.SnapshotId, "snap-")
		}
		if strings.Join(usages, " ") != disks || len(ids) != len(usages) || !ids[img.SnapshotSet[0].SnapshotId] || img.ImageState != "CREATING" {
			t.Errorf("%s: %+v", name, img)
		}
	}
	r.Pass(10 * time.Second)
	if img := r.made("whole"); img.ImageState != "NORMAL" {
		t.Errorf("after ten seconds: %+v", img)
	}
}

// Who makes an image of a machine needs a permission for the machine, too.
func TestImageOfAMachineNeedsIt(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	key := ledger.AccountKey{Cloud: ledger.Tencent, ID: "100000000001"}
	err := r.Ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Account(key, func(a *ledger.Account) error {
			a.Users[0].Policies = []ledger.Document{`{"version":"2.0","statement":[{"effect":"allow","action":["cvm:CreateImage"],
				"resource":["qcs::cvm:ap-guangzhou::image/*","qcs::cvm:ap-guangzhou::instance/ins-mine"]}]}`}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.do("tc3 CreateImage key=AKIDreader", `{"ImageName":"mine","InstanceId":"ins-mine"}`, "")
	r.do("tc3 CreateImage key=AKIDreader", `{"ImageName":"of-snapshots","SnapshotIds":["snap-3js1hnoe"]}`, "")
	r.do("tc3 CreateImage key=AKIDreader", `{"ImageName":"theirs","InstanceId":"ins-theirs"}`, "UnauthorizedOperation")
}
