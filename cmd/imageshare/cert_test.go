package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imageshare/alibaba/ecs"
	"imageshare/tencent/cvm"
)

var madeAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// orderCert runs imageshare cert at a time, and returns what it said.
func orderCert(t *testing.T, at time.Time, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := cert(args, at, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// leaf reads the first certificate of a file.
func leaf(t *testing.T, dir, cert, key string) *x509.Certificate {
	t.Helper()
	p, err := tls.LoadX509KeyPair(filepath.Join(dir, cert), filepath.Join(dir, key))
	if err != nil {
		t.Fatal(err)
	}
	return p.Leaf
}

func trusting(ca *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return pool
}

func TestCertIsForEveryHostOfTheVendors(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	orderCert(t, madeAt, "--dir", dir, "--host", "images", "--host", "*.Cloud.example", "--host", "10.1.2.3", "--host", "fd00::1")
	ca, server := leaf(t, dir, caFile, caKeyFile), leaf(t, dir, serverFile, serverKeyFile)
	hosts := []string{
		"localhost", "127.0.0.1", "::1", "images", "a.cloud.example", "10.1.2.3", "fd00::1",
		"tencentcloudapi.com", "cvm.tencentcloudapi.com", "sts.tencentcloudapi.com", "image.api.qcloud.com", "cvm.api.qcloud.com",
		"ecs.aliyuncs.com", "ens.aliyuncs.com", "sts.aliyuncs.com", "ecs-cn-hangzhou.aliyuncs.com",
	}
	for _, region := range cvm.Regions {
		hosts = append(hosts, "cvm."+region+".tencentcloudapi.com")
	}
	for _, region := range ecs.Regions {
		hosts = append(hosts, "ecs."+region+".aliyuncs.com")
	}
	for _, h := range hosts {
		if _, err := server.Verify(x509.VerifyOptions{Roots: trusting(ca), DNSName: h, CurrentTime: madeAt}); err != nil {
			t.Errorf("%s: %v", h, err)
		}
	}
	for _, h := range []string{"example.com", "cloud.example", "10.1.2.4"} {
		if _, err := server.Verify(x509.VerifyOptions{Roots: trusting(ca), DNSName: h, CurrentTime: madeAt}); err == nil {
			t.Errorf("it is good for %s", h)
		}
	}
}

func TestCertFilesAndTimes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	said := orderCert(t, madeAt, "--dir", dir)
	for name, mode := range map[string]os.FileMode{".": 0o700, caFile: 0o644, caKeyFile: 0o600, serverFile: 0o644, serverKeyFile: 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want mode %o", name, info, err, mode)
		}
	}
	ca, server := leaf(t, dir, caFile, caKeyFile), leaf(t, dir, serverFile, serverKeyFile)
	if days := server.NotAfter.Sub(server.NotBefore).Hours() / 24; days != 397 || !server.NotBefore.Before(madeAt) {
		t.Errorf("the server's is good for %v days from %v", days, server.NotBefore)
	}
	if ca.NotAfter.Year() != 2036 {
		t.Errorf("the authority ends on %v", ca.NotAfter)
	}
	if ca.SerialNumber.BitLen() < 64 || ca.SerialNumber.Cmp(server.SerialNumber) == 0 {
		t.Errorf("serial numbers %v and %v", ca.SerialNumber, server.SerialNumber)
	}
	for _, want := range []string{"A new authority", "--listen 127.0.0.1:7443,tls --tls-cert " + filepath.Join(dir, serverFile), "NODE_EXTRA_CA_CERTS=" + filepath.Join(dir, caFile), "2027-12-24"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
}

// TestAuthorityCannotBeMisused signs for somebody else's site with its key, as
// a thief would, and shows it to a client that trusts the authority.
func TestAuthorityCannotBeMisused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	orderCert(t, madeAt, "--dir", dir)
	a, err := readAuthority(filepath.Join(dir, caFile), filepath.Join(dir, caKeyFile), madeAt)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []names{{dns: []string{"bank.example"}}, {dns: []string{"tencentcloudapi.com.evil.example"}}, {ips: foreignAddress}} {
		forged, err := a.sign(&x509.Certificate{DNSNames: of.dns, IPAddresses: of.ips, NotBefore: madeAt, NotAfter: madeAt.AddDate(1, 0, 0)}, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := forged.Verify(x509.VerifyOptions{Roots: trusting(a.cert), CurrentTime: madeAt}); err == nil {
			t.Errorf("it vouches for %v %v", of.dns, of.ips)
		}
	}
}

var foreignAddress = func() names { var n names; _ = n.Set("8.8.8.8"); return n }().ips

func TestCertAgainKeepsTheAuthority(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	orderCert(t, madeAt, "--dir", dir, "--host", "images.example", "--host", "10.1.2.3")
	before, first := bytesOf(t, dir, caFile), leaf(t, dir, serverFile, serverKeyFile)
	later := madeAt.AddDate(1, 0, 0)
	said := orderCert(t, later, "--dir", dir, "--days", "90", "--host", "new.images.example")
	if !bytes.Equal(before, bytesOf(t, dir, caFile)) {
		t.Error("the authority is another one")
	}
	second := leaf(t, dir, serverFile, serverKeyFile)
	if second.Equal(first) || second.SerialNumber.Cmp(first.SerialNumber) == 0 || second.NotAfter.Sub(later) > 90*24*time.Hour {
		t.Errorf("the server's certificate: %v until %v", second.SerialNumber, second.NotAfter)
	}
	for _, want := range []string{"used again", "also for images.example 10.1.2.3:"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	// Nothing outlives the authority.
	orderCert(t, madeAt.AddDate(9, 11, 0), "--dir", dir)
	if ca, last := leaf(t, dir, caFile, caKeyFile), leaf(t, dir, serverFile, serverKeyFile); last.NotAfter.After(ca.NotAfter) {
		t.Errorf("until %v, the authority until %v", last.NotAfter, ca.NotAfter)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.pem.*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func bytesOf(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCertUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an argument":              {[]string{"images.example"}, "--host"},
		"an unknown flag":          {[]string{"--hosts", "x"}, "hosts"},
		"no days":                  {[]string{"--days", "0"}, "1 to 825"},
		"too many days":            {[]string{"--days", "826"}, "1 to 825"},
		"no directory":             {[]string{"--dir", ""}, "--dir is empty"},
		"an empty host":            {[]string{"--host", ""}, "bare name"},
		"a URL":                    {[]string{"--host", "https://images.example"}, "no scheme"},
		"a port":                   {[]string{"--host", "images.example:7443"}, "no scheme"},
		"two hosts":                {[]string{"--host", "a.example,b.example"}, "bare name"},
		"a star":                   {[]string{"--host", "*"}, "bare name"},
		"a star within":            {[]string{"--host", "a.*.example"}, "bare name"},
		"a star over a word":       {[]string{"--host", "*.example"}, "one by one"},
		"a dot at the end":         {[]string{"--host", "images.example."}, "bare name"},
		"a name that is not ASCII": {[]string{"--host", "bücher.example"}, "xn--"},
		"a long label":             {[]string{"--host", strings.Repeat("a", 64) + ".example"}, "bare name"},
		"a long name":              {[]string{"--host", strings.Repeat("a.", 130) + "example"}, "253"},
		"an address that is none":  {[]string{"--host", "10.0.0.256"}, "up to 255"},
		"every address":            {[]string{"--host", "0.0.0.0"}, "connect to"},
		"an address with a zone":   {[]string{"--host", "fe80::1%eth0"}, "connect to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "none")
			var errs bytes.Buffer
			args := append([]string{"cert", "--dir", dir}, c.args...)
			if code := run(context.Background(), args, env(), io.Discard, &errs); code != exitUsage || !strings.Contains(errs.String(), c.want) {
				t.Errorf("exit %d, %s; want 2 and %q", code, errs.String(), c.want)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("something was made")
			}
		})
	}
}

func TestCertHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := run(context.Background(), []string{"cert", "--help"}, env(), &out, io.Discard); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	for _, flag := range []string{"--dir DIR", "--host NAME", "--days N", "397"} {
		if !strings.Contains(out.String(), flag) {
			t.Errorf("no %s in\n%s", flag, out.String())
		}
	}
}

// TestCertRefuses spoils a directory in one way each, and finds nothing in it
// overwritten.
func TestCertRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		args  []string
		at    time.Time
		want  string
	}{
		"an authority without its key": {removing(caKeyFile), nil, madeAt, "bring the key back"},
		"a key without its authority":  {removing(caFile), nil, madeAt, "bring the certificate back"},
		"somebody else's pair":         {removing(caFile, caKeyFile), nil, madeAt, "somebody else's making"},
		"a key that others may read":   {loosening(caKeyFile), nil, madeAt, "chmod 600"},
		"a damaged authority":          {damaging(caFile), nil, madeAt, "bring the files back"},
		"a server's pair in its place": {swapping, nil, madeAt, "no authority's"},
		"an authority that ended":      {removing(), nil, madeAt.AddDate(11, 0, 0), "ended on 2036"},
		"an authority of the future":   {removing(), nil, madeAt.AddDate(-1, 0, 0), "would refuse"},
		"a name beyond its limits":     {removing(), []string{"--host", "other.example"}, madeAt, "made for other names"},
		"an address beyond its limits": {removing(), []string{"--host", "10.1.2.3"}, madeAt, "made for other names"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			orderCert(t, madeAt, "--dir", dir)
			c.spoil(t, dir)
			before := filesOf(t, dir)
			err := cert(append([]string{"--dir", dir}, c.args...), c.at, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
			if after := filesOf(t, dir); after != before {
				t.Errorf("the files changed:\n%s\n%s", before, after)
			}
		})
	}
}

func removing(names ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, n := range names {
			if err := os.Remove(filepath.Join(dir, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func loosening(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Chmod(filepath.Join(dir, name), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func damaging(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { write(t, dir, name, "-----BEGIN CERTIFICATE-----\n") }
}

func swapping(t *testing.T, dir string) {
	write(t, dir, caFile, string(bytesOf(t, dir, serverFile)))
	write(t, dir, caKeyFile, string(bytesOf(t, dir, serverKeyFile)))
}

// filesOf are the names and contents of a directory.
func filesOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range entries {
		all.WriteString(e.Name() + " " + new(big.Int).SetBytes(bytesOf(t, dir, e.Name())).Text(62) + "\n")
	}
	return all.String()
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/a/b-c.pem": "/a/b-c.pem", "/a b/c": "'/a b/c'", "/it's/$c": `'/it'\''s/$c'`} {
		if got := shellQuoted(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestNewFileIsNeverOverAnOldOne is the moment in which two runs both found no
// authority.
func TestNewFileIsNeverOverAnOldOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, caFile, "the first run's")
	if err := createFile(path, 0o644, []byte("the second's")); err == nil || string(bytesOf(t, dir, caFile)) != "the first run's" {
		t.Errorf("%v: %s", err, bytesOf(t, dir, caFile))
	}
}
