package suites

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func (c Cell) rpRequestChecks() []Check {
	requirements := []check.Requirement{
		demand("exact", "RFC 6749 §4.1.1", "each request goes to the discovered endpoint, with response_type, client_id and redirect_uri once and as they are configured"),
		demand("scope", c.immich(), "the configured scope is sent as it stands"),
		demand("prompt", c.immich(), "no prompt is sent where none is configured"),
		demand("state", "RFC 6749 §10.10, §10.12", "each login has a state of its own, of at least 128 bits"),
	}
	if c.Immich.Has(version.PKCE) {
		requirements = append(requirements,
			demand("bound", c.immich(), "the state is kept in a cookie of the browser that it belongs to"),
			demand("verifier", "RFC 7636 §4.1, §4.2, §7.1", "each login has a verifier of its own, and sends its S256 challenge"),
			demand("own", c.immich(), "the state and the challenge that an app brings are sent as they are"))
	}
	return []Check{covering(one("rp.request", "Immich's authorization request is what its settings say, and fresh", rpRequest, requirements...), "immich_scope")}
}

// rpRequest begins logins and goes nowhere.
func rpRequest(t *check.T, e *Env) {
	first, firstCookies := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.loginURI()})
	second, secondCookies := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.loginURI()})
	link, _ := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.RedirectURI(journey.LinkPath)})
	d, _ := e.discover(t)
	t.Confirm("exact", func() {
		for uri, asked := range map[string]*url.URL{e.loginURI(): first, e.RedirectURI(journey.LinkPath): link} {
			assert.Equal(t, d.Authorization, withoutQuery(asked.String()), "where the request goes")
			query := asked.Query()
			assert.Equal(t, []string{"code"}, query["response_type"], "response_type")
			assert.Equal(t, []string{e.Shared.RP.ClientID}, query["client_id"], "client_id")
			assert.Equal(t, []string{uri}, query["redirect_uri"], "redirect_uri")
		}
	})
	t.Confirm("scope", func() { assert.Equal(t, []string{e.Shared.Scope}, first.Query()["scope"], "scope") })
	t.Confirm("prompt", func() { assert.Empty(t, first.Query()["prompt"], "prompt") })
	t.Confirm("state", func() {
		state := first.Query().Get("state")
		assert.NotEqual(t, state, second.Query().Get("state"), "the state of a second login")
		assert.Regexp(t, `^[A-Za-z0-9._~-]{22,}$`, state, "the state, of 64 different characters") // 22 of them are 128 bits
	})
	if e.Cell.Immich.Has(version.PKCE) {
		t.Confirm("bound", func() {
			require.NotNil(t, cookieOf(firstCookies, stateCookie), stateCookie)
			assert.Equal(t, first.Query().Get("state"), cookieOf(firstCookies, stateCookie).Value, stateCookie)
		})
		t.Confirm("verifier", func() {
			judgeVerifier(t, first.Query(), firstCookies)
			judgeVerifier(t, second.Query(), secondCookies)
			assert.NotEqual(t, first.Query().Get("code_challenge"), second.Query().Get("code_challenge"), "the challenge of a second login")
		})
		e.confirmOwnProof(t)
	}
}

// The cookies of a login under way, since version.PKCE.
const (
	stateCookie    = immich.StateCookie
	verifierCookie = immich.VerifierCookie
)

// begin lets Immich write an authorization request.
func (e *Env) begin(t *check.T, r immich.AuthorizeRequest) (*url.URL, []*http.Cookie) {
	start, err := e.World.Immich.Authorize(t.Context(), r)
	t.Block(err)
	asked, err := url.Parse(start.URL)
	t.Block(err)
	if verifier := cookieOf(start.Cookies, verifierCookie); verifier != nil && r.CodeChallenge == "" { // the app keeps its own
		e.Trace.Secret(verifier.Value)
	}
	return asked, start.Cookies
}

// judgeVerifier judges, inside Confirm, that a request's challenge is the one of the verifier that the browser keeps.
func judgeVerifier(t *check.T, query url.Values, cookies []*http.Cookie) {
	verifier := cookieOf(cookies, verifierCookie)
	require.NotNil(t, verifier, verifierCookie)
	assert.Regexp(t, `^[A-Za-z0-9._~-]{43,128}$`, verifier.Value, "the verifier")
	sum := sha256.Sum256([]byte(verifier.Value))
	assert.Equal(t, []string{base64.RawURLEncoding.EncodeToString(sum[:])}, query["code_challenge"], "the challenge of that verifier")
	assert.Equal(t, []string{"S256"}, query["code_challenge_method"], "code_challenge_method")
}

// confirmOwnProof begins as the app does.
func (e *Env) confirmOwnProof(t *check.T) {
	proof := journey.NewProof()
	asked, _ := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.loginURI(), State: proof.State, CodeChallenge: proof.Challenge()})
	t.Confirm("own", func() {
		assert.Equal(t, []string{proof.State}, asked.Query()["state"], "the app's state")
		assert.Equal(t, []string{proof.Challenge()}, asked.Query()["code_challenge"], "the app's challenge")
	})
}
