package ecs_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"imageshare/alibaba/ecs"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
)

// one is the only image that a list must have.
func (r rig) one(who, params string) ecs.Image {
	r.Helper()
	list := r.list(who, params)
	if len(list) != 1 {
		r.Fatalf("DescribeImages %s: %d images, want one: %+v", params, len(list), list)
	}
	return list[0]
}

// Of several sources the first in the documents' order counts; what was named
// is found in the image, and what was left out has a value.
func TestCreatedOf(t *testing.T) {
	t.Parallel()
	const disks = "DiskDeviceMapping.1.SnapshotId=s-data DiskDeviceMapping.1.Size=200 DiskDeviceMapping.2.SnapshotId=s-sys DiskDeviceMapping.2.DiskType=system DiskDeviceMapping.2.Size=60 "
	for name, c := range map[string]struct{ source, want string }{
		"a snapshot":           {"SnapshotId=s-one", "40: s-one system 40"},
		"disks":                {disks + "SnapshotId=s-one", "60: s-data data 200, s-sys system 60"},
		"an instance":          {disks + "SnapshotId=s-one InstanceId=i-one", "40: new system 40"},
		"disks, the first one": {"DiskDeviceMapping.1.SnapshotId=s-1 DiskDeviceMapping.2.Size=20", "40: s-1 system 40, new data 20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := life(t, 0)
			img := r.one("", "ImageId="+r.do("v1 CreateImage", c.source, "").ImageId)
			got := fmt.Sprintf("%d:", img.Size)
			for i, d := range img.DiskDeviceMappings.DiskDeviceMapping {
				if len(d.SnapshotId) == len("s-")+20 {
					d.SnapshotId = "new"
				}
				if got += fmt.Sprintf(" %s %s %s", d.SnapshotId, d.Type, d.Size); i < len(img.DiskDeviceMappings.DiskDeviceMapping)-1 {
					got += ","
				}
			}
			if got != c.want {
				t.Errorf("made of %s, want %s", got, c.want)
			}
			if img.ImageName != img.ImageId || img.Platform != "Others Linux" || img.OSType != "linux" || img.Architecture != "x86_64" || img.IsCopied {
				t.Errorf("what was left out: %+v", img)
			}
		})
	}
}

// What the caller says of a new image is what the list says of it.
func TestCreatedAs(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("v1 CreateImage", "SnapshotId=s-1 ImageName=win-1 ImageFamily=win ImageVersion=1.0 Description=ok Platform=Windows Architecture=i386 BootMode=UEFI Tag.1.key=team Tag.1.value=base", "").ImageId
	img := r.one("", "ImageFamily=win OSType=windows Tag.1.key=team Tag.1.value=base SnapshotId=s-1")
	got := fmt.Sprintf("%v %s %s %s %s %s %s %s %s %v", img.ImageId == id, img.ImageName, img.ImageFamily, img.ImageVersion, img.Description, img.Platform, img.OSType, img.Architecture, img.BootMode, img.Tags)
	if want := "true win-1 win 1.0 ok Windows windows i386 UEFI {[{team base}]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.do("v1 DeleteSnapshot", "SnapshotId=s-1", "SnapshotCreatedImage")
	r.do("v1 DeleteImage", "ImageId="+id, "")
	r.do("v1 DeleteSnapshot", "SnapshotId=s-1", "")
}

// An image on its way can be found by who asks for its state; nobody can be
// given it, its family does not have it yet, and deleting it ends its making.
func TestCreating(t *testing.T) {
	t.Parallel()
	r := life(t, 10*time.Second)
	id := r.do("v1 CreateImage", "InstanceId=i-1 ImageFamily=slow", "").ImageId
	r.Pass(4500 * time.Millisecond)
	img := r.one("", "Status=Creating ImageId="+id)
	if d := img.DiskDeviceMappings.DiskDeviceMapping[0]; img.Progress != "45%" || d.Progress != "45%" || d.RemainTime != 6 {
		t.Errorf("after 4.5 of 10 seconds: %+v", img)
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=7", "IncorrectImageStatus")
	r.do("v1 ModifyImageSharePermission", "ImageId="+id, "")
	r.do("v1 ModifyImageAttribute", "ImageId="+id+" Status=Deprecated", "IncorrectImageStatus")
	if got := r.do("v1 DescribeImageFromFamily", "ImageFamily=slow", ""); got.Image.ImageId != "" {
		t.Errorf("the family has %s, which is not available", got.Image.ImageId)
	}
	r.Pass(5500 * time.Millisecond)
	if got := r.do("v1 DescribeImageFromFamily", "ImageFamily=slow", ""); got.Image.ImageId != id {
		t.Errorf("the family has %q, want %s", got.Image.ImageId, id)
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=7", "")
	given := r.do("v1 CreateImage", "InstanceId=i-1 ImageName=given-up", "").ImageId
	r.do("v1 DeleteImage", "ImageId="+given, "")
	if got := r.list("", "Status=ALL ImageId="+given); len(got) != 0 {
		t.Errorf("after it was given up: %+v", got)
	}
}

// Of images that were made in one second the family has one, always the same.
func TestFamilyOfOneSecond(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	newest := ""
	for range 5 {
		newest = max(newest, r.do("v1 CreateImage", "SnapshotId=s-1 ImageFamily=base", "").ImageId)
	}
	r.Pass(time.Second)
	if got := r.do("v1 DescribeImageFromFamily", "ImageFamily=base", ""); got.Image.ImageId != newest {
		t.Errorf("the family has %s, want %s", got.Image.ImageId, newest)
	}
	later := r.do("v1 CreateImage", "SnapshotId=s-1 ImageFamily=base", "").ImageId
	if got := r.do("v1 DescribeImageFromFamily", "ImageFamily=base", ""); got.Image.ImageId != later {
		t.Errorf("the family has %s, want %s", got.Image.ImageId, later)
	}
	if got := r.do("v1 DescribeImageFromFamily"+other, "ImageFamily=base", ""); got.Image.ImageId != "" {
		t.Errorf("another account's family has %s", got.Image.ImageId)
	}
}

// The quota is of one account's own images in one region; received ones do not
// count, and a deleted one frees its place.
func TestImageQuota(t *testing.T) {
	t.Parallel()
	c := config(ecs.Profiles["2019"])
	c.Ledger.ImageQuotas = map[ledger.Product]int{ledger.ECS: 2}
	r := rig{t, wiretest.Open(t, c)}
	const at = " region=cn-shanghai"
	first := r.do("v1 CreateImage"+at, "SnapshotId=s-1", "").ImageId
	r.do("v1 ModifyImageSharePermission"+at, "ImageId="+first+" AddAccount.1=1234567890123457", "")
	r.do("v1 ImportImage"+at, imported+"second", "")
	r.do("v1 CreateImage"+at, "SnapshotId=s-1", "QuotaExceed.Image")
	r.do("v1 CreateImage"+at, "SnapshotId=s-1 DryRun=true", "QuotaExceed.Image")
	r.do("v1 ImportImage"+at, imported+"third", "QuotaExceed.Image")
	r.do("v1 CopyImage"+at, "ImageId="+first, "QuotaExceed.Image")
	r.do("v1 CopyImage"+at, "ImageId="+first+" DestinationRegionId=cn-shenzhen", "")
	r.do("v1 CopyImage"+at+other, "ImageId="+first, "")
	r.do("v1 CreateImage"+at+other, "SnapshotId=s-1", "")
	r.do("v1 CreateImage"+at+other, "SnapshotId=s-1", "QuotaExceed.Image")
	r.do("v1 ModifyImageSharePermission"+at, "ImageId="+first+" RemoveAccount.1=1234567890123457", "")
	r.do("v1 DeleteImage"+at, "ImageId="+first, "")
	r.do("v1 CreateImage"+at, "SnapshotId=s-1", "")
}

// A share is of one region, and sight of the image ends with it; what is public
// is seen by all, and stays while it is.
func TestSight(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	const elsewhere = " region=cn-beijing"
	id := r.do("v1 CreateImage", "SnapshotId=s-1 ImageName=seen", "").ImageId
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=1234567890123457", "")
	if img := r.one(other, "ImageOwnerId=1234567890123456 ImageName=seen"); img.ImageOwnerAlias != "others" || img.ImageOwnerId != 1234567890123456 {
		t.Errorf("as who may use it sees it: %+v", img)
	}
	if got := r.list(other, "ImageOwnerId=77"); len(got) != 1 || got[0].ImageId != "m-foreign" {
		t.Errorf("shared by another owner, beside one's own: %+v", got)
	}
	if got := r.list(other+elsewhere, "ImageId="+id); len(got) != 0 {
		t.Errorf("in another region: %+v", got)
	}
	for _, call := range []string{"ModifyImageSharePermission", "ModifyImageAttribute", "DeleteImage", "CancelCopyImage"} {
		r.do("v1 "+call+other, "ImageId="+id+" AddAccount.1=7 ImageName=mine", "InvalidImageId.NotFound")
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" RemoveAccount.1=1234567890123457 IsPublic=true", "")
	if got := r.list(other, "ImageOwnerAlias=others"); len(got) != 0 {
		t.Errorf("after the share ended: %+v", got)
	}
	r.one(other, "ImageOwnerAlias=others IsPublic=true ImageId="+id)
	r.do("v1 DeleteImage", "ImageId="+id, "ImageUseShared")
	r.do("v1 ModifyImageAttribute", "ImageId="+id+" Status=Deprecated", "ImageUseShared")
	mine := r.do("v1 CopyImage"+other, "ImageId="+id, "").ImageId
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" IsPublic=false", "")
	if got := r.list(other, "ImageId="+id); len(got) != 0 {
		t.Errorf("no longer public: %+v", got)
	}
	if img := r.one(other, "ImageId="+mine); img.IsPublic || img.IsSelfShared != "False" || img.ImageName != mine {
		t.Errorf("a copy of a public image: %+v", img)
	}
	r.do("v1 DeleteImage", "ImageId="+id, "")
}

// What is documented of lists and can make no difference here makes none, and
// what can is held against what the list shows.
func TestFiltersOfNoUse(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.do("v1 CreateImage", "SnapshotId=s-1 ImageName=it", "")
	for params, want := range map[string]int{
		"ShowExpired=true": 1, "Usable=true": 1, "InstanceType=ecs.g5.large": 1, "ActionType=ChangeOS": 1, "ActionType=CreateEcs": 1,
		"IsSupportIoOptimized=true": 1, "IsSupportIoOptimized=false": 0, "IsSupportCloudinit=true": 0, "IsSupportCloudinit=false": 1,
		"ResourceGroupId=rg-1": 0, "Usage=none": 1, "Status=UnAvailable": 0, "OwnerId=7": 1, "ImageFamily=": 1,
	} {
		if got := r.list("", "ImageName=it "+params); len(got) != want {
			t.Errorf("%s: %d images, want %d", params, len(got), want)
		}
	}
}

// A policy is asked about the new image and about what it is made of, and about
// a snapshot that is to go.
func TestMakersPolicy(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.allow("keeper", `{"Version":"1","Statement":[
		{"Effect":"Allow","Action":"ecs:CreateImage","Resource":["acs:ecs:cn-hangzhou:*:image/*","acs:ecs:*:*:snapshot/s-ok*","acs:ecs:*:*:instance/i-ok"]},
		{"Effect":"Allow","Action":"ecs:DeleteSnapshot","Resource":"acs:ecs:*:1234567890123456:snapshot/s-ok"}]}`)
	const keeper = " key=LTAIkeeper"
	for _, c := range [][3]string{
		{"CreateImage", "SnapshotId=s-ok", ""},
		{"CreateImage", "SnapshotId=s-other", "Forbidden.RAM"},
		{"CreateImage region=cn-beijing", "SnapshotId=s-ok", "Forbidden.RAM"},
		{"CreateImage", "DiskDeviceMapping.1.SnapshotId=s-ok DiskDeviceMapping.2.SnapshotId=s-ok2 SnapshotId=s-other", ""},
		{"CreateImage", "DiskDeviceMapping.1.SnapshotId=s-ok DiskDeviceMapping.2.SnapshotId=s-other", "Forbidden.RAM"},
		{"CreateImage", "InstanceId=i-ok SnapshotId=s-other", ""},
		{"CreateImage", "InstanceId=i-other", "Forbidden.RAM"},
		{"DeleteSnapshot", "SnapshotId=s-other", "Forbidden.RAM"},
		{"DeleteSnapshot region=", "SnapshotId=s-ok", "SnapshotCreatedImage"},
	} {
		r.do("v1 "+c[0]+keeper, c[1], c[2])
	}
}

// allow gives a user of the account a policy in place of what it has.
func (r rig) allow(user string, policy ledger.Document) {
	r.Helper()
	err := r.Ledger.Edit(r.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
		return e.Account(ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1234567890123456"}, func(a *ledger.Account) error {
			i := slices.IndexFunc(a.Users, func(u ledger.User) bool { return u.Name == user })
			a.Users[i].Policies = []ledger.Document{policy}
			return nil
		})
	})
	if err != nil {
		r.Fatal(err)
	}
}
