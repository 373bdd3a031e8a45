package edge_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// provider answers as an OpenID Provider does, as far as faults care.
func provider(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		fmt.Fprintf(w, `{"issuer":"https://%s/application/o/immich/"}`, r.Host)
	case strings.HasSuffix(r.URL.Path, "/jwks/"):
		fmt.Fprint(w, `{"keys":[{"kid":"1"}]}`)
	default:
		echo(w, r)
	}
}

func TestEachFaultBreaksItsRequirement(t *testing.T) {
	t.Parallel()
	const app = "https://" + opHost + "/application/o/immich"
	// bent says whether the answer shows the deviation.
	tests := map[string]struct {
		url  string
		bent func(res *http.Response, body string) bool
	}{
		"drop-forwarded-proto": {app, func(_ *http.Response, b string) bool { return strings.Contains(b, "proto= ") }},
		"drop-host":            {app, func(_ *http.Response, b string) bool { return strings.Contains(b, "host=127.0.0.1:") }},
		"strip-cookies":        {app, func(r *http.Response, _ string) bool { return len(r.Cookies()) == 0 }},
		"swap-issuer": {app + "/.well-known/openid-configuration", func(_ *http.Response, b string) bool {
			return b == `{"issuer":"https://authentik.company/application/o/immich"}`
		}},
		"empty-jwks": {app + "/jwks/", func(_ *http.Response, b string) bool { return b == `{"keys":[]}` }},
		"forward-auth": {"https://" + rpHost + "/api/server/ping", func(r *http.Response, _ string) bool {
			return r.StatusCode == http.StatusFound && r.Header.Get("Location") == "/outpost.goauthentik.io/start"
		}},
		"server-error":  {app, func(r *http.Response, _ string) bool { return r.StatusCode == http.StatusInternalServerError }},
		"gateway-error": {app, func(r *http.Response, _ string) bool { return r.StatusCode == http.StatusBadGateway }},
	}
	for _, fault := range edge.Faults() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, fault.Breaks)
			test, ok := tests[fault.Name]
			require.True(t, ok, "a fault without a test")
			e, ca := setup(t, http.HandlerFunc(provider))
			c := client(e, ca, edge.FromBrowser)
			bent := func() bool { return test.bent(get(t, c, test.url)) }

			require.False(t, bent(), "before")
			restore, err := e.Bend(t.Context(), edge.Fault{Name: fault.Name})
			require.NoError(t, err)
			assert.True(t, bent(), "while it is on")
			if x := lastExchange(t, e); fault.Name == "strip-cookies" {
				assert.Empty(t, x.ResponseHeader.Values("Set-Cookie"), "the record shows what the client got")
			}
			require.NoError(t, restore(t.Context()))
			require.NoError(t, restore(t.Context()), "twice does no harm")
			assert.False(t, bent(), "afterwards")
		})
	}
}

func TestFaultHitsOnlyItsHostAndPath(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(echo))
	c := client(e, ca, edge.FromBrowser)
	_, err := e.Bend(t.Context(), edge.Fault{Name: "gateway-error", Host: opHost, Path: "/application/"})
	require.NoError(t, err)
	for url, want := range map[string]int{
		"https://" + opHost + "/application/o/x": http.StatusBadGateway,
		"https://" + opHost + "/api/":            http.StatusOK,
		"https://" + rpHost + "/application/":    http.StatusOK,
	} {
		res, _ := get(t, c, url)
		assert.Equal(t, want, res.StatusCode, url)
	}
}

func TestAnswerInTheProductsPlace(t *testing.T) {
	t.Parallel()
	e, ca := setup(t, http.HandlerFunc(provider))
	c := client(e, ca, edge.FromBrowser)
	restore, err := e.Bend(t.Context(), edge.Fault{Name: edge.Answer, Host: opHost, Path: "/application/o/token/", Body: `{"a":1}`})
	require.NoError(t, err)
	res, body := get(t, c, "https://"+opHost+"/application/o/token/")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Equal(t, "application/json", res.Header.Get("Content-Type"))
	assert.JSONEq(t, `{"a":1}`, body)
	_, body = get(t, c, "https://"+opHost+"/application/o/userinfo/")
	assert.NotContains(t, body, `"a"`)
	require.NoError(t, restore(t.Context()))
	_, body = get(t, c, "https://"+opHost+"/application/o/token/")
	assert.NotContains(t, body, `"a"`)
}

func TestUnknownFaultIsRefused(t *testing.T) {
	t.Parallel()
	e, _ := setup(t, http.HandlerFunc(echo))
	_, err := e.Bend(t.Context(), edge.Fault{Name: "no-such"})
	require.ErrorContains(t, err, `no fault "no-such"`)
}
