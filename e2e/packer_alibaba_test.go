package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// The calls of the Packer plugin for Alibaba Cloud around images, step by step,
// by its client, with what it does not look for before it uses it. Instances
// are nobody's here; everything before CreateImage but the checks is left out.

// queried is what the plugin calls any state worth finding.
const queried = "Waiting,Creating,CreateFailed,Available"

// packerAlicloud is one build.
type packerAlicloud struct {
	*testing.T
	sdk     *ecs.Client
	name    string            // of the image
	images  map[string]string // by region: what the build has made so far
	source  string            // the image that was made first
	devices []ecs.DiskDeviceMapping
}

func newPackerAlicloud(t *testing.T, addr, name string) *packerAlicloud {
	t.Helper()
	making.Lock()
	defer making.Unlock()
	k := keyOf(owner)
	sdk, err := ecs.NewClientWithStsToken(alibaba.region, k.ID, k.Secret, "") // as the plugin does without a token
	must(t, err)
	sdk.Domain = addr
	sdk.AppendUserAgent("HashiCorp-Packer", "1.0")
	sdk.SetReadTimeout(patience)
	sdk.SetConnectTimeout(patience)
	return &packerAlicloud{T: t, sdk: sdk, name: name, images: map[string]string{}}
}

// preValidate is the step before anything is made.
func (p *packerAlicloud) preValidate(force bool, regions ...string) error {
	p.Helper()
	for _, region := range regions {
		answer, err := p.sdk.DescribeRegions(ecs.CreateDescribeRegionsRequest())
		must(p.T, err)
		if !slices.ContainsFunc(answer.Regions.Region, func(r ecs.Region) bool { return r.RegionId == region }) {
			return fmt.Errorf("not a valid alicloud region: %s", region)
		}
	}
	r := ecs.CreateDescribeImagesRequest()
	r.RegionId, r.ImageName, r.Status = alibaba.region, p.name, queried
	answer, err := p.sdk.DescribeImages(r)
	must(p.T, err)
	switch found := answer.Images.Image; {
	case len(found) == 0:
		return nil
	case !force:
		return fmt.Errorf("image name %s is used by %s", found[0].ImageName, found[0].ImageId)
	default:
		d := ecs.CreateDeleteImageRequest()
		d.RegionId, d.ImageId, d.Force = alibaba.region, found[0].ImageId, "true"
		_, err := p.sdk.DeleteImage(d)
		return err
	}
}

// sourceImage is the check of the image that instances are made of.
func (p *packerAlicloud) sourceImage(id string) string {
	p.Helper()
	r := ecs.CreateDescribeImagesRequest()
	r.RegionId, r.ImageId, r.ShowExpired = alibaba.region, id, "true"
	own, err := p.sdk.DescribeImages(r)
	must(p.T, err)
	r.ImageOwnerAlias = "marketplace"
	market, err := p.sdk.DescribeImages(r)
	must(p.T, err)
	all := append(own.Images.Image, market.Images.Image...)
	if len(all) == 0 {
		p.Fatalf("no alicloud image was found matching filters: %s", id)
	}
	return all[0].ImageId
}

// latest is the check of a family instead; "" for none.
func (p *packerAlicloud) latest(family string) string {
	p.Helper()
	r := ecs.CreateDescribeImageFromFamilyRequest()
	r.RegionId, r.ImageFamily = alibaba.region, family
	answer, err := p.sdk.DescribeImageFromFamily(r)
	must(p.T, err)
	return answer.Image.ImageId
}

// create makes the image of the instance and waits for it.
func (p *packerAlicloud) create() {
	p.Helper()
	r := ecs.CreateCreateImageRequest()
	r.ClientToken = "6927c1d2-0000-4000-8000-" + fmt.Sprintf("%012x", time.Now().UnixNano()&0xffffffffffff)
	r.RegionId, r.ImageName, r.InstanceId, r.ImageFamily, r.ImageVersion = alibaba.region, p.name, "i-packer", "packer", "1"
	answer, err := p.sdk.CreateImage(r)
	must(p.T, err)
	var found []ecs.Image
	for end := time.Now().Add(patience); len(found) == 0 || found[0].Status != "Available"; {
		if time.Now().After(end) {
			p.Fatalf("not available within %v: %+v", patience, found)
		}
		found = p.find(alibaba.region, answer.ImageId)
	}
	p.source, p.devices, p.images[alibaba.region] = answer.ImageId, found[0].DiskDeviceMappings.DiskDeviceMapping, found[0].ImageId
}

func (p *packerAlicloud) find(region, id string) []ecs.Image {
	p.Helper()
	r := ecs.CreateDescribeImagesRequest()
	r.RegionId, r.ImageId, r.Status = region, id, queried
	answer, err := p.sdk.DescribeImages(r)
	must(p.T, err)
	return answer.Images.Image
}

// copyTo starts a copy in each region and waits for none.
func (p *packerAlicloud) copyTo(regions ...string) {
	p.Helper()
	for _, region := range regions {
		r := ecs.CreateCopyImageRequest()
		r.RegionId, r.ImageId, r.DestinationRegionId = alibaba.region, p.source, region
		r.DestinationImageName = p.name + "-copy"
		answer, err := p.sdk.CopyImage(r)
		must(p.T, err)
		p.images[region] = answer.ImageId
	}
}

// share changes every image of the build; empty lists are sent as well.
func (p *packerAlicloud) share(add, remove []string) {
	p.Helper()
	for region, id := range p.images {
		r := ecs.CreateModifyImageSharePermissionRequest()
		r.RegionId, r.ImageId, r.AddAccount, r.RemoveAccount = region, id, &add, &remove
		_, err := p.sdk.ModifyImageSharePermission(r)
		must(p.T, err)
	}
}

// cleanUp is what a build that failed after its shares does: each step takes
// back what it did, the last one first, and reports what does not work.
func (p *packerAlicloud) cleanUp(added, removed []string) (complaints []string) {
	p.Helper()
	report := func(err error) {
		if f, _ := v1Fault(err); err != nil {
			complaints = append(complaints, f.code)
		}
	}
	p.share(removed, added)
	for region, id := range p.images {
		if id == p.source {
			continue
		}
		r := ecs.CreateCancelCopyImageRequest()
		r.RegionId, r.ImageId = region, id
		_, err := p.sdk.CancelCopyImage(r)
		report(err)
	}
	report(p.deleteImage(alibaba.region, p.source, p.devices))
	return complaints
}

// deleteImage deletes an image and then its snapshots, which it names without
// their region.
func (p *packerAlicloud) deleteImage(region, id string, devices []ecs.DiskDeviceMapping) error {
	r := ecs.CreateDeleteImageRequest()
	r.RegionId, r.ImageId = region, id
	if _, err := p.sdk.DeleteImage(r); err != nil {
		return err
	}
	if len(devices) == 0 {
		return fmt.Errorf("image %s has no disks", id)
	}
	for _, d := range devices {
		r := ecs.CreateDeleteSnapshotRequest()
		r.SnapshotId = d.SnapshotId
		if _, err := p.sdk.DeleteSnapshot(r); err != nil {
			return err
		}
	}
	return nil
}

// destroy is Destroy of the artifact: first every image is looked up, then each
// is unshared, and cancelled or deleted.
func (p *packerAlicloud) destroy() {
	p.Helper()
	found := map[string]ecs.Image{}
	for region, id := range p.images {
		found[region] = p.find(region, id)[0]
	}
	for region, img := range found {
		p.unshare(region, img.ImageId)
		if !img.IsCopied || img.Status == "Available" {
			must(p.T, p.deleteImage(region, img.ImageId, img.DiskDeviceMappings.DiskDeviceMapping))
			continue
		}
		r := ecs.CreateCancelCopyImageRequest()
		r.RegionId, r.ImageId = region, img.ImageId
		_, err := p.sdk.CancelCopyImage(r)
		must(p.T, err)
	}
}

// unshare takes the first page of accounts away, whoever they are.
func (p *packerAlicloud) unshare(region, id string) {
	p.Helper()
	accounts := p.sharedWith(region, id)
	if len(accounts) == 0 {
		return
	}
	r := ecs.CreateModifyImageSharePermissionRequest()
	r.RegionId, r.ImageId, r.RemoveAccount = region, id, &accounts
	_, err := p.sdk.ModifyImageSharePermission(r)
	must(p.T, err)
}

func (p *packerAlicloud) sharedWith(region, id string) (accounts []string) {
	p.Helper()
	r := ecs.CreateDescribeImageSharePermissionRequest()
	r.RegionId, r.ImageId = region, id
	answer, err := p.sdk.DescribeImageSharePermission(r)
	must(p.T, err)
	for _, a := range answer.Accounts.Account {
		accounts = append(accounts, a.AliyunId)
	}
	return accounts
}

// gone checks that nothing of the build is left.
func (p *packerAlicloud) gone() {
	p.Helper()
	for region, id := range p.images {
		if found := p.find(region, id); len(found) != 0 {
			p.Errorf("in %s there is still %+v", region, found)
		}
	}
}

// everywhere checks whom each image of the build is shared with.
func (p *packerAlicloud) everywhere(want ...string) {
	p.Helper()
	for region, id := range p.images {
		if got := p.sharedWith(region, id); !slices.Equal(got, want) {
			p.Errorf("in %s shared with %q, want %q", region, got, want)
		}
	}
}

// Where builds are copied to.
const thirdRegion = "cn-shanghai"

func TestPackerAlicloudBuild(t *testing.T) {
	t.Parallel()
	seed := alibaba.seed(image{}, image{Owner: stranger, Shares: had(owner)})
	addr := start(t, options{seed: seed, args: []string{"--image-transition", "300ms"}}).addr
	for name, accounts := range map[string][]string{"with share accounts": {middle, large}, "with none": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPackerAlicloud(t, addr, fmt.Sprintf("built-for-%d", len(accounts)))
			must(t, p.preValidate(false, alibaba.region, alibaba.elsewhere))
			for _, img := range seed.Images {
				if got := p.sourceImage(img.ID); got != img.ID {
					t.Errorf("the source image is %s, want %s", got, img.ID)
				}
			}
			if got := p.latest("no-family-" + p.name); got != "" {
				t.Errorf("a family of nobody has %s", got)
			}
			p.create()
			p.copyTo(alibaba.elsewhere, thirdRegion) // shared before they are there
			p.share(accounts, []string{})
			p.everywhere(accounts...)
			if err := p.preValidate(false); err == nil {
				t.Error("the name is taken, and the next build does not hear of it")
			}
			p.destroy()
			p.gone()
			must(t, p.preValidate(false, alibaba.region))
		})
	}
	p := newPackerAlicloud(t, addr, "nowhere")
	if err := p.preValidate(false, "cn-atlantis"); err == nil {
		t.Error("an unknown region is valid")
	}
}

// A build with image_force_delete takes an older image of its name away, unless
// that one is shared.
func TestPackerAlicloudForceDelete(t *testing.T) {
	t.Parallel()
	addr := start(t, options{seed: alibaba.seed(image{})}).addr
	first, second := newPackerAlicloud(t, addr, "again"), newPackerAlicloud(t, addr, "again")
	first.create()
	first.share([]string{middle}, nil)
	if f, ok := v1Fault(second.preValidate(true)); !ok || f.code != "ImageUseShared" {
		t.Errorf("a shared image is deleted by force: %+v", f)
	}
	first.share(nil, []string{middle})
	must(t, second.preValidate(true))
	first.gone()
	second.create()
	if got := second.latest("packer"); got != second.source {
		t.Errorf("the family has %q, want %s", got, second.source)
	}
	second.destroy()
}

// A build that fails after its shares takes them back, cancels its copies and
// deletes its image.
func TestPackerAlicloudCleanUp(t *testing.T) {
	t.Parallel()
	p := copying(t, "failed")
	p.share([]string{middle, large}, nil)
	p.everywhere(middle, large)
	if got := p.cleanUp([]string{middle, large}, nil); len(got) != 0 {
		t.Errorf("the plugin reports %q", got)
	}
	p.gone()
}

// With image_unshare_account the lists are swapped as well, and whom the image
// was to be taken from then has it: it cannot be deleted.
func TestPackerAlicloudCleanUpUnshared(t *testing.T) {
	t.Parallel()
	p := newPackerAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, "unshared")
	p.create()
	p.share([]string{middle}, []string{small})
	if got := p.cleanUp([]string{middle}, []string{small}); !slices.Equal(got, []string{"ImageUseShared"}) {
		t.Errorf("the plugin reports %q", got)
	}
	p.everywhere(small)
}

// A copy that was finished meanwhile cannot be cancelled: the plugin reports it
// and goes on.
func TestPackerAlicloudLateCleanUp(t *testing.T) {
	t.Parallel()
	p := newPackerAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, "late")
	p.create()
	p.copyTo(alibaba.elsewhere)
	p.share([]string{middle}, nil)
	if got := p.cleanUp([]string{middle}, nil); !slices.Equal(got, []string{"IncorrectImageStatus"}) {
		t.Errorf("the plugin reports %q", got)
	}
	if found := p.find(alibaba.region, p.source); len(found) != 0 {
		t.Errorf("the image is still there: %+v", found)
	}
	if found := p.find(alibaba.elsewhere, p.images[alibaba.elsewhere]); len(found) != 1 {
		t.Errorf("the copy is gone: %+v", found)
	}
}

// An artifact is destroyed while its copies are under way: these are cancelled.
func TestPackerAlicloudDestroyCopying(t *testing.T) {
	t.Parallel()
	p := copying(t, "destroyed")
	p.share([]string{middle, large}, nil)
	for _, region := range []string{alibaba.elsewhere, thirdRegion} {
		if img := p.find(region, p.images[region])[0]; !img.IsCopied || img.Status != "Creating" || img.Progress == "100%" {
			t.Errorf("a copy under way: %+v", img)
		}
	}
	p.destroy()
	p.gone()
}

// copying is a build whose image is there and whose copies take an hour: the
// server is told so when the image is made.
func copying(t *testing.T, name string) *packerAlicloud {
	t.Helper()
	store := filepath.Join(t.TempDir(), "shares.db")
	fast := start(t, options{store: store, seed: alibaba.seed(image{})})
	first := newPackerAlicloud(t, fast.addr, name)
	first.create()
	fast.stop(t)
	p := newPackerAlicloud(t, start(t, options{store: store, args: []string{"--image-transition", "1h"}}).addr, name)
	p.source, p.devices, p.images = first.source, first.devices, first.images
	p.copyTo(alibaba.elsewhere, thirdRegion)
	return p
}

// An encrypted build ends with a copy of its image in its own region, which no
// account can be given.
func TestPackerAlicloudEncrypted(t *testing.T) {
	t.Parallel()
	p := newPackerAlicloud(t, start(t, options{seed: alibaba.seed(image{})}).addr, "packer_temporary")
	p.create()
	r := ecs.CreateCopyImageRequest()
	r.RegionId, r.ImageId, r.DestinationRegionId, r.DestinationImageName = alibaba.region, p.source, alibaba.region, "encrypted"
	r.Encrypted, r.KMSKeyId = requests.NewBoolean(true), "key-1"
	answer, err := p.sdk.CopyImage(r)
	must(t, err)
	must(t, p.deleteImage(alibaba.region, p.source, p.devices))
	p.images[alibaba.region] = answer.ImageId
	p.share(nil, nil)
	s := ecs.CreateModifyImageSharePermissionRequest()
	s.RegionId, s.ImageId, s.AddAccount = alibaba.region, answer.ImageId, &[]string{middle}
	_, err = p.sdk.ModifyImageSharePermission(s)
	if f, ok := v1Fault(err); !ok || f.code != "OperationDeined.EncryptedSnapshot" {
		t.Errorf("sharing an encrypted image: %v", err)
	}
	p.destroy()
	p.gone()
}
