package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
	sdkv1 "github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// The calls of the Terraform provider for Alibaba Cloud around images, in its
// order, by its two clients, and with what it does not look for before it uses
// it. A read is what the provider would write down as a resource; where the
// next plan compares it with what was asked for, so do these tests.

// alicloud is the provider, set to one region.
type alicloud struct {
	*testing.T
	region  string
	models  *ecs.Client     // older resources use a client with models,
	generic *openapi.Client // newer ones one without
}

func newAlicloud(t *testing.T, addr, account, region string) alicloud {
	t.Helper()
	k, millis := keyOf(account), ownPatience()
	generic, err := openapi.NewClient(&openapi.Config{
		AccessKeyId: &k.ID, AccessKeySecret: &k.Secret, Protocol: dara.String("http"), Endpoint: &addr,
		ReadTimeout: &millis, ConnectTimeout: &millis,
	})
	must(t, err)
	making.Lock()
	defer making.Unlock()
	models, err := ecs.NewClientWithOptions(region, sdkv1.NewConfig(), credentialV1(k))
	must(t, err)
	models.Domain = addr
	models.SetReadTimeout(patience)
	models.SetConnectTimeout(patience)
	return alicloud{t, region, models, generic}
}

// rpcPost splits a call over query and form, as the provider does.
func (a alicloud) rpcPost(action string, query map[string]*string, form map[string]any) (map[string]any, error) {
	answer, err := a.generic.DoRPCRequest(&action, dara.String("2014-05-26"), dara.String("HTTP"), dara.String("POST"), dara.String("AK"), dara.String("json"),
		&openapi.OpenApiRequest{Query: query, Body: form}, &dara.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return answer["body"].(map[string]any), nil
}

// image is DescribeEcsImage: nil says that the image is gone. The list is taken
// out of the answer without asking whether it is there.
func (a alicloud) image(id string) map[string]any {
	a.Helper()
	answer, err := a.rpcPost("DescribeImages", map[string]*string{"ImageId": &id, "RegionId": &a.region, "Status": dara.String("ALL")}, map[string]any{})
	must(a.T, err)
	list := answer["Images"].(map[string]any)["Image"].([]any)
	if len(list) == 0 {
		return nil
	}
	return list[0].(map[string]any)
}

// imageByModel is DescribeImageById of the older resources.
func (a alicloud) imageByModel(id string) (ecs.Image, bool) {
	a.Helper()
	r := ecs.CreateDescribeImagesRequest()
	r.RegionId, r.ImageId, r.Status = a.region, id, "Creating,Waiting,Available,UnAvailable,CreateFailed"
	answer, err := a.models.DescribeImages(r)
	must(a.T, err)
	if len(answer.Images.Image) < 1 {
		return ecs.Image{}, false
	}
	return answer.Images.Image[0], true
}

// until asks again until something holds. The provider waits between two
// questions; here the server is fast enough for none.
func (a alicloud) until(what string, holds func() bool) {
	a.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			a.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// created waits as a create does, which ends at any state it does not know.
func (a alicloud) created(id string, pending ...string) {
	a.Helper()
	a.until("available", func() bool {
		img, ok := a.imageByModel(id)
		if !ok || (img.Status != "Available" && !slices.Contains(pending, img.Status)) {
			a.Fatalf("image %s (%v) is %q, which ends the wait", id, ok, img.Status)
		}
		return img.Status == "Available"
	})
}

// deleted is deleteImage of the older resources, waiting for the end.
func (a alicloud) deleted(id string) {
	a.Helper()
	if _, ok := a.imageByModel(id); !ok {
		a.Fatalf("image %s is gone before it was deleted", id)
	}
	r := ecs.CreateDeleteImageRequest()
	r.RegionId, r.ImageId, r.Force = a.region, id, requests.NewBoolean(false)
	_, err := a.models.DeleteImage(r)
	must(a.T, err)
	a.until("deleted", func() bool { _, ok := a.imageByModel(id); return !ok })
}

// share is alicloud_image_share_permission, made of an image and an account.
func (a alicloud) share(image, account string) error {
	r := ecs.CreateModifyImageSharePermissionRequest()
	r.RegionId, r.ImageId, r.AddAccount = a.region, image, &[]string{account}
	_, err := a.models.ModifyImageSharePermission(r)
	return err
}

// shared is its read: it asks for the first page and whether it has anybody.
func (a alicloud) shared(image string) (id string, ok bool) {
	a.Helper()
	r := ecs.CreateDescribeImageSharePermissionRequest()
	r.RegionId, r.ImageId = a.region, image
	answer, err := a.models.DescribeImageSharePermission(r)
	if f, is := v1Fault(err); is && f.code == "InvalidImageId.NotFound" {
		return "", false
	}
	must(a.T, err)
	return answer.ImageId, len(answer.Accounts.Account) > 0
}

func (a alicloud) unshare(image, account string) error {
	r := ecs.CreateModifyImageSharePermissionRequest()
	r.RegionId, r.ImageId, r.RemoveAccount = a.region, image, &[]string{account}
	_, err := a.models.ModifyImageSharePermission(r)
	return err
}

func TestTerraformAlicloudImageSharePermission(t *testing.T) {
	t.Parallel()
	seed := alibaba.seed(image{})
	img := seed.Images[0].ID
	a := newAlicloud(t, start(t, options{seed: seed}).addr, owner, alibaba.region)
	for _, account := range []string{middle, large} {
		must(t, a.share(img, account))
		for range 2 { // an import is a read as well
			if id, ok := a.shared(img); !ok || id != img {
				t.Errorf("read after create: %q, %v", id, ok)
			}
		}
	}
	must(t, a.unshare(img, middle))
	if _, ok := a.shared(img); !ok {
		t.Error("the other share is gone too")
	}
	must(t, a.unshare(img, large))
	if _, ok := a.shared(img); ok {
		t.Error("the last share is still read")
	}
	must(t, a.unshare(img, large)) // somebody destroyed it by hand
	a.deleted(img)
	if _, ok := a.shared(img); ok {
		t.Error("a share of an image that is gone is still read")
	}
}

// resource is what a read writes down; asked is what the configuration says.
type resource map[string]any

// drift are the fields in which a read is not what was asked for: the next plan
// would show them.
func drift(asked, read resource) (fields []string) {
	for name, want := range asked {
		if !reflect.DeepEqual(read[name], want) {
			fields = append(fields, fmt.Sprintf("%s is %#v, want %#v", name, read[name], want))
		}
	}
	slices.Sort(fields)
	return fields
}

// readImage is the read of alicloud_image.
func (a alicloud) readImage(id string) resource {
	a.Helper()
	img := a.image(id)
	if img == nil {
		a.Fatalf("image %s is gone", id)
	}
	read := resource{}
	for field, name := range map[string]string{
		"architecture": "Architecture", "boot_mode": "BootMode", "create_time": "CreationTime", "description": "Description",
		"image_family": "ImageFamily", "image_name": "ImageName", "image_version": "ImageVersion", "platform": "Platform",
		"resource_group_id": "ResourceGroupId", "status": "Status",
	} {
		if img[name] != nil {
			read[field] = img[name]
		}
	}
	disks := []any{}
	for _, d := range img["DiskDeviceMappings"].(map[string]any)["DiskDeviceMapping"].([]any) {
		disk := d.(map[string]any)
		size, err := strconv.Atoi(disk["Size"].(string))
		must(a.T, err)
		disks = append(disks, map[string]any{"device": disk["Device"], "disk_type": disk["Type"], "size": size, "snapshot_id": disk["SnapshotId"]})
	}
	tags := map[string]any{}
	for _, t := range img["Tags"].(map[string]any)["Tag"].([]any) {
		tag := t.(map[string]any)
		tags[tag["TagKey"].(string)] = tag["TagValue"]
	}
	read["disk_device_mapping"], read["tags"] = disks, tags
	return read
}

// create is the create of alicloud_image: everything in the form.
func (a alicloud) create(asked resource) string {
	a.Helper()
	form := map[string]any{"RegionId": a.region, "ClientToken": "TF-CreateImage-" + strconv.FormatInt(time.Now().UnixNano(), 10)}
	for field, name := range map[string]string{
		"architecture": "Architecture", "boot_mode": "BootMode", "description": "Description", "image_family": "ImageFamily",
		"image_name": "ImageName", "image_version": "ImageVersion", "platform": "Platform", "snapshot_id": "SnapshotId", "instance_id": "InstanceId",
	} {
		if v, ok := asked[field]; ok {
			form[name] = v
		}
	}
	if tags, ok := asked["tags"].(map[string]any); ok {
		for n, key := range slices.Sorted(maps.Keys(tags)) {
			form[fmt.Sprintf("Tag.%d.Key", n+1)], form[fmt.Sprintf("Tag.%d.Value", n+1)] = key, tags[key]
		}
	}
	if disks, ok := asked["disk_device_mapping"].([]any); ok {
		var mapped []any
		for _, d := range disks {
			disk := d.(map[string]any)
			mapped = append(mapped, map[string]any{"SnapshotId": disk["snapshot_id"], "Size": disk["size"], "Device": disk["device"], "DiskType": disk["disk_type"]})
		}
		form["DiskDeviceMapping"] = mapped
	}
	answer, err := a.rpcPost("CreateImage", map[string]*string{}, form)
	must(a.T, err)
	id := fmt.Sprint(answer["ImageId"])
	a.until("available", func() bool { return a.image(id)["Status"] == "Available" })
	return id
}

// noDrift reads twice, since the second plan is the one that users complain of.
func (a alicloud) noDrift(id string, asked resource) resource {
	a.Helper()
	first, second := a.readImage(id), a.readImage(id)
	if fields := drift(asked, first); len(fields) > 0 {
		a.Errorf("the read differs from what was asked for: %q", fields)
	}
	if !reflect.DeepEqual(first, second) {
		a.Errorf("first read  %v\nsecond read %v", first, second)
	}
	return first
}

func TestTerraformAlicloudImage(t *testing.T) {
	t.Parallel()
	addr := start(t, options{seed: alibaba.seed(image{}), args: []string{"--image-transition", "300ms"}}).addr
	for name, asked := range map[string]resource{
		"of a snapshot": {
			"snapshot_id": "s-tf-1", "image_name": "tf-image", "description": "made by hand", "platform": "CentOS", "architecture": "x86_64",
			"image_family": "tf-family", "image_version": "1.0", "tags": map[string]any{"team": "base", "stage": "test"},
		},
		"of an instance": {"instance_id": "i-tf-1", "architecture": "arm64", "boot_mode": "UEFI"},
		"of disks": {"image_name": "tf-disks", "disk_device_mapping": []any{
			map[string]any{"snapshot_id": "s-tf-2", "size": 60, "device": "/dev/xvda", "disk_type": "system"},
			map[string]any{"snapshot_id": "s-tf-3", "size": 200, "device": "/dev/xvdb", "disk_type": "data"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAlicloud(t, addr, owner, alibaba.region)
			id := a.create(asked)
			seen := maps.Clone(asked)
			delete(seen, "snapshot_id") // what it was made of is not read
			delete(seen, "instance_id")
			a.noDrift(id, seen)
			seen["description"], seen["image_name"] = "another text", "tf-renamed-"+id
			a.updated(id, seen)
			a.destroyed(id)
		})
	}
}

// updated is the update of alicloud_image, which waits for the description.
func (a alicloud) updated(id string, asked resource) {
	a.Helper()
	_, err := a.rpcPost("ModifyImageAttribute", map[string]*string{"ImageId": &id}, map[string]any{
		"RegionId": a.region, "Description": asked["description"], "ImageName": asked["image_name"],
	})
	must(a.T, err)
	a.until("the new description", func() bool { return a.image(id)["Description"] == asked["description"] })
	a.noDrift(id, asked)
}

// destroyed is the delete of alicloud_image with delete_auto_snapshot: the image
// in the query, the region in the form, then the snapshots.
func (a alicloud) destroyed(id string) {
	a.Helper()
	before, ok := a.imageByModel(id)
	if !ok {
		a.Fatalf("image %s is gone before it was deleted", id)
	}
	_, err := a.rpcPost("DeleteImage", map[string]*string{"ImageId": &id}, map[string]any{"RegionId": a.region, "Force": false})
	must(a.T, err)
	a.until("deleted", func() bool { return a.image(id) == nil })
	for _, d := range before.DiskDeviceMappings.DiskDeviceMapping {
		r := ecs.CreateDeleteSnapshotRequest()
		r.RegionId, r.SnapshotId, r.Force = a.region, d.SnapshotId, requests.NewBoolean(true)
		_, err := a.models.DeleteSnapshot(r)
		must(a.T, err)
	}
}

// An image that is shared is not deleted before its shares are, which is how
// Terraform orders two resources of which one names the other.
func TestTerraformAlicloudSharedImage(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, owner, alibaba.region)
	id := a.create(resource{"snapshot_id": "s-tf-1"})
	must(t, a.share(id, middle))
	_, err := a.rpcPost("DeleteImage", map[string]*string{"ImageId": &id}, map[string]any{"RegionId": a.region})
	if f, ok := acs3Fault(err); !ok || f.code != "ImageUseShared" {
		t.Errorf("deleting a shared image: %v", err)
	}
	must(t, a.unshare(id, middle))
	a.destroyed(id)
}

func TestTerraformAlicloudImageCopy(t *testing.T) {
	t.Parallel()
	addr := start(t, options{seed: alibaba.seed(image{}), args: []string{"--image-transition", "300ms"}}).addr
	a := newAlicloud(t, addr, owner, alibaba.elsewhere)
	r := ecs.CreateCopyImageRequest()
	r.RegionId, r.ImageId, r.DestinationRegionId = alibaba.region, alibaba.imageID(0), alibaba.elsewhere
	r.DestinationImageName, r.DestinationDescription = "tf-copy", "a copy"
	r.Encrypted = requests.NewBoolean(false)
	r.Tag = &[]ecs.CopyImageTag{{Key: "team", Value: "base"}}
	answer, err := a.models.CopyImage(r)
	must(t, err)
	a.created(answer.ImageId, "Creating", "Waiting")
	for range 2 {
		img, _ := a.imageByModel(answer.ImageId)
		if img.ImageName != "tf-copy" || img.Description != "a copy" || len(img.Tags.Tag) != 1 || img.Tags.Tag[0].TagKey != "team" || !img.IsCopied {
			t.Errorf("read: %+v", img)
		}
	}
	a.deleted(answer.ImageId)
}

func TestTerraformAlicloudImageImport(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{}), args: []string{"--image-transition", "300ms"}}).addr, owner, alibaba.region)
	r := ecs.CreateImportImageRequest()
	r.RegionId, r.Architecture, r.OSType, r.Platform, r.LicenseType = a.region, "x86_64", "linux", "Ubuntu", "Auto"
	r.ImageName, r.Description = "tf-import", "from a bucket"
	r.DiskDeviceMapping = &[]ecs.ImportImageDiskDeviceMapping{
		{Format: "qcow2", OSSBucket: "bucket", OSSObject: "image.qcow2", DiskImageSize: "5"},
		{Format: "RAW", OSSBucket: "bucket", OSSObject: "data.raw", DiskImageSize: "20", Device: "/dev/xvdc"},
	}
	answer, err := a.models.ImportImage(r)
	must(t, err)
	a.created(answer.ImageId, "Creating", "Waiting")
	for range 2 {
		img, _ := a.imageByModel(answer.ImageId)
		got := fmt.Sprint(img.Architecture, img.OSType, img.Platform, img.ImageName, img.Description, len(img.DiskDeviceMappings.DiskDeviceMapping))
		if want := "x86_64linuxUbuntutf-importfrom a bucket2"; got != want {
			t.Fatalf("read %s, want %s", got, want)
		}
		// Each field of a disk that differs has the next plan import anew.
		for n, want := range []string{"qcow2 bucket image.qcow2 5 /dev/xvda", "RAW bucket data.raw 20 /dev/xvdc"} {
			d := img.DiskDeviceMappings.DiskDeviceMapping[n]
			if got := fmt.Sprintf("%s %s %s %s %s", d.Format, d.ImportOSSBucket, d.ImportOSSObject, d.Size, d.Device); got != want {
				t.Errorf("read the disk %s, want %s", got, want)
			}
		}
	}
	a.deleted(answer.ImageId)
}

// listed is the data source alicloud_images: pages of 100 until one has fewer
// than 50 images.
func (a alicloud) listed(ask func(*ecs.DescribeImagesRequest)) (ids []string, pages int) {
	a.Helper()
	r := ecs.CreateDescribeImagesRequest()
	r.RegionId, r.Status, r.PageSize = a.region, "Available", requests.NewInteger(100)
	ask(r)
	for {
		pages++
		r.PageNumber = requests.NewInteger(pages)
		answer, err := a.models.DescribeImages(r)
		must(a.T, err)
		for _, img := range answer.Images.Image {
			ids = append(ids, img.ImageId)
		}
		if len(answer.Images.Image) < 50 {
			return ids, pages
		}
	}
}

func TestTerraformAlicloudImages(t *testing.T) {
	t.Parallel()
	var images []image
	for n := range 230 {
		images = append(images, image{})
		if n%10 == 0 {
			images[n].Shares = had(stranger)
		}
	}
	seed := alibaba.seed(images...)
	addr := start(t, options{seed: seed}).addr
	for _, c := range []struct {
		account string
		ask     func(*ecs.DescribeImagesRequest)
		want    int
		pages   int
	}{
		{owner, func(r *ecs.DescribeImagesRequest) { r.ImageOwnerAlias = "self" }, 230, 3},
		{owner, func(r *ecs.DescribeImagesRequest) { r.ImageOwnerAlias = "others" }, 0, 1},
		{stranger, func(r *ecs.DescribeImagesRequest) { r.ImageOwnerAlias = "others" }, 23, 1},
		{stranger, func(r *ecs.DescribeImagesRequest) {
			id, _ := strconv.Atoi(owner)
			r.ImageOwnerId = requests.NewInteger(id)
		}, 23, 1},
		{owner, func(r *ecs.DescribeImagesRequest) { r.ImageId = seed.Images[7].ID }, 1, 1},
		{owner, func(r *ecs.DescribeImagesRequest) { r.ImageOwnerAlias = "system" }, 0, 1},
	} {
		ids, pages := newAlicloud(t, addr, c.account, alibaba.region).listed(c.ask)
		slices.Sort(ids)
		if got := len(slices.Compact(ids)); got != c.want || pages != c.pages {
			t.Errorf("%d images on %d pages, want %d on %d", got, pages, c.want, c.pages)
		}
	}
}

// TestTerraformAlicloudAnswers holds the answer that a client without models
// reads to the documented types, which are taken as they are.
func TestTerraformAlicloudAnswers(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, owner, alibaba.region)
	img := a.image(alibaba.imageID(0))
	for name, want := range map[string]any{
		"ImageOwnerId": json.Number(owner), "Size": json.Number("0"), "IsCopied": false, "IsSelfShared": "False", "Progress": "100%", "Usage": "none",
	} {
		if got := img[name]; fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", want, want) {
			t.Errorf("%s is %T %v, want %T %v", name, got, got, want, want)
		}
	}
}
