package cvm

import (
	"context"
	"slices"
	"strconv"

	"imageshare/api"
	"imageshare/ledger"
)

// GetImageShareUinInfoRequest asks who images are shared with, in the words of 2016.
type GetImageShareUinInfoRequest struct {
	// The images to ask about, at most ten, all of them the caller's own. One
	// given twice is listed once.
	ImageIds []string `api:"name=imageIds,required,maxitems=10"`
}

// GetImageShareUinInfoResponse is the envelope's data. Numbers are text, as in
// the document's sample: account numbers do not fit every reader's numbers.
type GetImageShareUinInfoResponse struct {
	// How many images are listed.
	ImageNum string `json:"imageNum"`
	// How many accounts one image can be shared with.
	MaxImgShareNum string `json:"maxImgShareNum"`
	// The images, in the order asked.
	ImageList []ImageShareUinInfo `json:"imageList"`
}

// ImageShareUinInfo is one image and who it is shared with.
type ImageShareUinInfo struct {
	// The image.
	ImageId string `json:"imageId"`
	// The shares, the oldest first.
	ShareUinInfo []ShareUinInfo `json:"shareUinInfo"`
}

// ShareUinInfo is one account's use of an image.
type ShareUinInfo struct {
	// The account that may use the image.
	Uin string `json:"uin"`
	// When the share began, as YYYY-MM-DD hh:mm:ss in UTC. The document names
	// no time zone.
	ShareTimeStamp string `json:"shareTimeStamp"`
}

func getImageShareUinInfo(l *ledger.Ledger) api.Action {
	return api.Define(api.Spec[GetImageShareUinInfoRequest]{
		Cloud: ledger.Tencent, Product: product, Generation: generation2016, Name: "GetImageShareUinInfo", SameAs: "DescribeImageSharePermission",
		Regional: true, Faults: faults,
		// As for DescribeImageSharePermission, which came after it.
		Resources: func(r *api.Request, _ *GetImageShareUinInfoRequest) []string { return resource(r, "*") },
	}, func(ctx context.Context, r *api.Request, in *GetImageShareUinInfoRequest) (*GetImageShareUinInfoResponse, error) {
		out := &GetImageShareUinInfoResponse{MaxImgShareNum: strconv.Itoa(l.ShareQuota(ledger.CVM))}
		for i, id := range in.ImageIds {
			if slices.Contains(in.ImageIds[:i], id) {
				continue
			}
			sharing, err := l.Sharing(ctx, r.Caller, key(r, id))
			if err != nil {
				return nil, err
			}
			out.ImageList = append(out.ImageList, ImageShareUinInfo{ImageId: id, ShareUinInfo: shareUinInfo(sharing.Shares)})
		}
		out.ImageNum = strconv.Itoa(len(out.ImageList))
		return out, nil
	})
}

func shareUinInfo(shares []ledger.Share) []ShareUinInfo {
	list := make([]ShareUinInfo, len(shares))
	for i, s := range shares {
		list[i] = ShareUinInfo{Uin: s.Account, ShareTimeStamp: s.At.UTC().Format("2006-01-02 15:04:05")}
	}
	return list
}
