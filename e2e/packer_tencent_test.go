package e2e

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// tencentBuilder is Packer's plugin tencentcloud-cvm from the point on where
// its machine is ready.
type tencentBuilder struct{ tencentTool }

func newTencentBuilder(t *testing.T, addr string) tencentBuilder {
	return tencentBuilder{newTencentTool(t, "", addr, owner, tencent.region)}
}

// template is what a build is told.
type template struct {
	name   string
	shares []string // image_share_accounts
	copies []string // image_copy_regions
}

// artifact is what a build leaves: image ids by region.
type artifact map[string]string

// build takes the steps in their order. When one fails, those before it clean
// up, the last first.
func (b tencentBuilder) build(tpl template) (artifact, error) {
	b.Helper()
	if b.byName(tpl.name) != nil {
		return nil, fmt.Errorf("Image name %s has exists", tpl.name)
	}
	img, err := b.create(tpl.name)
	if err != nil {
		return nil, err
	}
	id := *img.ImageId
	made := artifact{b.region: id}
	if err := b.share(id, tpl.shares); err != nil {
		return nil, errors.Join(err, b.unshare(id, tpl.shares), b.remove(id))
	}
	if err := b.copy(id, tpl, made); err != nil {
		return nil, errors.Join(err, b.unshare(id, tpl.shares), b.remove(id))
	}
	return made, nil
}

// byName finds an image by its whole name among those that fit a part of it.
func (b tencentBuilder) byName(name string) *cvm.Image {
	b.Helper()
	r := cvm.NewDescribeImagesRequest()
	r.Filters = []*cvm.Filter{{Name: common.StringPtr("image-name"), Values: []*string{&name}}}
	for _, img := range b.find(r) {
		if *img.ImageName == name {
			return img
		}
	}
	return nil
}

func (b tencentBuilder) ready(name string) *cvm.Image {
	b.Helper()
	b.until("NORMAL", func() bool { img := b.byName(name); return img != nil && *img.ImageState == "NORMAL" })
	return b.byName(name)
}

func (b tencentBuilder) create(name string) (*cvm.Image, error) {
	b.Helper()
	r := cvm.NewCreateImageRequest()
	r.ImageName, r.ImageDescription, r.InstanceId = &name, common.StringPtr(""), common.StringPtr("ins-2v3sqe2t")
	r.DataDiskIds = common.StringPtrs([]string{"disk-6gabakqz"})
	r.ForcePoweroff, r.Sysprep = common.StringPtr("True"), common.StringPtr("False")
	if _, err := b.cvm.CreateImage(r); err != nil {
		return nil, err
	}
	return b.ready(name), nil
}

func (b tencentBuilder) share(id string, accounts []string) error {
	if len(accounts) == 0 {
		return nil
	}
	return b.permit(id, "SHARE", accounts...)
}

// unshare is sent whether or not anybody has a share, and also for no accounts.
func (b tencentBuilder) unshare(id string, accounts []string) error {
	return b.permit(id, "CANCEL", accounts...)
}

// copy makes the copies of the other regions, and waits for each by its name there.
func (b tencentBuilder) copy(id string, tpl template, made artifact) error {
	b.Helper()
	others := slices.DeleteFunc(slices.Clone(tpl.copies), func(r string) bool { return r == b.region })
	if len(others) == 0 {
		return nil
	}
	r := cvm.NewSyncImagesRequest()
	r.ImageIds, r.DestinationRegions = []*string{&id}, common.StringPtrs(others)
	if _, err := b.cvm.SyncImages(r); err != nil {
		return err
	}
	for _, region := range others {
		made[region] = *tencentBuilder{b.in(region)}.ready(tpl.name).ImageId
	}
	return nil
}

// destroy asks for every image in the region of the build, also for copies:
// these it does not find, and says so.
func (b tencentBuilder) destroy(a artifact) map[string][]error {
	b.Helper()
	failed := map[string][]error{}
	for region, id := range a {
		fail := func(err error) {
			if err != nil {
				failed[region] = append(failed[region], err)
			}
		}
		if len(b.byID(id)) == 0 {
			fail(fmt.Errorf("describe images failed, region(%s) ImageId(%s)", region, id))
		}
		accounts, err := b.sharedWith(id)
		fail(err)
		if len(accounts) > 0 {
			fail(b.permit(id, "CANCEL", accounts...))
		}
		fail(b.remove(id))
	}
	return failed
}

// A build that shares and copies: the copies are nobody else's.
func TestPackerTencentBuild(t *testing.T) {
	t.Parallel()
	b := newTencentBuilder(t, tencentServer(t))
	made, err := b.build(template{name: "packer-1", shares: []string{stranger, small}, copies: []string{tencent.region, tencent.elsewhere, "eu-frankfurt"}})
	must(t, err)
	if got := slices.Sorted(maps.Keys(made)); !slices.Equal(got, []string{tencent.region, tencent.elsewhere, "eu-frankfurt"}) {
		t.Fatalf("images in %q", got)
	}
	for region, id := range made {
		there := b.in(region)
		accounts, err := there.sharedWith(id)
		must(t, err)
		want, type_ := []string{}, ""
		if region == b.region {
			want, type_ = []string{small, stranger}, "SHARED_IMAGE"
		}
		if !slices.Equal(accounts, want) {
			t.Errorf("%s is shared with %q, want %q", region, accounts, want)
		}
		if got := newTencentTool(t, "", b.addr, stranger, region).sees(id); got != type_ {
			t.Errorf("in %s the other account sees %q, want %q", region, got, type_)
		}
	}
	if _, err := b.build(template{name: "packer-1"}); err == nil {
		t.Error("a second build of one name began")
	}

	// Its end, as far as the plugin gets: it looks for copies where they are not.
	failed := b.destroy(made)
	if len(failed[b.region]) != 0 || len(b.byID(made[b.region])) != 0 {
		t.Errorf("the image itself is left: %v", failed[b.region])
	}
	for _, region := range []string{tencent.elsewhere, "eu-frankfurt"} {
		if len(failed[region]) != 3 {
			t.Fatalf("the copy in %s: %v", region, failed[region])
		}
		b.refused(failed[region][1], "InvalidImageId.NotFound")
		b.refused(failed[region][2], "InvalidImageId.NotFound")
		must(t, b.in(region).remove(made[region]))
	}
}

// A build with neither.
func TestPackerTencentPlainBuild(t *testing.T) {
	t.Parallel()
	b := newTencentBuilder(t, tencentServer(t))
	made, err := b.build(template{name: "packer-1", copies: []string{tencent.region}})
	must(t, err)
	img := b.byID(made[b.region])[0]
	if len(made) != 1 || len(img.SnapshotSet) != 2 || *img.ImageSource != "CREATE_IMAGE" {
		t.Errorf("made %v with snapshots %v", made, len(img.SnapshotSet))
	}
	if failed := b.destroy(made); len(failed) != 0 {
		t.Errorf("not destroyed: %v", failed)
	}
	if b.byName("packer-1") != nil {
		t.Error("it is still there")
	}
}

// A build that fails, at the share or at the copy, leaves nothing.
func TestPackerTencentCleanUp(t *testing.T) {
	t.Parallel()
	for code, tpl := range map[string]template{
		"InvalidAccountIs.YourSelf":  {shares: []string{stranger, owner}},
		"InvalidAccountId.NotFound":  {shares: []string{"not-a-number"}},
		"InvalidRegion.NotFound":     {shares: []string{stranger}, copies: []string{"mars-1"}},
		"InvalidImageName.Duplicate": {copies: []string{tencent.elsewhere, "eu-frankfurt"}},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			b := newTencentBuilder(t, tencentServer(t))
			tpl.name = "packer-1"
			if code == "InvalidImageName.Duplicate" { // the last copy's name is taken there
				_, err := tencentBuilder{b.in("eu-frankfurt")}.create(tpl.name)
				must(t, err)
			}
			made, err := b.build(tpl)
			b.refused(err, code)
			if made != nil {
				t.Errorf("left %v", made)
			}
			if img := b.byName(tpl.name); img != nil {
				t.Errorf("left %s", *img.ImageId)
			}
			if img := (tencentBuilder{b.in(tencent.elsewhere)}).byName(tpl.name); img != nil {
				t.Errorf("left a copy %s", *img.ImageId)
			}
		})
	}
}
