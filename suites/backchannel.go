package suites

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

const backchannelAccepted = "logout.backchannel.accepted"

func backchannelChecks(c Cell) ([]Check, []Exclusion) {
	checks, out := forgedLogoutChecks(c)
	if reason := c.noBackchannel(); reason != "" {
		return checks, append(out, Exclusion{backchannelAccepted, reason}, Exclusion{backchannelPage, reason})
	}
	return append(checks, Check{
		ID: backchannelAccepted, Title: "the end of a session at authentik ends the sessions that it opened in Immich", Level: check.Must,
		Body: logoutAccepted, Needs: []string{firstLogins(c)[0].Name()}, Covers: []string{"logout_uri", "logout_method"}, Assumes: []string{passwords},
		Requirements: []check.Requirement{
			demand("sent", c.line(c.Guide.LogoutURI), "when a session ends, authentik posts a logout token to the documented Logout URI"),
			demand("token", "OpenID Connect Back-Channel Logout 1.0 §2.4", "the logout token is valid, and names the person and the session"),
			demand("web", c.immich(), "the browser's session in Immich is dead"),
			demand("app", c.immich(), "the app's session from the same session at authentik is dead"),
			demand("others", c.immich(), "the person's session on another device lives on, and so does somebody else's"),
		},
	}, pageLeaves(c)), out
}

// noBackchannel is why a cell has no back-channel logout; empty where it has.
func (c Cell) noBackchannel() string {
	uri, method := c.Guide.LogoutURI, c.Guide.LogoutMethod
	switch {
	case uri == nil:
		return c.Guide.What() + " documents no Logout URI"
	case method != nil && !strings.HasPrefix(strings.ToLower(method.Value), "back"):
		return c.Guide.What() + " documents the logout method " + method.Value + ", for which Immich has no endpoint"
	case !c.Authentik.Has(version.LogoutFields):
		return c.authentik() + " has no field for a logout method"
	case !c.Immich.Has(version.BackchannelLogout):
		return c.immich() + " takes no logout tokens"
	case len(c.Immich.Apps) == 0:
		return "no app generation is known for " + c.immich()
	}
	return ""
}

// logoutAccepted signs a person in on one device, in the browser and in the app, and on another device, and signs out of
// authentik on the first.
func logoutAccepted(t *check.T, e *Env) {
	user, here := e.newUser(t), e.Visitor()
	web, err := e.WebLoginAs(t.Context(), here, user)
	t.Block(err)
	app := e.NewApp(e.ownApp())
	login, err := app.LoginAs(t.Context(), here, user)
	t.Block(err)
	_, err = app.Receive(t.Context(), login.Answer.URL)
	t.Block(err)
	elsewhere, err := e.WebLoginHTTP(t.Context(), user)
	t.Block(err)
	local := e.localUser(t, otherEmail(user.Email))
	sid, before := e.sessionID(t, web.Answer.Code), e.mark(t)

	t.Block(e.Trace.Step("sign out of authentik", func() error { return here.SignOut(t.Context()) }))
	sent := e.confirmSent(t, before, sid)
	t.Confirm("token", func() { e.judgeLogoutToken(t, sent.token, user, sid) })
	t.Confirm("web", func() { e.judgeDead(t, "the browser's session", web.Session, sent) })
	t.Confirm("app", func() { e.judgeDead(t, "the app's session", app.Session(), sent) })
	t.Confirm("others", func() {
		for who, session := range map[string]*immich.Session{"on another device": elsewhere.Session, "of somebody else": local} {
			assert.True(t, e.lives(t, session), "the session %s still answers", who)
		}
	})
}

func (e *Env) mark(t *check.T) int64 {
	last, err := e.Edge.Last(t.Context())
	t.Block(err)
	return last
}

// sessionID is the sid of the ID token that came of a code: authentik's name for the session, to clients.
func (e *Env) sessionID(t *check.T, code string) string {
	return unverified(e.idToken(t, code))["sid"]
}

// idToken is the ID token that Immich's back end got for a code.
func (e *Env) idToken(t *check.T, code string) string {
	redemption, err := e.Redemption(t.Context(), code)
	t.Block(err)
	raw, _ := redemption.Tokens["id_token"].(string)
	return raw
}

// unverified are the claims of a token that are texts; none where it cannot be read.
func unverified(raw string) map[string]string {
	texts := map[string]string{}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512, jose.HS256})
	if err != nil {
		return texts
	}
	claims := map[string]any{}
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return texts
	}
	for name, value := range claims {
		texts[name], _ = value.(string)
	}
	return texts
}

// sentLogout is a logout token on its way from authentik to Immich.
type sentLogout struct {
	token  string
	sid    string // the session that it names
	status int    // of Immich's answer
	said   string // in it
}

// longestLogout is how long authentik's worker may take to send a logout token: 27 s were measured on a busy one.
const longestLogout = 3 * time.Minute

// logoutWait is how long a check waits for a logout token: what comes after needs time as well.
func logoutWait(t *check.T) time.Duration {
	if deadline, ok := t.Context().Deadline(); ok {
		return min(longestLogout, time.Until(deadline)/2)
	}
	return longestLogout
}

// awaitLogout waits until Immich has taken the logout token of a session. Where it has not, the newest try is returned,
// or nil, and how many there were for other sessions.
func (e *Env) awaitLogout(t *check.T, limit time.Duration, before int64, sid string) (sent *sentLogout, others int) {
	taken := func(x *edge.Exchange) bool {
		one, ok := logoutOf(x)
		return ok && one.sid == sid && one.status == http.StatusOK
	}
	_ = e.Trace.Step("wait for the logout token", func() error { // what came instead is judged by the caller
		ctx, cancel := context.WithTimeoutCause(t.Context(), limit, fmt.Errorf("not sent and taken within %s", limit.Round(time.Second)))
		defer cancel()
		_, err := e.Edge.Find(ctx, before, "authentik's logout token", taken)
		return err
	})
	return e.logoutsSince(t, before, sid)
}

func (e *Env) confirmSent(t *check.T, before int64, sid string) sentLogout {
	limit := logoutWait(t)
	sent, others := e.awaitLogout(t, limit, before, sid)
	t.Confirm("sent", func() {
		if sent != nil {
			return
		}
		t.Find(check.Finding{
			Message:  "authentik sent no logout token for the session that has ended",
			Expected: fmt.Sprintf("a POST to %s within %s", e.Guide.LogoutURI.Value, limit.Round(time.Second)),
			Actual:   fmt.Sprintf("none, and %d for other sessions", others), Source: e.line(e.Guide.LogoutURI),
		})
		t.FailNow()
	})
	return *sent
}

// logoutsSince is the newest logout token for a session, and how many there were for others.
func (e *Env) logoutsSince(t *check.T, before int64, sid string) (newest *sentLogout, others int) {
	exchanges, err := e.Edge.Exchanges(t.Context(), before)
	t.Block(err)
	for i := range exchanges {
		one, ok := logoutOf(&exchanges[i])
		switch {
		case ok && one.sid == sid:
			newest = &one
		case ok:
			others++
		}
	}
	return newest, others
}

// logoutOf reads an exchange in which authentik sends Immich a logout token.
func logoutOf(x *edge.Exchange) (sentLogout, bool) {
	form, err := url.ParseQuery(string(x.RequestBody))
	if err != nil || x.Method != http.MethodPost || x.Leg == edge.FromHarness || !form.Has("logout_token") {
		return sentLogout{}, false
	}
	token := form.Get("logout_token")
	return sentLogout{token: token, sid: unverified(token)["sid"], status: x.Status, said: immich.MessageOf(x.ResponseBody)}, true
}

// judgeLogoutToken lets go-oidc judge a logout token, inside Confirm.
func (e *Env) judgeLogoutToken(t *check.T, raw string, user authentik.User, sid string) {
	provider, err := oidc.NewProvider(e.oidcContext(t.Context()), e.issuer())
	t.Block(err)
	token, err := provider.Verifier(&oidc.Config{
		ClientID: e.Shared.OP.ClientID, SupportedSigningAlgs: []string{e.Shared.Algorithm},
	}).VerifyLogout(e.oidcContext(t.Context()), raw)
	if !assert.NoError(t, err, "go-oidc verifies the logout token") {
		return
	}
	assert.Equal(t, user.Subject, token.Subject, "sub")
	assert.Equal(t, sid, token.SessionID, "sid")
	assert.False(t, token.IssuedAt.IsZero(), "iat is set")
}

func (e *Env) judgeDead(t *check.T, what string, session *immich.Session, sent sentLogout) {
	if !e.lives(t, session) {
		return
	}
	t.Provisional(unproven(e.Cell.Immich, version.BackchannelLogout), func() {
		t.Find(check.Finding{
			Message: what + " still answers after the logout token", Expected: "401",
			Actual: strings.TrimSpace(fmt.Sprintf("a session; Immich answered the logout token with %d %s", sent.status, sent.said)),
		})
	})
}

// lives reports whether Immich still takes a session.
func (e *Env) lives(t *check.T, session *immich.Session) bool {
	alive, err := e.World.Immich.As(session).ValidateToken(t.Context())
	t.Block(err)
	return alive
}
