package suites

import (
	"net/url"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func (c Cell) opAnswerChecks() []Check {
	return []Check{one("op.answer", "authentik's answer to a client is the one to its request", opAnswer,
		demand("state", "RFC 6749 §4.1.2", "the state comes back as it was sent"),
		demand("iss", "RFC 9207 §2.4", "an iss in the answer is the issuer"),
		demand("error", "RFC 6749 §4.1.2.1", "an error comes back to the redirect URI with the state"))}
}

// oddState is of the characters that get lost between encodings.
const oddState = `a b+c/d=e%2Bf&g?h#i"j'ü~.-_`

func opAnswer(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
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
		refused := e.askFor(t, s, e.Request(provider.ClientID, e.loginURI(), url.Values{"state": {oddState}, "response_type": {"none-of-these"}}))
		t.Confirm("error", func() {
			assert.Equal(t, "unsupported_response_type", refused.Error, "the error for a response type that nobody knows")
			assert.Equal(t, e.loginURI(), refused.RedirectURI, "where the error goes")
			assert.Equal(t, oddState, refused.State, "the state beside the error")
		})
	})
}

// askFor is the redirect with which authentik answers a request at once; empty where it does not redirect.
func (e *Env) askFor(t *check.T, s *signedIn, address string) journey.Answer {
	reply, err := e.AskAs(t.Context(), s.visitor, address)
	t.Block(err)
	answer, err := journey.ParseAnswer(reply.Location)
	t.Block(err)
	return answer
}
