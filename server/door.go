package server

import (
	"net/http"
	"slices"
	"strings"

	"imageshare/api"
	"imageshare/sign"
)

// clues are what a request can be told by, the surest first. The first that
// any dialect recognises decides.
var clues = []struct {
	name string
	fits func(api.Dialect, *api.Catalogue, *sign.Request) bool
}{
	{"host", fitsHost},
	{"authorization", fitsScheme},
	{"path", func(d api.Dialect, _ *api.Catalogue, r *sign.Request) bool {
		return slices.Contains(d.Marks().Paths, r.Path)
	}},
	{"parameter", func(d api.Dialect, _ *api.Catalogue, r *sign.Request) bool {
		return slices.ContainsFunc(r.Params, func(p sign.Param) bool { return slices.Contains(d.Marks().Params, p.Name) })
	}},
	{"header", fitsHeader},
	{"version", func(d api.Dialect, c *api.Catalogue, r *sign.Request) bool {
		return slices.ContainsFunc(r.Params, func(p sign.Param) bool {
			return p.Name == "Version" && c.HasVersion(d.Cloud(), p.Value)
		})
	}},
}

// choose finds the dialect of a request and the clue that told it.
func choose(all []api.Dialect, c *api.Catalogue, r *sign.Request) (api.Dialect, string) {
	for _, clue := range clues {
		for _, d := range all {
			if clue.fits(d, c, r) {
				return d, clue.name
			}
		}
	}
	return nil, ""
}

// fitsHost knows real host names only. A region in one decides nothing.
func fitsHost(d api.Dialect, _ *api.Catalogue, r *sign.Request) bool {
	name, _, _ := strings.Cut(r.Host, ":") // an address in brackets is no name
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return slices.ContainsFunc(d.Marks().Hosts, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

func fitsScheme(d api.Dialect, _ *api.Catalogue, r *sign.Request) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	return slices.ContainsFunc(d.Marks().Schemes, func(prefix string) bool { return strings.HasPrefix(word, prefix) })
}

func fitsHeader(d api.Dialect, _ *api.Catalogue, r *sign.Request) bool {
	for name := range r.Header {
		if slices.ContainsFunc(d.Marks().Headers, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			return true
		}
	}
	return false
}

// undecided is the answer to a request that shows no vendor's mark. It has no
// wire of its own, so it is said in plain words.
func undecided() api.Answer {
	return api.Answer{
		Status: http.StatusBadRequest, ContentType: "text/plain; charset=utf-8", Code: "undecided", Row: "undecided",
		Body: []byte(`imageshare cannot tell which cloud this request is for. It looked, in this order, for:
  a Host under tencentcloudapi.com, api.qcloud.com or aliyuncs.com
  an Authorization that begins with TC3-, ACS3- or SKIP
  the path /v2/index.php
  a parameter SecretId (Tencent Cloud) or AccessKeyId (Alibaba Cloud)
  a header X-TC-… or x-acs-…
  a parameter Version of an API that is served here
Point an SDK of Tencent Cloud or Alibaba Cloud at this address; the admin API is on another port.
`),
	}
}
