package suites

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

// liveLogin judges how a login begins, and how far it comes without a person.
func liveLogin(l *Live) ([]LiveCheck, []Exclusion) {
	demands := []check.Requirement{
		demand("start", l.product(), "POST %s is answered with an authorization request", "/api/oauth/authorize"),
		demand("request", "OpenID Connect Core 1.0 §3.1.2.1", "the request goes to authentik over https, for a code and the scopes openid and email%s", l.pkce()),
	}
	if l.Release.Has(version.PKCE) {
		demands = append(demands, demand("cookies", l.product(), "the answer sets the cookies %s and %s, which the end of the login needs", stateCookie, verifierCookie))
	}
	checks := []LiveCheck{needing(one(liveAuthorize, "Immich begins a login", liveBegin, demands...), liveOAuthOn)}
	if len(l.Logins) == 0 {
		return checks, []Exclusion{{"live.redirect", "Immich begins no login"}}
	}
	for _, login := range l.Logins {
		checks = append(checks, l.redirect(login))
	}
	checks = append(checks, needing(one("live.login-page", "authentik shows its login page", liveLoginPage,
		demand("page", "authentik", "who is to log in is led to a page of authentik's")), "live.redirect[uri=login]"))
	return checks, nil
}

func (l *Live) pkce() string {
	if l.Release.Has(version.PKCE) {
		return ", with a challenge by S256"
	}
	return ""
}

func liveBegin(t *check.T, l *Live) {
	if len(l.Logins) == 0 {
		t.Block(fmt.Errorf("Immich was not asked to begin a login"))
	}
	first := l.Logins[0]
	l.rests(t, first.Start)
	heard(t, "Immich", first.Start)
	t.Confirm("start", func() {
		if first.Request == nil {
			t.Find(check.Finding{Message: "Immich begins no login", Expected: "an authorization request", Actual: immichsWords(first.Start)})
			t.FailNow()
		}
	})
	t.Observe("authorization-endpoint", first.Request.Scheme+"://"+first.Request.Host+first.Request.Path)
	query := first.Request.Query()
	t.Observe("scope", query.Get("scope"))
	t.Confirm("request", func() {
		if l.Authentik.Origin != first.To() {
			t.Find(check.Finding{Message: "Immich sends people to another address than authentik's", Expected: l.Authentik.Origin, Actual: first.To()})
		}
		assert.Equal(t, "https", first.Request.Scheme, "the scheme of the authorization endpoint %s://%s", first.Request.Scheme, first.Request.Host)
		assert.Equal(t, "code", query.Get("response_type"), "response_type")
		assert.NotEmpty(t, query.Get("client_id"), "client_id")
		assert.Subset(t, strings.Fields(query.Get("scope")), []string{"openid", "email"}, "scope")
		if l.Release.Has(version.PKCE) {
			assert.Equal(t, "S256", query.Get("code_challenge_method"), "code_challenge_method")
		}
	})
	if l.Release.Has(version.PKCE) {
		t.Confirm("cookies", func() {
			for _, cookie := range []string{stateCookie, verifierCookie} {
				if !first.Start.Sets(cookie) {
					t.Find(check.Finding{Message: "the answer of Immich comes without the cookie " + cookie, Expected: "Set-Cookie: " + cookie, Actual: "none"})
				}
			}
		})
	}
}

// immichsWords is what Immich says in a refusal, else the answer in a line.
func immichsWords(a live.Answer) string {
	if words := immich.MessageOf(a.Body); words != "" {
		return statusText(a.Status) + ": " + words
	}
	return brief(a)
}

// redirect is about one of Immich's clients. Those of other releases are for information: a phone updates by itself.
func (l *Live) redirect(login live.Login) LiveCheck {
	c := LiveCheck{
		ID: "live.redirect", Title: fmt.Sprintf("authentik takes the redirect URI %s of %s", login.Client.URI, login.Client.Name), Level: check.Must,
		Variant: check.Variant{"uri": login.Client.Slug}, Needs: []string{liveAuthorize, liveAuthentikTLS},
		Requirements: []check.Requirement{
			demand("sent", l.product(), "Immich hands the redirect URI on, or that of its override in the app's place"),
			demand("accepted", "RFC 6749 §3.1.2.3", "authentik goes on to its login, and shows no error page"),
		},
		Body: func(t *check.T, l *Live) { liveRedirect(t, l, login) },
	}
	if !login.Client.Own {
		c.Level = check.Info
	}
	return c
}

func liveRedirect(t *check.T, l *Live, login live.Login) {
	l.rests(t, login.Start, login.Answer)
	heard(t, "Immich", login.Start)
	t.Confirm("sent", func() {
		if login.Request == nil {
			t.Find(check.Finding{Message: "Immich begins no login", Expected: "an authorization request", Actual: immichsWords(login.Start)})
			t.FailNow()
		}
		if asked := login.Asked(); asked != login.Client.URI {
			assert.Truef(t, strings.HasPrefix(login.Client.URI, "app.immich:"), "Immich sends %s in place of %s", asked, login.Client.URI)
			t.Observe("override", asked)
		}
	})
	heard(t, "authentik", login.Answer)
	t.Confirm("accepted", func() {
		if login.Onward() {
			return
		}
		f := check.Finding{
			Message: fmt.Sprintf("authentik does not take the redirect URI of %s", login.Client.Name), Expected: login.Asked(), Actual: refusalOf(login.Answer),
		}
		if login.Pattern != "" {
			f.Message = fmt.Sprintf("authentik compares a pattern letter by letter: it takes the text %s, and not %s", login.Pattern, login.Asked())
		}
		t.Find(f)
	})
}

func liveLoginPage(t *check.T, l *Live) {
	l.rests(t, l.LoginPage)
	heard(t, "authentik's login page", l.LoginPage)
	t.Observe("version", l.AuthentikVersion())
	t.Confirm("page", func() {
		if !l.LoginPage.OK() || !strings.Contains(l.LoginPage.Header.Get("Content-Type"), "html") {
			t.Find(check.Finding{Message: "there is no login page at " + withoutQuery(l.LoginPage.URL), Expected: "a page", Actual: refusalOf(l.LoginPage)})
		}
	})
}

// refusalOf is what authentik's page says.
func refusalOf(a live.Answer) string {
	if page := rest.ReadPage(a.Body).String(); page != "" {
		return statusText(a.Status) + " " + rest.Shorten(page)
	}
	return brief(a)
}

// liveOrigins judges the further names of Immich.
func liveOrigins(l *Live) ([]LiveCheck, []Exclusion) {
	var checks []LiveCheck
	for _, origin := range l.Seen.Origins {
		checks = append(checks, needing(named(one("live.origin", "Immich is at "+origin.Site.Origin, func(t *check.T, l *Live) {
			l.rests(t, origin.Ping)
			t.Block(origin.Site.NoAddress)
			t.Confirm("immich", func() {
				if alert := origin.Site.Refused(); alert != nil {
					t.Find(check.Finding{Message: "a server answers there, and ends TLS before it presents a certificate", Expected: "a good certificate", Actual: alert.Error()})
					t.FailNow()
				}
				if !origin.Site.Reached() {
					t.Block(fmt.Errorf("nothing answers at %s: %s", origin.Site.Origin, why(origin.Site)))
				}
				if problem := problemOf(origin.Site); problem != nil {
					t.Find(check.Finding{Message: problem.Error(), Expected: "a good certificate", Actual: string(problem.Flaw)})
					t.FailNow()
				}
				if !origin.Pong {
					t.Find(check.Finding{Message: "somebody else answers Immich's ping there", Expected: "200 with a pong", Actual: brief(origin.Ping)})
				}
			})
		}, demand("immich", l.product(), "Immich answers there, behind a good certificate")), "name", slugOfOrigin(origin.Site.Origin)), liveAPIOpen))
	}
	return checks, nil
}
