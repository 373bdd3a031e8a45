package suites

import (
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func redirectChecks(c Cell) ([]Check, []Exclusion) {
	var checks []Check
	for _, entry := range c.authorizationURIs() {
		checks = append(checks, c.documented(entry))
	}
	for _, reading := range c.readings() {
		for _, entry := range c.authorizationURIs() {
			checks = append(checks, c.refused(entry, reading))
		}
	}
	return append(checks, c.refusedAnyway(), c.refusedInBrowser()), nil
}

func (c Cell) documented(entry guide.RedirectURI) Check {
	return Check{
		ID: "redirect.documented", Title: "a login comes back through " + entry.URL, Level: check.Must,
		Variant: check.Variant{"uri": c.slug(entry.URL)}, Covers: []string{"redirect_uris/" + c.slug(entry.URL)},
		Requirements: []check.Requirement{
			demand("landing", c.at(entry.Line), "authentik accepts %s and sends the browser there with a code and the state", entry.URL),
			demand("session", c.at(entry.Line), "the code is good for a session in Immich"),
		},
		Body: func(t *check.T, e *Env) { redirectDocumented(t, e, entry) },
	}
}

func redirectDocumented(t *check.T, e *Env, entry guide.RedirectURI) {
	user, proof := e.newUser(t), journey.NewProof()
	login, err := e.Through(t.Context(), e.session(t), e.World.Immich, user, entry.URL, proof)
	t.Confirm("landing", func() {
		e.cameBack(t, "the login through "+entry.URL, login, err, entry.URL)
	})
	t.Observe("landing", login.Answer.RedirectURI)
	address := entry.URL + login.Answer.URL[len(login.Answer.RedirectURI):]
	session, err := e.Redeem(t.Context(), e.immichAt(entry.URL), address, proof)
	t.Confirm("session", func() { e.went(t, "Immich redeems the code", err) })
	e.confirmAccount(t, "session", session, user)
}

// immichAt is Immich under the name that a redirect URI gives it, where this run serves it under that name.
func (e *Env) immichAt(uri string) *immich.Client {
	u, err := url.Parse(uri)
	if err != nil || !e.Guide.FurtherHost(u) {
		return e.World.Immich
	}
	return immich.New("https://"+u.Host, e.HTTP).For(e.Cell.Immich)
}

// refusedInBrowser is the sample that a person sees.
func (c Cell) refusedInBrowser() Check {
	uri := c.clients("https://" + c.immichHost())[0].uri + "-other"
	line := c.nearestLine(uri)
	return Check{
		ID: "redirect.refused", Title: "a person sees authentik's error page for " + uri, Level: check.Must,
		Variant:      check.Variant{"seen": "browser"},
		Requirements: []check.Requirement{c.refusal(line)},
		Body: func(t *check.T, e *Env) {
			s := e.session(t)
			t.Block(s.Open(t.Context(), e.AuthorizeURL(e.Shared.OP.ClientID, uri)))
			sentOn := func(m browser.Move) bool { return strings.HasPrefix(m.URL, e.ImmichURL) }
			i, move, err := s.SeeOrArrive(t.Context(), 0, sentOn, browser.AuthentikErrorPage, browser.AuthentikLoginPage)
			e.Trace.Picture(s, "answer")
			t.Block(err)
			t.Confirm("refused", func() {
				if move != nil {
					t.Find(check.Finding{
						Message: "authentik sends the browser on", Expected: "an error page for " + uri, Actual: withoutQuery(move.URL),
						Source: e.at(line),
					})
					return
				}
				assert.Zero(t, i, "authentik shows its login for %s", uri)
			})
		},
	}
}
