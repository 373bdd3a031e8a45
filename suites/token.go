package suites

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

func tokenChecks(c Cell) ([]Check, []Exclusion) {
	return []Check{{
		ID: "token.id", Title: "the ID token that Immich received is valid", Level: check.Must, Body: tokenID,
		Needs: []string{"discovery.issuer"}, Covers: []string{"signing_key", "immich_scope", "immich_signing_algorithm"},
		Requirements: []check.Requirement{
			demand("verified", "OpenID Connect Core 1.0 §3.1.3.7", "signature by the published keys, issuer, audience, expiry and time of issue hold"),
			demand("addressed", "OpenID Connect Core 1.0 §2, RFC 6749 §5.1", "the client is the token's only audience, and the response says that it is of the type Bearer"),
			demand("lives", c.authentik(), "the tokens live as long as the provider's access_token_validity says, and the response says so"),
			demand("claims", cmp.Or(c.line(c.Guide.ImmichScope), check.Source{Work: c.immich()}), "the claims of the documented scopes are there and are the person's"),
			demand("userinfo", "OpenID Connect Core 1.0 §5.3.2", "the userinfo endpoint says the same"),
		},
	}}, nil
}

// tokenID logs in over HTTP, finds the token response that Immich's back end got, and lets go-oidc judge it.
func tokenID(t *check.T, e *Env) {
	user := e.newUser(t)
	login, refused := e.WebLoginHTTP(t.Context(), user)
	if login.Answer.Code == "" {
		t.Block(refused)
	}
	// Also a token that Immich refused is judged: what is wrong with it says why.
	redemption, err := e.Redemption(t.Context(), login.Answer.Code)
	if err != nil {
		t.Block(errors.Join(refused, err))
	}
	raw, _ := redemption.Tokens["id_token"].(string)
	provider, err := oidc.NewProvider(e.oidcContext(t.Context()), e.issuer())
	t.Block(err)

	var claims map[string]any
	t.Confirm("verified", func() {
		require.NotEmpty(t, raw, "the ID token in authentik's token response: %d %v", redemption.Status, redemption.Tokens["error"])
		token, err := provider.Verifier(&oidc.Config{
			ClientID: e.Shared.OP.ClientID, SupportedSigningAlgs: []string{e.Shared.Algorithm},
		}).Verify(e.oidcContext(t.Context()), raw)
		require.NoError(t, err, "go-oidc verifies the ID token")
		require.NoError(t, token.Claims(&claims))
		assert.Equal(t, user.Subject, token.Subject, "sub")
		assert.False(t, token.IssuedAt.IsZero(), "iat is set")
		assert.True(t, token.Expiry.After(token.IssuedAt), "exp is after iat")
	})
	t.Confirm("addressed", func() {
		assert.Contains(t, []any{e.Shared.OP.ClientID, []any{e.Shared.OP.ClientID}}, claims["aud"], "aud")
		if azp, sent := claims["azp"]; sent {
			assert.Equal(t, e.Shared.OP.ClientID, azp, "azp")
		}
		assert.Equal(t, "bearer", strings.ToLower(fmt.Sprint(redemption.Tokens["token_type"])), "token_type")
	})
	e.confirmLife(t, redemption.Tokens, claims)
	t.Confirm("claims", func() {
		for name, value := range e.expectedClaims(user) {
			assert.Equal(t, value, claims[name], "claim %s", name)
		}
	})
	t.Observe("email_verified", fmt.Sprint(claims["email_verified"]))
	t.Observe("claims", strings.Join(slices.Sorted(maps.Keys(claims)), " "))
	e.confirmUserInfo(t, provider, redemption.Tokens, claims)
}

// confirmLife compares with the provider as it is stored: Immich asks for no refresh token, and keeps no access token.
func (e *Env) confirmLife(t *check.T, tokens, claims map[string]any) {
	stored, err := e.World.Authentik.Provider(t.Context(), e.Shared.OP.ProviderPK)
	t.Block(err)
	text, _ := stored[version.FormAccessTokenValidity].(string)
	life, err := authentik.Validity(text)
	t.Block(err)
	access, _ := tokens["access_token"].(string)
	t.Confirm("lives", func() {
		assert.Equal(t, life.Seconds(), tokens["expires_in"], "expires_in, in seconds")
		for what, claims := range map[string]map[string]any{"ID token": claims, "access token": claimsOf(t, access)} {
			issued, _ := claims["iat"].(float64)
			expires, _ := claims["exp"].(float64)
			assert.InDelta(t, life.Seconds(), expires-issued, lifeAllowed, "seconds from iat to exp of the %s", what)
		}
	})
}

// lifeAllowed is for two readings of authentik's clock, each cut to a second.
const lifeAllowed = 2

// expectedClaims are what the documented scopes promise of a person (OpenID Connect Core 1.0 §5.4).
func (e *Env) expectedClaims(user authentik.User) map[string]any {
	expected := map[string]any{}
	for _, scope := range strings.Fields(e.Shared.Scope) {
		switch scope {
		case "email":
			expected["email"] = user.Email
		case "profile":
			expected["name"] = user.Name
			expected["preferred_username"] = user.Username
		}
	}
	return expected
}

func (e *Env) confirmUserInfo(t *check.T, provider *oidc.Provider, tokens, claims map[string]any) {
	access, _ := tokens["access_token"].(string)
	info, err := provider.UserInfo(e.oidcContext(t.Context()), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: access, TokenType: "Bearer"}))
	t.Confirm("userinfo", func() {
		require.NoError(t, err, "userinfo answers with the access token that Immich received")
		var said map[string]any
		require.NoError(t, info.Claims(&said))
		assert.Equal(t, claims["sub"], said["sub"], "sub")
		for name := range e.expectedClaims(authentik.User{}) {
			assert.Equal(t, claims[name], said[name], "claim %s", name)
		}
	})
}
