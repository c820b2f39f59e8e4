package ecs

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImagesRequest lists images that the caller may use.
type DescribeImagesRequest struct {
	// The region.
	RegionId string `api:"required"`
	// Images by id, at most a hundred; an unknown one is left out.
	ImageId []string `api:"comma,maxitems=100"`
	// States, or ALL; Available where none is given.
	Status []string `api:"comma"`
	// A part of the name.
	ImageName string
	// The family.
	ImageFamily string
	// A snapshot that the images are made of.
	SnapshotId string
	// self, others, system or marketplace; all of them where none is given.
	ImageOwnerAlias string
	// The owner of shared or public images.
	ImageOwnerId string `api:"digits"`
	// True lists the public images; the owner is others then.
	IsPublic bool
	// linux or windows.
	OSType string
	// i386, x86_64 or arm64.
	Architecture string
	// none or instance; no image is used by an instance here.
	Usage string
	// Whether images run on I/O optimized instances; every image does.
	IsSupportIoOptimized *bool
	// Whether images support cloud-init; of no image here is that known.
	IsSupportCloudinit *bool
	// The type of instances that the images are for, such as ecs.g5.large;
	// every image is for each.
	InstanceType string
	// What the images are for: CreateEcs or ChangeOS; every image is for both.
	ActionType string
	// A resource group; no image is in one.
	ResourceGroupId string
	// Whether images are listed whose subscription has expired; none does.
	ShowExpired bool
	// Whether images can be used; no page explains it, so it changes nothing.
	Usable bool
	// Tags that an image must have, up to twenty; without a value, any value.
	Tag []TagRequest
	// Bounds of the time of making, up to twenty.
	Filter []Filter `api:"maxitems=20"`
	// The page, from 1.
	PageNumber int64 `api:"default=1,min=1"`
	// How many images a page has, up to 100.
	PageSize int64 `api:"default=10,min=1,max=100"`
	// True checks everything and lists nothing.
	DryRun bool
}

// Filter bounds the time of making.
type Filter struct {
	// CreationStartTime or CreationEndTime.
	Key string
	// A time such as 2018-06-20T10:00Z.
	Value string
}

// DescribeImagesResponse is one page of images.
type DescribeImagesResponse struct {
	// How many images there are in all.
	TotalCount int64
	// The page.
	PageNumber int64
	// How many images a page has.
	PageSize int64
	// The id of this request.
	RequestId string
	// The region.
	RegionId string
	// The images of the page.
	Images Images
}

// Images are images.
type Images struct {
	// The images: own ones, then shared, then public ones.
	Image []Image
}

// What only this action refuses.
var (
	errAlias       = errors.New("no such owner alias")
	errStatus      = errors.New("no such status")
	errUsage       = errors.New("no such usage")
	errOSType      = errors.New("no such system")
	errArch        = errors.New("no such architecture")
	errFilterKey   = errors.New("no such filter")
	errFilterValue = errors.New("not a time")
	errTags        = errors.New("too many tags")
	errTagNoKey    = errors.New("the value of a tag without its key")
	errInstances   = errors.New("no such type of instances")
	errActionType  = errors.New("no such use of images")
)

var dryRun = api.Fault{Err: ledger.ErrDryRun, Status: 400, Code: "DryRunOperation", Message: "Request validation has been passed with DryRun flag set."}

// tooWide is ours: the vendor documents no bound.
var tooWide = api.Fault{Err: ledger.ErrTooWide, Status: 400, Code: "InvalidParamter", Message: "There are more than {limit} images to look through: name images by their ids."}

var describeImagesFaults = []api.Fault{
	{Err: errAlias, Status: 400, Code: "InvalidImageOwnerAlias.ValueNotSupported", Message: "The specified ImageOwnerAlias value is not supported."},
	{Err: errStatus, Status: 400, Code: "InvalidParamter", Message: "Invalid Parameter"},
	{Err: errUsage, Status: 404, Code: "InvalidUsage", Message: "The specifed Usage is not valid"},
	{Err: errOSType, Status: 404, Code: "InvalidOSType", Message: "The specifed OSType is not valid"},
	{Err: errArch, Status: 404, Code: "InvalidArchitecture", Message: "The specifed Architecture is not valid"},
	{Err: errFilterKey, Status: 404, Code: "InvalidFilterKey.NotFound", Message: ""},
	{Err: errFilterValue, Status: 404, Code: "InvalidFilterValue", Message: ""},
	{Err: errTags, Status: 400, Code: "InvalidTagCount", Message: "The specified tags are beyond the permitted range."},
	{Err: errTagNoKey, Status: 400, Code: "InvalidTag.Mismatch", Message: "The specified Tag.n.Key and Tag.n.Value are not match."},
	{Err: errInstances, Status: 400, Code: "InvalidInstanceType.ValueNotSupported", Message: "The specified InstanceType does not exist or beyond the permitted range."},
	{Err: errActionType, Status: 400, Code: "InvalidParamter", Message: "Invalid Parameter"},
	tooWide, dryRun,
}

// instanceType is the form of a type of instances, such as ecs.g5.large.
var instanceType = regexp.MustCompile(`^ecs(\.[a-z0-9-]+){2,3}$`)

// allStatuses are what Status may say; ALL stands for each of them, alone.
var allStatuses = []string{"Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated", "ALL"}

// Check holds words to what is documented.
func (in *DescribeImagesRequest) Check() error {
	for _, word := range []struct {
		text string
		of   []string
		rule error
	}{
		{in.ImageOwnerAlias, []string{"self", "others", "system", "marketplace"}, errAlias},
		{in.Usage, []string{"none", "instance"}, errUsage},
		{in.OSType, []string{"linux", "windows"}, errOSType},
		{in.Architecture, []string{"i386", "x86_64", "arm64"}, errArch},
		{in.ActionType, []string{"CreateEcs", "ChangeOS"}, errActionType},
	} {
		if word.text != "" && !slices.Contains(word.of, word.text) {
			return word.rule
		}
	}
	for _, s := range in.Status {
		if !slices.Contains(allStatuses, s) || (s == "ALL" && len(in.Status) > 1) {
			return errStatus
		}
	}
	if in.InstanceType != "" && !instanceType.MatchString(in.InstanceType) {
		return errInstances
	}
	if in.IsPublic && in.ImageOwnerAlias != "" && in.ImageOwnerAlias != "others" {
		return errAlias
	}
	return in.checkLists()
}

func (in *DescribeImagesRequest) checkLists() error {
	if len(in.Tag) > 20 {
		return errTags
	}
	for _, t := range in.Tag {
		if key, _ := t.pair(); key == "" {
			return errTagNoKey
		}
	}
	for _, f := range in.Filter {
		if f.Key != "CreationStartTime" && f.Key != "CreationEndTime" {
			return errFilterKey
		}
		if _, err := time.Parse(minute, f.Value); err != nil {
			return errFilterValue
		}
	}
	return nil
}

// minute is how filters write times.
const minute = "2006-01-02T15:04Z"

// view is the request in the ledger's words.
func (in *DescribeImagesRequest) view(r *api.Request) ledger.View {
	v := ledger.View{
		Product: ledger.ECS, Region: r.Region, Sets: in.sets(), IDs: in.ids(), Snapshot: in.SnapshotId,
		States: in.states(), Family: in.ImageFamily, Owner: in.ImageOwnerId,
		Offset: api.Offset(in.PageNumber, in.PageSize), Limit: in.PageSize,
	}
	if in.looks() {
		v.Match = in.matches
	}
	return v
}

// ids are the images that are named. What is no id of one is an unknown one,
// and where nothing else is named, nothing is; nil is for all.
func (in *DescribeImagesRequest) ids() []string {
	return slices.DeleteFunc(slices.Clone(in.ImageId), func(id string) bool { return !ledger.ECS.ValidImageID(id) })
}

// looks reports whether each image has to be looked at: no index has parts of
// names, systems, tags and times.
func (in *DescribeImagesRequest) looks() bool {
	return in.ImageName != "" || in.OSType != "" || in.Architecture != "" || len(in.Tag) > 0 || len(in.Filter) > 0
}

// sets are whose images are listed. Public ones have to be asked for, by
// IsPublic or by their ids. No image here is the vendor's or the market's.
func (in *DescribeImagesRequest) sets() []ledger.Set {
	switch {
	case in.none():
		return nil
	case in.IsPublic:
		return []ledger.Set{ledger.Public}
	case in.ImageOwnerAlias == "self":
		return []ledger.Set{ledger.Owned}
	}
	sets := []ledger.Set{ledger.Held}
	if in.ImageOwnerAlias == "" {
		sets = []ledger.Set{ledger.Owned, ledger.Held}
	}
	if in.ImageId != nil {
		sets = append(sets, ledger.Public)
	}
	return sets
}

// none reports whether what is asked for is not so of any image here.
func (in *DescribeImagesRequest) none() bool {
	return in.ImageOwnerAlias == "system" || in.ImageOwnerAlias == "marketplace" || in.ResourceGroupId != "" || in.Usage == "instance" ||
		(in.IsSupportIoOptimized != nil && !*in.IsSupportIoOptimized) || (in.IsSupportCloudinit != nil && *in.IsSupportCloudinit)
}

func (in *DescribeImagesRequest) matches(s ledger.Seen) bool {
	return hasTags(s, in.Tag) && in.inTime(s) && ledger.Occurs(s.Name, in.ImageName) &&
		equal(in.OSType, s.OSType) && equal(in.Architecture, s.Architecture)
}

// equal reports whether a text is what was asked for, or nothing was.
func equal(asked, text string) bool { return asked == "" || asked == text }

// states are the states that Status names; nil for all.
func (in *DescribeImagesRequest) states() []ledger.State {
	asked := in.Status
	if len(asked) == 0 {
		asked = []string{"Available"}
	}
	if slices.Contains(asked, "ALL") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ledger.States), func(s ledger.State) bool { return !slices.Contains(asked, statuses[s]) })
}

// hasTags reports whether an image has all tags, one without a value whatever
// its value is.
func hasTags(s ledger.Seen, list []TagRequest) bool {
	for _, t := range list {
		key, asked := t.pair()
		if value, ok := s.Tags[key]; !ok || !equal(asked, value) {
			return false
		}
	}
	return true
}

func (in *DescribeImagesRequest) inTime(s ledger.Seen) bool {
	for _, f := range in.Filter {
		at, err := time.Parse(minute, f.Value)
		if err != nil || (f.Key == "CreationStartTime" && s.CreatedAt.Before(at)) || (f.Key == "CreationEndTime" && s.CreatedAt.After(at)) {
			return false
		}
	}
	return true
}

func describeImages(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[DescribeImagesRequest]{
		Cloud: ledger.Alibaba, Product: product, Version: version, Name: "DescribeImages",
		Regional: true, Faults: slices.Concat(describeImagesFaults, unknown("The specified ImageId does not exist.", noRegion)),
		Resources: func(r *api.Request, in *DescribeImagesRequest) []string { return resources(r, in.ImageId) },
	}, func(ctx context.Context, r *api.Request, in *DescribeImagesRequest) (*DescribeImagesResponse, error) {
		if in.DryRun {
			return nil, ledger.ErrDryRun
		}
		page, total, err := l.See(ctx, r.Caller, in.view(r))
		out := &DescribeImagesResponse{TotalCount: total, PageNumber: in.PageNumber, PageSize: in.PageSize, RegionId: in.RegionId}
		out.Images.Image = imagesOf(page, r.Now)
		return out, err
	})
}
