package journey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/journey"
)

func TestParseAnswer(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]journey.Answer{
		"https://immich.company/auth/login?code=a%2Bb&state=x%20y": {RedirectURI: "https://immich.company/auth/login", Code: "a+b", State: "x y"},
		"app.immich:/oauth-callback?code=c&state=":                 {RedirectURI: "app.immich:/oauth-callback", Code: "c"},
		"app.immich:///oauth-callback?error=access_denied&state=s": {RedirectURI: "app.immich:///oauth-callback", State: "s", Error: "access_denied"},
		"https://immich.company/user-settings":                     {RedirectURI: "https://immich.company/user-settings"},
		"https://immich.company/?code=first&code=second":           {RedirectURI: "https://immich.company/", Code: "first"},
		"https://immich.company/?a=https://b/?code=c":              {RedirectURI: "https://immich.company/"},
	} {
		want.URL = address
		got, err := journey.ParseAnswer(address)
		assert.NoError(t, err, address)
		assert.Equal(t, want, got, address)
	}
	_, err := journey.ParseAnswer("app.immich:/oauth-callback?code=%zz")
	assert.ErrorContains(t, err, "the redirect to app.immich:/oauth-callback has an unreadable query")
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][2]string{
		"app.immich:///oauth-callback?code=a//b": {"app.immich:/oauth-callback?code=a//b", "app.immich:///oauth-callback?code=a//b"},
		"app.immich:/oauth-callback":             {"app.immich:/oauth-callback", "app.immich:///oauth-callback"},
		"app.immich://oauth-callback":            {"app.immich:/oauth-callback", "app.immich:///oauth-callback"},
		"app.immich:/":                           {"app.immich:/", "app.immich:///"},
	} {
		assert.Equal(t, want[0], journey.OneSlash.Spell(address))
		assert.Equal(t, want[1], journey.ThreeSlashes.Spell(address))
		assert.Equal(t, want[0], journey.Collapsed(address))
	}
	for _, web := range []string{"https://immich.company//a", "http://immich.company/"} {
		assert.Equal(t, web, journey.Collapsed(web), "a web address has its two slashes")
	}
}

func TestAProofIsOneOfItsKind(t *testing.T) {
	t.Parallel()
	proof := journey.NewProof()
	assert.Regexp(t, `^[0-9a-zA-Z]{32}$`, proof.State)
	assert.Regexp(t, `^[0-9a-zA-Z_-]{56}$`, proof.Verifier)
	assert.NotEqual(t, proof, journey.NewProof())
	rfc := journey.Proof{Verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"} // RFC 7636, appendix B
	assert.Equal(t, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", rfc.Challenge())
}

func TestErrorsSayWhoAnsweredWhat(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, &journey.RejectedError{Endpoint: "/api/oauth/callback", Status: 400, Message: "no"}, "Immich answered /api/oauth/callback with 400 no")
	assert.EqualError(t, &journey.AnswerError{RedirectURI: "app.immich:/x", Code: "access_denied"}, "authentik's redirect to app.immich:/x carries the error access_denied")
	assert.EqualError(t, &journey.AnswerError{RedirectURI: "app.immich:/x"}, "authentik's redirect to app.immich:/x carries neither a code nor an error")
	assert.Equal(t, "302 to https://immich.company/", journey.Reply{Status: 302, Location: "https://immich.company/?state=secret"}.String())
	assert.Equal(t, "400 Bad Request", journey.Reply{Status: 400}.String())
}

func TestAClientWithoutProofSendsNoChallenge(t *testing.T) {
	t.Parallel()
	assert.Empty(t, journey.Proof{}.Challenge())
	assert.Len(t, journey.NewProof().Challenge(), 43)
}
