package cvm

import (
	"context"

	"imageshare/api"
	"imageshare/ledger"
)

// DescribeImageQuotaRequest asks how many images there can be. It has no
// parameters of its own.
type DescribeImageQuotaRequest struct{}

// DescribeImageQuotaResponse says how many.
type DescribeImageQuotaResponse struct {
	// How many images the account can have in this region.
	ImageNumQuota int64
	// The id of this request.
	RequestId string
}

// DescribeImageQuotaV2Response says so on API 2.0.
type DescribeImageQuotaV2Response struct {
	// How many images the account can have in this region.
	ImageNumQuota int64
	// The id of this request, as the document's table has it.
	RequestId string
	// The same, as the document's sample has it.
	RequestID string
}

func describeImageQuota(l *ledger.Ledger) []api.Action {
	return both(api.Spec[DescribeImageQuotaRequest]{
		Name:      "DescribeImageQuota",
		Resources: func(*api.Request, *DescribeImageQuotaRequest) []string { return everything() },
	}, func(context.Context, *api.Request, *DescribeImageQuotaRequest) (*DescribeImageQuotaResponse, error) {
		return &DescribeImageQuotaResponse{ImageNumQuota: int64(l.ImageQuota(ledger.CVM))}, nil
	}, func(o *DescribeImageQuotaResponse) *DescribeImageQuotaV2Response {
		return &DescribeImageQuotaV2Response{ImageNumQuota: o.ImageNumQuota}
	})
}
