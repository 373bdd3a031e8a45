// Package front is a proxy before both public names, as people run one, with what can be wrong with it. It is a tool for who
// writes causes and the doctor's tests, and no part of the program.
package front

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// Front is a proxy. What is zero is in order: it serves both names over https, and redirects there from http.
type Front struct {
	Hosts []string          // that it serves, and that are in its certificate
	To    http.RoundTripper // reaches the products by their public names
	Alias map[string]string // further names, each of one of Hosts

	Expired, OtherName bool // of the certificate, which is for nas.example.org then
	Stopgap, NoName    bool // of the certificate, which is the one that Traefik makes itself, or names no host
	Bare               bool // it has no certificate, and says so by an alert
	NoTLS              bool // nobody answers at its address for https
	Open               bool // over http it serves what it serves over https
	// Bend is what it makes of requests and answers; nil: it hands them on.
	Bend func(next http.Handler) http.Handler
}

// Started is a front that answers.
type Started struct {
	Secure, Plain string // its addresses for https and http, "127.0.0.1:4711"
	PEM           []byte // its certificate, which signs itself
	servers       []*http.Server
}

// Close ends it.
func (s *Started) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

// Start makes it answer, at two ports of this machine's own.
func (f Front) Start() (*Started, error) {
	certificate, err := f.certificate()
	if err != nil {
		return nil, err
	}
	s := &Started{PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})}
	served := f.handler()
	plain := served
	if !f.Open {
		plain = http.HandlerFunc(ToHTTPS)
	}
	if s.Plain, err = s.serve(plain, nil); err != nil {
		return nil, err
	}
	if f.NoTLS {
		s.Secure, err = Nobody()
	} else {
		s.Secure, err = s.serve(served, f.secure(certificate))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (f Front) secure(certificate tls.Certificate) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if f.Bare {
		c.Certificates, c.GetCertificate = nil, func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("there is none") }
	}
	return c
}

func (s *Started) serve(h http.Handler, secure *tls.Config) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, TLSConfig: secure, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, server)
	go func() { // its error is that it was closed
		if secure == nil {
			_ = server.Serve(listener)
			return
		}
		_ = server.ServeTLS(listener, "", "")
	}()
	return listener.Addr().String(), nil
}

// handler hands requests on to the products.
func (f Front) handler() http.Handler {
	var h http.Handler = &httputil.ReverseProxy{
		Transport: f.To,
		ErrorLog:  log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			host := r.In.Host
			if of, known := f.Alias[host]; known {
				host = of
			}
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "https", host, host
		},
	}
	if f.Bend != nil {
		h = f.Bend(h)
	}
	return h
}

// ToHTTPS redirects to https, as a proxy does over http. Who does so over https sends browsers round in a circle.
func ToHTTPS(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusMovedPermanently) //nolint:gosec // a proxy does, to the host that was asked for
}

// certificate is one that signs itself.
func (f Front) certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a front"}, DNSNames: append([]string(nil), f.Hosts...),
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	for name := range f.Alias {
		template.DNSNames = append(template.DNSNames, name)
	}
	if f.Expired {
		template.NotAfter = time.Now().Add(-time.Hour)
	}
	if f.OtherName {
		template.DNSNames = []string{"nas.example.org", "a.example.org", "b.example.org", "c.example.org", "d.example.org"}
	}
	if f.NoName {
		template.DNSNames = nil
	}
	if f.Stopgap {
		template.Subject.CommonName, template.DNSNames = "TRAEFIK DEFAULT CERT", []string{"0123.4567.traefik.default"}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// Nobody is an address at which nobody listens.
func Nobody() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
