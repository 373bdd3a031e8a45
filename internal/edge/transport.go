package edge

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// newTransport talks to upstreams. Node closes idle connections after five seconds: they are given up earlier here, or
// a POST meets a connection that is just being closed. There is no limit on how long an answer may take: long polls.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		DisableCompression:  true, // bodies pass as they are
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     2 * time.Second,
	}
}

// serverTLS is what both ports of an edge speak; HTTP/2 is added by net/http.
func serverTLS(certificate tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
}
