package main

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"imageshare/alibaba/ecs"
)

// listener is one address of the vendors' wires.
type listener struct {
	addr    string
	profile string
	tls     bool
}

// listeners are one or more, from a flag that may be repeated.
type listeners struct {
	list     []listener
	standing bool // the default is still there, and goes when one is named
}

func (l *listeners) String() string {
	var all []string
	for _, one := range l.list {
		all = append(all, one.addr)
	}
	return strings.Join(all, " ")
}

// Set is for package flag.
func (l *listeners) Set(s string) error {
	one := listener{profile: "2019"}
	for i, part := range strings.Split(s, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch {
		case i == 0:
			one.addr = part
		case key == "ecs":
			one.profile = value
		case part == "tls":
			one.tls = true
		default:
			return fmt.Errorf("%q: after the address may stand ecs=PROFILE and tls", part)
		}
	}
	if _, _, err := net.SplitHostPort(one.addr); err != nil {
		return fmt.Errorf("%q is no address: write HOST:PORT", one.addr)
	}
	if _, ok := ecs.Profiles[one.profile]; !ok {
		return fmt.Errorf("no ECS profile %q: write one of %s", one.profile, strings.Join(slices.Sorted(maps.Keys(ecs.Profiles)), ", "))
	}
	if l.standing {
		l.list, l.standing = nil, false
	}
	l.list = append(l.list, one)
	return nil
}

// tls reports whether any of them is marked so.
func (l *listeners) tls() bool {
	return slices.ContainsFunc(l.list, func(one listener) bool { return one.tls })
}

// plain is the first that is not, or -1.
func (l *listeners) plain() int {
	return slices.IndexFunc(l.list, func(one listener) bool { return !one.tls })
}

// loopback reports whether nobody outside this machine reaches an address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
