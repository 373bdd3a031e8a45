package edge_test

import (
	"bufio"
	"context"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// shouter answers each line with the same line and "!".
func shouter(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := bufio.NewScanner(conn); in.Scan(); {
					if _, err := conn.Write([]byte(in.Text() + "!\n")); err != nil {
						return
					}
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func TestTunnelReachesWhatItMayAndNothingElse(t *testing.T) {
	t.Parallel()
	part, other := shouter(t), shouter(t)
	ca, err := edge.NewCA(opHost)
	require.NoError(t, err)
	certificate, err := ca.Certificate()
	require.NoError(t, err)
	e, err := edge.New(edge.Config{Certificate: certificate, Tunnels: []string{part, "127.0.0.1:1"}})
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(e.ControlHandler("secret"))
	server.EnableHTTP2 = true // as the control port has it
	server.StartTLS()
	t.Cleanup(server.Close)
	remote := edge.Dial(server.URL, "secret", server.Client())

	ctx, cancel := context.WithCancel(t.Context())
	conn, err := remote.Tunnel(ctx, part)
	require.NoError(t, err)
	cancel() // the connection outlives the making of it
	in := bufio.NewReader(conn)
	for _, word := range []string{"ping", "pong"} {
		_, err = conn.Write([]byte(word + "\n"))
		require.NoError(t, err)
		line, err := in.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, word+"!\n", line)
	}
	require.NoError(t, conn.Close())

	_, err = remote.Tunnel(t.Context(), other)
	assert.ErrorContains(t, err, "403 Forbidden: there is no tunnel to")
	_, err = remote.Tunnel(t.Context(), "127.0.0.1:1")
	assert.ErrorContains(t, err, "502 Bad Gateway")
	_, err = edge.Dial(server.URL, "guessed", server.Client()).Tunnel(t.Context(), part)
	assert.ErrorContains(t, err, "401 Unauthorized")
}
