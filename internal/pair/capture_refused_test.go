package pair_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestWhatIsNotALivePair has one clear line for each mistake.
func TestWhatIsNotALivePair(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	on := func(prefix string, answer func() *http.Response) func(*http.Request) *http.Response {
		return func(r *http.Request) *http.Response {
			if strings.HasPrefix(r.URL.Host+r.URL.Path, prefix) {
				return answer()
			}
			return nil
		}
	}
	const immichHost, authentikHost = "photos.example.org", "auth.example.org"
	page := func() *http.Response { return says(http.StatusOK, "<html><title>Nextcloud</title></html>") }
	for name, tt := range map[string]struct {
		change func(*pair.Source)
		answer func(*http.Request) *http.Response
		want   string
	}{
		"another program":          {answer: on(immichHost, page), want: "https://photos.example.org: there is no Immich at this address"},
		"another API":              {answer: on(immichHost, func() *http.Response { return says(http.StatusOK, `{}`) }), want: "https://photos.example.org: there is no Immich at this address"},
		"nothing there":            {answer: on(immichHost, func() *http.Response { return says(http.StatusNotFound, "<html></html>") }), want: "https://photos.example.org: there is no Immich at this address"},
		"a redirect":               {answer: on(immichHost, func() *http.Response { return says(http.StatusMovedPermanently, "") }), want: "https://photos.example.org: it redirects (301) instead of answering"},
		"a proxy alone":            {answer: on(immichHost, func() *http.Response { return says(http.StatusBadGateway, "<h1>Bad Gateway</h1>") }), want: "Immich does not answer as it should: 502 Bad Gateway"},
		"unreachable":              {change: func(s *pair.Source) { s.ImmichURL = "https://elsewhere.example.org" }, want: "https://elsewhere.example.org: it cannot be reached: "},
		"a wrong key":              {change: func(s *pair.Source) { s.ImmichKey = "wrong-canary" }, want: "Immich does not take the API key (Invalid API key)"},
		"a wrong token":            {change: func(s *pair.Source) { s.AuthentikToken = "wrong-canary" }, want: "https://auth.example.org: authentik does not take the token (Token invalid/expired)"},
		"another program as OP":    {answer: on(authentikHost, page), want: "https://auth.example.org: there is no authentik at this address"},
		"another API as OP":        {answer: on(authentikHost, func() *http.Response { return says(http.StatusOK, `{}`) }), want: "https://auth.example.org: there is no authentik at this address"},
		"no address of authentik":  {change: func(s *pair.Source) { s.ImmichKey = "" }, want: "name authentik's address"},
		"no provider of that name": {change: func(s *pair.Source) { s.Provider = "grafana" }, want: `authentik has no provider "grafana": neither a name, a client ID nor the slug of an application; this token sees "`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := tt.answer
			if answer == nil {
				answer = func(*http.Request) *http.Response { return nil }
			}
			s := l.through(answer)
			if tt.change != nil {
				tt.change(&s)
			}
			_, err := pair.Live(t.Context(), s)
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
			assert.NotContains(t, err.Error(), "\n", "one line")
			assert.NotContains(t, err.Error(), "canary")
			if name == "unreachable" {
				assert.ErrorIs(t, err, pair.ErrUnreachable)
			}
		})
	}
}

// TestProviderIsFound chooses among several.
func TestProviderIsFound(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	fields, err := l.authentik.Provider(t.Context(), l.op.ProviderPK)
	require.NoError(t, err)
	add := func(name, uri string) int {
		var made struct {
			PK int `json:"pk"`
		}
		require.NoError(t, l.authentik.Call(t.Context(), http.MethodPost, "/providers/oauth2/", map[string]any{
			"name": name, "authorization_flow": fields["authorization_flow"], "invalidation_flow": fields["invalidation_flow"],
			"redirect_uris": []any{map[string]any{"matching_mode": "regex", "url": uri}},
		}, &made))
		return made.PK
	}
	add("Grafana", "https://grafana.example.org/login/generic_oauth")
	found := func(t *testing.T, change func(*pair.Source)) (string, error) {
		s := l.source
		change(&s)
		p, err := pair.Live(t.Context(), s)
		if err != nil {
			return "", err
		}
		name, _ := p.Authentik.Provider["name"].(string)
		return name, nil
	}
	asNobody := func(s *pair.Source) { s.ImmichKey, s.AuthentikURL = "", "https://auth.example.org" }
	name, err := found(t, asNobody)
	require.NoError(t, err)
	assert.Equal(t, l.op.Name, name, "by its redirect URIs")

	old := add("Old photos", `https://photos\.example\.org/auth/login`)
	name, err = found(t, func(*pair.Source) {})
	require.NoError(t, err)
	assert.Equal(t, l.op.Name, name, "by Immich's client ID")
	_, err = found(t, asNobody)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "authentik has several providers that look like Immich's: ")
	assert.Contains(t, err.Error(), `"Old photos" (no application)`)
	assert.Contains(t, err.Error(), "name one with --provider")
	name, err = found(t, func(s *pair.Source) { asNobody(s); s.Provider = "Old photos" })
	require.NoError(t, err)
	assert.Equal(t, "Old photos", name)
	name, err = found(t, func(s *pair.Source) { asNobody(s); s.Provider = l.op.Slug })
	require.NoError(t, err)
	assert.Equal(t, l.op.Name, name)

	require.NoError(t, l.authentik.RemoveProvider(t.Context(), l.op))
	name, err = found(t, asNobody)
	require.NoError(t, err)
	assert.Equal(t, "Old photos", name, "the only one left")
	require.NoError(t, l.authentik.RemoveProvider(t.Context(), &authentik.Applied{Slug: "none", ProviderPK: old}))
	_, err = found(t, asNobody)
	assert.EqualError(t, err, `authentik has no provider that looks like Immich's; this token sees "Grafana" (no application); name one with --provider`)
}

// TestNoTokenGoesWithoutTLS is for a pair whose Immich calls authentik by http: who wants the token to go there says so.
func TestNoTokenGoesWithoutTLS(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	config, err := l.admin.SystemConfig(t.Context())
	require.NoError(t, err)
	config.OAuth()["issuerUrl"] = "http://auth.example.org/application/o/immich/"
	_, err = l.admin.PutSystemConfig(t.Context(), config)
	require.NoError(t, err)
	s := l.through(func(r *http.Request) *http.Response {
		assert.Equal(t, "https", r.URL.Scheme, "%s %s", r.Method, r.URL)
		return nil
	})
	_, err = pair.Live(t.Context(), s)
	require.EqualError(t, err, "Immich's issuer URL begins with http://auth.example.org, and no API token is sent without TLS; name authentik's https address with --authentik")
	s.AuthentikURL = "http://auth.example.org"
	_, err = pair.Live(t.Context(), s)
	require.EqualError(t, err, "http://auth.example.org: no API token is sent without TLS; name the https address")
	s.AuthentikURL = "https://auth.example.org"
	p, err := pair.Live(t.Context(), s)
	require.NoError(t, err)
	assert.NotNil(t, p.Authentik)
	s.ImmichURL = "http://photos.example.org"
	_, err = pair.Live(t.Context(), s)
	require.EqualError(t, err, "http://photos.example.org: no API key is sent without TLS; name the https address")
}
