package edge_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
)

const (
	opHost = "authentik.company"
	rpHost = "immich.company"
)

// setup starts an edge before one upstream by URL (authentik) and one in this process (Immich).
func setup(t *testing.T, upstream http.Handler) (*edge.Edge, *edge.CA) {
	t.Helper()
	ca, err := edge.NewCA(opHost, rpHost)
	require.NoError(t, err)
	certificate, err := ca.Certificate()
	require.NoError(t, err)
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	e, err := edge.New(edge.Config{
		Certificate: certificate,
		Routes:      map[string]edge.Route{opHost: {URL: server.URL}, rpHost: {Handler: upstream}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, e.Close()) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e.Start(l)
	return e, ca
}

func client(e *edge.Edge, ca *edge.CA, leg edge.Leg) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: e.Dial(leg), TLSClientConfig: &tls.Config{RootCAs: ca.Pool()}, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(body)
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "s"})
	fmt.Fprintf(w, "host=%s proto=%s xfhost=%s for=%s harness=%s%s body=%s", r.Host, r.Header.Get("X-Forwarded-Proto"),
		r.Header.Get("X-Forwarded-Host"), r.Header.Get("X-Forwarded-For"), r.Header.Get(edge.HarnessHeader), r.Header.Get(edge.CheckHeader)+r.Header.Get(edge.SessionHeader), body)
}

func TestProxyKeepsHostAndTellsTheScheme(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	for _, host := range []string{opHost, rpHost} {
		res, body := get(t, client(e, ca, edge.FromBrowser), "https://"+host+"/api/x")
		assert.Equal(t, "HTTP/2.0", res.Proto)
		assert.Equal(t, "host="+host+" proto=https xfhost="+host+" for=127.0.0.1 harness= body=", body)
	}
}

func TestProxyDoesNotBelieveForwardedHeadersOfClients(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	req, _ := http.NewRequest(http.MethodGet, "https://"+opHost+"/", nil)
	req.Header.Set("X-Forwarded-Proto", "http")
	req.Header.Set("X-Forwarded-For", "6.6.6.6")
	res, err := client(e, ca, edge.FromBrowser).Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	assert.Contains(t, string(body), "proto=https xfhost="+opHost+" for=127.0.0.1 ")
}

func TestUnknownNameIsMisdirected(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	req, _ := http.NewRequest(http.MethodGet, "https://"+opHost+"/", nil)
	req.Host = "photos.example.org"
	res, err := client(e, ca, edge.FromBrowser).Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	assert.Equal(t, http.StatusMisdirectedRequest, res.StatusCode)
	assert.Contains(t, string(body), `nobody here is called "photos.example.org"; it serves authentik.company and immich.company`)
}

func TestUnreachableUpstreamIsABadGateway(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone := l.Addr().String()
	require.NoError(t, l.Close())
	ca, err := edge.NewCA(opHost)
	require.NoError(t, err)
	certificate, err := ca.Certificate()
	require.NoError(t, err)
	e, err := edge.New(edge.Config{Certificate: certificate, Routes: map[string]edge.Route{opHost: {URL: "http://" + gone}}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = e.Close() })
	l, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e.Start(l)

	res, body := get(t, client(e, ca, edge.FromBrowser), "https://"+opHost+"/")
	assert.Equal(t, http.StatusBadGateway, res.StatusCode)
	assert.Contains(t, body, "authentik.company (http://"+gone+") does not answer")
	x := lastExchange(t, e)
	assert.Zero(t, x.Status)
	assert.Contains(t, x.Error, "connection refused")
}

func TestNewRefusesARouteWithoutAnUpstream(t *testing.T) {
	t.Parallel()
	_, err := edge.New(edge.Config{Routes: map[string]edge.Route{opHost: {URL: "nowhere"}}})
	require.ErrorContains(t, err, `route of authentik.company: "nowhere"`)
}

func TestDialRefusesOtherHosts(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	for _, url := range []string{"https://example.org/", "https://authentik.company:8443/"} {
		_, err := client(e, ca, edge.FromBrowser).Get(url)
		require.ErrorContains(t, err, "is not a public name of this run")
	}
}

func TestCAIsTrustedAloneAndPinnable(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	conn, err := tls.Dial("tcp", e.Addr(), &tls.Config{RootCAs: ca.Pool(), ServerName: rpHost})
	require.NoError(t, err)
	defer conn.Close()
	chain := conn.ConnectionState().PeerCertificates
	require.Len(t, chain, 2, "the authority is served as well")
	sum := sha256.Sum256(chain[1].RawSubjectPublicKeyInfo)
	assert.Equal(t, base64.StdEncoding.EncodeToString(sum[:]), ca.SPKI())

	other, err := edge.NewCA(rpHost)
	require.NoError(t, err)
	_, err = tls.Dial("tcp", e.Addr(), &tls.Config{RootCAs: other.Pool(), ServerName: rpHost})
	require.ErrorContains(t, err, "unknown authority")
}

func lastExchange(t *testing.T, r edge.Reader) edge.Exchange {
	t.Helper()
	items, err := r.Exchanges(t.Context(), 0)
	require.NoError(t, err)
	require.NotEmpty(t, items)
	return items[len(items)-1]
}

func TestRecordTellsLegsApart(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	for _, leg := range []edge.Leg{edge.FromBrowser, edge.FromImmich, edge.FromAuthentik} {
		get(t, client(e, ca, leg), "https://"+opHost+"/application/o/immich/")
		assert.Equal(t, leg, lastExchange(t, e).Leg)
	}
	req, _ := http.NewRequest(http.MethodGet, "https://"+opHost+"/api/v3/core/users/", nil)
	req.Header.Set(edge.HarnessHeader, "1")
	req.Header.Set(edge.CheckHeader, "login.web.first")
	req.Header.Set(edge.SessionHeader, "3")
	res, err := client(e, ca, edge.FromBrowser).Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	assert.Contains(t, string(body), "harness= ", "the upstream never sees the marks")
	x := lastExchange(t, e)
	assert.Equal(t, edge.FromHarness, x.Leg)
	assert.Equal(t, []string{"login.web.first", "3"}, []string{x.Check, x.Session})
	assert.Empty(t, x.RequestHeader.Get(edge.HarnessHeader)+x.RequestHeader.Get(edge.CheckHeader)+x.RequestHeader.Get(edge.SessionHeader))
}

func TestRecordKeepsWhatThePathIsWorth(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	c := client(e, ca, edge.FromBrowser)
	tests := map[string]struct{ headers, bodies bool }{
		"/api/oauth/callback":                     {true, true},
		"/api/v3/flows/executor/x/?query=next%3D": {true, true},
		"/application/o/token/":                   {true, true},
		"/if/flow/default-authentication-flow/":   {true, false},
		"/auth/login?code=1":                      {true, false},
		"/api/assets/1/thumbnail":                 {false, false},
		"/static/dist/a.js":                       {false, false},
		"/favicon.ico":                            {false, false},
	}
	for path, want := range tests {
		url := "https://" + rpHost + path
		res, err := c.Post(url, "text/plain", strings.NewReader("question"))
		require.NoError(t, err)
		answer, _ := io.ReadAll(res.Body)
		res.Body.Close()
		x := lastExchange(t, e)
		assert.Equal(t, url, x.URL)
		assert.Equal(t, http.MethodPost, x.Method, path)
		assert.Equal(t, http.StatusOK, x.Status, path)
		assert.Equal(t, want.headers, x.RequestHeader != nil, path)
		assert.Equal(t, want.headers, x.ResponseHeader.Get("Set-Cookie") != "", path)
		if want.bodies {
			assert.Equal(t, "question", string(x.RequestBody), path)
			assert.Equal(t, string(answer), string(x.ResponseBody), path)
		} else {
			assert.Empty(t, x.RequestBody, path)
			assert.Empty(t, x.ResponseBody, path)
		}
	}
}

func TestRecordIsThereBeforeTheAnswerEnds(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 100<<10)
	e, ca := setup(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, large) }))
	c := client(e, ca, edge.FromBrowser)
	for n := int64(1); n <= 50; n++ {
		get(t, c, "https://"+opHost+"/api/x")
		last, err := e.Last(t.Context())
		require.NoError(t, err)
		require.Equal(t, n, last)
	}
}

func TestRecordCutsLongBodies(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 300<<10))
	}))
	_, body := get(t, client(e, ca, edge.FromBrowser), "https://"+opHost+"/api/x")
	assert.Len(t, body, 300<<10, "the client gets it all")
	x := lastExchange(t, e)
	assert.Len(t, x.ResponseBody, 256<<10)
	assert.True(t, x.Truncated)
}

func TestRecordDecodesWhatAnUpstreamCompressesAnyway(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"issuer":"x"}`)
		_ = z.Close()
	}))
	_, body := get(t, client(e, ca, edge.FromBrowser), "https://"+opHost+"/application/o/immich/")
	assert.JSONEq(t, `{"issuer":"x"}`, body)
	assert.JSONEq(t, `{"issuer":"x"}`, string(lastExchange(t, e).ResponseBody))
}

func TestWebSocketPasses(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "websocket", r.Header.Get("Upgrade"))
		conn, rw, err := w.(http.Hijacker).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString("you said " + line)
		_ = rw.Flush()
	}))
	conn, err := tls.Dial("tcp", e.Addr(), &tls.Config{RootCAs: ca.Pool(), ServerName: rpHost, NextProtos: []string{"http/1.1"}})
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/socket.io/?transport=websocket HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", rpHost)
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	fmt.Fprint(conn, "hello\n")
	line, err := in.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "you said hello\n", line)
	assert.Equal(t, http.StatusSwitchingProtocols, lastExchange(t, e).Status)
}

func TestFindWaitsForItsExchange(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	c := client(e, ca, edge.FromBrowser)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			path := fmt.Sprintf("/api/%d", i)
			x, err := e.Find(t.Context(), 0, "the request for "+path, func(x *edge.Exchange) bool { return strings.HasSuffix(x.URL, path) })
			if assert.NoError(t, err) {
				assert.Equal(t, "https://"+rpHost+path, x.URL)
			}
		})
		group.Go(func() { get(t, c, fmt.Sprintf("https://%s/api/%d", rpHost, i)) })
	}
	group.Wait()
}

func TestFindSaysWhatWasMissing(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	get(t, client(e, ca, edge.FromBrowser), "https://"+rpHost+"/")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := e.Find(ctx, 0, "the token request", func(*edge.Exchange) bool { return false })
	require.ErrorContains(t, err, "no exchange was the token request among the 1 recorded since")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestPlainHTTPIsSentToHTTPS(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	c := client(e, ca, edge.FromBrowser)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, _ := get(t, c, "http://"+opHost+"/application/o/immich/?a=b")
	assert.Equal(t, http.StatusMovedPermanently, res.StatusCode)
	assert.Equal(t, "https://"+opHost+"/application/o/immich/?a=b", res.Header.Get("Location"))
}
