package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"imageshare/admin"
)

// commonFlags are those of every command that asks a server.
type commonFlags struct{ admin, tokenFile string }

func (c *commonFlags) declare(f *flag.FlagSet, asJSON *bool) {
	f.StringVar(&c.admin, "admin", "http://127.0.0.1:7081", "`URL` of the server's admin listener")
	f.StringVar(&c.tokenFile, "admin-token-file", "", "`FILE` with the token that the admin listener wants")
	f.BoolVar(asJSON, "json", false, "print the API's own JSON")
}

// connect checks where to ask; nothing is asked yet.
func (c *commonFlags) connect() (*remote, error) {
	text := c.admin
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.Trim(base.Path, "/") != "" {
		return nil, usageError{fmt.Errorf("--admin %q is no address of a server: write http://HOST:PORT", c.admin)}
	}
	token, err := tokenFrom(c.tokenFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &remote{base: base.Scheme + "://" + base.Host, token: token, client: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext},
		// The token is for the server that was named, not for one it names.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// remote is the admin API of a running server.
type remote struct {
	base   string
	token  string
	client *http.Client
}

func (r *remote) close() { r.client.CloseIdleConnections() }

// path is a call's path of parts, each of which may hold anything.
func path(parts ...string) string {
	var b strings.Builder
	b.WriteString("/api/v1")
	for _, p := range parts {
		// A part of dots would be taken for a way up.
		b.WriteString("/" + strings.ReplaceAll(url.PathEscape(p), ".", "%2E"))
	}
	return b.String()
}

// refusal is an error that the server answered.
type refusal struct {
	status        int
	code, message string
}

func (e *refusal) Error() string { return e.message }

// call asks, and returns the body of a success with its status.
func (r *remote) call(ctx context.Context, method, path string, query url.Values, body []byte) (answer []byte, status int, err error) {
	target := r.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	q, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	if r.token != "" {
		q.Header.Set("Authorization", "Bearer "+r.token)
	}
	if len(body) > 0 {
		q.Header.Set("Content-Type", "application/json")
	}
	a, err := r.client.Do(q)
	if err != nil {
		return nil, 0, r.unreachable(ctx, err)
	}
	defer a.Body.Close()
	if answer, err = io.ReadAll(a.Body); err != nil {
		return nil, 0, fmt.Errorf("the answer of %s broke off: %w", r.base, err)
	}
	if a.StatusCode >= 300 {
		return nil, a.StatusCode, r.refused(a.StatusCode, answer)
	}
	return answer, a.StatusCode, nil
}

func (r *remote) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	return fmt.Errorf("cannot reach %s: %w: is `imageshare serve` running? Name its admin listener with --admin", r.base, err)
}

// refused reads an error of the API; anything else is not from it.
func (r *remote) refused(status int, answer []byte) error {
	var told struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(answer, &told); err != nil || told.Error.Code == "" {
		return fmt.Errorf("%s answered %d %s, and not as an admin API does: name the admin listener of `imageshare serve` with --admin", r.base, status, http.StatusText(status))
	}
	e := &refusal{status, told.Error.Code, told.Error.Message}
	if status == http.StatusUnauthorized {
		e.message += ": name that file with --admin-token-file"
	}
	return e
}

// fetch asks for one thing, and returns it as it came, too.
func fetch[T any](ctx context.Context, r *remote, path string) (T, []byte, error) {
	var v T
	answer, _, err := r.call(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return v, nil, err
	}
	return v, answer, r.read(answer, &v)
}

// read decodes an answer.
func (r *remote) read(answer []byte, to any) error {
	if err := json.Unmarshal(answer, to); err != nil {
		return fmt.Errorf("the answer of %s is not the admin API's: %w: is it a server of another version?", r.base, err)
	}
	return nil
}

// each follows a list to its end, page by page. A list is never cut short.
func each(ctx context.Context, r *remote, path string, query url.Values, see func(item json.RawMessage) error) error {
	q := url.Values{"limit": {"1000"}}
	for name, values := range query {
		q[name] = values
	}
	for {
		answer, _, err := r.call(ctx, http.MethodGet, path, q, nil)
		if err != nil {
			return err
		}
		var page admin.List[json.RawMessage]
		if err := r.read(answer, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := see(item); err != nil {
				return err
			}
		}
		switch page.Next {
		case "":
			return nil
		case q.Get("cursor"):
			return fmt.Errorf("the list of %s comes back to where it was: is it a server of another version?", r.base)
		}
		q.Set("cursor", page.Next)
	}
}
