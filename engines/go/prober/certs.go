package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// writeCertificates makes ca.crt, serving.{crt,key} for the loopback addresses, admin.{crt,key} of group system:masters, and the key pair
// that signs service account tokens. They live for a day.
func writeCertificates(dir string) error {
	ca := &x509.Certificate{
		Subject: pkix.Name{CommonName: "engines-ca"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	caKey, err := issue(dir, "ca", ca, nil, nil)
	if err != nil {
		return err
	}
	serving := &x509.Certificate{
		Subject: pkix.Name{CommonName: "kube-apiserver"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost", "kubernetes.default.svc"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	admin := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "engines-admin", Organization: []string{"system:masters"}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for name, template := range map[string]*x509.Certificate{"serving": serving, "admin": admin} {
		if _, err := issue(dir, name, template, ca, caKey); err != nil {
			return err
		}
	}
	return writeTokenKeys(dir)
}

// writeIdentities makes ca.crt and for each NAME=URI what a workload shows in a mesh: NAME.crt under that URI, and NAME.key. For NAME=HOST,HOST
// it is what a server shows under those names.
func writeIdentities(dir string, named []string) error {
	ca := &x509.Certificate{
		Subject: pkix.Name{CommonName: "engines-mesh"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	caKey, err := issue(dir, "ca", ca, nil, nil)
	if err != nil {
		return err
	}
	for _, pair := range named {
		name, text, _ := strings.Cut(pair, "=")
		own := &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
		if strings.Contains(text, "://") {
			uri, err := url.Parse(text)
			if err != nil {
				return err
			}
			own.URIs = []*url.URL{uri}
		} else {
			own.DNSNames = strings.Split(text, ",")
		}
		if _, err := issue(dir, name, own, ca, caKey); err != nil {
			return err
		}
	}
	return nil
}

func issue(dir, name string, template, ca *x509.Certificate, caKey crypto.Signer) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		return nil, err
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	if ca == nil {
		ca, caKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return nil, err
	}
	if err := writePem(filepath.Join(dir, name+".crt"), "CERTIFICATE", der); err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePem(filepath.Join(dir, name+".key"), "PRIVATE KEY", encoded)
}

func writeTokenKeys(dir string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writePem(filepath.Join(dir, "tokens.pub"), "PUBLIC KEY", public); err != nil {
		return err
	}
	return writePem(filepath.Join(dir, "tokens.key"), "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func writePem(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
