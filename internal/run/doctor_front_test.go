package run_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/run"
)

// front is a proxy before both names, as people run one. What is zero is in order.
type front struct {
	expired, otherName, untrusted bool
	name                          string // that is in the certificate as well, and under which Immich answers, too
	// bend is what it makes of requests and answers; nil: it hands them on.
	bend func(next http.Handler) http.Handler
	// plain is set where it speaks http alone.
	plain bool
}

// put puts a front before the installation: the doctor is led to it.
func (i *installation) put(t *testing.T, f front) func(*run.DoctorOptions) {
	t.Helper()
	var handler http.Handler = &httputil.ReverseProxy{
		Transport: i.stack.HTTPClient().Transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "https", r.In.Host, r.In.Host
			if r.In.Host == f.name {
				r.Out.URL.Host, r.Out.Host = "photos.example.org", "photos.example.org"
			}
		},
	}
	if f.bend != nil {
		handler = f.bend(handler)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	certificate, ca := f.certificate(t)
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}}
	t.Cleanup(func() { _ = server.Close() })
	secure, plain := listener.Addr().String(), i.address
	if f.plain {
		secure, plain = nobody(t), secure
		go func() { _ = server.Serve(listener) }()
	} else {
		go func() { _ = server.ServeTLS(listener, "", "") }()
	}
	return func(o *run.DoctorOptions) {
		o.Resolve = nil
		for _, host := range []string{"photos.example.org", "auth.example.org"} {
			o.Resolve = append(o.Resolve, host+":443:"+secure, host+":80:"+plain)
		}
		if f.name != "" {
			o.Resolve, o.Origins = append(o.Resolve, f.name+":443:"+secure), []string{"https://" + f.name}
		}
		if !f.untrusted {
			o.CAFile = ca
		}
	}
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// certificate is one that signs itself, and the file that makes it trusted.
func (f front) certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a front"}, DNSNames: []string{"photos.example.org", "auth.example.org"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	if f.name != "" {
		template.DNSNames = append(template.DNSNames, f.name)
	}
	if f.expired {
		template.NotAfter = time.Now().Add(-time.Hour)
	}
	if f.otherName {
		template.DNSNames = []string{"nas.example.org", "a.example.org", "b.example.org", "c.example.org", "d.example.org"}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "front.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// dated is a front whose answers under a name are dated otherwise.
func dated(host string, ahead time.Duration) func(http.Handler) http.Handler {
	return onHost(host, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(headed{w, func(h http.Header) { h.Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat)) }}, r)
	})
}

// onHost bends what is asked under a name.
func onHost(host string, bend func(next http.Handler, w http.ResponseWriter, r *http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Host == host {
				bend(next, w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// headed changes the header of an answer as it is written.
type headed struct {
	http.ResponseWriter
	change func(http.Header)
}

func (h headed) WriteHeader(status int) {
	h.change(h.Header())
	h.ResponseWriter.WriteHeader(status)
}

func (h headed) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// together is a file of what is in others.
func together(t *testing.T, files ...string) string {
	t.Helper()
	var all []byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		all = append(all, data...)
	}
	file := filepath.Join(t.TempDir(), "together.pem")
	require.NoError(t, os.WriteFile(file, all, 0o600))
	return file
}
