package main

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"time"

	"imageshare/ledger"
)

// population is what a file holds, all of it told by numbers alone, so that
// whoever fills it and whoever asks agree without reading it. Images are
// numbered; of every ten one is of ECS, one of ENS and the rest are of CVM.
type population struct {
	Images int
	Shares int // of each image
}

// few are what changes are measured on beside the whole.
var few = population{Images: 10_000, Shares: 10}

const (
	// An owner has a thousand images and shares them with accounts of its own
	// choosing: with ten shares each that makes a hundred accounts of a hundred
	// images. What belongs together lies together, so that a file is built in
	// minutes and not in hours.
	imagesOfOwner   = 1000
	sharesOfGrantee = 100
	// knownOwners are those whose grantees have keys, to look at what they received.
	knownOwners = 10
	cvmRegion   = "ap-guangzhou"
	ecsRegion   = "cn-hangzhou"
	secret      = "benchsecret"
)

// began is when the first share of each image did.
var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// kinds are the products in the order of the images' last digit.
var kinds = [10]ledger.Product{8: ledger.ECS, 9: ledger.ENS}

func kind(n int) ledger.Product {
	if p := kinds[n%10]; p != "" {
		return p
	}
	return ledger.CVM
}

func imageKey(n int) ledger.ImageKey {
	switch kind(n) {
	case ledger.ECS:
		return ledger.ImageKey{Product: ledger.ECS, Region: ecsRegion, ID: fmt.Sprintf("m-bp%010d", n)}
	case ledger.ENS:
		return ledger.ImageKey{Product: ledger.ENS, ID: fmt.Sprintf("m-en%010d", n)}
	}
	return ledger.ImageKey{Product: ledger.CVM, Region: cvmRegion, ID: fmt.Sprintf("img-%08d", n)}
}

// owner is the number of the account that owns an image, in either cloud.
func (p population) owner(n int) string { return strconv.Itoa(100000000000 + n/imagesOfOwner) }

// keyID is the access key of an owner.
func keyID(c ledger.Cloud, owner string) string {
	if c == ledger.Alibaba {
		return "LTAI" + owner
	}
	return "AKID" + owner
}

// grantee is the account that holds the k-th share of an image. Those of one
// image are neighbours, so they differ.
func (p population) grantee(n, k int) string {
	each := max(p.Shares, imagesOfOwner*p.Shares/sharesOfGrantee)
	return strconv.Itoa(200000000000 + n/imagesOfOwner*each + (n*p.Shares+k)%each)
}

// known are the accounts that have a key.
func (p population) known() map[string]bool {
	all := map[string]bool{}
	for n := range p.Images {
		all[p.owner(n)] = true
		if n < knownOwners*imagesOfOwner {
			for k := range p.Shares {
				all[p.grantee(n, k)] = true
			}
		}
	}
	return all
}

func (p population) image(n int) *ledger.Image {
	i := &ledger.Image{
		Key: imageKey(n), Owner: p.owner(n), Name: fmt.Sprintf("golden-%d", n), Description: "base image", State: ledger.Available,
		OSName: "TencentOS Server 3.1", OSType: "linux", Platform: "TencentOS", Architecture: "x86_64", SizeGiB: 50, CreatedAt: began,
		Snapshots: []ledger.Snapshot{{ID: fmt.Sprintf("snap-%08d", n), Usage: "system", SizeGiB: 50}}, Public: n%1000 == 0,
	}
	for k := range p.Shares {
		i.Shares = append(i.Shares, ledger.Share{Account: p.grantee(n, k), At: began.Add(time.Duration(k) * time.Hour)})
	}
	return i
}

// draw chooses images of one product.
type draw struct {
	of     []int // their numbers
	weight []float64
	rand   *rand.Rand
}

// series is another series of the same draw.
func (d draw) series(seed uint64) *draw {
	d.rand = rand.New(rand.NewPCG(seed, 2))
	return &d
}

// newDraw draws uniformly, or by Zipf's law with s = 1: the r-th is chosen
// 1/r times as often as the first. Which is the r-th is shuffled, or the
// favourites would lie on one page of the file; they are the same in every
// round, as they are from one minute to the next.
func newDraw(p population, product ledger.Product, zipf bool) *draw {
	d := &draw{rand: rand.New(rand.NewPCG(1, 1))}
	for n := range p.Images {
		if kind(n) == product {
			d.of = append(d.of, n)
		}
	}
	d.rand.Shuffle(len(d.of), func(i, j int) { d.of[i], d.of[j] = d.of[j], d.of[i] })
	if !zipf {
		return d
	}
	sum := 0.0
	for r := range d.of {
		sum += 1 / float64(r+1)
		d.weight = append(d.weight, sum)
	}
	return d
}

func (d *draw) next() int {
	if d.weight == nil {
		return d.of[d.rand.IntN(len(d.of))]
	}
	last := len(d.weight) - 1
	return d.of[sort.SearchFloat64s(d.weight, d.rand.Float64()*d.weight[last])]
}
