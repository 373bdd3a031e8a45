package edge_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
)

func TestRemoteControlDoesWhatTheLocalOneDoes(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	server := httptest.NewServer(e.ControlHandler("secret"))
	t.Cleanup(server.Close)
	remote := edge.Dial(server.URL, "secret", server.Client())
	c := client(e, ca, edge.FromBrowser)
	ctx := t.Context()
	require.NoError(t, remote.Health(ctx))

	found := make(chan *edge.Exchange, 1)
	go func() {
		x, err := remote.Find(ctx, 1, "the second request", func(x *edge.Exchange) bool { return strings.HasSuffix(x.URL, "/2") })
		assert.NoError(t, err)
		found <- x
	}()
	get(t, c, "https://"+opHost+"/api/1")
	get(t, c, "https://"+opHost+"/api/2")
	x := <-found
	require.NotNil(t, x)
	assert.Equal(t, int64(2), x.ID)

	near, err := e.Exchanges(ctx, 0)
	require.NoError(t, err)
	far, err := remote.Exchanges(ctx, 0)
	require.NoError(t, err)
	nearJSON, _ := json.Marshal(near)
	farJSON, _ := json.Marshal(far)
	assert.JSONEq(t, string(nearJSON), string(farJSON))

	last, err := remote.Last(ctx)
	require.NoError(t, err)
	assert.Equal(t, int64(2), last)

	restore, err := remote.Bend(ctx, edge.Fault{Name: "gateway-error"})
	require.NoError(t, err)
	res, _ := get(t, c, "https://"+opHost+"/")
	assert.Equal(t, http.StatusBadGateway, res.StatusCode)
	require.NoError(t, restore(ctx))
	res, _ = get(t, c, "https://"+opHost+"/")
	assert.Equal(t, http.StatusOK, res.StatusCode)

	_, err = remote.Bend(ctx, edge.Fault{Name: "no-such"})
	require.ErrorContains(t, err, `no fault "no-such"`)

	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err = remote.Find(brief, 4, "a fifth request", func(*edge.Exchange) bool { return true })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "a fifth request")
}

func TestRemoteControlNeedsTheToken(t *testing.T) {
	t.Parallel()
	e, _ := setup(t, http.HandlerFunc(echo))
	server := httptest.NewServer(e.ControlHandler("secret"))
	t.Cleanup(server.Close)
	for _, token := range []string{"", "wrong"} {
		remote := edge.Dial(server.URL, token, server.Client())
		_, err := remote.Exchanges(t.Context(), 0)
		require.ErrorContains(t, err, "needs the run's token")
		_, err = remote.Bend(t.Context(), edge.Fault{Name: "gateway-error"})
		require.ErrorContains(t, err, "401")
	}
}

func TestMainServesFromAFile(t *testing.T) {
	t.Parallel()
	ca, err := edge.NewCA(opHost, rpHost)
	require.NoError(t, err)
	upstream := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(upstream.Close)
	path := writeFile(t, edge.File{
		Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Token: "secret",
		Certificate: string(ca.ChainPEM()), Key: string(ca.KeyPEM()),
		Routes: map[string]string{opHost: upstream.URL},
		// All of this test comes from 127.0.0.1, as Immich does in its container.
		Legs: map[edge.Leg][]string{edge.FromImmich: {"localhost", "127.0.0.1"}},
	})
	ctx, cancel := context.WithCancel(t.Context())
	lines := &firstLine{got: make(chan string, 1)}
	ended := make(chan error, 1)
	go func() { ended <- edge.Main(ctx, path, lines) }()

	var address, control string
	_, err = fmt.Sscanf(strings.NewReplacer(",", "").Replace(<-lines.got),
		"edge: serving [authentik.company] on %s control on %s", &address, &control)
	require.NoError(t, err)
	c := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), ServerName: opHost},
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			if to == opHost+":443" {
				to = address
			}
			return (&net.Dialer{}).DialContext(ctx, network, to)
		},
	}}
	_, body := get(t, c, "https://"+opHost+"/api/x")
	assert.Contains(t, body, "host="+opHost)
	remote := edge.Dial("https://"+control, "secret", c)
	require.NoError(t, remote.Health(t.Context()))
	assert.Equal(t, edge.FromImmich, lastExchange(t, remote).Leg, "told by its address")

	cancel()
	assert.NoError(t, <-ended)
}

func TestMainRefusesABadFile(t *testing.T) {
	t.Parallel()
	ca, err := edge.NewCA(opHost)
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte("{"), 0o600))
	good := edge.File{Token: "t", Certificate: string(ca.ChainPEM()), Key: string(ca.KeyPEM())}
	noRoute, noToken := good, good
	noRoute.Routes = map[string]string{opHost: ""}
	noToken.Token = ""
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "missing.json"): "no such file",
		bad:                                 "not an edge's configuration",
		writeFile(t, edge.File{Token: "t"}): "certificate",
		writeFile(t, noRoute):               "route of authentik.company",
		writeFile(t, noToken):               "token",
	} {
		require.ErrorContains(t, edge.Main(t.Context(), path, &bytes.Buffer{}), want)
	}
}

func writeFile(t *testing.T, file edge.File) string {
	t.Helper()
	raw, err := json.Marshal(file)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "edge.json")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	return path
}

// firstLine hands on the first thing that is written to it.
type firstLine struct {
	once sync.Once
	got  chan string
}

func (f *firstLine) Write(p []byte) (int, error) {
	f.once.Do(func() { f.got <- string(p) })
	return len(p), nil
}
