package suites

import (
	"encoding/hex"
	"net/url"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// The errors of RFC 6749 §5.2 by which authentik refuses.
const (
	invalidClient = "invalid_client"
	invalidGrant  = "invalid_grant"
)

func (c Cell) clientSecret() Check {
	secret := one("op.client-secret", "only the client's own secret redeems a code", opClientSecret,
		demand("body", "RFC 6749 §2.3.1", "a wrong, an empty and another client's secret in the body are refused"),
		demand("header", "RFC 6749 §2.3.1", "a wrong, an empty and another client's secret by HTTP Basic are refused"),
		demand("own", c.authentik(), "the client's own secret is taken in either place"))
	secret.Covers = []string{"client_type"}
	return secret
}

func (c Cell) opTokenChecks() []Check {
	return []Check{
		one("op.code", "a code is good once, for the client that asked for it", opCode,
			demand("unknown", "RFC 6749 §5.2", "a code that was never issued is refused"),
			demand("client", "RFC 6749 §4.1.3", "a code is refused when another client brings it, with its own secret"),
			demand("redirect", c.authentik(), "a code is refused with a redirect URI that is not registered, and without any"),
			demand("once", "RFC 6749 §4.1.2", "a code that was redeemed is refused"),
			demand("unstored", "RFC 6749 §5.1", "nobody on the way may keep an answer with tokens: Cache-Control is no-store")),
		one("op.verifier", "a code is bound to the PKCE verifier of its challenge", opVerifier,
			demand("missing", "RFC 7636 §4.6", "a code that was asked for with a challenge is refused without a verifier"),
			demand("wrong", "RFC 7636 §4.6", "and with another verifier"),
			demand("plain", "RFC 7636 §4.6", "and with the S256 challenge itself, which is public"),
			demand("downgrade", "RFC 9700 §2.1.1", "a verifier is refused for a code that was asked for without a challenge"),
			demand("right", "RFC 7636 §4.6", "the right verifier is taken")),
	}
}

func opClientSecret(t *check.T, e *Env) {
	provider, other := e.protocolTwin(t), e.otherTwin(t)
	e.asSignedIn(t, func(s *signedIn) {
		try := func(secret string, basic bool) *authentik.Answer {
			r := e.redemption(provider, e.code(t, s, provider, nil))
			r.ClientSecret, r.Basic = secret, basic
			return e.redeem(t, r)
		}
		for _, place := range []struct {
			key   string
			basic bool
		}{{"body", false}, {"header", true}} {
			wrong, empty := try(provider.ClientSecret+"x", place.basic), try("", place.basic)
			foreign, own := try(other.ClientSecret, place.basic), try(provider.ClientSecret, place.basic)
			t.Confirm(place.key, func() {
				judgeRefusal(t, "a client with a wrong secret in the "+place.key, wrong, invalidClient)
				judgeRefusal(t, "a client with an empty secret in the "+place.key, empty, invalidClient)
				judgeRefusal(t, "a client with another client's secret in the "+place.key, foreign, invalidClient)
			})
			t.Confirm("own", func() { judgeTokens(t, "the client with its own secret in the "+place.key, own) })
		}
	})
}

func opCode(t *check.T, e *Env) {
	provider, other := e.protocolTwin(t), e.otherTwin(t)
	e.asSignedIn(t, func(s *signedIn) {
		unknown := e.redeem(t, e.redemption(provider, hex.EncodeToString([]byte("never issued!!!!"))))
		t.Confirm("unknown", func() { judgeRefusal(t, "a code that was never issued", unknown, invalidGrant) })

		foreign := e.redeem(t, e.redemption(other, e.code(t, s, provider, nil)))
		t.Confirm("client", func() { judgeRefusal(t, "another client that brings the code", foreign, invalidGrant) })

		// authentik compares with what is registered, not with what the code was asked for with, and says invalid_client.
		elsewhere := e.redemption(provider, e.code(t, s, provider, nil))
		elsewhere.RedirectURI += "-other"
		nowhere := e.redemption(provider, e.code(t, s, provider, nil))
		nowhere.RedirectURI = ""
		answers := []*authentik.Answer{e.redeem(t, elsewhere), e.redeem(t, nowhere)}
		t.Confirm("redirect", func() {
			judgeRefusal(t, "a token request with a redirect URI that is not registered", answers[0], invalidClient, invalidGrant)
			judgeRefusal(t, "a token request without a redirect URI", answers[1], invalidClient, invalidGrant, "invalid_request")
		})

		r := e.redemption(provider, e.code(t, s, provider, nil))
		first, second := e.redeem(t, r), e.redeem(t, r)
		t.Confirm("once", func() {
			judgeTokens(t, "a fresh code", first)
			judgeRefusal(t, "a code that was redeemed", second, invalidGrant)
		})
		t.Confirm("unstored", func() {
			assert.Contains(t, first.Header.Get("Cache-Control"), "no-store", "Cache-Control of the answer with tokens")
		})
	})
}

func opVerifier(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	proof, another := journey.NewProof(), journey.NewProof()
	challenged := url.Values{"code_challenge": {proof.Challenge()}, "code_challenge_method": {"S256"}}
	e.asSignedIn(t, func(s *signedIn) {
		try := func(asked url.Values, verifier string) *authentik.Answer {
			r := e.redemption(provider, e.code(t, s, provider, asked))
			r.Verifier = verifier
			return e.redeem(t, r)
		}
		for _, c := range []struct {
			key, what string
			asked     url.Values
			verifier  string
		}{
			{"missing", "a token request without the verifier", challenged, ""},
			{"wrong", "a token request with a wrong verifier", challenged, another.Verifier},
			{"plain", "a token request with the challenge as its verifier", challenged, proof.Challenge()},
			{"downgrade", "a token request with a verifier for a code without a challenge", nil, proof.Verifier},
		} {
			answer := try(c.asked, c.verifier)
			t.Confirm(c.key, func() { judgeRefusal(t, c.what, answer, invalidGrant) })
		}
		right := try(challenged, proof.Verifier)
		t.Confirm("right", func() { judgeTokens(t, "a token request with the right verifier", right) })
	})
}
