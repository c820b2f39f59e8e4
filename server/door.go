package server

import (
	"errors"
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
	find func([]api.Dialect, *api.Catalogue, *sign.Request) api.Dialect
}{
	{"host", byHost},
	{"authorization", byScheme},
	{"path", func(all []api.Dialect, _ *api.Catalogue, r *sign.Request) api.Dialect {
		return first(all, func(d api.Dialect) bool { return slices.Contains(d.Marks().Paths, r.Path) })
	}},
	{"parameter", byParam(func(d api.Dialect, _ *api.Catalogue, p sign.Param) bool {
		return slices.Contains(d.Marks().Params, p.Name)
	})},
	{"header", byHeader},
	{"version", byParam(func(d api.Dialect, c *api.Catalogue, p sign.Param) bool {
		return p.Name == "Version" && c.HasVersion(d.Cloud(), p.Value)
	})},
}

// choose finds the dialect of a request and the clue that told it.
func choose(all []api.Dialect, c *api.Catalogue, r *sign.Request) (api.Dialect, string) {
	for _, clue := range clues {
		if d := clue.find(all, c, r); d != nil {
			return d, clue.name
		}
	}
	return nil, ""
}

// first is the first dialect that fits, or nil.
func first(all []api.Dialect, fits func(api.Dialect) bool) api.Dialect {
	for _, d := range all {
		if fits(d) {
			return d
		}
	}
	return nil
}

// byHost knows real host names only. A region in one decides nothing.
func byHost(all []api.Dialect, _ *api.Catalogue, r *sign.Request) api.Dialect {
	name, _, _ := strings.Cut(r.Host, ":") // an address in brackets is no name
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return first(all, func(d api.Dialect) bool {
		return slices.ContainsFunc(d.Marks().Hosts, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
	})
}

func byScheme(all []api.Dialect, _ *api.Catalogue, r *sign.Request) api.Dialect {
	word, _, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	return first(all, func(d api.Dialect) bool { return hasPrefix(word, d.Marks().Schemes) })
}

func byHeader(all []api.Dialect, _ *api.Catalogue, r *sign.Request) api.Dialect {
	return first(all, func(d api.Dialect) bool {
		for name := range r.Header {
			if hasPrefix(name, d.Marks().Headers) {
				return true
			}
		}
		return false
	})
}

func hasPrefix(text string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}

// byParam looks for a parameter that only one dialect has.
func byParam(fits func(api.Dialect, *api.Catalogue, sign.Param) bool) func([]api.Dialect, *api.Catalogue, *sign.Request) api.Dialect {
	return func(all []api.Dialect, c *api.Catalogue, r *sign.Request) api.Dialect {
		return first(all, func(d api.Dialect) bool {
			return slices.ContainsFunc(r.Params, func(p sign.Param) bool { return fits(d, c, p) })
		})
	}
}

// broken is the answer to a request over which the server failed before it knew
// whose it is.
func broken() api.Answer {
	return api.Answer{
		Status: http.StatusInternalServerError, ContentType: "text/plain; charset=utf-8", Code: api.Internal, Row: api.Internal,
		Body: []byte("imageshare failed; its log says why.\n"),
	}
}

// undecided is the answer to a request that shows no vendor's mark. It has no
// wire of its own, so it is said in plain words. The mark may have been in a body
// for which there was no room.
func undecided(broken error) api.Answer {
	if errors.Is(broken, api.ErrOverload) {
		return api.Answer{
			Status: http.StatusServiceUnavailable, ContentType: "text/plain; charset=utf-8", Code: "overload", Row: "overload",
			Body: []byte("imageshare has too much to do: try again.\n"),
		}
	}
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
