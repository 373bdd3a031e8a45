package suites

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func (c Cell) opAnswerChecks() []Check {
	return []Check{one("op.answer", "authentik's answer to a client is the one to its request", opAnswer,
		demand("state", "RFC 6749 §4.1.2", "the state comes back as it was sent"),
		demand("iss", "RFC 9207 §2.4", "an iss in the answer is the issuer"),
		demand("nonce", "OpenID Connect Core 1.0 §3.1.2.1", "the nonce of a request stands in its ID token as it was sent"),
		demand("error", "RFC 6749 §4.1.2.1", "an error comes back to the redirect URI with the state"),
		demand("method", "RFC 7636 §4.4.1", "a challenge by a method that nobody knows is such an error"),
		demand("page", "RFC 6749 §4.1.2.1", "an unknown client and a missing redirect URI get an error page, never a redirect"))}
}

// oddState is of the characters that get lost between encodings.
const oddState = `a b+c/d=e%2Bf&g?h#i"j'ü~.-_`

func opAnswer(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	t.Confirm("page", func() {
		for what, address := range map[string]string{
			"an unknown client": e.AuthorizeURL(provider.ClientID+"x", e.loginURI()), "a missing redirect URI": e.AuthorizeURL(provider.ClientID, ""),
		} {
			reply, err := e.AskAs(t.Context(), authentik.NewVisitor(e.AuthentikURL, e.HTTP), address)
			t.Block(err)
			assert.True(t, reply.Refused(), "authentik answers a request with %s by %s", what, reply)
		}
	})
	e.asSignedIn(t, func(s *signedIn) {
		_, answer, err := e.authorize(t, s, provider, url.Values{"state": {oddState}})
		t.Confirm("state", func() {
			e.went(t, "an authorization", err)
			assert.Equal(t, oddState, answer.State, "the state")
		})
		t.Confirm("iss", func() {
			if answer.Issuer != "" {
				assert.Equal(t, provider.Issuer, answer.Issuer, "iss in the answer")
			}
		})
		t.Observe("iss", answer.Issuer)
		r := e.redemption(provider, e.code(t, s, provider, url.Values{"nonce": {oddState}}))
		claims := claimsOf(t, e.redeem(t, r).Text("id_token"))
		t.Confirm("nonce", func() { assert.Equal(t, oddState, claims["nonce"], "nonce in the ID token") })
		unknown := e.askFor(t, s, e.Request(provider.ClientID, e.loginURI(), url.Values{"code_challenge": {"x"}, "code_challenge_method": {"S1"}}))
		t.Confirm("method", func() { assert.Equal(t, "invalid_request", unknown.Error, "the error for a challenge by S1") })
		// authentik writes the state of an error as it came, so only one that needs no encoding survives.
		const state = "plain-state_of.an~error"
		refused := e.askFor(t, s, e.Request(provider.ClientID, e.loginURI(), url.Values{"state": {state}, "response_type": {"none-of-these"}}))
		t.Confirm("error", func() {
			assert.Equal(t, "unsupported_response_type", refused.Error, "the error for a response type that nobody knows")
			assert.Equal(t, e.loginURI(), refused.RedirectURI, "where the error goes")
			assert.Equal(t, state, refused.State, "the state beside the error")
		})
	})
}

// claimsOf reads a token without verifying it; token.id does that.
func claimsOf(t *check.T, token string) map[string]any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Block(errors.New("authentik gave no ID token"))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	t.Block(err)
	var claims map[string]any
	t.Block(json.Unmarshal(payload, &claims))
	return claims
}

// askFor is the redirect with which authentik answers a request at once; empty where it does not redirect.
func (e *Env) askFor(t *check.T, s *signedIn, address string) journey.Answer {
	reply, err := e.AskAs(t.Context(), s.visitor, address)
	t.Block(err)
	answer, err := journey.ParseAnswer(reply.Location)
	t.Block(err)
	return answer
}
