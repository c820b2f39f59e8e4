package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// maxDays is the most that the clients of any platform accept of a certificate
// whose authority their user added.
const maxDays = 825

// certOrder is what imageshare cert was told.
type certOrder struct {
	dir   string
	hosts names
	days  int
}

func (o *certOrder) flags() *flag.FlagSet {
	f := flags("cert")
	f.StringVar(&o.dir, "dir", "imageshare-tls", "`DIR` to put the files into; an authority that is there signs once more")
	f.Var(&o.hosts, "host", "one more `NAME` or address of the server; may be repeated (localhost, 127.0.0.1, ::1 and the vendors' hosts are always there)")
	f.IntVar(&o.days, "days", 397, "`N` days that the server's certificate is good for; some clients refuse more than 398")
	return f
}

// cert makes an authority, or takes the one that is there, and a server's
// certificate, and says what to do with them.
func cert(args []string, now time.Time, stdout io.Writer) error {
	o := &certOrder{}
	f := o.flags()
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return certHelp(stdout, f)
	} else if err != nil {
		return usageError{err}
	}
	switch {
	case f.NArg() > 0:
		return usageError{fmt.Errorf("cert takes flags only, not %q: a name goes behind --host", f.Arg(0))}
	case o.days < 1 || o.days > maxDays:
		return usageError{fmt.Errorf("--days %d: write a number from 1 to %d, for clients refuse what is good for longer", o.days, maxDays)}
	case o.dir == "":
		return usageError{errors.New("--dir is empty: name a directory, or leave the flag out")}
	}
	return o.run(now, stdout)
}

func (o *certOrder) run(now time.Time, stdout io.Writer) error {
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return fmt.Errorf("make the directory: %w: name another one with --dir", err)
	}
	of := everyName()
	of.dns, of.ips = append(of.dns, o.hosts.dns...), append(of.ips, o.hosts.ips...)
	a, err := openAuthority(o.dir, of, now)
	if err != nil {
		return err
	}
	lost := of.lost(filepath.Join(o.dir, serverFile))
	made, err := a.server(o.dir, of, o.days, now)
	if err != nil {
		return err
	}
	return o.tell(stdout, a, day(made.NotAfter), lost)
}

// tell says what was made, and what to paste.
func (o *certOrder) tell(w io.Writer, a *authority, until string, lost []string) error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	in := func(name string) string { return shellQuoted(filepath.Join(dir, name)) }
	out := &strings.Builder{}
	a.introduce(out)
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, row := range [][2]string{
		{caFile, "for clients to trust"},
		{caKeyFile, "signs: keep it to yourself, or delete it when you need no more certificates"},
		{serverFile, "for the server, new, until " + until},
		{serverKeyFile, "its key"},
	} {
		fmt.Fprintf(t, "  %s\t%s\n", in(row[0]), row[1])
	}
	_ = t.Flush() // into memory
	if len(lost) > 0 {
		fmt.Fprintf(out, "\nThe server's last certificate was also for %s: name them by --host again, if they are needed.\n", strings.Join(lost, " "))
	}
	fmt.Fprintf(out, "\nServe with it; a running server takes new files by itself:\n\n  imageshare serve --listen 127.0.0.1:7443,tls --tls-cert %s --tls-key %s\n\n", in(serverFile), in(serverKeyFile))
	tellTrust(out, filepath.Join(dir, caFile))
	_, err = io.WriteString(w, out.String())
	return err
}

// introduce says where the authority is from, and what it may speak for.
func (a *authority) introduce(w io.Writer) {
	what := "The authority that was there was used again: who trusts it need do nothing."
	if a.made {
		what = "A new authority was made."
	}
	reach := slices.Clone(a.cert.PermittedDNSDomains)
	for _, n := range a.cert.PermittedIPRanges {
		reach = append(reach, n.String())
	}
	if len(reach) == 0 {
		reach = []string{"any: imageshare cert did not make it, and whoever has its key can pretend to be any site"}
	}
	fmt.Fprintf(w, "%s It ends on %s and may speak for these names alone:\n  %s\n\n", what, day(a.cert.NotAfter), strings.Join(reach, " "))
}

// tellTrust says how each client is told. One client at a time is enough, and the
// system's own list stays as it is.
func tellTrust(w io.Writer, ca string) {
	fmt.Fprint(w, "Tell each client that should trust it:\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, row := range [][2]string{
		{"Go SDKs, Terraform, Packer, aliyun CLI", "export SSL_CERT_FILE=" + shellQuoted(ca) + "   # macOS and Windows: their own store"},
		{"Node SDKs", "export NODE_EXTRA_CA_CERTS=" + shellQuoted(ca)},
		{"Tencent SDK for Python", fmt.Sprintf("HttpProfile(certification=%q)", ca)},
		{"its STSAssumeRoleCredential, tccli", "cat " + shellQuoted(ca) + ` >> "$(python3 -m certifi)"`},
		{"Alibaba SDKs for Python", "export SSL_CERT_FILE=" + shellQuoted(ca)},
		{"aliyun-python-sdk", "export ALIBABA_CLOUD_CA_BUNDLE=" + shellQuoted(ca)},
		{"curl", "curl --cacert " + shellQuoted(ca)},
	} {
		fmt.Fprintf(t, "  %s\t%s\n", row[0], row[1])
	}
	_ = t.Flush() // into memory
}

func certHelp(w io.Writer, f *flag.FlagSet) error {
	out := &strings.Builder{}
	fmt.Fprint(out, "imageshare cert [flags]\n\nMakes a local certificate authority, once, and a certificate for the server, each\ntime: for clients that cannot speak plain http. It needs no server, and prints how\nto serve with the certificate and how each client is told to trust it.\n\n")
	f.VisitAll(func(fl *flag.Flag) {
		value, text := flag.UnquoteUsage(fl)
		if fl.DefValue != "" {
			text += " (" + fl.DefValue + ")"
		}
		fmt.Fprintf(out, "  --%s %s\n      %s\n", fl.Name, value, text)
	})
	_, err := io.WriteString(w, out.String())
	return err
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// shellQuoted is a path that a shell takes as one word.
func shellQuoted(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return strings.ContainsRune(" \t\n'\"\\$`&|;<>()*?[]#~!{}", r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
