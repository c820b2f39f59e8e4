package ens3

import (
	"testing"

	ens "github.com/alibabacloud-go/ens-20171110/v3/client"
	"github.com/alibabacloud-go/tea/tea"
)

// TestLife: this SDK reads the answers of every action that it has into its own
// types: make an image, find it, rename it, delete it; public images and nodes.
func TestLife(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t), "secret3")
	made, err := c.CreateImage(&ens.CreateImageRequest{ImageName: tea.String("golden"), InstanceId: tea.String("i-1"), DeleteAfterImageUpload: tea.String("false")})
	must(t, err)
	id := made.Body.ImageId
	if tea.Int32Value(made.Body.Code) != 0 || tea.StringValue(id) == "" || tea.StringValue(made.Body.RequestId) == "" {
		t.Errorf("CreateImage: %v", made)
	}
	_, err = c.ModifyImageAttribute(&ens.ModifyImageAttributeRequest{ImageId: id, ImageName: tea.String("silver")})
	must(t, err)
	self, err := c.DescribeSelfImages(&ens.DescribeSelfImagesRequest{ImageId: id, PageNumber: tea.Int32(1), PageSize: tea.Int32(50)})
	must(t, err)
	if list := self.Body.Images.Image; len(list) != 1 || tea.StringValue(list[0].ImageName) != "silver" || tea.StringValue(list[0].InstanceId) != "i-1" ||
		tea.StringValue(list[0].ImageSize) != "20" || tea.StringValue(list[0].Status) != "Available" || tea.StringValue(list[0].ImageOwnerAlias) != "self" {
		t.Errorf("DescribeSelfImages: %v", self)
	}
	usable, err := c.DescribeImages(&ens.DescribeImagesRequest{ImageName: tea.String("silver"), PageSize: tea.String("1"), EnsRegionId: tea.String("cn-dalian-unicom")})
	must(t, err)
	if b := usable.Body; tea.Int32Value(b.TotalCount) != 1 || tea.Int32Value(b.PageSize) != 1 || len(b.Images.Image) != 1 || *b.Images.Image[0].ImageId != *id {
		t.Errorf("DescribeImages: %v", usable)
	}
	_, err = c.DeleteImage(&ens.DeleteImageRequest{ImageId: id})
	must(t, err)
	gone, err := c.DescribeSelfImages(&ens.DescribeSelfImagesRequest{ImageId: id})
	must(t, err)
	if len(gone.Body.Images.Image) != 0 {
		t.Errorf("after it was deleted: %v", gone)
	}
}

// TestPublic: public images and nodes.
func TestPublic(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t), "secret3")
	infos, err := c.DescribeImageInfos(&ens.DescribeImageInfosRequest{OsType: tea.String("linux")})
	must(t, err)
	if list := infos.Body.Images.Image; len(list) != 1 || tea.StringValue(list[0].ImageId) != "centos_6_08_64" || tea.StringValue(list[0].OSName) != "centos" {
		t.Errorf("DescribeImageInfos: %v", infos)
	}
	nodes, err := c.DescribeEnsRegions(&ens.DescribeEnsRegionsRequest{EnsRegionId: tea.String("cn-dalian-unicom")})
	must(t, err)
	if list := nodes.Body.EnsRegions.EnsRegions; len(list) != 1 || tea.StringValue(list[0].Area) != "NorthEastChina" {
		t.Errorf("DescribeEnsRegions: %v", nodes)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
