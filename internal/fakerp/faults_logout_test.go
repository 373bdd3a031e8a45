package fakerp_test

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// logoutFaultTests are those of the back-channel logout, which came with v3.0.0.
var logoutFaultTests = map[string]faultTest{
	"session-end-not-told": {func(p *pair) any {
		session, err := p.login(p.person("alice"))
		require.NoError(p, err)
		page := p.listen(session.Token)
		require.Contains(p, page(), "on_server_version")
		_, err = p.im.As(session).Logout(p.ctx)
		require.NoError(p, err)
		return page()
	}, `42["on_session_delete","session"]`, ""},
	"launch-request-ignored": {page(`data-launch-on-request="true"`), true, false},
	"logout-token-signature-ignored": {func(p *pair) any {
		claims, _ := p.signedInForLogout()
		return p.logoutToken(claims, strings.Repeat("x", 128))
	}, 400, 200},
	"logout-token-age-ignored":        {spoiled(func(c map[string]any) { c["iat"] = time.Now().Add(-time.Hour).Unix() }), 400, 200},
	"logout-token-audience-ignored":   {spoiled(func(c map[string]any) { c["aud"] = "somebody-else" }), 400, 200},
	"logout-token-issuer-ignored":     {spoiled(func(c map[string]any) { c["iss"] = "https://evil.example/" }), 400, 200},
	"logout-token-events-ignored":     {spoiled(func(c map[string]any) { delete(c, "events") }), 400, 200},
	"logout-token-nonce-ignored":      {spoiled(func(c map[string]any) { c["nonce"] = "1" }), 400, 200},
	"logout-token-of-nobody-accepted": {spoiled(func(c map[string]any) { delete(c, "sub") }), 400, 200},
	"logout-token-ends-nothing": {func(p *pair) any {
		claims, client := p.signedInForLogout()
		require.Equal(p, http.StatusOK, p.logoutToken(claims, p.provider.ClientSecret))
		alive, err := client.ValidateToken(p.ctx)
		require.NoError(p, err)
		return alive
	}, false, true},
	"logout-token-ends-every-session": {func(p *pair) any {
		claims, client := p.signedInForLogout()
		claims["sid"] = "of-another-session"
		require.Equal(p, http.StatusOK, p.logoutToken(claims, p.provider.ClientSecret))
		alive, err := client.ValidateToken(p.ctx)
		require.NoError(p, err)
		return alive
	}, true, false},
	"logout-token-ends-namesakes": {func(p *pair) any {
		claims, client := p.signedInForLogout()
		namesake, err := p.ak.CreateUser(p.ctx, authentik.User{Username: "namesake", Name: "The alice", Email: "namesake@immich.company", Password: "secret"})
		require.NoError(p, err)
		claims["sub"] = namesake.UID
		_, _ = p.loggedIn(namesake)
		require.Equal(p, http.StatusOK, p.logoutToken(claims, p.provider.ClientSecret))
		alive, err := client.ValidateToken(p.ctx)
		require.NoError(p, err)
		return alive
	}, true, false},
	"auto-launch-told-wrong": {func(p *pair) any {
		features, err := immich.New(p.rpURL, p.hc).Features(p.ctx)
		require.NoError(p, err)
		return features["oauthAutoLaunch"]
	}, false, true},
}

// spoiled is the answer to a logout token that differs from a good one.
func spoiled(spoil func(map[string]any)) func(*pair) any {
	return func(p *pair) any {
		claims, _ := p.signedInForLogout()
		spoil(claims)
		return p.logoutToken(claims, p.provider.ClientSecret)
	}
}

// signedInForLogout signs somebody in at a client that signs with its secret, and says what a good logout token claims.
func (p *pair) signedInForLogout() (map[string]any, *immich.Client) {
	p.Helper()
	require.NoError(p, p.ak.PatchProvider(p.ctx, p.provider.ProviderPK, map[string]any{"signing_key": nil}))
	p.set(map[string]any{"signingAlgorithm": "HS256"})
	alice := p.person("alice")
	client, _ := p.loggedIn(alice)
	return p.logoutClaims(alice), client
}

func (p *pair) logoutClaims(of authentik.User) map[string]any {
	return map[string]any{
		"iss": p.provider.Issuer, "aud": p.provider.ClientID, "sub": of.UID, "iat": time.Now().Unix(), "jti": "1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

// listen opens the socket of a page with a session. What it returns is the next packet of an event; empty: none came.
func (p *pair) listen(token string) func() string {
	conn, _, err := websocket.Dial(p.ctx, p.rpURL+"/api/socket.io/?EIO=4&transport=websocket", &websocket.DialOptions{
		HTTPClient: p.hc, HTTPHeader: http.Header{"Cookie": {"immich_access_token=" + token}},
	})
	require.NoError(p, err)
	p.Cleanup(func() { _ = conn.CloseNow() })
	require.NoError(p, conn.Write(p.ctx, websocket.MessageText, []byte("40")))
	return func() string {
		ctx, cancel := context.WithTimeout(p.ctx, time.Second)
		defer cancel()
		for {
			_, packet, err := conn.Read(ctx)
			if err != nil {
				return ""
			}
			if strings.HasPrefix(string(packet), "42") {
				return string(packet)
			}
		}
	}
}
