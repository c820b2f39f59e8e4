// Package ens3 drives the server with the Go SDK for ENS of 2022, which reads
// accounts as plain texts alone. It is a module of its own because this SDK and
// the one for ECS cannot be in one build.
package ens3

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/client"
	ens "github.com/alibabacloud-go/ens-20171110/v3/client"
	"github.com/alibabacloud-go/tea/tea"
)

const state = `{"version":1,"accounts":[{"cloud":"alibaba","id":"1234567890123456","keys":[{"id":"LTAI3","secret":"secret3"}]}],"images":[
{"product":"ens","id":"centos_6_08_64","owner":"1234567890123457","public":true,"osType":"linux","osName":"centos"},
{"product":"ens","id":"m-share","owner":"1234567890123456"},
{"product":"ens","id":"m-list","owner":"1234567890123456","shares":[{"account":"7","sharedAt":"2018-06-10T11:02:50Z"},{"account":"12","sharedAt":"2018-06-10T11:02:50Z"}]}]}`

// steps are what every client of this project is put through.
var steps = []struct {
	name string
	do   func(t *testing.T, addr string)
}{
	{"share", func(t *testing.T, addr string) {
		change(t, dial(t, addr, "secret3"), "155780923770,1886508529898586", "")
		list(t, addr, "m-share", 1, 10, 2, "155780923770 1886508529898586")
	}},
	{"list", func(t *testing.T, addr string) { list(t, addr, "m-list", 1, 10, 2, "7 12") }},
	{"pages", func(t *testing.T, addr string) {
		list(t, addr, "m-list", 1, 1, 2, "7")
		list(t, addr, "m-list", 2, 1, 2, "12")
		list(t, addr, "m-list", 3, 1, 2, "")
	}},
	{"cancel", func(t *testing.T, addr string) {
		change(t, dial(t, addr, "secret3"), "", "155780923770")
		list(t, addr, "m-share", 1, 10, 1, "1886508529898586")
	}},
	{"unknown image", func(t *testing.T, addr string) { refused(t, addr, "secret3", "m-nosuch", "InvalidParameter.ImageId") }},
	{"wrong secret", func(t *testing.T, addr string) { refused(t, addr, "other", "m-list", "SignatureDoesNotMatch") }},
}

func TestSteps(t *testing.T) {
	addr := start(t)
	var lines []string
	for _, s := range steps {
		result := "fail"
		if t.Run(s.name, func(t *testing.T) { s.do(t, addr) }) {
			result = "pass"
		}
		line, err := json.Marshal(struct {
			Language  string `json:"language"`
			Client    string `json:"client"`
			Version   string `json:"version"`
			API       string `json:"api"`
			Signature string `json:"signature"`
			Step      string `json:"step"`
			Result    string `json:"result"`
		}{"go", "alibabacloud-go ens-20171110/v3", version(t), "Alibaba Cloud ENS", "ACS3-HMAC-SHA256 POST", s.name, result})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line)+"\n")
	}
	if path := os.Getenv("E2E_RESULTS"); path != "" {
		if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// version is the one in go.mod, so that a report cannot say another.
func version(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/alibabacloud-go/ens-20171110/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// start builds the server, unless one is named, and runs it as old ENS clients need it.
func start(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	bin := os.Getenv("IMAGESHARE_BIN")
	if bin == "" {
		bin = filepath.Join(dir, "imageshare")
		build := exec.Command("go", "build", "-o", bin, "./cmd/imageshare")
		build.Dir = "../.."
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	seed := filepath.Join(dir, "state.json")
	if err := os.WriteFile(seed, []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "serve", "--store", "memory:", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--seed", seed, "--ens-accounts", "strings")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
			t.Errorf("the server did not stop well: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr, _, _ := strings.Cut(strings.TrimPrefix(line, "ready wires="), " ")
	return addr
}

func dial(t *testing.T, addr, secret string) *ens.Client {
	t.Helper()
	c, err := ens.NewClient(&openapi.Config{
		AccessKeyId: tea.String("LTAI3"), AccessKeySecret: &secret, Protocol: tea.String("http"), Endpoint: &addr,
		ReadTimeout: tea.Int(10_000), ConnectTimeout: tea.Int(10_000),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func change(t *testing.T, c *ens.Client, add, remove string) {
	t.Helper()
	r := &ens.ModifyImageSharePermissionRequest{ImageId: tea.String("m-share")}
	if add != "" {
		r.AddAccounts = &add
	}
	if remove != "" {
		r.RemoveAccounts = &remove
	}
	if _, err := c.ModifyImageSharePermission(r); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, addr, image string, page, size, total int, want string) {
	t.Helper()
	answer, err := dial(t, addr, "secret3").DescribeImageSharePermission(&ens.DescribeImageSharePermissionRequest{
		ImageId: &image, PageNumber: tea.String(fmt.Sprint(page)), PageSize: tea.String(fmt.Sprint(size)),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(tea.StringSliceValue(answer.Body.Accounts.Account), " ")
	if got != want || int(tea.Int32Value(answer.Body.TotalCount)) != total || tea.StringValue(answer.Body.RequestId) == "" {
		t.Errorf("page %d: %q of %v, want %q of %d", page, got, answer.Body.TotalCount, want, total)
	}
}

func refused(t *testing.T, addr, secret, image, code string) {
	t.Helper()
	_, err := dial(t, addr, secret).DescribeImageSharePermission(&ens.DescribeImageSharePermissionRequest{ImageId: &image})
	var fault *tea.SDKError
	if !errors.As(err, &fault) || tea.StringValue(fault.Code) != code {
		t.Errorf("got %v, want %s in the SDK's own error", err, code)
	}
}
