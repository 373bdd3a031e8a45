package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// FailedHandshake is a TLS connection that its client ended once it had been shown the certificate, before it asked anything:
// it has no Exchange.
type FailedHandshake struct {
	At   time.Time `json:"at"` // of the ClientHello
	Leg  Leg       `json:"leg"`
	Name string    `json:"name"` // that was asked for, by SNI; empty: none was
	// Alert is the client's, in the words of crypto/tls: "unknown certificate authority". It is empty where the client closed
	// the connection without one, as Node does when it does not like a certificate (Immich v2.7.5 and v3.1.0).
	Alert string `json:"alert,omitempty"`
}

// Distrust reports whether the client may have ended the handshake for the certificate. Of a browser none without an alert
// is kept: browsers open connections ahead of time and leave them unused.
func (h FailedHandshake) Distrust() bool {
	return h.Alert == "" || strings.Contains(h.Alert, "certificate")
}

// maxHandshakes is how many are kept, the newest: one login makes a few.
const maxHandshakes = 1000

// handshakes keeps those that failed.
type handshakes struct {
	mu     sync.Mutex
	failed []FailedHandshake
}

func (l *handshakes) add(h FailedHandshake) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.failed) == maxHandshakes {
		l.failed = slices.Delete(l.failed, 0, maxHandshakes/2)
	}
	l.failed = append(l.failed, h)
}

// FailedHandshakes implements Reader.
func (e *Edge) FailedHandshakes(context.Context) ([]FailedHandshake, error) {
	e.handshakes.mu.Lock()
	defer e.handshakes.mu.Unlock()
	return append([]FailedHandshake{}, e.handshakes.failed...), nil
}

// greeted notes who begins TLS, while the client waits for the answer and its leg is known for sure.
func (e *Edge) greeted(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	if c, ok := hello.Conn.(*peeked); ok {
		c.hello = &FailedHandshake{At: time.Now(), Leg: e.legs.from(hello.Context(), hello.Conn.RemoteAddr().String()), Name: hello.ServerName}
	}
	return nil, nil //nolint:nilnil // the server's configuration holds
}

// connState keeps a handshake that failed when its connection ends. What was asked something did not fail.
func (e *Edge) connState(conn net.Conn, state http.ConnState) {
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return
	}
	c, ok := secure.NetConn().(*peeked)
	switch {
	case !ok || c.hello == nil:
	case state == http.StateActive:
		c.hello = nil
	case state == http.StateClosed:
		alert, ended := c.ending(secure.HandshakeContext(context.Background())) // which returns what came of it
		if c.hello.Alert = alert; ended && (alert != "" || c.hello.Leg != FromBrowser) {
			e.handshakes.add(*c.hello)
		}
	}
}

// ending is the alert by which a client ended its connection; err is what came of the handshake. Where ended is false, the
// edge ended it, or they speak no TLS in common.
func (c *peeked) ending(err error) (alert string, ended bool) {
	told := new(net.OpError)
	switch {
	case err == nil && time.Since(c.hello.At) < headerLimit, errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "", true
	case errors.As(err, &told) && told.Op == "remote error":
		return strings.TrimPrefix(told.Err.Error(), "tls: "), true
	}
	// Python's OpenSSL sends its alert in the clear when it does not like a certificate (authentik 2025.8.1), which crypto/tls
	// cannot read at that point.
	if head := []byte{recordAlert, 3, 3, 0, 2}; err != nil && bytes.HasPrefix(c.tail[:], head) {
		return strings.TrimPrefix(tls.AlertError(c.tail[len(head)+1]).Error(), "tls: "), true
	}
	return "", false
}
