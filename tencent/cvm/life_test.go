package cvm_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cvm"
)

// answer is what the tests look at of any answer.
type answer struct {
	Error         struct{ Code, Message string }
	ImageId       string
	ImageNumQuota int64
	TotalCount    *int64
	ImageSet      []struct {
		cvm.Image
		Region string
	}
	SharePermissionSet []struct{ AccountId string }
}

// rig is a server with the last answer's code checked at every call.
type rig struct {
	*testing.T
	*wiretest.Door
}

func life(t *testing.T, transition time.Duration) rig {
	c := config()
	c.Ledger.Transition = transition
	return rig{t, wiretest.Open(t, c)}
}

// do makes a call, which must end with a code, "" for a success.
func (r rig) do(call, body, want string) answer {
	r.Helper()
	var all struct{ Response answer }
	text := r.Call(r.T, call, body).Body.String()
	if err := json.Unmarshal([]byte(text), &all); err != nil || all.Response.Error.Code != want {
		r.Errorf("%s %s\n answered %s\n want %q (%v)", call, body, text, want, err)
	}
	return all.Response
}

const (
	imported = `{"Architecture":"x86_64","OsType":"CentOS","OsVersion":"7","ImageUrl":"https://bucket.example/i.qcow2","ImageName":"%s"}`
	filtered = `{"Filters":[{"Name":"%s","Values":["%s"]}]}`
)

func ids(a answer) string {
	var all []string
	for _, i := range a.ImageSet {
		all = append(all, i.ImageId)
	}
	return strings.Join(all, " ")
}

// The loop: make an image, find it, share it, see it as the other account,
// copy it, stop sharing, deprecate it, delete it.
func TestLife(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("tc3 ImportImage", fmt.Sprintf(imported, "golden-7"), "").ImageId
	one := `{"ImageIds":["` + id + `"]}`
	own := r.do("tc3 DescribeImages", fmt.Sprintf(filtered, "image-name", "LDEN-7"), "")
	if ids(own) != id || own.ImageSet[0].ImageType != "PRIVATE_IMAGE" || own.ImageSet[0].ImageState != "NORMAL" ||
		len(own.ImageSet[0].SnapshotSet) != 1 || own.ImageSet[0].ImageSource != "EXTERNAL_IMPORT" {
		t.Errorf("as its owner sees it: %+v", own)
	}
	if got := r.do("tc3 DescribeImages key=AKIDother", one, ""); ids(got) != "" || *got.TotalCount != 0 {
		t.Errorf("a stranger sees %+v", got)
	}
	share := `{"ImageId":"` + id + `","AccountIds":["100000000002"],"Permission":"%s"}`
	r.do("tc3 ModifyImageSharePermission", fmt.Sprintf(share, "SHARE"), "")
	seen := r.do("tc3 DescribeImages key=AKIDother", fmt.Sprintf(filtered, "image-type", "SHARED_IMAGE"), "")
	if ids(seen) != id || seen.ImageSet[0].ImageType != "SHARED_IMAGE" || seen.ImageSet[0].ImageCreator != "100000000001" {
		t.Errorf("as the other account sees it: %+v", seen)
	}
	r.whileShared(id, one)
	r.do("tc3 ModifyImageSharePermission", fmt.Sprintf(share, "CANCEL"), "")
	if got := r.do("tc3 DescribeImages key=AKIDother", one, ""); ids(got) != "" {
		t.Errorf("after the share ended the other account sees %+v", got)
	}
	r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+id+`","ImageDeprecated":true}`, "")
	r.do("tc3 ModifyImageSharePermission", fmt.Sprintf(share, "SHARE"), "InvalidParameterValue.InvalidImageState")
	r.do("tc3 DeleteImages", one, "")
	if got := r.do("tc3 DescribeImages", one, ""); ids(got) != "" || got.TotalCount == nil {
		t.Errorf("after it was deleted: %+v", got)
	}
}

// whileShared is what can and what cannot be done to an image that is shared.
func (r rig) whileShared(id, one string) {
	r.do("tc3 DeleteImages", one, "InvalidImageId.InShared")
	r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+id+`","ImageDeprecated":true}`, "InvalidImageId.IncorrectState")
	r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+id+`","ImageName":"golden-8"}`, "")
	r.do("tc3 DeleteImages key=AKIDother", one, "InvalidParameterValue.InvalidImageIdIsShared")
	r.do("tc3 ModifyImageAttribute key=AKIDother", `{"ImageId":"`+id+`","ImageName":"x"}`, "InvalidImageId.NotFound")
	sync := `{"ImageIds":["` + id + `"],"DestinationRegions":["%s"],"ImageSetRequired":true}`
	r.do("tc3 SyncImages key=AKIDother", fmt.Sprintf(sync, "ap-beijing"), "UnsupportedOperation.Region")
	mine := r.do("tc3 SyncImages key=AKIDother", fmt.Sprintf(sync, "ap-guangzhou"), "")
	if len(mine.ImageSet) != 1 || mine.ImageSet[0].ImageId == id {
		r.Errorf("the copy of a received image: %+v", mine)
	}
	there := r.do("tc3 SyncImages", fmt.Sprintf(sync, "ap-shanghai"), "").ImageSet[0]
	list := r.do("tc3 DescribeImageSharePermission region=ap-shanghai", `{"ImageId":"`+there.ImageId+`"}`, "")
	if there.Region != "ap-shanghai" || len(list.SharePermissionSet) != 0 {
		r.Errorf("a copy carries shares: %+v", list)
	}
}

// An image is importing for as long as the setting says, and so long it is
// neither shared nor deleted.
func TestTransition(t *testing.T) {
	t.Parallel()
	r := life(t, 10*time.Second)
	id := r.do("tc3 ImportImage", fmt.Sprintf(imported, "slow"), "").ImageId
	one, share := `{"ImageIds":["`+id+`"]}`, `{"ImageId":"`+id+`","AccountIds":["2700036"],"Permission":"SHARE"}`
	if got := r.do("tc3 DescribeImages", one, ""); got.ImageSet[0].ImageState != "IMPORTING" {
		t.Errorf("at first: %+v", got)
	}
	r.do("tc3 ModifyImageSharePermission", share, "InvalidParameterValue.InvalidImageState")
	r.do("tc3 DeleteImages", one, "InvalidImageId.IncorrectState")
	r.Pass(10 * time.Second)
	if got := r.do("tc3 DescribeImages", one, ""); got.ImageSet[0].ImageState != "NORMAL" {
		t.Errorf("after ten seconds: %+v", got)
	}
	r.do("tc3 ModifyImageSharePermission", share, "")
	r.do("tc3 SyncImages", `{"ImageIds":["`+id+`"],"DestinationRegions":["ap-tokyo"]}`, "")
	r.Pass(5 * time.Second)
	got := r.do("tc3 DescribeImages region=ap-tokyo", fmt.Sprintf(filtered, "image-name", "slow"), "")
	if got.ImageSet[0].ImageState != "SYNCING" || *got.ImageSet[0].SyncPercent != 50 {
		t.Errorf("half a copy: %+v", got)
	}
	// A state that somebody wrote does not move.
	if got := r.do("tc3 DescribeImages", `{"ImageIds":["img-creating"]}`, ""); got.ImageSet[0].ImageState != "CREATING" {
		t.Errorf("a written state: %+v", got)
	}
}

// Each refusal of the actions around sharing, with the code of its document.
func TestLifeRefusals(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.do("tc3 ImportImage", fmt.Sprintf(imported, "taken"), "")
	change := func(old, text string) string { return strings.Replace(fmt.Sprintf(imported, "fresh"), old, text, 1) }
	for _, c := range [][3]string{
		{"ImportImage", fmt.Sprintf(imported, "taken"), "InvalidImageName.Duplicate"},
		{"ImportImage", fmt.Sprintf(imported, strings.Repeat("n", 61)), "InvalidParameterValue.TooLarge"},
		{"ImportImage", change("https://bucket.example/i.qcow2", "file:///etc/passwd"), "InvalidParameter.InvalidParameterUrlError"},
		{"ImportImage", change("x86_64", "z80"), "InvalidParameterValue"},
		{"ImportImage", change("fresh", ""), "MissingParameter"},
		{"ImportImage", change(`"OsVersion":"7"`, `"OsVersion":"7","BootMode":"CP/M"`), "InvalidParameterValue.InvalidBootMode"},
		{"ImportImage", change(`"OsVersion":"7"`, `"OsVersion":"7","LicenseType":"free"`), "InvalidParameterValue.InvalidLicenseType"},
		{"ImportImage", change(`"OsVersion":"7"`, `"OsVersion":"7","DryRun":true`), "DryRunOperation"},
		{"DescribeImages", `{"Limit":0}`, "InvalidParameterValue.InvalidParameterValueLimit"},
		{"DescribeImages", `{"Limit":101}`, "InvalidParameterValue.InvalidParameterValueLimit"},
		{"DescribeImages", `{"ImageIds":["img-6pb6lrmy"],"Filters":[{"Name":"image-id","Values":["img-6pb6lrmy"]}]}`, "InvalidParameter.InvalidParameterCoexistImageIdsFilters"},
		{"DescribeImages", fmt.Sprintf(filtered, "colour", "red"), "InvalidFilter"},
		{"DescribeImages", fmt.Sprintf(filtered, "platform", `a","b","c","d","e","f`), "InvalidFilterValue.LimitExceeded"},
		{"DescribeImages", `{"Filters":[` + strings.Repeat(`{"Name":"platform"},`, 10) + `{"Name":"platform"}]}`, "InvalidParameterValue.LimitExceeded"},
		{"DescribeImages", `{"ImageIds":["m-1"]}`, "InvalidImageId.Malformed"},
		{"DescribeImages", `{"ImageIds":["img-unknown0"]}`, ""},
		{"ModifyImageAttribute", `{"ImageId":"img-unshared","ImageName":"taken"}`, "InvalidImageName.Duplicate"},
		{"ModifyImageAttribute", `{"ImageId":"img-unshared","ImageDescription":"` + strings.Repeat("d", 257) + `"}`, "InvalidParameterValue.TooLarge"},
		{"ModifyImageAttribute", `{"ImageId":"img-creating","ImageDeprecated":true}`, "InvalidImageId.IncorrectState"},
		{"ModifyImageAttribute", `{"ImageId":"img-foreign0","ImageName":"x"}`, "InvalidImageId.NotFound"},
		{"DeleteImages", `{"ImageIds":["img-unshared","img-foreign0"]}`, "InvalidImageId.NotFound"},
		{"DeleteImages", `{"ImageIds":["img-unshared","img-6pb6lrmy"]}`, "InvalidImageId.InShared"},
		{"DeleteImages", `{"ImageIds":["img-unshared"],"DryRun":true}`, "DryRunOperation"},
		{"DescribeImages", `{"ImageIds":["img-unshared"],"Limit":1}`, ""}, // nothing of the three batches above happened
		{"SyncImages", `{"ImageIds":["img-unshared","img-6pb6lrmy"],"DestinationRegions":["ap-tokyo"]}`, "InvalidParameterValue.LimitExceeded"},
		{"SyncImages", `{"ImageIds":["img-unshared"],"DestinationRegions":["mars-1"]}`, "InvalidRegion.NotFound"},
		{"SyncImages", `{"ImageIds":["img-sealed00"],"DestinationRegions":["ap-tokyo"]}`, "UnsupportedOperation.EncryptedImagesNotSupported"},
		{"SyncImages", `{"ImageIds":["img-oldimage"],"DestinationRegions":["ap-tokyo"]}`, "InvalidImageId.IncorrectState"},
		{"SyncImages", `{"ImageIds":["img-foreign0"],"DestinationRegions":["ap-tokyo"]}`, "InvalidImageId.NotFound"},
		{"SyncImages", `{"ImageIds":["img-unshared"],"DestinationRegions":["ap-tokyo"],"DryRun":true}`, "DryRunOperation"},
	} {
		r.do("tc3 "+c[0], c[1], c[2])
	}
	if got := r.do("tc3 DescribeImages", `{"ImageIds":["img-unshared"]}`, ""); ids(got) != "img-unshared" {
		t.Errorf("a batch that failed, or a dry run, removed it: %+v", got)
	}
}

// Pages put the whole list together, each image once, with one total.
func TestPagesOfImages(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	whole := r.do("tc3 DescribeImages", `{"Limit":100}`, "")
	var pages []string
	for at := range len(whole.ImageSet) + 1 {
		page := r.do("tc3 DescribeImages", fmt.Sprintf(`{"Offset":%d,"Limit":1}`, at), "")
		if *page.TotalCount != *whole.TotalCount {
			t.Errorf("total %d from %d, want %d", *page.TotalCount, at, *whole.TotalCount)
		}
		if got := ids(page); got != "" {
			pages = append(pages, got)
		}
	}
	if got := strings.Join(pages, " "); got != ids(whole) || int64(len(pages)) != *whole.TotalCount || len(pages) < 5 {
		t.Errorf("pages %s\n whole %s, total %d", got, ids(whole), *whole.TotalCount)
	}
}

// Quotas of images are the account's in its region, on both generations of the API.
func TestImageQuota(t *testing.T) {
	t.Parallel()
	c := config()
	c.Ledger.ImageQuotas = map[ledger.Product]int{ledger.CVM: 1}
	r := rig{t, wiretest.Open(t, c)}
	if got := r.do("tc3 DescribeImageQuota", `{}`, "").ImageNumQuota; got != 1 {
		t.Errorf("quota %d, want 1", got)
	}
	r.do("tc3 ImportImage region=ap-tokyo", fmt.Sprintf(imported, "first"), "")
	r.do("tc3 ImportImage region=ap-tokyo", fmt.Sprintf(imported, "second"), "ImageQuotaLimitExceeded")
	old := r.Call(t, "v2-sha256 DescribeImages region=ap-tokyo").Body.String()
	if !strings.Contains(old, `"TotalCount":1`) || !strings.Contains(old, `"RequestID":`) || !strings.Contains(old, `"RequestId":`) {
		t.Errorf("on API 2.0: %s", old)
	}
}
