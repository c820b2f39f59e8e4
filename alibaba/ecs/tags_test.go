package ecs_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"imageshare/ledger"
)

// numbered is text for each number up to n, of which it stands for each %d.
func numbered(text string, n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i+1)))
	}
	return all.String()
}

// Of each bound of the documents, the last number that is allowed and the first
// that is not.
func TestTagBounds(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	const (
		of    = "ResourceType=image ResourceId.1=m-unshared "
		tag   = "Tag.%d.Key=k%d Tag.%d.Value=v "
		image = "ResourceId.%d=m-unshared "
	)
	key, value := strings.Repeat("k", 128), strings.Repeat("v", 128)
	for _, c := range [][3]string{
		{"TagResources", of + numbered(tag, 20), ""},
		{"TagResources", of + numbered(tag, 21), "NumberExceed.Tags"},
		{"AddTags", "ResourceType=image ResourceId=m-shared " + numbered(tag, 21), "NumberExceed.Tags"},
		{"UntagResources", of + numbered("TagKey.%d=other%d ", 20), ""},
		{"UntagResources", of + numbered("TagKey.%d=other%d ", 21), "NumberExceed.Tags"},
		{"ListTagResources", of + numbered(tag, 20), ""},
		{"ListTagResources", of + numbered(tag, 21), "NumberExceed.Tags"},
		{"ListTagResources", of + numbered("TagFilter.%d.TagKey=k%d ", 5), ""},
		{"ListTagResources", of + numbered("TagFilter.%d.TagKey=k%d ", 6), "InvalidParameter"},
		{"ListTagResources", of + "TagFilter.1.TagKey=k1 " + numbered("TagFilter.1.TagValues.%d=v ", 5), ""},
		{"ListTagResources", of + "TagFilter.1.TagKey=k1 " + numbered("TagFilter.1.TagValues.%d=v ", 6), "InvalidParameter"},
		{"TagResources", "ResourceType=image Tag.1.Key=k1 " + numbered(image, 50), ""},
		{"TagResources", "ResourceType=image Tag.1.Key=k1 " + numbered(image, 51), "NumberExceed.ResourceIds"},
		{"UntagResources", "ResourceType=image TagKey.1=other " + numbered(image, 51), "NumberExceed.ResourceIds"},
		{"ListTagResources", "ResourceType=image " + numbered(image, 50), ""},
		{"ListTagResources", "ResourceType=image " + numbered(image, 51), "NumberExceed.ResourceIds"},
		// An image has twenty tags; another value of one of them is none more.
		{"TagResources", of + "Tag.1.Key=k20 Tag.1.Value=w", ""},
		{"TagResources", of + "Tag.1.Key=k21", "OperationDenied.QuotaExceed"},
		{"AddTags", "ResourceType=image ResourceId=m-unshared Tag.1.Key=k21", "OperationDenied.QuotaExceed"},
		{"UntagResources", of + "TagKey.1=k1", ""},
		{"TagResources", of + "Tag.1.Key=k21", ""},
		{"TagResources", "ResourceType=image ResourceId.1=m-shared Tag.1.Key=" + key + " Tag.1.Value=" + value, ""},
		{"TagResources", "ResourceType=image ResourceId.1=m-shared Tag.1.Key=" + key + "k", "InvalidTagKey.Malformed"},
		{"TagResources", "ResourceType=image ResourceId.1=m-shared Tag.1.Key=k Tag.1.Value=" + value + "v", "InvalidTagValue.Malformed"},
	} {
		r.do("v1 "+c[0], c[1], c[2])
	}
}

// A list by tags has fifty images a page, and as many pages as it takes; what is
// tagged or loses its tag meanwhile moves no other image.
func TestTagPages(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.edit(func(e *ledger.Editor) error {
		for i := range 120 {
			key := ledger.ImageKey{Product: ledger.ECS, Region: "cn-hangzhou", ID: fmt.Sprintf("m-%03d", i)}
			if err := e.Image(key, func(img *ledger.Image) error {
				img.Owner, img.Tags = "1234567890123456", map[string]string{"a": "1", "b": "2"}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	seen, token, sizes := map[string]int{}, "", []int{}
	for {
		page := r.do("v1 ListTagResources", "ResourceType=image Tag.1.Key=a NextToken="+token, "")
		for _, tag := range page.TagResources.TagResource {
			seen[tag.ResourceId]++
		}
		sizes = append(sizes, len(page.TagResources.TagResource))
		if page.NextToken == nil {
			break
		}
		token = *page.NextToken
		r.do("v1 UntagResources", "ResourceType=image TagKey.1=a ResourceId.1=m-000", "")
	}
	if fmt.Sprint(sizes) != "[100 100 40]" || len(seen) != 120 {
		t.Errorf("pages of %v tags, %d images, want 100, 100 and 40 tags of 120 images", sizes, len(seen))
	}
	for id, n := range seen {
		if n != 2 {
			t.Errorf("%d tags of %s, want 2", n, id)
		}
	}
}

// Images of ENS keep their own facts in tags; one of them may have the id of an
// image of ECS, and no call of ECS comes near it.
func TestTagsOfENS(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	edge := ledger.ImageKey{Product: ledger.ENS, ID: "m-unshared"}
	kept := map[string]string{"acs:ens:instanceId": "i-1", "team": "edge"}
	r.edit(func(e *ledger.Editor) error {
		return e.Image(edge, func(img *ledger.Image) error { img.Tags = maps.Clone(kept); return nil })
	})
	const image = "ResourceType=image ResourceId.1=m-unshared "
	r.do("v1 TagResources", image+"Tag.1.Key=team Tag.1.Value=base", "")
	r.do("v1 UntagResources", image+"TagKey.1=team", "")
	r.do("v1 UntagResources", image+"All=true", "")
	if got := r.do("v1 ListTagResources", "ResourceType=image TagFilter.1.TagKey=*acs*", ""); len(got.TagResources.TagResource) != 0 {
		t.Errorf("ECS lists %+v", got.TagResources)
	}
	r.edit(func(e *ledger.Editor) error {
		return e.Image(edge, func(img *ledger.Image) error {
			if !maps.Equal(img.Tags, kept) {
				t.Errorf("the tags are %v, want %v", img.Tags, kept)
			}
			return nil
		})
	})
}

// A policy is asked about each image by name; a list that names none asks for
// all of them.
func TestTagPolicies(t *testing.T) {
	t.Parallel()
	r := life(t, 0)
	r.allow("keeper", `{"Version":"1","Statement":[
		{"Effect":"Allow","Action":"ecs:*Tag*","Resource":["acs:ecs:cn-hangzhou:*:image/m-unshared","acs:ecs:cn-qingdao:*:snapshot/s-daily-1"]}]}`)
	const keeper = " key=LTAIkeeper"
	for _, c := range [][3]string{
		{"TagResources", "ResourceId.1=m-unshared Tag.1.Key=team", ""},
		{"TagResources", "ResourceId.1=m-unshared ResourceId.2=m-shared Tag.1.Key=team", "Forbidden.RAM"},
		{"UntagResources", "ResourceId.1=m-unshared TagKey.1=team", ""},
		{"UntagResources", "ResourceId.1=m-shared TagKey.1=team", "Forbidden.RAM"},
		{"ListTagResources", "ResourceId.1=m-unshared", ""},
		{"ListTagResources", "ResourceId.1=m-shared", "Forbidden.RAM"},
		{"ListTagResources", "Tag.1.Key=team", "Forbidden.RAM"},
		{"AddTags", "ResourceId=m-unshared Tag.1.Key=team", ""},
		{"AddTags", "ResourceId=m-shared Tag.1.Key=team", "Forbidden.RAM"},
	} {
		r.do("v1 "+c[0]+keeper, "ResourceType=image "+c[1], c[2])
	}
	r.do("v1 AddTags region=cn-qingdao"+keeper, "ResourceType=snapshot ResourceId=s-daily-1 Tag.1.Key=team", "")
	r.do("v1 AddTags region=cn-qingdao"+keeper, "ResourceType=snapshot ResourceId=s-daily-2 Tag.1.Key=team", "Forbidden.RAM")
}

// edit changes records by hand.
func (r rig) edit(change func(*ledger.Editor) error) {
	r.Helper()
	if err := r.Ledger.Edit(r.Context(), ledger.Caller{}, change); err != nil {
		r.Fatal(err)
	}
}
