package ecs_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"imageshare/alibaba/ecs"
	"imageshare/internal/wiretest"
)

// answer is what the tests look at of any answer.
type answer struct {
	Code       string
	Message    string
	ImageId    string
	TaskId     string
	TotalCount *int64
	Images     *struct{ Image []ecs.Image }
	Image      ecs.Image
	Accounts   struct{ Account []struct{ AliyunId string } }

	NextToken    *string
	TagResources struct{ TagResource []ecs.TagResource }
}

// rig is a server whose answers' codes are checked at every call.
type rig struct {
	*testing.T
	*wiretest.Door
}

func life(t *testing.T, transition time.Duration) rig {
	c := config(ecs.Profiles["2019"])
	c.Ledger.Transition = transition
	return rig{t, wiretest.Open(t, c)}
}

// do makes a call with parameters separated by spaces, which must end with a
// code, "" for a success.
func (r rig) do(call, params, want string) (a answer) {
	r.Helper()
	text := r.Call(r.T, call, strings.Fields(params)...).Body.String()
	if err := json.Unmarshal([]byte(text), &a); err != nil || a.Code != want {
		r.Errorf("%s %s\n answered %s\n want %q (%v)", call, params, text, want, err)
	}
	return a
}

// list is DescribeImages, whose list must be there also when it is empty.
func (r rig) list(who, params string) []ecs.Image {
	r.Helper()
	a := r.do("v1 DescribeImages"+who, params, "")
	if a.Images == nil || a.Images.Image == nil || a.TotalCount == nil {
		r.Fatalf("DescribeImages %s: a client would find no list in %+v", params, a)
	}
	return a.Images.Image
}

const (
	other    = " key=LTAIother"
	imported = "DiskDeviceMapping.1.OSSBucket=b DiskDeviceMapping.1.OSSObject=o DiskDeviceMapping.1.DiskImageSize=20 ImageName="
)

// The loop: make an image, find it, share it, see it as the other account,
// copy it, stop sharing, deprecate it, delete it.
func TestLife(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("v1 ImportImage", imported+"golden-7 Tag.1.Key=team Tag.1.Value=base", "").ImageId
	own := r.list("", "ImageName=LDEN-7 ImageOwnerAlias=self")
	if len(own) != 1 || own[0].ImageId != id || own[0].Status != "Available" || own[0].Progress != "100%" || own[0].Size != 20 ||
		own[0].IsSelfShared != "False" || own[0].ImageOwnerAlias != "self" || len(own[0].DiskDeviceMappings.DiskDeviceMapping) != 1 {
		t.Errorf("as its owner sees it: %+v", own)
	}
	if got := r.list(other, "ImageId="+id); len(got) != 0 {
		t.Errorf("a stranger sees %+v", got)
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=1234567890123457", "")
	seen := r.list(other, "ImageOwnerAlias=others")
	if own, theirs := own[0].DiskDeviceMappings.DiskDeviceMapping[0], seen[0].DiskDeviceMappings.DiskDeviceMapping[0]; own.ImportOSSBucket != "b" || own.ImportOSSObject != "o" || theirs.ImportOSSBucket+theirs.ImportOSSObject != "" {
		t.Errorf("where it was imported from, to its owner %+v, to the other %+v", own, theirs)
	}
	if len(seen) != 1 || seen[0].ImageId != id || seen[0].ImageOwnerId != 1234567890123456 || len(seen[0].Tags.Tag) != 0 || seen[0].ImageOwnerAlias != "others" {
		t.Errorf("as the other account sees it: %+v", seen)
	}
	r.whileShared(id)
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" RemoveAccount.1=1234567890123457", "")
	if got := r.list(other, "ImageOwnerAlias=others ImageId="+id); len(got) != 0 {
		t.Errorf("after the share ended the other account sees %+v", got)
	}
	r.do("v1 ModifyImageAttribute", "ImageId="+id+" Status=Deprecated", "")
	if got := r.list("", "ImageId="+id); len(got) != 0 {
		t.Errorf("a deprecated image without asking for it: %+v", got)
	}
	if got := r.list("", "Status=ALL ImageId="+id); len(got) != 1 || got[0].Status != "Deprecated" {
		t.Errorf("a deprecated image: %+v", got)
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=1234567890123457", "OperationDenied.InvalidImageStatus")
	r.do("v1 DeleteImage", "ImageId="+id, "")
	if got := r.list("", "Status=ALL ImageId="+id); len(got) != 0 {
		t.Errorf("after it was deleted: %+v", got)
	}
}

// whileShared is what can and what cannot be done to an image that is shared.
func (r rig) whileShared(id string) {
	r.Helper()
	if got := r.list("", "ImageId="+id); got[0].IsSelfShared != "True" || got[0].Tags.Tag[0].TagValue != "base" {
		r.Errorf("shared, as its owner sees it: %+v", got)
	}
	r.do("v1 DeleteImage", "ImageId="+id+" Force=true", "ImageUseShared")
	r.do("v1 ModifyImageAttribute", "ImageId="+id+" Status=Deprecated", "ImageUseShared")
	r.do("v1 ModifyImageAttribute", "ImageId="+id+" ImageName=golden-8", "")
	r.do("v1 DeleteImage"+other, "ImageId="+id, "InvalidImageId.NotFound")
	r.do("v1 CopyImage"+other, "ImageId="+id+" DestinationRegionId=cn-beijing", "OperationDenied.SameRegionOnly")
	mine := r.do("v1 CopyImage"+other, "ImageId="+id+" DestinationRegionId=cn-hangzhou DestinationImageName=mine", "").ImageId
	if got := r.list(other, "ImageOwnerAlias=self ImageId="+mine); len(got) != 1 || !got[0].IsCopied || got[0].IsSelfShared != "False" {
		r.Errorf("the copy of a received image: %+v", got)
	}
	there := r.do("v1 CopyImage", "ImageId="+id+" DestinationRegionId=cn-beijing", "").ImageId
	if got := r.do("v1 DescribeImageSharePermission region=cn-beijing", "ImageId="+there, ""); len(got.Accounts.Account) != 0 {
		r.Errorf("a copy carries shares: %+v", got)
	}
	r.do("v1 CancelCopyImage region=cn-beijing", "ImageId="+there, "IncorrectImageStatus")
	r.do("v1 CancelCopyImage", "ImageId="+id, "IncorrectImageStatus")
}

// States take as long as the setting says. A copy under way can be shared,
// and cancelled; one that was cancelled is gone.
func TestTransition(t *testing.T) {
	t.Parallel()
	r := life(t, 10*time.Second)
	id := r.do("v1 ImportImage", imported+"slow", "").ImageId
	if got := r.list("", "ImageId="+id); len(got) != 0 {
		t.Errorf("not available yet: %+v", got)
	}
	r.do("v1 ModifyImageSharePermission", "ImageId="+id+" AddAccount.1=7", "IncorrectImageStatus")
	r.do("v1 DeleteImage", "ImageId="+id, "ImageIsImporting")
	r.do("v1 CopyImage", "ImageId="+id+" DestinationRegionId=cn-beijing", "IncorrectImageStatus")
	r.Pass(4 * time.Second)
	if got := r.list("", "Status=Waiting,Creating ImageId="+id); got[0].Progress != "40%" || got[0].Status != "Waiting" {
		t.Errorf("after four of ten seconds: %+v", got)
	}
	r.Pass(6 * time.Second)
	copied := r.do("v1 CopyImage", "ImageId="+id+" DestinationRegionId=cn-beijing", "").ImageId
	r.do("v1 ModifyImageSharePermission region=cn-beijing", "ImageId="+copied+" AddAccount.1=7", "")
	r.do("v1 DeleteImage region=cn-beijing", "ImageId="+copied, "OperationDenied.ImageCopying")
	r.do("v1 CancelCopyImage region=cn-beijing", "ImageId="+copied, "")
	r.do("v1 CancelCopyImage region=cn-beijing", "ImageId="+copied, "InvalidImageId.NotFound")
}

// A client token makes a repeated call answer as the first did.
func TestClientToken(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	first := r.do("v1 ImportImage", imported+"once ClientToken=t1", "")
	again := r.do("v1 ImportImage", imported+"once ClientToken=t1", "")
	if first.ImageId != again.ImageId || first.TaskId != again.TaskId || first.TaskId == "" {
		t.Errorf("first %+v\nthen  %+v", first, again)
	}
	r.do("v1 ImportImage", imported+"twice ClientToken=t1", "IdempotenceParamNotMatch")
	if their := r.do("v1 ImportImage"+other, imported+"once ClientToken=t1", ""); their.ImageId == first.ImageId {
		t.Error("another account's token is its own")
	}
	one := r.do("v1 CopyImage", "ImageId=m-unshared DestinationRegionId=cn-beijing ClientToken=t1", "")
	if two := r.do("v1 CopyImage", "ImageId=m-unshared DestinationRegionId=cn-beijing ClientToken=t1", ""); one.ImageId != two.ImageId {
		t.Errorf("copied twice: %s, %s", one.ImageId, two.ImageId)
	}
}

// Each refusal of the actions around sharing, with the code of its document.
func TestLifeRefusals(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.do("v1 ImportImage", imported+"taken", "")
	r.do("v1 ImportImage", imported+strings.Repeat("镜", 128), "")
	for _, c := range [][3]string{
		{"ImportImage", imported + "taken", "InvalidImageName.Duplicated"},
		{"ImportImage", imported + "7up", "InvalidImageName.Malformed"},
		{"ImportImage", imported + "aliyun-1", "InvalidImageName.Malformed"},
		{"ImportImage", imported + "x", "InvalidImageName.Malformed"},
		{"ImportImage", imported + strings.Repeat("镜", 129), "InvalidImageName.Malformed"},
		{"ImportImage", imported + "ok Description=http://x", "InvalidDescription.Malformed"},
		{"ImportImage", imported + "ok ClientToken=" + strings.Repeat("t", 65), "InvalidParameter"},
		{"ImportImage", imported + "ok Architecture=z80", "InvalidParameter"},
		{"ImportImage", imported + "ok DiskDeviceMapping.1.Format=ISO", "InvalidParameter"},
		{"ImportImage", imported + "ok Tag.1.Key=a Tag.2.Key=a", "Duplicate.TagKey"},
		{"ImportImage", imported + "ok ResourceGroupId=rg-1", "InvalidResourceGroup.NotFound"},
		{"ImportImage", imported + "ok DryRun=true", "DryRunOperation"},
		{"ImportImage", "ImageName=ok", "MissingParameter.DiskDeviceMapping"},
		{"DescribeImages", "PageSize=101", "InvalidParameter"},
		{"DescribeImages", "ImageOwnerAlias=mine", "InvalidImageOwnerAlias.ValueNotSupported"},
		{"DescribeImages", "ImageOwnerAlias=self IsPublic=true", "InvalidImageOwnerAlias.ValueNotSupported"},
		{"DescribeImages", "Status=Fine", "InvalidParamter"},
		{"DescribeImages", "Usage=some", "InvalidUsage"},
		{"DescribeImages", "OSType=dos", "InvalidOSType"},
		{"DescribeImages", "Architecture=z80", "InvalidArchitecture"},
		{"DescribeImages", "Filter.1.Key=Size Filter.1.Value=1", "InvalidFilterKey.NotFound"},
		{"DescribeImages", "Filter.1.Key=CreationStartTime Filter.1.Value=noon", "InvalidFilterValue"},
		{"DescribeImages", "DryRun=true", "DryRunOperation"},
		{"CopyImage", "ImageId=m-unshared DestinationRegionId=mars", "DestinationRegion.NotFound"},
		{"CopyImage", "ImageId=m-foreign DestinationRegionId=cn-beijing", "InvalidImageId.NotFound"},
		{"CopyImage", "ImageId=m-old DestinationRegionId=cn-beijing", "IncorrectImageStatus"},
		{"CopyImage", "ImageId=m-sealed DestinationRegionId=cn-beijing", "OperationDeined.EncryptedSnapshot"},
		{"CopyImage", "ImageId=m-unshared Tag.1.Key=acs:a", "InvalidTagKey.Malformed"},
		{"CopyImage", "ImageId=m-unshared ResourceGroupId=rg-1", "InvalidResourceGroup.NotFound"},
		{"ModifyImageAttribute", "ImageId=m-unshared ImageFamily=1", "InvalidImageFamily.Malformed"},
		{"ModifyImageAttribute", "ImageId=m-unshared ImageName=taken", "InvalidImageName.Duplicated"},
		{"ModifyImageAttribute", "ImageId=m-foreign ImageName=fine", "InvalidImageId.NotFound"},
		{"ModifyImageAttribute", "ImageId=m-unshared Status=Gone", "InvalidParameter"},
		{"DeleteImage", "ImageId=m-nowhere", "InvalidImageId.NotFound"},
		{"DeleteImage", "ImageId=m-shared", "ImageUseShared"},
		{"DeleteImage", "ImageId=m-unshared DryRun=true", "DryRunOperation"},
	} {
		r.do("v1 "+c[0], c[1], c[2])
	}
	if got := r.list("", "ImageId=m-unshared,m-nowhere"); len(got) != 1 {
		t.Errorf("a dry run removed it: %+v", got)
	}
}

// Filters and pages, each with its total; public images have to be asked for.
func TestLists(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.do("v1 ImportImage", imported+"win OSType=windows Platform=Windows Tag.1.Key=k Tag.1.Value=v", "")
	r.do("v1 ModifyImageSharePermission", "ImageId=m-unshared IsPublic=true", "")
	for params, want := range map[string]int{
		"OSType=windows": 1, "Tag.1.Key=k": 1, "Tag.1.Key=k&Tag.1.Value=x": 0, "ImageOwnerAlias=system": 0, "Usage=instance": 0,
		"Filter.1.Key=CreationEndTime&Filter.1.Value=2018-06-20T09:59Z": 0, "ImageName=WIN": 1, "ImageOwnerAlias=others": 0,
		"PageNumber=9000000000000000000": 0,
	} {
		if got := r.list("", strings.ReplaceAll(params, "&", " ")); len(got) != want {
			t.Errorf("%s: %d images, want %d", params, len(got), want)
		}
	}
	if got := r.list(other, "ImageOwnerAlias=others IsPublic=true"); len(got) != 1 || !got[0].IsPublic {
		t.Errorf("public images: %+v", got)
	}
	if got := r.list(other, "ImageId=m-unshared"); len(got) != 1 {
		t.Errorf("a public image by its id: %+v", got)
	}
	whole := r.list("", "PageSize=100 Status=ALL")
	for i, image := range whole {
		page := r.list("", "PageSize=1 Status=ALL PageNumber="+string(rune('1'+i)))
		if len(page) != 1 || page[0].ImageId != image.ImageId || i > 8 {
			t.Errorf("page %d: %+v, want %s", i+1, page, image.ImageId)
		}
	}
}
