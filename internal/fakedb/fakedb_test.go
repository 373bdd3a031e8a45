package fakedb_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakedb"
)

// connect serves a double and returns a connection to it; stop ends the double and waits for it.
func connect(t *testing.T, serve func(context.Context, net.Listener) error) (conn net.Conn, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, l) }()
	conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
	require.NoError(t, err)
	return conn, func() {
		cancel()
		assert.NoError(t, <-ended)
		_ = conn.Close()
	}
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	conn, stop := connect(t, fakedb.ServePostgres)
	defer stop()
	_, err := conn.Write([]byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f})
	require.NoError(t, err)
	answer := make([]byte, 1)
	_, err = io.ReadFull(conn, answer)
	require.NoError(t, err)
	assert.Equal(t, "N", string(answer), "no encryption")

	parameters := "user\x00u\x00\x00"
	_, err = conn.Write(append([]byte{0, 0, 0, byte(8 + len(parameters)), 0, 3, 0, 0}, parameters...))
	require.NoError(t, err)
	refusal, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, byte('E'), refusal[0])
	assert.Len(t, refusal, 1+int(refusal[4]), "the length counts itself and the fields")
	assert.Contains(t, string(refusal), "C0A000\x00")
	assert.NotContains(t, string(refusal), "57P03", "it is not starting up")
}

func TestValkey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, question, answer string }{
		{"inline", "PING\r\n", "+PONG\r\n"},
		{"array", "*1\r\n$4\r\nping\r\n", "+PONG\r\n"},
		{"other", "*2\r\n$3\r\nGET\r\n$1\r\nx\r\n", "-ERR"},
		{"two", "PING\r\nPING\r\n", "+PONG\r\n+PONG\r\n"},
		{"broken", "*x\r\n", ""},
		{"too long", "*1\r\n$999999\r\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, stop := connect(t, fakedb.ServeValkey)
			defer stop()
			_, err := io.Copy(conn, strings.NewReader(test.question))
			require.NoError(t, err)
			if test.answer == "" {
				_, err = io.ReadAll(conn)
				assert.NoError(t, err, "it hangs up")
				return
			}
			answer := make([]byte, len(test.answer))
			_, err = io.ReadFull(conn, answer)
			require.NoError(t, err)
			assert.Equal(t, test.answer, string(answer))
		})
	}
}
