package e2e

import (
	"context"
	"net"
	"net/http"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/client"
	ecs "github.com/alibabacloud-go/ecs-20140526/v4/client"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// tlsWires are clients told to use https and nothing else. They count for no
// table: what they show is that TLS changes nothing.
func tlsWires() []wire {
	named := tc3Wire()
	named.name, named.dial = "tencent by the vendor's name", dialNamed
	rows := []wire{tc3Wire(), named, acs3Wire(""), v1Wire("")}
	rows[0].dial, rows[2].dial, rows[3].dial = dialTencentTLS, dialACS3TLS, dialV1TLS
	for n := range rows {
		rows[n].sdk = sdk{}
	}
	return rows
}

func dialTencentTLS(t *testing.T, s speaker) client {
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint = s.addr // https is what it does by itself
	return newTencent(t, s, p)
}

// dialNamed has no endpoint at all: its connections are led here, as a hosts
// file does it, and it insists on the vendor's name in the certificate.
func dialNamed(t *testing.T, s speaker) client {
	c := newTencent(t, s, profile.NewClientProfile())
	here := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.addr)
	}}
	t.Cleanup(here.CloseIdleConnections)
	c.sdk.WithHttpTransport(here)
	return c
}

func newTencent(t *testing.T, s speaker, p *profile.ClientProfile) tencentClient {
	p.HttpProfile.ReqTimeout = int(patience.Seconds())
	sdk, err := cvm.NewClient(common.NewCredential(s.key.ID, s.key.Secret), s.region, p)
	if err != nil {
		t.Fatal(err)
	}
	return tencentClient{sdk}
}

func dialACS3TLS(t *testing.T, s speaker) client {
	millis := ownPatience()
	sdk, err := ecs.NewClient(&openapi.Config{
		AccessKeyId: &s.key.ID, AccessKeySecret: &s.key.Secret,
		Protocol: tea.String("https"), Endpoint: &s.addr,
		ReadTimeout: &millis, ConnectTimeout: &millis,
	})
	if err != nil {
		t.Fatal(err)
	}
	return acs3Client{sdk, s.region}
}

func dialV1TLS(t *testing.T, s speaker) client {
	c := dialV1(t, s).(v1Client)
	c.sdk.GetConfig().Scheme = "HTTPS"
	return c
}

// TestTLS puts Go's clients through the everyday life of an image, and lets one
// fail, over TLS with the certificates of imageshare cert.
func TestTLS(t *testing.T) {
	for _, w := range tlsWires() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			b := &bench{wire: w, scenarios: scenarios()}
			for _, s := range b.scenarios {
				b.images = append(b.images, s.image)
			}
			seed := w.cloud.seed(append(b.images, storyImages...)...)
			b.images = seed.Images
			s, _ := startTLS(t, options{seed: seed, args: []string{"--rate-limits", "off"}})
			b.addr = s.addr
			t.Run("share, list, cancel, list", b.shareAndCancel)
			for n, s := range b.scenarios {
				if s.name == "wrong secret" || s.name == "list of an unknown image" {
					t.Run(s.name, func(t *testing.T) { b.play(t, s, b.images[n]) })
				}
			}
		})
	}
}
