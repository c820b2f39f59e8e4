package e2e

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// The tags of images as Terraform's provider changes and reads them. Copies and
// imports are updated by the older client and then read by the read of
// alicloud_image, which lists the tags in a call of their own.

// listTags is ListTagResources of the older resources: everything in the form,
// and on from page to page while the answer has a NextToken.
func (a alicloud) listTags(id string) map[string]any {
	a.Helper()
	form, tags := map[string]any{"RegionId": a.region, "ResourceType": "image", "ResourceId.1": id}, map[string]any{}
	for pages := 1; ; pages++ {
		answer, err := a.rpcPost("ListTagResources", map[string]*string{}, form)
		must(a.T, err)
		for _, t := range answer["TagResources"].(map[string]any)["TagResource"].([]any) {
			tag := t.(map[string]any)
			tags[tag["TagKey"].(string)] = tag["TagValue"]
		}
		if answer["NextToken"] == nil {
			return tags
		}
		if form["NextToken"] = answer["NextToken"]; pages > 2 {
			a.Fatalf("the pages of %s's tags have no end: %v", id, answer)
		}
	}
}

// setTags is updateTags: keys whose value changes are dropped first, and then
// every tag is set.
func (a alicloud) setTags(id string, was, want map[string]any) {
	a.Helper()
	ids := []string{id}
	if gone := changed(was, want); len(gone) > 0 {
		r := ecs.CreateUntagResourcesRequest()
		r.ResourceType, r.ResourceId, r.TagKey = "image", &ids, &gone
		_, err := a.models.UntagResources(r)
		must(a.T, err)
	}
	var tags []ecs.TagResourcesTag
	for key, value := range want {
		tags = append(tags, ecs.TagResourcesTag{Key: key, Value: fmt.Sprint(value)})
	}
	if len(tags) > 0 {
		r := ecs.CreateTagResourcesRequest()
		r.ResourceType, r.ResourceId, r.Tag = "image", &ids, &tags
		_, err := a.models.TagResources(r)
		must(a.T, err)
	}
}

// changed are the keys that are gone or have another value.
func changed(was, want map[string]any) (keys []string) {
	for key, value := range was {
		if now, ok := want[key]; !ok || now != value {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// updateImage is the update of a copy or an import, and the read that it ends in.
func (a alicloud) updateImage(id string, was, want resource) {
	a.Helper()
	a.setTags(id, was["tags"].(map[string]any), want["tags"].(map[string]any))
	if was["image_name"] != want["image_name"] || was["description"] != want["description"] {
		r := ecs.CreateModifyImageAttributeRequest()
		r.RegionId, r.ImageId = a.region, id
		r.ImageName, r.Description = want["image_name"].(string), want["description"].(string)
		_, err := a.models.ModifyImageAttribute(r)
		must(a.T, err)
	}
	for range 2 {
		img, ok := a.imageByModel(id)
		read := resource{"image_name": img.ImageName, "description": img.Description, "tags": a.listTags(id)}
		if fields := drift(want, read); !ok || len(fields) > 0 {
			a.Errorf("the read after the update differs from what was asked for: %q", fields)
		}
	}
	a.readByModel(id, want)
}

// readByModel is the read of a copy, in the next plan.
func (a alicloud) readByModel(id string, want resource) {
	a.Helper()
	img, _ := a.imageByModel(id)
	tags := map[string]any{}
	for _, t := range img.Tags.Tag {
		tags[t.TagKey] = t.TagValue
	}
	if fields := drift(want, resource{"image_name": img.ImageName, "description": img.Description, "tags": tags}); len(fields) > 0 {
		a.Errorf("the next plan shows %q", fields)
	}
}

// updates are a life of tags: changed, dropped and set in one step, with other
// things, alone, and all gone.
func (a alicloud) updates(id string, was resource) {
	a.Helper()
	for _, step := range []resource{
		{"image_name": was["image_name"], "description": was["description"], "tags": map[string]any{"team": "core", "stage": "test"}},
		{"image_name": "tf-renamed", "description": "another text", "tags": map[string]any{"stage": "test"}},
		{"image_name": "tf-renamed", "description": "a third text", "tags": map[string]any{"stage": "test"}},
		{"image_name": "tf-renamed", "description": "a third text", "tags": map[string]any{}},
	} {
		a.updateImage(id, was, step)
		was = step
	}
}

func TestTerraformAlicloudImageCopyUpdate(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, owner, alibaba.elsewhere)
	r := ecs.CreateCopyImageRequest()
	r.RegionId, r.ImageId, r.DestinationRegionId = alibaba.region, alibaba.imageID(0), alibaba.elsewhere
	r.DestinationImageName, r.DestinationDescription, r.Encrypted = "tf-copy", "a copy", requests.NewBoolean(false)
	r.Tag = &[]ecs.CopyImageTag{{Key: "team", Value: "base"}, {Key: "cost", Value: "7"}}
	answer, err := a.models.CopyImage(r)
	must(t, err)
	made := resource{"image_name": "tf-copy", "description": "a copy", "tags": map[string]any{"team": "base", "cost": "7"}}
	a.readByModel(answer.ImageId, made)
	a.updates(answer.ImageId, made)
	must(t, a.share(answer.ImageId, middle)) // an image that is shared has tags as any other
	a.updateImage(answer.ImageId, resource{"tags": map[string]any{}, "image_name": "tf-renamed", "description": "a third text"},
		resource{"tags": map[string]any{"shared": "yes"}, "image_name": "tf-shared", "description": "a third text"})
	must(t, a.unshare(answer.ImageId, middle))
	a.deleted(answer.ImageId)
}

func TestTerraformAlicloudImageImportUpdate(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, owner, alibaba.region)
	r := ecs.CreateImportImageRequest()
	r.RegionId, r.Architecture, r.OSType, r.Platform, r.LicenseType = a.region, "x86_64", "linux", "Ubuntu", "Auto"
	r.ImageName, r.Description = "tf-import", "from a bucket"
	r.DiskDeviceMapping = &[]ecs.ImportImageDiskDeviceMapping{{Format: "RAW", OSSBucket: "bucket", OSSObject: "image.raw", DiskImageSize: "5"}}
	answer, err := a.models.ImportImage(r)
	must(t, err)
	before, _ := a.imageByModel(answer.ImageId)
	a.updates(answer.ImageId, resource{"image_name": "tf-import", "description": "from a bucket", "tags": map[string]any{}})
	after, _ := a.imageByModel(answer.ImageId)
	if !reflect.DeepEqual(before.DiskDeviceMappings, after.DiskDeviceMappings) || before.Platform != after.Platform {
		t.Errorf("the next plan would import anew:\n%+v\n%+v", before, after)
	}
	a.deleted(answer.ImageId)
}

// The newer resource sends keys to drop and tags to set in the form, each only
// where there are some.
func TestTerraformAlicloudImageTags(t *testing.T) {
	t.Parallel()
	a := newAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, owner, alibaba.region)
	asked := resource{"snapshot_id": "s-tf-1", "image_name": "tf-tagged", "tags": map[string]any{"team": "base", "cost": "7"}}
	id := a.create(asked)
	delete(asked, "snapshot_id")
	for _, want := range []map[string]any{{"team": "core"}, {"team": "core", "stage": "a value, of any kind: +/="}, {}} {
		form := map[string]any{"RegionId": a.region, "ResourceType": "image", "ResourceId.1": id}
		if gone := changed(asked["tags"].(map[string]any), want); len(gone) > 0 {
			drop := maps.Clone(form)
			for n, key := range gone {
				drop[fmt.Sprintf("TagKey.%d", n+1)] = key
			}
			_, err := a.rpcPost("UntagResources", map[string]*string{}, drop)
			must(t, err)
		}
		if len(want) > 0 {
			for n, key := range slices.Sorted(maps.Keys(want)) {
				form[fmt.Sprintf("Tag.%d.Key", n+1)], form[fmt.Sprintf("Tag.%d.Value", n+1)] = key, want[key]
			}
			_, err := a.rpcPost("TagResources", map[string]*string{}, form)
			must(t, err)
		}
		asked["tags"] = want
		a.noDrift(id, asked)
	}
	a.destroyed(id)
}
