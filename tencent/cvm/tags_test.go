package cvm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"imageshare/api"
	"imageshare/internal/wiretest"
	"imageshare/ledger"
	"imageshare/tencent/cvm"
	"imageshare/tencent/tag"
)

// Whether an image is tagged when it is made or later, its tags keep to the
// same bounds. Codes are each action's own.
func TestTagsOfNewImages(t *testing.T) {
	t.Parallel()
	c := config()
	c.Actions = func(l *ledger.Ledger) []api.Action { return slices.Concat(cvm.Actions(l), tag.Actions(l)) }
	r := rig{t, wiretest.Open(t, c)}
	for i, a := range []struct{ key, value, imported, created, changed string }{
		{strings.Repeat("ключ", 32)[:2*127], strings.Repeat("я", 255), "", "", ""},
		{"team", "", "", "", ""},
		{"projects", "x", "", "", ""},
		{"", "x", "MissingParameter", "MissingParameter", "InvalidParameterValue.TagKeyEmpty"},
		{strings.Repeat("ключ", 32), "x", "InvalidParameterValue.TooLarge", "InvalidParameter.ValueTooLarge", "InvalidParameterValue.TagKeyLengthExceeded"},
		{"team", strings.Repeat("я", 256), "InvalidParameterValue.TooLarge", "InvalidParameter.ValueTooLarge", "InvalidParameterValue.TagValueLengthExceeded"},
		{"qcloud", "x", "FailedOperation.TagKeyReserved", "FailedOperation.TagKeyReserved", "InvalidParameter.ReservedTagKey"},
		{"tencent", "x", "FailedOperation.TagKeyReserved", "FailedOperation.TagKeyReserved", "InvalidParameter.ReservedTagKey"},
		{"project", "x", "FailedOperation.TagKeyReserved", "FailedOperation.TagKeyReserved", "InvalidParameter.ReservedTagKey"},
	} {
		tags := fmt.Sprintf(`,"TagSpecification":[{"ResourceType":"image","Tags":[{"Key":%q,"Value":%q}]}]}`, a.key, a.value)
		r.do("tc3 ImportImage", strings.TrimSuffix(fmt.Sprintf(imported, fmt.Sprintf("imported-%d", i)), "}")+tags, a.imported)
		r.do("tc3 CreateImage", fmt.Sprintf(`{"ImageName":"created-%d","InstanceId":"ins-2v3sqe2t"`, i)+tags, a.created)
		r.do("tc3 ModifyResourceTags version=2018-08-13",
			fmt.Sprintf(`{"Resource":"qcs::cvm:ap-guangzhou:uin/:image/img-unshared","ReplaceTags":[{"TagKey":%q,"TagValue":%q}]}`, a.key, a.value), a.changed)
	}
}

// A name can be changed, not taken away: two images without one would have
// the same.
func TestNamesAreNotTakenAway(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	id := r.do("tc3 ImportImage", fmt.Sprintf(imported, "golden"), "").ImageId
	for _, image := range []string{id, "img-unshared", "img-6pb6lrmy"} {
		got := r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+image+`","ImageName":"","ImageDescription":"base"}`, "InvalidParameterValue")
		if got.Error.Message != "The value of parameter `ImageName` is not allowed: it is empty." {
			t.Errorf("%s: %s", image, got.Error.Message)
		}
	}
	old := r.Call(t, "v2-post ModifyImageAttribute region=gz", "ImageId="+id, "ImageName=").Body.String()
	if !strings.Contains(old, `"InvalidParameterValue"`) {
		t.Errorf("on API 2.0: %s", old)
	}
	if img := r.made("golden"); img.ImageId != id || img.ImageDescription != "" {
		t.Errorf("after the refusals: %+v", img)
	}
	r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+id+`","ImageDescription":"base"}`, "")
	r.do("tc3 ModifyImageAttribute", `{"ImageId":"`+id+`","ImageDescription":""}`, "")
}
