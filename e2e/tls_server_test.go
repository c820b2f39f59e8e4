package e2e

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// papers are the files that imageshare cert makes, by name. They are made once
// for all tests, because Go reads the authorities that it trusts once in the
// life of a process: from then on every client in it trusts this one.
var papers = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "imageshare-e2e-tls")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if out, err := exec.Command(binary, "cert", "--dir", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("imageshare cert: %w\n%s", err, out)
	}
	all := map[string][]byte{}
	for _, name := range []string{"ca.pem", "server.pem", "server-key.pem"} {
		if all[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return all, trustHere(filepath.Join(dir, "ca.pem"))
})

// trustHere is what a user does before a Go program starts. The variable goes
// again once it was read, since the file does too.
func trustHere(ca string) error {
	if err := os.Setenv("SSL_CERT_FILE", ca); err != nil {
		return err
	}
	_, err := x509.SystemCertPool()
	return cmp.Or(err, os.Unsetenv("SSL_CERT_FILE"))
}

// startTLS is start with a listener that speaks TLS. Go clients in this process
// trust it from now on; ca is the file that other programs are to be told of.
func startTLS(t *testing.T, o options) (s *server, ca string) {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("Go asks this system's own store whom to trust")
	}
	all, err := papers()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.profile = cmp.Or(o.profile, "2019") + ",tls" // both stand behind the address
	o.args = append([]string{"--tls-cert", filepath.Join(dir, "server.pem"), "--tls-key", filepath.Join(dir, "server-key.pem")}, o.args...)
	return start(t, o), filepath.Join(dir, "ca.pem")
}
