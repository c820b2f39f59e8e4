package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"

	"imageshare/alibaba/ecs"
	"imageshare/tencent/cvm"
)

// names are what a server is called by its clients.
type names struct {
	dns []string
	ips []net.IP
}

// everyName is what this machine is called on loopback, and the vendors' hosts:
// a client whose endpoint cannot be set is brought here by a hosts file, and
// then insists on the vendor's name. A star stands for one label only, so hosts
// with a region in them need one for each region.
func everyName() names {
	n := names{
		dns: []string{"localhost", "tencentcloudapi.com", "*.tencentcloudapi.com", "*.api.qcloud.com", "*.aliyuncs.com"},
		ips: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	for _, region := range cvm.Regions {
		n.dns = append(n.dns, "*."+region+".tencentcloudapi.com")
	}
	for _, region := range ecs.Regions {
		n.dns = append(n.dns, "*."+region+".aliyuncs.com")
	}
	return n
}

// limits are the names that an authority for these may speak for: a domain with
// all that is under it, and addresses.
func (n names) limits() (domains []string, nets []*net.IPNet) {
	domains = []string{"localhost", "tencentcloudapi.com", "api.qcloud.com", "aliyuncs.com"}
	for _, name := range n.dns {
		name = strings.TrimPrefix(name, "*.")
		if !under(name, domains) {
			domains = append(domains, name)
		}
	}
	nets = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}}
	for _, ip := range n.ips {
		if four := ip.To4(); four != nil {
			ip = four
		}
		if !nets[0].Contains(ip) {
			nets = append(nets, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		}
	}
	return domains, nets
}

func under(name string, domains []string) bool {
	for _, d := range domains {
		if name == d || strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

// lost are the names of the certificate in a file that are not among these.
func (n names) lost(file string) (all []string) {
	text, err := os.ReadFile(file)
	block, _ := pem.Decode(text)
	if err != nil || block == nil {
		return nil
	}
	old, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil // it will be overwritten; there is nothing to say of it
	}
	for _, name := range old.DNSNames {
		if !slices.Contains(n.dns, name) {
			all = append(all, name)
		}
	}
	for _, ip := range old.IPAddresses {
		if !slices.ContainsFunc(n.ips, ip.Equal) {
			all = append(all, ip.String())
		}
	}
	return all
}

// String is for package flag.
func (n *names) String() string { return "" }

// Set is for package flag: one more name or address.
func (n *names) Set(s string) error {
	if ip, err := netip.ParseAddr(s); err == nil {
		if ip.IsUnspecified() || ip.IsMulticast() || ip.Zone() != "" {
			return fmt.Errorf("%s is no address that a certificate can name: write the one that clients connect to", s)
		}
		n.ips = append(n.ips, net.IP(ip.Unmap().AsSlice()))
		return nil
	}
	name := strings.ToLower(s)
	if err := checkName(name); err != nil {
		return err
	}
	n.dns = append(n.dns, name)
	return nil
}

// hostLabel is one word of a host name. Underscores are in no host name, but in
// those that container tools give.
var hostLabel = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

// onlyDigits tells an address that went wrong from a name.
var onlyDigits = regexp.MustCompile(`^[0-9]+$`)

func checkName(name string) error {
	bare, star := strings.CutPrefix(name, "*.")
	labels := strings.Split(bare, ".")
	for _, l := range labels {
		if !hostLabel.MatchString(l) {
			return errors.New("write a bare name such as images.example.net or *.example.net (in its xn-- form, where it is not ASCII) or an address such as 10.0.0.5: no scheme, port or path")
		}
	}
	switch {
	case len(bare) > 253:
		return errors.New("a host name has 253 characters at most")
	case onlyDigits.MatchString(labels[len(labels)-1]):
		return errors.New("an address has four numbers up to 255, and a name does not end with a number")
	case star && len(labels) < 2:
		return fmt.Errorf("clients take no star that stands before one word: name the hosts under %s one by one", bare)
	}
	return nil
}
