package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// order is what the clients of another language need to know, as JSON in their
// environment.
type order struct {
	Addr    string            `json:"addr"`
	Key     key               `json:"key"`
	Images  map[string]string `json:"images"` // by product, each shared with Account alone
	Account string            `json:"account"`
	CA      string            `json:"ca"`
	Told    string            `json:"told"` // how they are told to trust it: by "code", by "environment", not at all
}

// TestTLSNode tells a process of Node by the variable that it reads at its
// start, and another one not at all.
func TestTLSNode(t *testing.T) {
	t.Parallel()
	needs(t, "node", "npm")
	o := orderTLS(t)
	if _, err := os.Stat("node/node_modules"); err != nil {
		program(t, "node", nil, "npm", "ci", "--no-audit", "--no-fund", "--silent")
	}
	run := []string{"node", "--no-deprecation", "--test", "tls.test.js"}
	program(t, "node", o.environment(t, ""), run...)
	program(t, "node", append(o.environment(t, "environment"), "NODE_EXTRA_CA_CERTS="+o.CA), run...)
}

// TestTLSPython tells its clients each in its own way: what works for one does
// nothing for another. The second of the variables is no client's, but known,
// and has to be seen to do nothing.
func TestTLSPython(t *testing.T) {
	t.Parallel()
	needs(t, "python3")
	o := orderTLS(t)
	run := []string{"./run", "--noconftest", "tls_sdks.py"}
	program(t, "python", o.environment(t, ""), run...)
	program(t, "python", o.environment(t, "code"), run...)
	program(t, "python", append(o.environment(t, "environment"),
		"SSL_CERT_FILE="+o.CA, "REQUESTS_CA_BUNDLE="+o.CA, "ALIBABA_CLOUD_CA_BUNDLE="+o.CA), run...)
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s on this machine", name)
		}
	}
}

// orderTLS starts a server with an image of each product.
func orderTLS(t *testing.T) order {
	t.Helper()
	shared := image{Shares: had(small)}
	all := tencent.seed(shared)
	others := alibaba.seed(shared)
	all.Accounts = append(all.Accounts, others.Accounts...)
	all.Images = append(append(all.Images, others.Images...), ens.seed(shared).Images...)
	s, ca := startTLS(t, options{seed: all, args: []string{"--rate-limits", "off"}})
	o := order{Addr: s.addr, Key: keyOf(owner), Images: map[string]string{}, Account: small, CA: ca}
	for _, img := range all.Images {
		o.Images[img.Product] = img.ID
	}
	return o
}

// environment is ours with the order in it.
func (o order) environment(t *testing.T, told string) []string {
	t.Helper()
	o.Told = told
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "E2E_TLS="+string(text))
}

func program(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
}
