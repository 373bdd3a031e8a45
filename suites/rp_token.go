package suites

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// rpTokenChecks is what openid-client 5, until v1.131, and 6 refuse (from their source).
func (c Cell) rpTokenChecks() []Check {
	const spec = "OpenID Connect Core 1.0 §3.1.3.7"
	requirements := []check.Requirement{
		demand("good", c.immich(), "a token response that is right in everything is taken"),
		demand("issuer", spec+" no. 2", "an ID token of another issuer is refused"),
		demand("audience", spec+" no. 3, 4", "an ID token for another client is refused, and one for several without the client as its azp"),
		demand("algorithm", spec+" no. 7", "an ID token that is signed by another algorithm than the configured one, or not at all, is refused"),
		demand("time", spec+" no. 9", "an ID token that has expired, or is not good yet, is refused"),
		demand("complete", "OpenID Connect Core 1.0 §2", "an ID token without iss, sub, aud, exp or iat is refused"),
		demand("nonce", spec+" no. 11", "an ID token with a nonce that nobody sent is refused"),
	}
	if c.Immich.Has(version.SignatureChecked) {
		requirements = append(requirements, demand("signature", spec+" no. 6", "an ID token that authentik's key has not signed is refused"))
	}
	if c.Immich.Has(version.TokenTypeChecked) {
		requirements = append(requirements, demand("type", "RFC 6749 §5.1", "a token response without an access token, or of another type than Bearer, is refused"))
	}
	return []Check{{
		ID: "rp.token", Title: "a token response that is not right in everything lets nobody in", Level: check.Must, Body: rpToken,
		Needs: []string{firstLogins(c)[0].Name()}, Changes: "the answers of authentik's token endpoint", Covers: []string{"immich_signing_algorithm"},
		Requirements: requirements,
	}}
}

// badTokens is a token response that must be refused, and why.
type badTokens struct {
	key, what string
	response  map[string]any
}

// rpToken answers Immich in authentik's place: with what authentik has answered it, spoilt in one thing and signed anew.
func rpToken(t *check.T, e *Env) {
	var issued map[string]any
	e.asSignedIn(t, func(s *signedIn) {
		a := e.attempt(t, s, journey.LoginPath)
		_, err := e.World.Immich.Callback(t.Context(), a.Callback())
		t.Block(err)
		redemption, err := e.Redemption(t.Context(), a.Answer.Code)
		t.Block(err)
		issued = redemption.Tokens
	})
	raw, _ := issued["id_token"].(string)
	claims, f := claimsOf(t, raw), e.forger(t, raw)
	f.kind = "JWT"
	signed := func(token string) map[string]any {
		response := maps.Clone(issued)
		response["id_token"] = token
		return response
	}
	err := e.answerTokens(t, signed(f.sign(t, f.key, claims)))
	t.Confirm("good", func() { e.went(t, "a login with tokens that authentik's key has signed anew", err) })
	if !e.Cell.Immich.Has(version.SignatureChecked) {
		t.Observe("another-key", outcome(e.answerTokens(t, signed(f.sign(t, f.another, claims)))))
	}
	for _, bad := range append(f.badTokens(t, e.Cell, claims, signed), e.badResponses(issued)...) {
		err := e.answerTokens(t, bad.response)
		t.Confirm(bad.key, func() {
			if err == nil {
				t.Find(check.Finding{Message: "Immich takes " + bad.what, Expected: "a refusal", Actual: "a session"})
			} else if !answered(err) {
				t.Block(err)
			}
		})
	}
}

// answerTokens lets Immich redeem a code at an endpoint that answers so.
func (e *Env) answerTokens(t *check.T, response map[string]any) error {
	body, err := json.Marshal(response)
	t.Block(err)
	authentik, err := url.Parse(e.AuthentikURL)
	t.Block(err)
	restore, err := e.Bend(t.Context(), edge.Fault{Name: edge.Answer, Host: authentik.Hostname(), Path: "/application/o/token/", Body: string(body)})
	t.Block(err)
	proof := journey.NewProof()
	_, refused := e.Redeem(t.Context(), e.World.Immich, e.loginURI()+"?"+url.Values{"code": {rand.Text()}, "state": {proof.State}}.Encode(), proof)
	if err := restore(context.WithoutCancel(t.Context())); err != nil {
		t.Cleanup(restore)
		t.Block(err)
	}
	return refused
}

// badTokens differ from a good token in one thing each.
func (f *forger) badTokens(t *check.T, c Cell, claims map[string]any, signed func(string) map[string]any) []badTokens {
	all := []badTokens{{"algorithm", "an ID token that nobody has signed (alg none)", signed(unsigned(t, claims))}}
	if f.algorithm != jose.HS256 {
		all = append(all, badTokens{"algorithm", "an ID token that is signed with the client's secret (HS256)", signed(f.signBy(t, jose.HS256, []byte(f.secret), claims))})
	}
	if c.Immich.Has(version.SignatureChecked) {
		all = append(all, badTokens{"signature", "an ID token that another key has signed", signed(f.sign(t, f.another, claims))})
	}
	now := time.Now()
	for _, spoilt := range []struct {
		key, what string
		change    map[string]any // nil removes a claim
	}{
		{"issuer", "an ID token of another issuer", map[string]any{"iss": "https://other.example/application/o/immich/"}},
		{"audience", "an ID token for another client", map[string]any{"aud": "another-client"}},
		{"audience", "an ID token for two clients that names neither as azp", map[string]any{"aud": []any{claims["aud"], "another-client"}, "azp": nil}},
		{"audience", "an ID token for two clients with the other one as azp", map[string]any{"aud": []any{claims["aud"], "another-client"}, "azp": "another-client"}},
		{"time", "an ID token that has expired", map[string]any{"exp": now.Add(-time.Hour).Unix()}},
		{"time", "an ID token that is good in an hour", map[string]any{"nbf": now.Add(time.Hour).Unix()}},
		{"nonce", "an ID token with a nonce", map[string]any{"nonce": rand.Text()}},
		{"complete", "an ID token without iss", map[string]any{"iss": nil}},
		{"complete", "an ID token without sub", map[string]any{"sub": nil}},
		{"complete", "an ID token without aud", map[string]any{"aud": nil}},
		{"complete", "an ID token without exp", map[string]any{"exp": nil}},
		{"complete", "an ID token without iat", map[string]any{"iat": nil}},
	} {
		changed := maps.Clone(claims)
		maps.Copy(changed, spoilt.change)
		maps.DeleteFunc(changed, func(_ string, value any) bool { return value == nil })
		all = append(all, badTokens{spoilt.key, spoilt.what, signed(f.sign(t, f.key, changed))})
	}
	return all
}

// badResponses have authentik's own ID token, and something wrong beside it.
func (e *Env) badResponses(issued map[string]any) []badTokens {
	with := func(name string, value any) map[string]any {
		response := maps.Clone(issued)
		response[name] = value
		maps.DeleteFunc(response, func(_ string, value any) bool { return value == nil })
		return response
	}
	var all []badTokens
	if e.Cell.Immich.Has(version.TokenTypeChecked) {
		all = append(all,
			badTokens{"type", "a token response without a type", with("token_type", nil)},
			badTokens{"type", "a token response of another type", with("token_type", "mac")},
			badTokens{"type", "a token response without an access token", with("access_token", nil)})
	}
	if !e.Cell.Immich.Has(version.IDTokenOptional) {
		all = append(all, badTokens{"complete", "a token response without an ID token", with("id_token", nil)})
	}
	return all
}
