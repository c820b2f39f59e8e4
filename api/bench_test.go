package api_test

import (
	"context"
	"testing"

	"imageshare/api"
	"imageshare/ledger"
)

// listed is an image as most lists show it.
type listed struct {
	ImageId, ImageName, OsName, Platform, Architecture, ImageState, ImageCreator, CreatedTime string
	ImageSize                                                                                 int64
	IsSupportCloudinit                                                                        bool
	LicenseType                                                                               string `json:",omitzero"`
	SnapshotSet                                                                               []disk
	Tags                                                                                      []disk
}

type disk struct {
	SnapshotId, DiskUsage string
	DiskSize              int64
}

// BenchmarkAppendJSON is a page of a hundred images.
func BenchmarkAppendJSON(b *testing.B) {
	type page struct {
		TotalCount int64
		ImageSet   []listed
		RequestId  string
	}
	out := &page{TotalCount: 1000, RequestId: "cbea6881-9a93-4c16-8163-5448a164c48f"}
	for range 100 {
		out.ImageSet = append(out.ImageSet, listed{
			ImageId: "img-00000012", ImageName: "golden-12", OsName: "TencentOS Server 3.1", Platform: "TencentOS", Architecture: "x86_64",
			ImageState: "NORMAL", ImageCreator: "100000000000", CreatedTime: "2026-01-01T00:00:00Z", ImageSize: 50,
			SnapshotSet: []disk{{"snap-00000012", "SYSTEM_DISK", 50}},
		})
	}
	a := api.Define(api.Spec[struct{}]{
		Cloud: ledger.Tencent, Product: "cvm", Name: "DescribeImages", Version: "1",
		Resources: func(*api.Request, *struct{}) []string { return nil },
	}, func(context.Context, *api.Request, *struct{}) (*page, error) { return out, nil })
	var room []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if room, err = a.AppendJSON(room[:0], out); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(room)))
}
