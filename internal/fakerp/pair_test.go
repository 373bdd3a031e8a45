package fakerp_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	token         = "bootstrap-token"
	appURI        = "app.immich:///oauth-callback"
	oldAppURI     = "app.immich:/" // until v1.112.1
	adminEmail    = "admin@immich.company"
	adminPassword = "admin-password"
)

// pair is both doubles, configured with each other.
type pair struct {
	*testing.T
	ctx      context.Context
	op       *fakeop.Server
	rp       *fakerp.Server
	opURL    string
	rpURL    string
	hc       *http.Client
	ak       *authentik.Client
	im       *immich.Client // as nobody
	admin    *immich.Client
	provider *authentik.Applied
	// What the doubles have logged.
	opLog, rpLog lockedBuffer
	// bend changes the token responses that the double of Immich gets, and the claims of their ID tokens; nil: nothing.
	bend func(response, header, claims map[string]any)
}

func release(t *testing.T, product version.Product, text string) *version.Release {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	r, err := catalogue.Resolve(product, text)
	require.NoError(t, err)
	return r
}

// key is made once: making one takes longer than most of these tests.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // never: the reader does not fail
	}
	return k
})

// start runs both doubles over TLS and applies a guide to them.
func start(t *testing.T, authentikVersion, immichVersion string) *pair {
	t.Helper()
	p := &pair{T: t, ctx: t.Context()}
	akRelease, imRelease := release(t, version.Authentik, authentikVersion), release(t, version.Immich, immichVersion)
	var err error
	p.op, err = fakeop.New(fakeop.Options{Release: akRelease, BootstrapToken: token, Key: key(), Log: &p.opLog})
	require.NoError(t, err)
	opServer := httptest.NewTLSServer(p.op)
	t.Cleanup(opServer.Close)
	// All servers of httptest share a certificate, so this client trusts both.
	p.hc = &http.Client{Transport: opServer.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	p.rp, err = fakerp.New(fakerp.Options{Release: imRelease, Client: &http.Client{Transport: bending{p}}, Log: io.MultiWriter(t.Output(), &p.rpLog)})
	require.NoError(t, err)
	rpServer := httptest.NewTLSServer(p.rp)
	t.Cleanup(rpServer.Close)
	p.opURL, p.rpURL = opServer.URL, rpServer.URL

	p.ak = authentik.New(p.opURL, token, p.hc)
	p.im = immich.New(p.rpURL, p.hc).For(imRelease)
	require.NoError(t, p.im.SignUpAdmin(p.ctx, adminEmail, adminPassword, "Admin"))
	session, err := p.im.Login(p.ctx, adminEmail, adminPassword)
	require.NoError(t, err)
	p.admin = p.im.As(session)
	require.NoError(t, p.admin.FinishOnboarding(p.ctx))
	settings := p.settings()
	p.provider, err = p.ak.Configure(p.ctx, settings, akRelease)
	require.NoError(t, err)
	if akRelease.Has(version.RedirectURIList) { // one text knows no modes
		assert.Empty(t, p.provider.Differences)
	}
	applied, err := p.admin.Configure(p.ctx, settings, imRelease, p.provider.ClientID, p.provider.ClientSecret, p.provider.Issuer)
	require.NoError(t, err)
	assert.Empty(t, applied.Differences)
	return p
}

func (p *pair) settings() *guide.Settings {
	s := &guide.Settings{AuthorizationFlow: &guide.Value{Value: authentik.ExplicitConsentFlow, Kind: guide.Literal}}
	for _, uri := range []string{appURI, oldAppURI, p.rpURL + "/auth/login", p.rpURL + "/user-settings", p.rpURL + "/api/oauth/mobile-redirect"} {
		s.RedirectURIs = append(s.RedirectURIs, guide.RedirectURI{URL: uri, Matching: guide.Strict, Purpose: guide.Authorization})
	}
	return s
}

// person is somebody at authentik.
func (p *pair) person(name string) authentik.User {
	p.Helper()
	u, err := p.ak.CreateUser(p.ctx, authentik.User{Username: name, Name: "The " + name, Email: name + "@immich.company", Password: "secret of " + name})
	require.NoError(p, err)
	return u
}

// land goes through authorize at both sides and returns what the client can call back with.
func (p *pair) land(im *immich.Client, r immich.AuthorizeRequest, u authentik.User) (immich.CallbackRequest, error) {
	p.Helper()
	started, err := im.Authorize(p.ctx, r)
	if err != nil {
		return immich.CallbackRequest{}, err
	}
	landing, err := authentik.NewVisitor(p.opURL, p.hc).Authorize(p.ctx, started.URL, u.Username, u.Password)
	if err != nil {
		return immich.CallbackRequest{}, err
	}
	return immich.CallbackRequest{URL: landing.URL, Cookies: started.Cookies}, nil
}

// login is the whole web login.
func (p *pair) login(u authentik.User) (*immich.Session, error) {
	p.Helper()
	back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, u)
	if err != nil {
		return nil, err
	}
	return p.im.Callback(p.ctx, back)
}

// loggedIn is a login that has to work, and its user.
func (p *pair) loggedIn(u authentik.User) (*immich.Client, *immich.User) {
	p.Helper()
	session, err := p.login(u)
	require.NoError(p, err)
	client := p.im.As(session)
	me, err := client.Me(p.ctx)
	require.NoError(p, err)
	return client, me
}

// local makes an account at Immich and logs in to it.
func (p *pair) local(email string) *immich.Client {
	p.Helper()
	_, err := p.admin.CreateUser(p.ctx, immich.User{Email: email, Name: "Local"}, "local-password")
	require.NoError(p, err)
	session, err := p.im.Login(p.ctx, email, "local-password")
	require.NoError(p, err)
	return p.im.As(session)
}

// set changes one OAuth setting of Immich.
func (p *pair) set(changes map[string]any) {
	p.Helper()
	config, err := p.admin.SystemConfig(p.ctx)
	require.NoError(p, err)
	for key, value := range changes {
		config.OAuth()[key] = value
	}
	_, err = p.admin.PutSystemConfig(p.ctx, config)
	require.NoError(p, err)
}

// link links a person to the account of a client, from the user settings.
func (p *pair) link(client *immich.Client, u authentik.User) (*immich.User, error) {
	p.Helper()
	back, err := p.land(client, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/user-settings"}, u)
	require.NoError(p, err)
	// The client carries its session in a cookie header of its own: state and verifier travel in the body.
	back.State, back.CodeVerifier, back.Cookies = cookie(back.Cookies, "immich_oauth_state"), cookie(back.Cookies, "immich_oauth_code_verifier"), nil
	return client.Link(p.ctx, back)
}

func cookie(cookies []*http.Cookie, name string) string {
	for _, c := range cookies {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// appCallback rewrites a callback as the app does.
func appCallback(url string) string {
	return strings.Replace(url, "app.immich:/oauth-callback", appURI, 1)
}
