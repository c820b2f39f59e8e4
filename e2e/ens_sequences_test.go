package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	ensv1 "github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
)

// The calls that Terraform's alicloud_ens_image makes, in its order, and the
// life of an image by the SDK with a model. What the provider takes without
// looking is taken without looking here: a panic is a failed test.

// edgeState has two accounts, a public image with all that ENS shows of one,
// and an image whose id holds another's and comes before it in every order.
const edgeState = `{"version": 1,
"accounts": [
  {"cloud": "alibaba", "id": "` + owner + `", "keys": [{"id": "AKID` + owner + `", "secret": "secret-of-` + owner + `"}]},
  {"cloud": "alibaba", "id": "` + stranger + `", "keys": [{"id": "AKID` + stranger + `", "secret": "secret-of-` + stranger + `"}]}],
"images": [
  {"product": "ens", "id": "a-m-7", "owner": "` + owner + `", "name": "long"},
  {"product": "ens", "id": "m-7", "owner": "` + owner + `", "name": "short"},
  {"product": "ens", "id": "centos_6_08_64_20G_alibase_20171208", "owner": "` + stranger + `", "public": true, "name": "Centos_6.8",
   "description": "CentOS 6.8", "osName": "centos", "osType": "linux", "platform": "centos", "version": "6.8", "architecture": "x86_64",
   "sizeGiB": 20, "snapshots": [{"id": "sp-1", "usage": "system", "sizeGiB": 20}], "createdAt": "2017-12-08T12:10:03Z"}]}`

// startEdge runs a server with that state.
func startEdge(t *testing.T, args ...string) string {
	t.Helper()
	seed := filepath.Join(t.TempDir(), "edge.json")
	if err := os.WriteFile(seed, []byte(edgeState), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, options{args: append([]string{"--seed", seed}, args...)}).addr
}

// formRPC puts every parameter into the form, as the provider does.
func formRPC(c *openapi.Client, action, version string, p map[string]*string) (map[string]any, error) {
	form := map[string]any{}
	for name, v := range p {
		form[name] = *v
	}
	return c.DoRPCRequest(&action, &version, dara.String("HTTP"), dara.String("POST"), dara.String("AK"), dara.String("json"),
		&openapi.OpenApiRequest{Body: form}, &dara.RuntimeOptions{})
}

// edgeSenders are the provider's ways to call over the years: everything in
// the form, the image in the query, and the newer signature.
var edgeSenders = map[string]sender{"form": {send: formRPC}, "query and form": {send: doRPC}, "ACS3": callAPI("")}

// tfImage is alicloud_ens_image: its id and its attributes in Terraform's state.
type tfImage struct {
	*testing.T
	openapiClient
	id    string
	attrs map[string]string
}

func (r *tfImage) must(action string, p map[string]string) map[string]any {
	r.Helper()
	body, err := r.ask(action, p)
	if err != nil {
		r.Fatalf("%s %v: %v", action, p, err)
	}
	return body
}

func (r *tfImage) ask(action string, p map[string]string) (map[string]any, error) {
	params := map[string]*string{}
	for name, v := range p {
		params[name] = &v
	}
	answer, err := r.call(action, params)
	if err != nil {
		return nil, err
	}
	return answer["body"].(map[string]any), nil
}

// find is the first image of the list, nil if the list is empty; the list
// itself must be there.
func (r *tfImage) find() map[string]any {
	r.Helper()
	list := r.must("DescribeSelfImages", map[string]string{"ImageId": r.id})["Images"].(map[string]any)["Image"].([]any)
	if len(list) == 0 {
		return nil
	}
	return list[0].(map[string]any)
}

// await asks until a field has a value, and gives all values that it had.
func (r *tfImage) await(field, want string) []string {
	r.Helper()
	var had []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		got := fmt.Sprint(r.find()[field])
		had = append(had, got)
		if got == want {
			return slices.Compact(had)
		}
	}
	r.Fatalf("%s of %s is %q, never %s", field, r.id, slices.Compact(had), want)
	return nil
}

// read fills the attributes as the provider's read does, and says whether the
// resource is there still.
func (r *tfImage) read() bool {
	r.Helper()
	found := r.find()
	if found == nil {
		r.id = ""
		return false
	}
	r.attrs = map[string]string{}
	for attr, field := range map[string]string{
		"create_time": "CreationTime", "image_name": "ImageName", "instance_id": "InstanceId", "status": "Status", "target_oss_region_id": "RegionId",
	} {
		r.attrs[attr] = found[field].(string)
	}
	return true
}

func (r *tfImage) create(config map[string]string) {
	r.Helper()
	p := map[string]string{}
	for attr, param := range map[string]string{
		"image_name": "ImageName", "instance_id": "InstanceId", "target_oss_region_id": "TargetOSSRegionId", "delete_after_image_upload": "DeleteAfterImageUpload",
	} {
		if v, ok := config[attr]; ok {
			p[param] = v
		}
	}
	r.id = r.must("CreateImage", p)["ImageId"].(string)
	r.await("Status", "Available")
	r.read()
}

// settled: what was asked for is what is read, and a second read differs in
// nothing, or the next plan would want to change it.
func (r *tfImage) settled(config map[string]string) {
	r.Helper()
	first := maps.Clone(r.attrs)
	if !r.read() || !maps.Equal(first, r.attrs) {
		r.Errorf("the second read is %v, the first was %v", r.attrs, first)
	}
	for attr, want := range config {
		if got, kept := r.attrs[attr]; kept && got != want {
			r.Errorf("%s is read as %q and configured as %q", attr, got, want)
		}
	}
	if _, err := time.Parse("2006-01-02T15:04:05Z", r.attrs["create_time"]); err != nil {
		r.Error(err)
	}
}

// TestTerraformENSImage: create, read, read again, update, import, destroy.
func TestTerraformENSImage(t *testing.T) {
	t.Parallel()
	addr := startEdge(t)
	for name, s := range edgeSenders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			as := s.dial(ens, false)(t, speaker{addr: addr, key: keyOf(owner)}).(openapiClient)
			r := &tfImage{T: t, openapiClient: as}
			config := map[string]string{"image_name": "tf-testacc-1", "instance_id": "i-5rr1bnyrc4tswr8cq3w6y0001", "target_oss_region_id": "ap-southeast-1", "delete_after_image_upload": "true"}
			r.create(config)
			r.settled(config)
			config["image_name"] += "_update"
			r.must("ModifyImageAttribute", map[string]string{"ImageId": r.id, "ImageName": config["image_name"]})
			r.await("ImageName", config["image_name"])
			r.read()
			r.settled(config)
			imported := &tfImage{T: t, openapiClient: as, id: r.id}
			if !imported.read() || !maps.Equal(imported.attrs, r.attrs) {
				t.Errorf("imported as %v, want %v", imported.attrs, r.attrs)
			}
			r.destroy()
			if imported.read() {
				t.Errorf("a refresh finds what was destroyed: %v", imported.attrs)
			}
		})
	}
}

// destroy deletes and asks until the list is empty. Deleting once more is the
// error that the page has.
func (r *tfImage) destroy() {
	r.Helper()
	r.must("DeleteImage", map[string]string{"ImageId": r.id})
	if left := r.find(); left != nil {
		r.Errorf("after it was deleted: %v", left)
	}
	_, err := r.ask("DeleteImage", map[string]string{"ImageId": r.id})
	if f, ok := acs3Fault(err); !ok || f.code != "Error.DeleteImage" || f.status != 400 {
		r.Errorf("deleting it again: %v", err)
	}
}

// TestTerraformENSImageBare: only the name is configured, twice the same.
func TestTerraformENSImageBare(t *testing.T) {
	t.Parallel()
	as := edgeSenders["form"].dial(ens, false)(t, speaker{addr: startEdge(t), key: keyOf(owner)}).(openapiClient)
	config := map[string]string{"image_name": "twin", "instance_id": ""}
	for range 2 {
		r := &tfImage{T: t, openapiClient: as}
		r.create(map[string]string{"image_name": "twin"})
		r.settled(config)
		if r.attrs["target_oss_region_id"] == "" {
			t.Errorf("a computed attribute is empty: %v", r.attrs)
		}
	}
}

// TestTerraformENSImageFuzzy: the provider takes the first image of a search
// that finds others too.
func TestTerraformENSImageFuzzy(t *testing.T) {
	t.Parallel()
	as := edgeSenders["form"].dial(ens, false)(t, speaker{addr: startEdge(t), key: keyOf(owner)}).(openapiClient)
	for id, want := range map[string]string{"m-7": "short", "a-m-7": "long"} {
		r := &tfImage{T: t, openapiClient: as, id: id}
		if !r.read() || r.attrs["image_name"] != want {
			t.Errorf("%s is read as %v, want %s", id, r.attrs, want)
		}
	}
}

// TestTerraformENSImageWaits: create waits while the image is being made, and
// destroy is refused while the image is shared.
func TestTerraformENSImageWaits(t *testing.T) {
	t.Parallel()
	addr := startEdge(t, "--image-transition", "400ms")
	as := edgeSenders["form"].dial(ens, false)(t, speaker{addr: addr, key: keyOf(owner)}).(openapiClient)
	r := &tfImage{T: t, openapiClient: as}
	r.id = r.must("CreateImage", map[string]string{"ImageName": "slow"})["ImageId"].(string)
	order := []string{"Creating", "Packing", "Uploading", "Available"}
	had := r.await("Status", "Available")
	if !slices.IsSortedFunc(had, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) }) || !slices.Contains(order, had[0]) {
		t.Errorf("states %q, want some of %q in this order", had, order)
	}
	must(t, r.share(r.id, stranger))
	_, err := r.ask("DeleteImage", map[string]string{"ImageId": r.id})
	if f, ok := acs3Fault(err); !ok || f.code != "IncorrectStatus.Image" || f.status != 400 {
		t.Errorf("deleting it while it is shared: %v", err)
	}
	must(t, r.cancel(r.id, stranger))
	r.destroy()
}

// TestENSLife: the SDK with a model reads every answer into its own types: make
// an image, find it, share it, see it as the other account, lose sight of it,
// delete it.
func TestENSLife(t *testing.T) {
	t.Parallel()
	addr := startEdge(t)
	mine := dialENSV1(t, speaker{addr: addr, key: keyOf(owner)}).(ensV1Client)
	theirs := dialENSV1(t, speaker{addr: addr, key: keyOf(stranger)}).(ensV1Client)
	create := ensv1.CreateCreateImageRequest()
	create.ImageName, create.InstanceId, create.TargetOSSRegionId, create.DeleteAfterImageUpload = "golden", "i-1", "cn-shenzhen", "false"
	made, err := mine.sdk.CreateImage(create)
	must(t, err)
	if made.Code != 0 || made.ImageId == "" || !upperID.MatchString(made.RequestId) {
		t.Errorf("CreateImage: %+v", made)
	}
	mine.sees(t, made.ImageId, "self", "golden", "i-1", "cn-shenzhen")
	theirs.sees(t, made.ImageId, "")
	must(t, mine.share(made.ImageId, stranger))
	theirs.sees(t, made.ImageId, "others", "golden", "", "")
	rename := ensv1.CreateModifyImageAttributeRequest()
	rename.ImageId, rename.ImageName = made.ImageId, "silver"
	_, err = mine.sdk.ModifyImageAttribute(rename)
	must(t, err)
	theirs.sees(t, made.ImageId, "others", "silver", "")
	theirs.refused(t, made.ImageId, "NoPermission")
	mine.refused(t, made.ImageId, "IncorrectStatus.Image")
	must(t, mine.cancel(made.ImageId, stranger))
	theirs.sees(t, made.ImageId, "")
	remove := ensv1.CreateDeleteImageRequest()
	remove.ImageId = made.ImageId
	_, err = mine.sdk.DeleteImage(remove)
	must(t, err)
	mine.sees(t, made.ImageId, "")
	mine.refused(t, made.ImageId, "Error.DeleteImage")
}

// sees reads the image in both lists: as whose it is shown ("" for not at all),
// its name, its instance and, where told, its region.
func (c ensV1Client) sees(t *testing.T, image, alias string, rest ...string) {
	t.Helper()
	self, usable := ensv1.CreateDescribeSelfImagesRequest(), ensv1.CreateDescribeImagesRequest()
	self.ImageId, usable.ImageId = image, image
	own, err := c.sdk.DescribeSelfImages(self)
	must(t, err)
	all, err := c.sdk.DescribeImages(usable)
	must(t, err)
	if alias == "" {
		if len(own.Images.Image) != 0 || len(all.Images.Image) != 0 || own.TotalCount != "0" || all.TotalCount != 0 {
			t.Errorf("%s is seen still: %+v, %+v", image, own.Images, all.Images)
		}
		return
	}
	if own.TotalCount != "1" || own.PageNumber != "1" || own.PageSize != "10" || all.TotalCount != 1 || all.PageNumber != 1 || all.PageSize != 10 {
		t.Fatalf("%s: numbers %s %s %s, %d %d %d", image, own.TotalCount, own.PageNumber, own.PageSize, all.TotalCount, all.PageNumber, all.PageSize)
	}
	s, a := own.Images.Image[0], all.Images.Image[0]
	got := []string{s.ImageOwnerAlias, s.ImageName, s.InstanceId, s.RegionId}[:1+len(rest)]
	if !slices.Equal(got, append([]string{alias}, rest...)) || a.ImageOwnerAlias != alias || s.Status != "Available" {
		t.Errorf("%s: %+v, %+v; want %s %q", image, s, a, alias, rest)
	}
	if len(s.DiskDeviceMappings.DiskDeviceMapping) != 1 || s.DiskDeviceMappings.DiskDeviceMapping[0].ImageId != image || s.ImageSize != "20" || s.SnapshotId == "" {
		t.Errorf("%s: disks %+v of %s GiB, snapshot %q", image, s.DiskDeviceMappings, s.ImageSize, s.SnapshotId)
	}
}

// refused: the image cannot be deleted by this client.
func (c ensV1Client) refused(t *testing.T, image, code string) {
	t.Helper()
	r := ensv1.CreateDeleteImageRequest()
	r.ImageId = image
	_, err := c.sdk.DeleteImage(r)
	if f, ok := v1Fault(err); !ok || f.code != code || f.status != 400 {
		t.Errorf("DeleteImage: %v, want %s", err, code)
	}
}

// TestENSPublicImages: what the SDK reads of public images and of the nodes.
func TestENSPublicImages(t *testing.T) {
	t.Parallel()
	c := dialENSV1(t, speaker{addr: startEdge(t), key: keyOf(owner)}).(ensV1Client)
	infos := ensv1.CreateDescribeImageInfosRequest()
	infos.OsType = "linux"
	public, err := c.sdk.DescribeImageInfos(infos)
	must(t, err)
	if len(public.Images.Image) != 1 {
		t.Fatalf("DescribeImageInfos: %+v", public)
	}
	i := public.Images.Image[0]
	disks := i.DiskDeviceMappings.DiskDeviceMapping
	if i.ImageId != "centos_6_08_64_20G_alibase_20171208" || i.Description != "CentOS 6.8" || i.ImageVersion != "6.8" || i.OSName != "centos" ||
		i.OSType != "linux" || i.ImageSize != "20" || i.ComputeType != "ens_vm" || len(disks) != 1 || disks[0].Size != "20" || disks[0].ImageId != i.ImageId {
		t.Errorf("a public image: %+v", i)
	}
	self := ensv1.CreateDescribeSelfImagesRequest()
	self.PageSize = requests.NewInteger(50)
	own, err := c.sdk.DescribeSelfImages(self)
	must(t, err)
	if own.TotalCount != "2" {
		t.Errorf("custom images: %+v", own)
	}
	where := ensv1.CreateDescribeEnsRegionsRequest()
	where.EnsRegionId = "cn-dalian-unicom"
	nodes, err := c.sdk.DescribeEnsRegions(where)
	must(t, err)
	want := ensv1.EnsRegionsItem{Area: "NorthEastChina", EnName: "NorthChina", EnsRegionId: "cn-dalian-unicom", Name: "大连联通", Province: "辽宁省"}
	if got := nodes.EnsRegions.EnsRegionsItem; nodes.Code != 0 || len(got) != 1 || got[0] != want {
		t.Errorf("nodes: %+v", nodes)
	}
}
