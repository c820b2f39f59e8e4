package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"imageshare/sign"
)

// result is what one run measured.
type result struct {
	perSecond float64
	cpu       float64 // µs of the server for a request
}

// call makes the action and body of the n-th request.
type call func(o options, n int) (action, body string)

func describe(o options, _ int) (string, string) {
	return "DescribeImageSharePermission", fmt.Sprintf(`{"ImageId":"%s"}`, imageID(rand.IntN(o.images)))
}

// modified counts accounts up, so that every change is one.
var modified atomic.Int64

func modify(o options, n int) (string, string) {
	return "ModifyImageSharePermission", fmt.Sprintf(`{"ImageId":"%s","AccountIds":["%d"],"Permission":"SHARE"}`, imageID(n%o.images), 200000000000+modified.Add(1))
}

// load sends requests over kept connections, each signed anew and each answer
// checked, and measures the second half: the first warms up.
func load(ctx context.Context, p *process, o options, c call) (result, error) {
	if err := send(ctx, p, o, o.requests/4, c); err != nil {
		return result{}, err
	}
	before, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	began := time.Now()
	if err := send(ctx, p, o, o.requests, c); err != nil {
		return result{}, err
	}
	took := time.Since(began)
	after, err := p.cpu()
	n := float64(o.requests)
	return result{perSecond: n / took.Seconds(), cpu: float64((after - before).Microseconds()) / n}, err
}

func send(ctx context.Context, p *process, o options, n int, c call) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make([]error, o.clients)
	for i := range o.clients {
		wg.Go(func() {
			for failed[i] == nil && ctx.Err() == nil {
				at := int(next.Add(1))
				if at > n {
					return
				}
				action, body := c(o, at)
				failed[i] = once(ctx, client, p.addr, action, body)
			}
		})
	}
	wg.Wait()
	return errors.Join(append(failed, ctx.Err())...)
}

// once sends one signed request and insists on a success.
func once(ctx context.Context, client *http.Client, addr, action, body string) error {
	r := &sign.Request{Method: http.MethodPost, Host: addr, Path: "/", Header: http.Header{}, Body: []byte(body)}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TC-Action", action)
	r.Header.Set("X-TC-Version", "2017-03-12")
	r.Header.Set("X-TC-Region", "ap-guangzhou")
	sign.SignTC3(r, sign.Key{ID: "AKIDbench", Secret: "benchsecret"}, sign.TC3Options{At: time.Now()})
	h, err := http.NewRequestWithContext(ctx, r.Method, "http://"+addr+"/", bytes.NewReader(r.Body))
	if err != nil {
		return err
	}
	h.Header = r.Header
	answer, err := client.Do(h)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && (bytes.Contains(text, []byte(`"Error"`)) || !bytes.HasPrefix(text, []byte(`{"Response":{`))) {
		err = fmt.Errorf("%s: %s", action, text)
	}
	return err
}
