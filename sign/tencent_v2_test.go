package sign_test

import (
	"net/http"
	"slices"
	"testing"

	"imageshare/sign"
)

func tencentV2Request() *sign.Request {
	return &sign.Request{
		Method: http.MethodPost,
		Host:   "127.0.0.1:7080",
		Path:   "/v2/index.php",
		Params: []sign.Param{
			{Name: "Action", Value: "ShareImage"},
			{Name: "uinList_0", Value: "909619400"},
			{Name: "imageId", Value: "img-apatyoed"},
		},
	}
}

func tencentV2Scheme(method string) scheme {
	return scheme{
		request: func() *sign.Request {
			r := tencentV2Request()
			sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: 4800, Method: method})
			return r
		},
		read: sign.ReadTencentV2,
	}
}

func TestTencentV2Refuses(t *testing.T) {
	t.Parallel()
	tencentV2Scheme("").run(t, []trap{
		{"no key id", dropParam("SecretId"), sign.ErrMissing, "SecretId"},
		{"a parameter twice", addParam("imageId", "1"), sign.ErrMalformed, "imageId"},
		{"a name with a dot beside one with an underscore", addParam("uinList.0", "909619400"), sign.ErrMalformed, "uinList.0"},
		{"two names that meet at their beginning", func(r *sign.Request) {
			r.Params = append(r.Params, sign.Param{Name: "_a"}, sign.Param{Name: ".a"})
		}, sign.ErrMalformed, ".a"},
		{"a key id that is a file", setParam("SecretId", "@AKIDexample"), sign.ErrMissing, "SecretId"},
		{"a signature that is a file", setParam("Signature", "@"), sign.ErrMissing, "Signature"},
		{"too many parameters", func(r *sign.Request) { r.Params = append(r.Params, manyParams(4096)...) }, sign.ErrMalformed, "parameters"},
	})
}

func TestTencentV2Mismatch(t *testing.T) {
	t.Parallel()
	mismatch := func(name string, change func(*sign.Request)) trap {
		return trap{name, change, sign.ErrMismatch, ""}
	}
	traps := []trap{
		mismatch("another method", func(r *sign.Request) { r.Method = http.MethodGet }),
		mismatch("another path", func(r *sign.Request) { r.Path = "/" }),
		mismatch("another value", setParam("imageId", "img-apatyoee")),
		mismatch("another index", func(r *sign.Request) { find(r, "uinList_0").Name = "uinList_1" }),
		mismatch("a parameter less", dropParam("uinList_0")),
		mismatch("a value made a file", setParam("imageId", "@img-apatyoed")),
		mismatch("a version more", addParam("Version", "2017-03-12")),
		mismatch("another digest", setParam("SignatureMethod", "HmacSHA1 ")),
	}
	for _, method := range []string{"HmacSHA1", "HmacSHA256", "TC2-HmacSHA256"} {
		tencentV2Scheme(method).run(t, traps)
	}
}

func TestTencentV2Tolerates(t *testing.T) {
	t.Parallel()
	fine := func(name string, change func(*sign.Request)) trap { return trap{name, change, nil, ""} }
	tencentV2Scheme("TC2-HmacSHA256").run(t, []trap{
		fine("parameters in another order", func(r *sign.Request) { slices.Reverse(r.Params) }),
		fine("an underscore that came as a dot", func(r *sign.Request) { find(r, "uinList_0").Name = "uinList.0" }),
		fine("a file more", addParam("icon", "@logo.png")),
		fine("a file under a name that is there", addParam("imageId", "@img-other")),
		fine("an empty version more and a file", func(r *sign.Request) {
			*r = *tencentV2Request()
			r.Params = append(r.Params, sign.Param{Name: "Version"}, sign.Param{Name: "icon", Value: "@logo.png"})
			sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Nonce: 4800})
			find(r, "icon").Value = "@other.png"
		}),
	})
}

// TestTencentV1KnowsNoneOfIt: what API 2.0 leaves open is closed on API 3.0.
func TestTencentV1KnowsNoneOfIt(t *testing.T) {
	t.Parallel()
	tencentV1Scheme(key, "").run(t, []trap{
		{"a file more", addParam("icon", "@logo.png"), sign.ErrMismatch, ""},
		{"a digest of API 2.0", func(r *sign.Request) {
			sign.SignTencentV2(r, key, sign.TencentOptions{At: now, Method: "TC2-HmacSHA256"})
		}, sign.ErrMismatch, ""},
	})
}

// TestCoveredTencentV2 is what a caller may read of a signed request.
func TestCoveredTencentV2(t *testing.T) {
	t.Parallel()
	params := []sign.Param{{Name: "uinList_0", Value: "1"}, {Name: "_a_b", Value: "@x"}, {Name: "imageId", Value: "@"}}
	all := []sign.Param{{Name: "uinList.0", Value: "1"}, {Name: ".a.b", Value: "@x"}, {Name: "imageId", Value: "@"}}
	versioned := append(slices.Clone(params), sign.Param{Name: "Version", Value: "@"})
	for name, c := range map[string]struct {
		method       string
		params, want []sign.Param
	}{
		"POST":                {"POST", params, all[:1]},
		"GET":                 {"GET", params, all},
		"POST with a version": {"POST", versioned, append(slices.Clone(all), versioned[3])},
	} {
		if got := sign.CoveredTencentV2(&sign.Request{Method: c.method, Params: c.params}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
