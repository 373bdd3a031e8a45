package suites

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/live"
)

// The checks that others rest on.
const (
	liveImmichTLS    = "live.tls[host=immich]"
	liveAuthentikTLS = "live.tls[host=authentik]"
	liveAPIOpen      = "live.api-open"
	liveOAuthOn      = "live.oauth-on"
	liveAuthorize    = "live.authorize"
)

// liveImmich judges what Immich tells of itself, and whether it is Immich that tells.
func liveImmich(l *Live) ([]LiveCheck, []Exclusion) {
	p := l.product()
	return []LiveCheck{
		needing(one(liveAPIOpen, "Immich itself answers its API", liveAPI,
			demand("ping", p, "GET /api/server/ping without a cookie is answered with a pong"),
			demand("well-known", p, "GET /.well-known/immich, with which the mobile app begins, is answered with the place of the API")), liveImmichTLS),
		needing(level(one("live.version", "Immich tells a version that ssoproof knows", liveVersion,
			demand("known", p, "the version facts list the release that runs")), check.Info), liveAPIOpen),
		needing(level(one("live.websocket", "WebSockets reach Immich", liveWebSocket,
			demand("upgrade", "RFC 6455 §4.2", "GET /api/socket.io/ is upgraded to a WebSocket")), check.Should), liveAPIOpen),
		needing(one(liveOAuthOn, "Immich's login by OAuth is on", liveOAuth,
			demand("on", p, "GET /api/server/features says that OAuth is on")), liveAPIOpen),
		needing(level(one("live.button", "Immich's login page has a button for OAuth", liveButton,
			demand("text", p, "GET /api/server/config gives the button a text")), check.Should), liveOAuthOn),
		needing(one("login.mobile.handoff", handoffTitle, liveHandoff, handoffDemands(p)...), liveAPIOpen),
	}, nil
}

func liveAPI(t *check.T, l *Live) {
	l.rests(t, l.Ping, l.WellKnown)
	heard(t, "Immich", l.Ping)
	t.Confirm("ping", func() {
		if !l.Server.Pong {
			t.Find(check.Finding{Message: "somebody else answers Immich's ping", Expected: "200 with a pong", Actual: brief(l.Ping)})
		}
	})
	heard(t, "Immich", l.WellKnown)
	t.Confirm("well-known", func() {
		if !l.WellKnown.OK() || !strings.Contains(string(l.WellKnown.Body), "endpoint") {
			t.Find(check.Finding{Message: "somebody else answers what the mobile app asks first", Expected: "200 with the endpoint of the API", Actual: brief(l.WellKnown)})
		}
	})
}

// brief is an answer in a line.
func brief(a live.Answer) string {
	text := statusText(a.Status)
	if kind := a.Header.Get("Content-Type"); kind != "" {
		text += ", " + kind
	}
	if to := a.Location(); to != "" {
		text += ", to " + withoutQuery(to)
	}
	return text
}

func liveVersion(t *check.T, l *Live) {
	l.rests(t, l.Version)
	heard(t, "Immich", l.Version)
	t.Observe("version", l.Server.Version)
	t.Confirm("known", func() {
		assert.Truef(t, l.Release.Known, "Immich tells its version as %q", l.Server.Version)
	})
}

func liveWebSocket(t *check.T, l *Live) {
	l.rests(t, l.Socket)
	heard(t, "Immich's WebSocket", l.Socket)
	t.Confirm("upgrade", func() {
		assert.Equal(t, statusText(http.StatusSwitchingProtocols), statusText(l.Socket.Status), "the answer to the upgrade")
	})
}

func liveOAuth(t *check.T, l *Live) {
	l.rests(t, l.Features)
	heard(t, "Immich", l.Features)
	if !l.Features.OK() {
		t.Block(fmt.Errorf("GET %s is answered with %s", l.Features.URL, brief(l.Features)))
	}
	t.Observe("auto-launch", fmt.Sprint(l.Server.AutoLaunch))
	t.Observe("password-login", fmt.Sprint(l.Server.Password))
	t.Confirm("on", func() { assert.True(t, l.Server.OAuth, "OAuth is on") })
}

func liveButton(t *check.T, l *Live) {
	l.rests(t, l.Config)
	heard(t, "Immich", l.Config)
	t.Observe("button", l.Server.Button)
	t.Observe("external-domain", l.Server.ExternalDomain)
	t.Confirm("text", func() { assert.NotEmpty(t, l.Server.Button, "oauthButtonText") })
}

func liveHandoff(t *check.T, l *Live) {
	l.rests(t, l.Handoff)
	heard(t, "Immich's hand-off", l.Handoff)
	confirmHandoff(t, l.Release.Apps, l.Handoff.Location(), func() {
		if l.Handoff.Status != http.StatusTemporaryRedirect {
			t.Find(check.Finding{Message: "the hand-off is not a redirect", Expected: statusText(http.StatusTemporaryRedirect), Actual: brief(l.Handoff)})
			t.FailNow()
		}
	})
}
