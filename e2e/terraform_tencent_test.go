package e2e

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// tencentProvider is Terraform's provider tencentcloud: each method makes the
// calls that it makes, in its order, and reads what it reads.
type tencentProvider struct{ tencentTool }

func newTencentProvider(t *testing.T, addr, account string) tencentProvider {
	return tencentProvider{newTencentTool(t, "Terraform-v1.82.93", addr, account, tencent.region)}
}

// The resource tencentcloud_cvm_image_share_permission. Its state is a set of accounts.

func (p tencentProvider) createShares(id string, accounts ...string) ([]string, error) {
	if err := p.permit(id, "SHARE", accounts...); err != nil {
		return nil, err
	}
	return p.readShares(id)
}

// readShares finds it an error that nobody has a share.
func (p tencentProvider) readShares(id string) ([]string, error) {
	accounts, err := p.sharedWith(id)
	if err != nil {
		return nil, err
	}
	if len(accounts) < 1 {
		return nil, errNobody
	}
	slices.Sort(accounts)
	return accounts, nil
}

var errNobody = errors.New("resource `tencentcloud_cvm_image_share_permission` read failed")

func (p tencentProvider) updateShares(id string, old, now []string) ([]string, error) {
	without := func(list, gone []string) (left []string) {
		return slices.DeleteFunc(slices.Clone(list), func(a string) bool { return slices.Contains(gone, a) })
	}
	if added := without(now, old); len(added) > 0 {
		if err := p.permit(id, "SHARE", added...); err != nil {
			return nil, err
		}
	}
	if removed := without(old, now); len(removed) > 0 {
		if err := p.permit(id, "CANCEL", removed...); err != nil {
			return nil, err
		}
	}
	return p.readShares(id)
}

// deleteShares cancels whatever is there, made by Terraform or not.
func (p tencentProvider) deleteShares(id string) error {
	accounts, err := p.sharedWith(id)
	if err != nil {
		return err
	}
	return p.permit(id, "CANCEL", accounts...)
}

// undrifted is a plan: it reads again, and must find what is in the state.
func (p tencentProvider) undrifted(id string, state []string) {
	p.Helper()
	got, err := p.readShares(id)
	must(p.T, err)
	if !slices.Equal(got, state) {
		p.Errorf("drift: %q, want %q", got, state)
	}
}

func TestTerraformTencentShares(t *testing.T) {
	t.Parallel()
	p := newTencentProvider(t, tencentServer(t, image{}), owner)
	id := tencent.imageID(0)

	state, err := p.createShares(id, middle, small)
	must(t, err)
	if want := []string{middle, small}; !slices.Equal(state, want) {
		t.Errorf("created with %q, want %q", state, want)
	}
	p.undrifted(id, state)

	state, err = p.updateShares(id, state, []string{middle, large, fourth})
	must(t, err)
	if want := []string{middle, fourth, large}; !slices.Equal(state, want) {
		t.Errorf("updated to %q, want %q", state, want)
	}
	p.undrifted(id, state) // which is also what an import reads: the resource's id is the image's

	must(t, p.deleteShares(id))
	if _, err := p.readShares(id); !errors.Is(err, errNobody) {
		t.Errorf("after its end: %v", err)
	}
	must(t, p.deleteShares(id)) // everything was cancelled elsewhere meanwhile
}

// What the provider stops at: an account that has the share, in a new resource
// beside an old one, and an image that is no more.
func TestTerraformTencentSharesRefused(t *testing.T) {
	t.Parallel()
	p := newTencentProvider(t, tencentServer(t, image{Shares: had(small)}, image{Owner: stranger}), owner)
	_, err := p.createShares(tencent.imageID(0), middle, small)
	p.refused(err, "FailedOperation.AccountAlreadyExists")
	p.undrifted(tencent.imageID(0), []string{small})
	_, err = p.createShares(tencent.imageID(1), small)
	p.refused(err, "UnauthorizedOperation.ImageNotBelongToAccount")
	_, err = p.readShares("img-nosuch00")
	p.refused(err, "InvalidImageId.NotFound")
}

// The resource tencentcloud_image.

// tfImage is its configuration, and its state.
type tfImage struct {
	name, description string
	instance          string
	snapshots         []string // a set; empty of an image of a machine
	tags              map[string]string
}

// createImage sends tags twice: with the call, and to the product tag.
func (p tencentProvider) createImage(want tfImage) (string, tfImage) {
	p.Helper()
	r := cvm.NewCreateImageRequest()
	r.ImageName, r.ImageDescription, r.InstanceId = &want.name, sent(want.description), sent(want.instance)
	r.ForcePoweroff, r.Sysprep = common.StringPtr("FALSE"), common.StringPtr("FALSE")
	r.SnapshotIds = common.StringPtrs(want.snapshots)
	var tags []*cvm.Tag
	for key, value := range want.tags {
		tags = append(tags, &cvm.Tag{Key: &key, Value: &value})
	}
	if len(tags) > 0 {
		r.TagSpecification = []*cvm.TagSpecification{{ResourceType: common.StringPtr("image"), Tags: tags}}
	}
	answer, err := p.cvm.CreateImage(r)
	must(p.T, err)
	id := *answer.Response.ImageId
	p.until("NORMAL, with snapshots", func() bool {
		all := p.byID(id)
		return len(all) > 0 && p.made(all[0]) && len(all[0].SnapshotSet) > 0
	})
	if len(want.tags) > 0 {
		must(p.T, p.modifyTags(id, want.tags, nil))
	}
	state, there := p.readImage(id, want.instance)
	if !there {
		p.Fatalf("%s is not there", id)
	}
	return id, state
}

// made stops at a failure.
func (p tencentProvider) made(img *cvm.Image) bool {
	if *img.ImageState == "CREATEFAILED" {
		p.Fatalf("%s: creating failed", *img.ImageId)
	}
	return *img.ImageState == "NORMAL"
}

// readImage asks for the image, then for its tags. No image takes the resource
// out of the state. What machine it is of, only the state knows.
func (p tencentProvider) readImage(id, instance string) (tfImage, bool) {
	p.Helper()
	var img *cvm.Image
	p.until("NORMAL", func() bool {
		all := p.byID(id)
		if len(all) == 0 {
			return true
		}
		img = all[0]
		return p.made(img)
	})
	if img == nil {
		return tfImage{}, false
	}
	state := tfImage{name: *img.ImageName, description: *img.ImageDescription, instance: instance, tags: p.readTags(id)}
	for _, s := range img.SnapshotSet {
		if instance == "" {
			state.snapshots = append(state.snapshots, *s.SnapshotId)
		}
	}
	slices.Sort(state.snapshots)
	return state, true
}

// readTags goes on for as long as pages are full.
func (p tencentProvider) readTags(id string) map[string]string {
	p.Helper()
	const limit = 20
	var tags map[string]string
	for offset, count := 0, limit; count == limit; offset += count {
		var page struct {
			Tags []struct{ ResourceId, TagKey, TagValue *string }
		}
		must(p.T, p.ask("tag", "2018-08-13", "DescribeResourceTagsByResourceIds", map[string]any{
			"ServiceType": "cvm", "ResourcePrefix": "image", "ResourceRegion": p.region, "ResourceIds": []string{id},
			"Limit": limit, "Offset": offset,
		}, &page))
		count = len(page.Tags)
		for _, t := range page.Tags {
			if *t.ResourceId != id {
				continue
			}
			if tags == nil {
				tags = map[string]string{}
			}
			tags[*t.TagKey] = *t.TagValue
		}
	}
	return tags
}

func (p tencentProvider) modifyTags(id string, replace map[string]string, drop []string) error {
	params := map[string]any{"Resource": fmt.Sprintf("qcs::cvm:%s:uin/:image/%s", p.region, id)}
	var replaced, dropped []map[string]string
	for key, value := range replace {
		replaced = append(replaced, map[string]string{"TagKey": key, "TagValue": value})
	}
	for _, key := range drop {
		dropped = append(dropped, map[string]string{"TagKey": key})
	}
	if len(replaced) > 0 {
		params["ReplaceTags"] = replaced
	}
	if len(dropped) > 0 {
		params["DeleteTags"] = dropped
	}
	return p.ask("tag", "2018-08-13", "ModifyResourceTags", params, &struct{}{})
}

func (p tencentProvider) updateImage(id string, old, now tfImage) error {
	r := cvm.NewModifyImageAttributeRequest()
	r.ImageId, r.ImageName, r.ImageDescription = &id, &now.name, sent(now.description)
	if _, err := p.cvm.ModifyImageAttribute(r); err != nil {
		return err
	}
	replace := maps.Clone(now.tags)
	maps.DeleteFunc(replace, func(key, value string) bool { was, had := old.tags[key]; return had && was == value })
	var drop []string
	for key := range old.tags {
		if _, stays := now.tags[key]; !stays {
			drop = append(drop, key)
		}
	}
	if len(replace)+len(drop) == 0 {
		return nil
	}
	return p.modifyTags(id, replace, drop)
}

// deleteImage goes on until there is no such image; an error there would be
// asked again for an hour.
func (p tencentProvider) deleteImage(id string) {
	p.Helper()
	must(p.T, p.remove(id))
	p.until("gone", func() bool { return len(p.byID(id)) == 0 })
}

// undriftedImage is a plan of an image.
func (p tencentProvider) undriftedImage(id string, want tfImage) {
	p.Helper()
	got, there := p.readImage(id, want.instance)
	if !there || !reflect.DeepEqual(got, want) {
		p.Errorf("drift: %+v, want %+v", got, want)
	}
}

func TestTerraformTencentImage(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for n := range 9 {
		many[fmt.Sprintf("key%02d", n)] = fmt.Sprint(n)
	}
	for name, first := range map[string]tfImage{
		"of a snapshot":         {name: "golden", snapshots: []string{"snap-3js1hnoe"}},
		"of snapshots, tagged":  {name: "golden", description: "base image", snapshots: []string{"snap-3js1hnoe", "snap-5b8t7ds2"}, tags: map[string]string{"team": "base", "cost": "7"}},
		"of a machine":          {name: "golden", description: "base image", instance: "ins-2v3sqe2t"},
		"of a machine, tagged":  {name: "golden", instance: "ins-2v3sqe2t", tags: many},
		"with a name in Arabic": {name: "ذهبي", description: "тест 🗝", snapshots: []string{"snap-3js1hnoe"}, tags: map[string]string{"команда": "основа"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newTencentProvider(t, tencentServer(t), owner)
			id, state := p.createImage(first)
			if !reflect.DeepEqual(state, first) {
				t.Errorf("created %+v, want %+v", state, first)
			}
			p.undriftedImage(id, first)

			second := first
			second.name, second.description, second.tags = "golden-2", "second", map[string]string{"team": "core", "new": ""}
			must(t, p.updateImage(id, first, second))
			p.undriftedImage(id, second)

			// An import knows the id alone, and sees snapshots where a machine was.
			imported, _ := p.readImage(id, "")
			if len(imported.snapshots) == 0 {
				t.Errorf("imported without snapshots: %+v", imported)
			}
			if second.instance == "" && !reflect.DeepEqual(imported, second) {
				t.Errorf("imported %+v, want %+v", imported, second)
			}

			p.deleteImage(id)
			if _, there := p.readImage(id, ""); there {
				t.Errorf("%s is still there", id)
			}
		})
	}
}

// An image with its shares, as a configuration has both: Terraform makes them
// in one order and destroys them in the other. What it cannot do is refused
// with a code that it does not ask again for.
func TestTerraformTencentImageWithShares(t *testing.T) {
	t.Parallel()
	p := newTencentProvider(t, tencentServer(t), owner)
	first := tfImage{name: "golden", snapshots: []string{"snap-3js1hnoe"}}
	id, _ := p.createImage(first)
	shares, err := p.createShares(id, stranger)
	must(t, err)
	guest := newTencentProvider(t, p.addr, stranger)
	if got := guest.sees(id); got != "SHARED_IMAGE" {
		t.Errorf("who it is shared with sees %q", got)
	}
	if tags := guest.readTags(id); tags != nil {
		t.Errorf("who it is shared with reads tags: %v", tags)
	}

	p.refused(p.remove(id), "InvalidImageId.InShared")
	renamed := first
	renamed.name = "golden-2"
	must(t, p.updateImage(id, first, renamed)) // while it is shared
	other, _ := p.createImage(tfImage{name: "other", instance: "ins-2v3sqe2t"})
	p.refused(p.updateImage(other, tfImage{}, renamed), "InvalidImageName.Duplicate")
	p.undriftedImage(id, renamed)
	p.undrifted(id, shares)

	must(t, p.deleteShares(id))
	p.deleteImage(id)
	if got := guest.sees(id); got != "" {
		t.Errorf("after its end somebody sees %q", got)
	}
}

// The data sources.

// images is tencentcloud_images and tencentcloud_image: pages of 100 until one
// is not full, the youngest first.
func (p tencentProvider) images(filters map[string][]string) []*cvm.Image {
	p.Helper()
	r := cvm.NewDescribeImagesRequest()
	for name, values := range filters {
		r.Filters = append(r.Filters, &cvm.Filter{Name: &name, Values: common.StringPtrs(values)})
	}
	const size = 100
	var all []*cvm.Image
	for offset := uint64(0); ; offset += size {
		r.Offset, r.Limit = common.Uint64Ptr(offset), common.Uint64Ptr(size)
		page := p.find(r)
		all = append(all, page...)
		if len(page) < size {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b *cvm.Image) int { return p.madeAt(b).Compare(p.madeAt(a)) })
	return all
}

// snapshotsOf is what tencentcloud_images asks Block Storage for each image
// that has snapshots.
func (p tencentProvider) snapshotsOf(img *cvm.Image) []string {
	p.Helper()
	var ids, found []string
	for _, s := range img.SnapshotSet {
		ids = append(ids, *s.SnapshotId)
	}
	if len(ids) == 0 {
		return nil
	}
	var page struct {
		SnapshotSet []struct{ SnapshotId, DiskUsage, SnapshotName *string }
	}
	must(p.T, p.ask("cbs", "2017-03-12", "DescribeSnapshots", map[string]any{"SnapshotIds": ids, "Offset": 0, "Limit": 100}, &page))
	for _, s := range page.SnapshotSet {
		found = append(found, *s.SnapshotId+" "+*s.DiskUsage)
	}
	return found
}

func (p tencentProvider) madeAt(img *cvm.Image) time.Time {
	at, err := time.Parse(time.RFC3339, *img.CreatedTime)
	must(p.T, err)
	return at
}

func TestTerraformTencentData(t *testing.T) {
	t.Parallel()
	seeded := make([]image, 120)
	seeded[7].Shares = had(stranger)
	p := newTencentProvider(t, tencentServer(t, seeded...), owner)
	young, _ := p.createImage(tfImage{name: "Golden Image", snapshots: []string{"snap-3js1hnoe"}})

	own := p.images(map[string][]string{"image-type": {"PRIVATE_IMAGE"}})
	ids := map[string]bool{}
	for _, img := range own {
		ids[*img.ImageId] = true
		_, _, _ = *img.OsName, *img.ImageName, *img.ImageState // as the filters of the data source read them
	}
	if len(own) != 121 || len(ids) != 121 || !ids[young] {
		t.Errorf("%d images of which %d are different, want 121 with %s", len(own), len(ids), young)
	}
	golden := p.images(map[string][]string{"image-name": {"golden"}})
	if len(golden) != 1 || *golden[0].ImageId != young {
		t.Fatalf("by name: %d images", len(golden))
	}
	if got, want := p.snapshotsOf(golden[0]), []string{"snap-3js1hnoe SYSTEM_DISK"}; !slices.Equal(got, want) {
		t.Errorf("snapshots %q, want %q", got, want)
	}
	if got := p.images(map[string][]string{"image-type": {"PUBLIC_IMAGE", "MARKET_IMAGE"}}); len(got) != 0 {
		t.Errorf("public ones: %d", len(got))
	}
	guest := newTencentProvider(t, p.addr, stranger)
	if got := guest.images(map[string][]string{"image-type": {"SHARED_IMAGE"}}); len(got) != 1 || *got[0].ImageId != tencent.imageID(7) {
		t.Errorf("received: %d images", len(got))
	}
	if got, err := p.readShares(tencent.imageID(7)); err != nil || !slices.Equal(got, []string{stranger}) {
		t.Errorf("shares: %q, %v", got, err)
	}
	quota, err := p.cvm.DescribeImageQuota(cvm.NewDescribeImageQuotaRequest())
	must(t, err)
	if got := *quota.Response.ImageNumQuota; got != 500 {
		t.Errorf("image quota %d, want 500", got)
	}
}

// Regions and zones by tencentcloud_availability_regions and the older and
// newer tencentcloud_availability_zones.
func TestTerraformTencentPlaces(t *testing.T) {
	t.Parallel()
	p := newTencentProvider(t, tencentServer(t), owner)
	var places struct {
		RegionSet []struct{ Region, RegionName, RegionState *string }
		ZoneSet   []struct{ Zone, ZoneId, ZoneName, ZoneState *string }
	}
	product := map[string]any{"Product": "cvm"}
	must(t, p.ask("region", "2022-06-27", "DescribeRegions", product, &places))
	must(t, p.ask("region", "2022-06-27", "DescribeZones", product, &places))
	older, err := p.cvm.DescribeRegions(cvm.NewDescribeRegionsRequest())
	must(t, err)
	zones, err := p.cvm.DescribeZones(cvm.NewDescribeZonesRequest())
	must(t, err)
	regions := map[string]string{}
	for _, r := range places.RegionSet {
		regions[*r.Region] = *r.RegionName + *r.RegionState
	}
	for _, r := range older.Response.RegionSet {
		if regions[*r.Region] != *r.RegionName+*r.RegionState {
			t.Errorf("%s is %q and %q", *r.Region, regions[*r.Region], *r.RegionName+*r.RegionState)
		}
	}
	if n := int(*older.Response.TotalCount); n != len(regions) || regions[p.region] == "" {
		t.Errorf("%d regions and %d", n, len(regions))
	}
	for i, z := range zones.Response.ZoneSet {
		if now := places.ZoneSet[i]; *now.Zone != *z.Zone || *now.ZoneId != *z.ZoneId || *now.ZoneName != *z.ZoneName || *now.ZoneState != *z.ZoneState {
			t.Errorf("zone %d is %s and %s", i, *now.Zone, *z.Zone)
		}
	}
	if n := int(*zones.Response.TotalCount); n != len(places.ZoneSet) || n == 0 {
		t.Errorf("%d zones and %d", n, len(places.ZoneSet))
	}
}
