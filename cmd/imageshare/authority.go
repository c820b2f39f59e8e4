package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// The files of a directory that imageshare cert keeps.
const (
	caFile        = "ca.pem"
	caKeyFile     = "ca-key.pem"
	serverFile    = "server.pem"
	serverKeyFile = "server-key.pem"
)

// caYears is how long an authority is good for. Clients are told to trust it
// once, so it outlives many server certificates.
const caYears = 10

// skew is how far back a certificate begins: the clocks of containers and
// virtual machines differ.
const skew = time.Hour

// authority makes certificates of servers.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	made bool // just now, and not found
}

// openAuthority takes the authority of a directory, or makes one that is
// limited to these names. One that is there is never overwritten: clients trust
// it.
func openAuthority(dir string, to names, now time.Time) (*authority, error) {
	cert, key := filepath.Join(dir, caFile), filepath.Join(dir, caKeyFile)
	switch hasCert, hasKey := fileExists(cert), fileExists(key); {
	case hasCert && hasKey:
		return readAuthority(cert, key, now)
	case hasCert:
		return nil, fmt.Errorf("%s has no %s beside it, and without its key nothing more can be signed: bring the key back, or begin anew in another --dir", cert, caKeyFile)
	case hasKey:
		return nil, fmt.Errorf("%s has no %s beside it: bring the certificate back, or begin anew in another --dir", key, caFile)
	case fileExists(filepath.Join(dir, serverFile)) || fileExists(filepath.Join(dir, serverKeyFile)):
		return nil, fmt.Errorf("%s holds a server's certificate or key of somebody else's making, which stays as it is: choose another --dir", dir)
	}
	return makeAuthority(cert, key, to, now)
}

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func readAuthority(cert, key string, now time.Time) (*authority, error) {
	if info, err := os.Stat(key); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be used by others (mode %04o), who could then pretend to be these clouds: run chmod 600 %[1]s, and think about beginning anew", key, info.Mode().Perm())
	}
	p, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("the authority %s with its key %s: %w: bring the files back, or begin anew in another --dir", cert, key, err)
	}
	signer, ok := p.PrivateKey.(crypto.Signer)
	switch {
	case !ok || !p.Leaf.IsCA:
		return nil, fmt.Errorf("%s is no authority's certificate: choose another --dir", cert)
	case now.After(p.Leaf.NotAfter):
		return nil, fmt.Errorf("the authority %s ended on %s: begin anew in another --dir, and let the clients trust that one", cert, day(p.Leaf.NotAfter))
	}
	return &authority{cert: p.Leaf, key: signer}, nil
}

// makeAuthority limits what its key can be misused for: whoever steals it
// cannot pretend to be any other site towards clients that trust it.
func makeAuthority(cert, key string, to names, now time.Time) (*authority, error) {
	begin := now.Add(-skew).UTC()
	domains, nets := to.limits()
	template := &x509.Certificate{
		// Two authorities of one name confuse those who look them up by it.
		Subject:   pkix.Name{CommonName: "imageshare local authority " + rand.Text()[:8]},
		NotBefore: begin, NotAfter: begin.AddDate(caYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: domains, PermittedIPRanges: nets,
	}
	a := &authority{cert: template, made: true}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	a.key = signer
	if a.cert, err = a.sign(template, signer); err != nil {
		return nil, err
	}
	return a, put(createFile, key, signer, cert, a.cert)
}

// sign makes a certificate for a key, with a random serial number.
func (a *authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// server makes the certificate of a server and puts it, with its key, into the
// directory. What stood there goes: the authority's files are what clients know.
func (a *authority) server(dir string, of names, days int, now time.Time) (*x509.Certificate, error) {
	begin := now.Add(-skew).UTC()
	end := begin.AddDate(0, 0, days)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the server's key: %w", err)
	}
	made, err := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "imageshare server"}, NotBefore: begin, NotAfter: end,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: of.dns, IPAddresses: of.ips,
	}, key)
	if err != nil {
		return nil, err
	}
	if err := a.vouches(made, dir, now); err != nil {
		return nil, err
	}
	return made, put(replaceFile, filepath.Join(dir, serverKeyFile), key, filepath.Join(dir, serverFile), made)
}

// vouches checks as a client will, so that no certificate is handed out that
// the limits of an older authority make useless.
func (a *authority) vouches(made *x509.Certificate, dir string, now time.Time) error {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	_, err := made.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now})
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.CANotAuthorizedForThisName {
		return fmt.Errorf("the authority in %s was made for other names (%s): make one for these in another --dir, with every --host", dir, invalid.Detail)
	} else if err != nil {
		return fmt.Errorf("clients that trust %s would refuse its certificate: %w: begin anew in another --dir", filepath.Join(dir, caFile), err)
	}
	return nil
}

// put writes a key, for its owner's eyes alone, and then its certificate: one
// that is there may have been trusted already, and must not be without its key.
func put(write func(string, os.FileMode, []byte) error, keyFile string, key *ecdsa.PrivateKey, certFile string, cert *x509.Certificate) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err == nil {
		err = write(keyFile, 0o600, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	if err == nil {
		err = write(certFile, 0o644, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	if err != nil {
		return fmt.Errorf("write a certificate: %w: make room there, or name a directory of your own with --dir", err)
	}
	return nil
}

// createFile writes a file that must not be there yet.
func createFile(path string, mode os.FileMode, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// replaceFile writes a file beside an old one and then puts it in its place, so
// that a server that reads meanwhile finds the old or the new one whole.
func replaceFile(path string, mode os.FileMode, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
