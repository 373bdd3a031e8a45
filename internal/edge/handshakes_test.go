package edge_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// TestFailedHandshakes tells who ended a handshake, and how, from who asked something, locally and over the control port.
func TestFailedHandshakes(t *testing.T) {
	t.Parallel()
	trusting := func(ca *edge.CA) *tls.Config { return &tls.Config{RootCAs: ca.Pool(), ServerName: opHost} }
	distrusting := func(*edge.CA) *tls.Config { return &tls.Config{RootCAs: x509.NewCertPool(), ServerName: opHost} }
	old := func(ca *edge.CA) *tls.Config {
		return &tls.Config{RootCAs: x509.NewCertPool(), ServerName: opHost, MaxVersion: tls.VersionTLS12}
	}
	for name, tt := range map[string]struct {
		leg    edge.Leg
		config func(*edge.CA) *tls.Config
		bend   func(net.Conn) net.Conn // of what the client writes; nil: not at all
		ask    string                  // once the handshake is done
		none   bool                    // no handshake failed
		alert  string
	}{
		"a client without the CA":           {leg: edge.FromImmich, config: distrusting, alert: "bad certificate"},
		"one that speaks TLS 1.2":           {leg: edge.FromImmich, config: old, alert: "bad certificate"},
		"authentik without the CA":          {leg: edge.FromAuthentik, config: distrusting, alert: "bad certificate"},
		"a browser without the CA":          {leg: edge.FromBrowser, config: distrusting, alert: "bad certificate"},
		"an alert in the clear, as OpenSSL": {leg: edge.FromAuthentik, config: distrusting, bend: inTheClear, alert: "unknown certificate authority"},
		"closed when it is shown, as Node":  {leg: edge.FromImmich, config: distrusting, bend: silent},
		"closed with nothing asked":         {leg: edge.FromImmich, config: trusting},
		"a browser that asks nothing":       {leg: edge.FromBrowser, config: trusting, none: true},
		"one that asks":                     {leg: edge.FromImmich, config: trusting, ask: "GET / HTTP/1.1\r\nHost: " + opHost + "\r\n\r\n", none: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, ca := setup(t, http.HandlerFunc(echo))
			control := httptest.NewServer(e.ControlHandler("secret"))
			t.Cleanup(control.Close)
			began := time.Now()
			conn, err := e.Dial(tt.leg)(t.Context(), "tcp", opHost+":443")
			require.NoError(t, err)
			if tt.bend != nil {
				conn = tt.bend(conn)
			}
			talk(t, tls.Client(conn, tt.config(ca)), tt.ask)
			if tt.none { // who comes later, and whose handshake fails, is the only one
				conn, err := e.Dial(edge.FromBrowser)(t.Context(), "tcp", opHost+":443")
				require.NoError(t, err)
				talk(t, tls.Client(conn, distrusting(ca)), "")
			}

			var failed []edge.FailedHandshake
			require.Eventually(t, func() bool {
				failed, err = edge.Dial(control.URL, "secret", control.Client()).FailedHandshakes(t.Context())
				return err != nil || len(failed) > 0
			}, 10*time.Second, 10*time.Millisecond)
			require.NoError(t, err)
			require.Len(t, failed, 1)
			want := edge.FailedHandshake{At: failed[0].At, Leg: tt.leg, Name: opHost, Alert: tt.alert}
			if tt.none {
				want.Leg, want.Alert = edge.FromBrowser, "bad certificate"
			}
			assert.Equal(t, want, failed[0])
			assert.WithinRange(t, failed[0].At, began, time.Now())
			assert.True(t, failed[0].Distrust())
		})
	}
}

// talk makes a handshake, asks something where it is to, and waits until the edge has closed the connection.
func talk(t *testing.T, client *tls.Conn, ask string) {
	t.Helper()
	defer client.Close()
	err := client.HandshakeContext(t.Context())
	if ask != "" {
		require.NoError(t, err)
		_, err = io.WriteString(client, ask)
		require.NoError(t, err)
		_, err = http.ReadResponse(bufio.NewReader(client), nil)
		require.NoError(t, err)
	}
	if err == nil {
		require.NoError(t, client.CloseWrite())
		_, _ = io.Copy(io.Discard, client)
	}
}

// saying is a client that writes something of its own once it has been answered, and then closes.
type saying struct {
	net.Conn
	text     []byte
	answered bool
}

func (c *saying) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.answered = true
	return n, err
}

func (c *saying) Write(b []byte) (int, error) {
	if !c.answered {
		return c.Conn.Write(b)
	}
	_, _ = c.Conn.Write(c.text)
	return len(b), c.Close()
}

// inTheClear says unknown_ca (RFC 8446 §6) without encryption.
func inTheClear(conn net.Conn) net.Conn {
	return &saying{Conn: conn, text: []byte{0x15, 3, 3, 0, 2, 2, 48}}
}

func silent(conn net.Conn) net.Conn { return &saying{Conn: conn} }

// TestOtherAlertsAreNoDistrust shows an alert that is about something else.
func TestOtherAlertsAreNoDistrust(t *testing.T) {
	t.Parallel()
	assert.False(t, edge.FailedHandshake{Alert: "no application protocol"}.Distrust())
}
