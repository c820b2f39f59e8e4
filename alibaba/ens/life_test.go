package ens_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"imageshare/alibaba/ens"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
)

// answer is what the tests look at of any answer. Code is 0 or a text,
// TotalCount a number or a text.
type answer struct {
	Code       any
	ImageId    string
	TotalCount any
	Images     *struct{ Image []ens.SelfImage }
	Accounts   struct{ Account []ens.Account }
	EnsRegions struct{ EnsRegions []ens.EnsRegion }
}

// rig is a server whose answers' codes are checked at every call.
type rig struct {
	*testing.T
	*wiretest.Door
}

func life(t *testing.T, transition time.Duration) rig {
	c := config(ens.Options{})
	c.Ledger.Transition = transition
	return rig{t, wiretest.Open(t, c)}
}

// do makes a call with parameters separated by spaces, which must end with a
// code, "" for a success.
func (r rig) do(call, params, want string) (a answer) {
	r.Helper()
	text := r.Call(r.T, "v1 version=2017-11-10 region= "+call, strings.Fields(params)...).Body.String()
	err := json.Unmarshal([]byte(text), &a)
	code := ""
	if a.Code != nil && a.Code != 0.0 {
		code = fmt.Sprint(a.Code)
	}
	if err != nil || code != want {
		r.Errorf("%s %s\n answered %s\n want %q (%v)", call, params, text, want, err)
	}
	return a
}

// list is one of the lists, which must be there also when it is empty.
func (r rig) list(call, params string) []ens.SelfImage {
	r.Helper()
	a := r.do(call, params, "")
	if a.Images == nil || a.Images.Image == nil {
		r.Fatalf("%s %s: a client would find no list in %+v", call, params, a)
	}
	return a.Images.Image
}

// ids are those of one of the lists.
func (r rig) ids(call, params string) []string {
	r.Helper()
	found := []string{}
	for _, i := range r.list(call, params) {
		found = append(found, i.ImageId)
	}
	return found
}

// same compares two lists.
func (r rig) same(what string, got []string, want ...string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s: %q, want %q", what, got, want)
	}
}

const other = " key=LTAIother"

// A name has two to 128 letters, and they are counted, not their bytes.
func TestNames(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	for name, want := range map[string]string{
		strings.Repeat("镜", 128): "", "a.": "", "x": "InvalidParameter.ImageName", strings.Repeat("镜", 129): "InvalidParameter.ImageName",
		"7up": "InvalidParameter.ImageName", "aliyun-1": "InvalidParameter.ImageName", "acs:1": "InvalidParameter.ImageName",
	} {
		r.do("CreateImage", "InstanceId=i-1 ImageName="+name, want)
	}
}

// The loop: make an image, find it, share it, see it as the other account,
// stop sharing, delete it.
func TestLife(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("CreateImage", "ImageName=golden-7 InstanceId=i-secret TargetOSSRegionId=cn-shenzhen", "").ImageId
	own := r.list("DescribeSelfImages", "ImageName=LDEN-7")
	if len(own) != 1 || own[0].ImageId != id || own[0].Status != "Available" || own[0].ImageOwnerAlias != "self" || own[0].InstanceId != "i-secret" {
		t.Errorf("as its owner sees it: %+v", own)
	}
	r.same("a stranger's", r.ids("DescribeSelfImages"+other, "ImageId="+id))
	r.do("ModifyImageSharePermission", "ImageId="+id+" AddAccounts=1234567890123457", "")
	seen := r.list("DescribeSelfImages"+other, "ImageId="+id)
	if len(seen) != 1 || seen[0].ImageOwnerAlias != "others" || seen[0].ImageName != "golden-7" {
		t.Errorf("as the other account sees it: %+v", seen)
	}
	if seen[0].InstanceId+seen[0].RegionId != "" || own[0].RegionId != "cn-shenzhen" {
		t.Errorf("the owner's instance or region is shown to the other account: %+v", seen)
	}
	r.same("what the other account may use", r.ids("DescribeImages"+other, "ImageId="+id), id)
	r.whileShared(id)
	r.do("ModifyImageSharePermission", "ImageId="+id+" RemoveAccounts=1234567890123457", "")
	r.same("after the share ended", r.ids("DescribeSelfImages"+other, "ImageId="+id))
	r.same("after the share ended, usable", r.ids("DescribeImages"+other, "ImageId="+id))
	r.do("DeleteImage", "ImageId="+id, "")
	r.same("after it was deleted", r.ids("DescribeSelfImages", "ImageId="+id))
	r.do("ModifyImageSharePermission", "ImageId="+id+" AddAccounts=7", "InvalidParameter.ImageId")
}

// whileShared is what can and what cannot be done to an image that is shared.
func (r rig) whileShared(id string) {
	r.Helper()
	r.do("DeleteImage", "ImageId="+id, "IncorrectStatus.Image")
	r.do("ModifyImageAttribute", "ImageId="+id+" ImageName=golden-8", "")
	for call, params := range map[string]string{
		"DeleteImage": "", "ModifyImageAttribute": " ImageName=mine", "ModifyImageSharePermission": " AddAccounts=7", "DescribeImageSharePermission": "",
	} {
		r.do(call+other, "ImageId="+id+params, "NoPermission")
	}
	if seen := r.list("DescribeSelfImages"+other, "ImageId="+id); seen[0].ImageName != "golden-8" {
		r.Errorf("renamed, as the other account sees it: %+v", seen)
	}
}

// An image takes as long to make as the setting says, a third of it in each
// state, and until then it is neither shared nor deleted.
func TestTransition(t *testing.T) {
	t.Parallel()
	r := life(t, 10*time.Second)
	id := r.do("CreateImage", "ImageName=slow", "").ImageId
	for _, want := range []string{"Creating", "Packing", "Uploading", "Available"} {
		if got := r.list("DescribeSelfImages", "ImageId="+id); got[0].Status != want {
			t.Errorf("%s, want %s", got[0].Status, want)
		}
		if want != "Available" {
			r.do("ModifyImageSharePermission", "ImageId="+id+" AddAccounts=7", "InvalidParameter.ImageId")
			r.do("DeleteImage", "ImageId="+id, "IncorrectStatus.Image")
		}
		r.Pass(4 * time.Second)
	}
	r.do("ModifyImageSharePermission", "ImageId="+id+" AddAccounts=7", "")
	r.do("ModifyImageSharePermission", "ImageId="+id+" RemoveAccounts=7", "")
	r.do("DeleteImage", "ImageId="+id, "")
}

// A state that somebody wrote stays; each has a word.
func TestWrittenStates(t *testing.T) {
	t.Parallel()
	r := life(t, 9*time.Second)
	r.put(ledger.Image{Key: key("m-importing"), State: ledger.Importing}, ledger.Image{Key: key("m-packfailed"), State: ledger.Failed},
		ledger.Image{Key: key("m-upfailed"), State: ledger.Failed, Imported: true}, ledger.Image{Key: key("m-arm"), Architecture: "arm64", State: ledger.Available})
	r.Pass(time.Hour)
	for id, want := range map[string]string{
		"m-creating": "Creating", "m-copying": "Copying", "m-importing": "Uploading", "m-unshared": "Available", "m-old": "Unavailable",
		"m-packfailed": "Pack_failed", "m-upfailed": "Upload_failed",
	} {
		if got := r.list("DescribeSelfImages", "ImageId="+id); got[0].Status != want {
			t.Errorf("%s is %s, want %s", id, got[0].Status, want)
		}
	}
	if got := r.list("DescribeSelfImages", "ImageId=m-arm"); got[0].ComputeType != "arm_vm" {
		t.Errorf("an image for ARM: %+v", got)
	}
}

func key(id string) ledger.ImageKey { return ledger.ImageKey{Product: ledger.ENS, ID: id} }

// put writes images of LTAIexample's account, or of whom they say.
func (r rig) put(images ...ledger.Image) {
	r.Helper()
	err := r.Store.Update(r.Context(), func(tx ledger.Tx) error {
		for _, i := range images {
			if i.Owner == "" {
				i.Owner = "1234567890123456"
			}
			if err := tx.PutImage(&i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// Terraform takes the first image of a fuzzy match: it is the one whose whole
// id was asked for, on whatever page and however many others hold the text.
func TestWholeIDComesFirst(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	at := wiretest.Start
	r.put(
		ledger.Image{Key: key("a-m-77"), State: ledger.Available, Name: "one"}, ledger.Image{Key: key("m-77"), State: ledger.Available, Name: "two"},
		ledger.Image{Key: key("M-77-b"), State: ledger.Available, Name: "one"}, ledger.Image{Key: key("m-770"), Owner: "1234567890123457", State: ledger.Available},
		ledger.Image{Key: key("m-771"), Owner: "1234567890123457", State: ledger.Available, Shares: []ledger.Share{{Account: "1234567890123456", At: at}}},
	)
	r.same("all", r.ids("DescribeSelfImages", "ImageId=m-77"), "m-77", "M-77-b", "a-m-77", "m-771")
	r.same("page 1", r.ids("DescribeSelfImages", "ImageId=m-77 PageSize=1"), "m-77")
	r.same("page 2", r.ids("DescribeSelfImages", "ImageId=m-77 PageSize=1 PageNumber=2"), "M-77-b")
	r.same("page 2 of 3", r.ids("DescribeSelfImages", "ImageId=m-77 PageSize=3 PageNumber=2"), "m-771")
	r.same("past the end", r.ids("DescribeSelfImages", "ImageId=m-77 PageSize=3 PageNumber=3"))
	if got := r.do("DescribeSelfImages", "ImageId=m-77 PageSize=3 PageNumber=3", ""); got.TotalCount != "4" {
		t.Errorf("%v in all, want 4", got.TotalCount)
	}
	r.same("with another's name", r.ids("DescribeSelfImages", "ImageId=m-77 ImageName=one"), "M-77-b", "a-m-77")
	r.same("a received one", r.ids("DescribeSelfImages", "ImageId=m-771"), "m-771")
	r.same("a part", r.ids("DescribeSelfImages", "ImageId=77"), "M-77-b", "a-m-77", "m-77", "m-771")
}

// Past 100 000 images a fuzzy match is refused, but not who names an image
// whole: Terraform does.
func TestWideAccount(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	images := make([]ledger.Image, 100_001)
	for n := range images {
		images[n] = ledger.Image{Key: key(fmt.Sprintf("m-%d", n)), State: ledger.Available}
	}
	r.put(images...)
	r.same("by its id", r.ids("DescribeSelfImages", "ImageId=m-77"), "m-77")
	r.same("in an index", r.ids("DescribeSelfImages", "PageNumber=100001 PageSize=1"), "m-99998")
	r.do("DescribeSelfImages", "ImageId=m-77x", "InvalidParameter")
	r.do("DescribeSelfImages", "ImageName=m", "InvalidParameter")
	r.do("DescribeImages", "ImageName=m", "InvalidParameter")
}

// An answer without pages holds everything or says that it does not.
func TestManyPublicImages(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	images := make([]ledger.Image, 998) // two are there
	for n := range images {
		images[n] = ledger.Image{Key: key(fmt.Sprintf("p-%d", n)), State: ledger.Available, Public: true, OSType: "windows"}
	}
	r.put(images...)
	if got := r.ids("DescribeImageInfos", ""); len(got) != 1000 {
		t.Errorf("%d images, want 1000", len(got))
	}
	r.put(ledger.Image{Key: key("q"), State: ledger.Available, Public: true, OSType: "windows"})
	r.do("DescribeImageInfos", "", "InvalidParameter")
	if got := r.ids("DescribeImageInfos", "OsType=windows"); len(got) != 999 {
		t.Errorf("%d images, want 999", len(got))
	}
}

// A public image is everybody's to use, and its owner's alone to change; it is
// no custom image of those who use it, unless it is shared with them as well.
func TestPublic(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.same("to a stranger", r.ids("DescribeImages"+other, "ImageId=m-public"), "m-public")
	r.same("no custom image", r.ids("DescribeSelfImages"+other, "ImageId=m-public"))
	r.do("ModifyImageAttribute"+other, "ImageId=m-public ImageName=mine", "NoPermission")
	r.do("DeleteImage", "ImageId=m-public", "IncorrectStatus.Image")
	r.do("ModifyImageSharePermission", "ImageId=m-public AddAccounts=1234567890123457", "")
	r.same("shared as well", r.ids("DescribeSelfImages"+other, "ImageId=m-public"), "m-public")
	own := r.ids("DescribeImages"+other, "")
	r.same("own, received, public", own, "centos_6_08_64_20G_alibase_20171208", "m-foreign", "m-public")
}

// The nodes are in order, each once, and complete.
func TestNodes(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, n := range life(t, 0).do("DescribeEnsRegions", "", "").EnsRegions.EnsRegions {
		ids = append(ids, n.EnsRegionId)
		if n.Area == "" || n.EnName == "" || n.Name == "" || n.Province == "" {
			t.Errorf("not told whole: %+v", n)
		}
	}
	if len(ids) < 2 || !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("nodes %q", ids)
	}
}

// What a policy is asked about is what the vendor documents: an image where
// it is shared or deleted, everything else for everything.
func TestPolicies(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	may := func(actions, resource string) {
		r.Helper()
		err := r.Ledger.Edit(t.Context(), ledger.Caller{}, func(e *ledger.Editor) error {
			return e.Account(ledger.AccountKey{Cloud: ledger.Alibaba, ID: "1234567890123456"}, func(a *ledger.Account) error {
				i := slices.IndexFunc(a.Users, func(u ledger.User) bool { return u.Name == "keeper" })
				a.Users[i].Policies = []ledger.Document{ledger.Document(
					`{"Version":"1","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"` + resource + `"}]}`)}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	keeper := " key=LTAIkeeper"
	may(`"ens:*"`, "acs:ens::1234567890123456:image/m-unshared")
	r.do("ModifyImageSharePermission"+keeper, "ImageId=m-unshared AddAccounts=7", "")
	r.do("ModifyImageSharePermission"+keeper, "ImageId=m-public AddAccounts=7", "NoPermission")
	r.do("DeleteImage"+keeper, "ImageId=m-public", "NoPermission")
	r.do("DeleteImage"+keeper, "ImageId=m-unshared", "IncorrectStatus.Image")
	for call, params := range map[string]string{
		"DescribeImages": "ImageId=m-unshared", "DescribeSelfImages": "ImageId=m-unshared", "DescribeImageInfos": "", "DescribeEnsRegions": "",
		"CreateImage": "ImageName=fine", "ModifyImageAttribute": "ImageId=m-unshared ImageName=fine", "DescribeImageSharePermission": "ImageId=m-unshared",
	} {
		r.do(call+keeper, params, "NoPermission")
	}
	may(`["ens:Describe*","ens:CreateImage"]`, "*")
	r.do("CreateImage"+keeper, "ImageName=fine", "")
	r.do("DescribeSelfImages"+keeper, "", "")
	r.do("DeleteImage"+keeper, "ImageId=m-sealed", "NoPermission")
}
