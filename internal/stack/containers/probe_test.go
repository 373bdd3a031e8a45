package containers

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// server answers each thing that it is told with the next text, and hangs up after the last.
func server(t *testing.T, texts ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			for _, text := range texts {
				_, _ = conn.Read(make([]byte, 256))
				_, _ = io.WriteString(conn, text)
			}
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestProbesTellReadyFromListening(t *testing.T) {
	t.Parallel()
	type probe func(context.Context, string) error
	tests := map[string]struct {
		probe   probe
		answers []string
		want    string // part of the error, empty: ready
	}{
		"postgres with TLS":                 {probePostgres, []string{"S"}, ""},
		"postgres that asks for a password": {probePostgres, []string{"N", "R\x00\x00\x00\x08"}, ""},
		"postgres that knows no such user":  {probePostgres, []string{"N", "E\x00\x00\x00\x20SFATAL\x00C28000\x00"}, ""},
		"postgres that recovers":            {probePostgres, []string{"N", "E\x00\x00\x00\x20SFATAL\x00C57P03\x00"}, "starting up"},
		"a proxy before postgres":           {probePostgres, nil, "no answer yet"},
		"something else":                    {probePostgres, []string{"HTTP/1.1 400\r\n"}, "does not speak PostgreSQL"},
		"valkey":                            {probeValkey, []string{"+PONG\r\n"}, ""},
		"valkey that loads":                 {probeValkey, []string{"-LOADING\r\n"}, "LOADING"},
		"a proxy before valkey":             {probeValkey, nil, "no answer yet"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			err := test.probe(ctx, server(t, test.answers...))
			if test.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.want)
			}
		})
	}
}

func TestWaitForSaysWhatWasMissing(t *testing.T) {
	t.Parallel()
	missing := errors.New("connection refused")
	err := waitFor(t.Context(), "postgres to answer", 150*time.Millisecond, func(context.Context) error { return missing })
	require.EqualError(t, err, "waited 150ms for postgres to answer: connection refused")

	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("a container ended")
	tries := 0
	err = waitFor(ctx, "postgres to answer", time.Minute, func(context.Context) error {
		if tries++; tries == 2 {
			cancel(cause)
		}
		return missing
	})
	require.ErrorIs(t, err, cause)
	assert.Equal(t, 2, tries)
}
