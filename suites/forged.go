package suites

import (
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func forgedChecks(c Cell) ([]Check, []Exclusion) {
	requirements := []check.Requirement{demand("once", "RFC 6749 §4.1.2", "a code that was redeemed is refused")}
	if c.Immich.Has(version.PKCE) { // before, Immich neither looks at the state nor uses PKCE
		requirements = append(requirements,
			demand("state", "RFC 6749 §10.12", "an answer with another state than the one that was sent is refused"),
			demand("verifier", "RFC 7636 §4.6", "a code is refused without the verifier of its challenge"))
	}
	return []Check{{
		ID: "login.forged", Title: "an answer that does not belong to the login opens no session", Level: check.Must, Body: loginForged,
		Needs: []string{firstLogins(c)[0].Name()}, Requirements: requirements,
	}}, nil
}

// loginForged shows that it was the forgery that was refused: the first answer is taken as soon as its state is right.
func loginForged(t *check.T, e *Env) {
	user, another := e.newUser(t), journey.NewProof()
	proof, address := e.answerFor(t, user)
	if e.Cell.Immich.Has(version.PKCE) {
		e.confirmRefused(t, "state", "Immich takes an answer with a wrong state", address, journey.Proof{State: another.State, Verifier: proof.Verifier})
	}
	_, err := e.Redeem(t.Context(), e.World.Immich, address, proof)
	t.Block(err)
	e.confirmRefused(t, "once", "the code is good a second time", address, proof)
	if e.Cell.Immich.Has(version.PKCE) {
		proof, address = e.answerFor(t, user)
		e.confirmRefused(t, "verifier", "the code is good with a wrong verifier", address, journey.Proof{State: proof.State, Verifier: another.Verifier})
	}
}

// answerFor logs in at authentik and keeps the answer from Immich.
func (e *Env) answerFor(t *check.T, user authentik.User) (journey.Proof, string) {
	proof := journey.NewProof()
	login, err := e.ThroughHTTP(t.Context(), e.World.Immich, user, e.RedirectURI(journey.LoginPath), proof)
	t.Block(err)
	return proof, login.Answer.URL
}

func (e *Env) confirmRefused(t *check.T, key, otherwise, address string, proof journey.Proof) {
	_, err := e.Redeem(t.Context(), e.World.Immich, address, proof)
	t.Confirm(key, func() {
		require.Error(t, err, otherwise)
		if !answered(err) {
			t.Block(err)
		}
		t.Block(e.Unheard(t.Context(), e.Began))
	})
}
