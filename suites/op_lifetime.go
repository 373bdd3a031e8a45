package suites

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

// The lifetime of codes and access tokens at the provider whose clock is judged, and when a code must still be good: late
// enough for a life that is much too short to show, early enough for a busy machine to answer in time.
const (
	shortLife    = 8 * time.Second
	stillGood    = 4 * time.Second
	clockAllowed = time.Second // authentik stores the end of a life to the millisecond; both clocks are this machine's
)

func (c Cell) opLifetimeChecks() []Check {
	return []Check{one("op.lifetime", "codes and access tokens live as long as the provider says", opLifetime,
		demand("setting", c.authentik(), "the documented provider's codes live as long as authentik's form says: %s", c.codeLifetime()),
		demand("good", c.authentik(), "a code is good until its time is over"),
		demand("over", "RFC 6749 §4.1.2", "a code is refused when its time is over"),
		demand("token", "RFC 6750 §3.1", "userinfo refuses an access token when its time is over, and answers before"))}
}

func (c Cell) codeLifetime() string {
	if value := c.Authentik.FormDefaults[version.FormAccessCodeValidity]; value != "" {
		return value
	}
	return "minutes=1"
}

func opLifetime(t *check.T, e *Env) {
	stored, err := e.World.Authentik.Provider(t.Context(), e.Shared.OP.ProviderPK)
	t.Block(err)
	t.Confirm("setting", func() {
		assert.Equal(t, e.codeLifetime(), stored[version.FormAccessCodeValidity], "access_code_validity of the documented provider")
	})
	life := fmt.Sprintf("seconds=%d", int(shortLife.Seconds()))
	provider := e.opTwin(t, authentik.ProviderSpec{
		Name: "Immich short-lived", Slug: "immich-short-lived",
		Fields: map[string]any{version.FormAccessCodeValidity: life, version.FormAccessTokenValidity: life},
	})
	var early, late timed
	var token string
	e.asSignedIn(t, func(s *signedIn) {
		early, late = e.timedCode(t, s, provider), e.timedCode(t, s, provider)
		token = e.tokens(t, s, provider).Text("access_token")
	})
	issued := time.Now()
	e.judgeUserInfo(t, "token", "an access token that is good", token, http.StatusOK)

	t.Block(until(t.Context(), early.after.Add(stillGood)))
	answer := e.redeem(t, e.redemption(provider, early.code))
	if time.Now().After(early.before.Add(shortLife)) && answer.Status != http.StatusOK {
		t.Block(fmt.Errorf("this machine is too slow to redeem a code within %s of its issue", shortLife))
	}
	t.Confirm("good", func() {
		judgeTokens(t, fmt.Sprintf("a code that is %s old and lives %s", stillGood, shortLife), answer)
	})

	t.Block(until(t.Context(), issued.Add(shortLife+clockAllowed)))
	answer = e.redeem(t, e.redemption(provider, late.code))
	t.Confirm("over", func() {
		judgeRefusal(t, fmt.Sprintf("a code that lives %s and is older", shortLife), answer, invalidGrant)
	})
	e.judgeUserInfo(t, "token", fmt.Sprintf("an access token that lives %s and is older", shortLife), token, http.StatusUnauthorized)
}

// timed is a code that was issued between two moments.
type timed struct {
	code          string
	before, after time.Time
}

func (e *Env) timedCode(t *check.T, s *signedIn, provider *authentik.Applied) timed {
	before := time.Now()
	code := e.code(t, s, provider, nil)
	return timed{code, before, time.Now()}
}

// until waits for a moment: nothing tells that a time is over but the clock.
func until(ctx context.Context, moment time.Time) error {
	select {
	case <-time.After(time.Until(moment)):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
