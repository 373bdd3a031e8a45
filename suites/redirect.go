package suites

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func redirectChecks(c Cell) ([]Check, []Exclusion) {
	var checks []Check
	for _, entry := range c.authorizationURIs() {
		checks = append(checks, c.documented(entry))
	}
	for _, reading := range c.readings() {
		for _, miss := range c.nearMisses() {
			checks = append(checks, c.refused(miss, reading))
		}
	}
	return append(checks, c.refusedInBrowser()), nil
}

func (c Cell) documented(entry guide.RedirectURI) Check {
	return Check{
		ID: "redirect.documented", Title: "a login comes back through " + entry.URL, Level: check.Must,
		Variant: check.Variant{"uri": slug(entry.URL)},
		Requirements: []check.Requirement{
			demand("landing", c.Guide.Ref(entry.Line), "authentik accepts %s and sends the browser there with a code and the state", entry.URL),
			demand("session", c.Guide.Ref(entry.Line), "the code is good for a session in Immich"),
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
	session, err := e.Redeem(t.Context(), e.World.Immich, address, proof)
	t.Confirm("session", func() { e.went(t, "Immich redeems the code", err) })
	e.confirmAccount(t, "session", session, user)
}

// The readings of a guide's redirect mode. A field label that says RegEx can be followed or, in a form that asks for a
// mode per entry and starts with Strict, overlooked.
const (
	asDocumented = ""
	asRegex      = "regex"
	asStrict     = "strict"
)

// LabelledRegex reports whether the guide's label can be read in two ways at this release.
func (c Cell) LabelledRegex() bool {
	return !c.Upgraded && c.Guide.RedirectURIs[0].FromLabel && c.Authentik.Has(version.RedirectURIList)
}

func (c Cell) readings() []string {
	if c.LabelledRegex() {
		return []string{asRegex, asStrict}
	}
	return []string{asDocumented}
}

func (c Cell) refused(miss nearMiss, reading string) Check {
	variant := check.Variant{"uri": miss.of, "miss": miss.name}
	if reading != asDocumented {
		variant["reading"] = reading
	}
	return Check{
		ID: "redirect.refused", Title: "authentik refuses " + miss.uri, Level: check.Must, Variant: variant,
		Requirements: []check.Requirement{c.refusal(miss)},
		Body:         func(t *check.T, e *Env) { redirectRefused(t, e, miss, reading) },
	}
}

func (c Cell) refusal(miss nearMiss) check.Requirement {
	return demand("refused", c.Guide.Ref(miss.line),
		"a redirect URI that the guide does not list is refused with authentik's error page, never with a redirect (RFC 6749 §4.1.2.1)")
}

func redirectRefused(t *check.T, e *Env, miss nearMiss, reading string) {
	clientID := e.Shared.OP.ClientID
	if reading == asStrict {
		clientID = e.strictTwin(t).ClientID
	}
	reply, err := e.Ask(t.Context(), clientID, miss.uri)
	if err == nil && reply.Status >= http.StatusInternalServerError {
		err = fmt.Errorf("authentik answered the authorization request with %s", reply)
	}
	t.Block(err)
	t.Confirm("refused", func() {
		if reply.Status == http.StatusBadRequest && reply.Location == "" {
			return
		}
		t.Find(check.Finding{
			Message: "authentik goes on with a redirect URI that the guide does not list", Expected: "400 and an error page for " + miss.uri,
			Actual: reply.String(), Source: e.Guide.Ref(miss.line), Fix: e.refusalFix(miss),
		})
	})
}

// refusalFix names the entry that lets a near miss through and what would stop it.
func (c Cell) refusalFix(miss nearMiss) string {
	entry := c.accepting(miss.uri)
	if entry == nil || entry.Matching != guide.Regex {
		return ""
	}
	return fmt.Sprintf("at %s, register `%s` as Strict, or escape the dots of the pattern", c.Guide.Ref(entry.Line), entry.URL)
}

// strictTwin registers the documented URIs with the form's default mode, as a person does who overlooks the label.
func (e *Env) strictTwin(t *check.T) *authentik.Applied {
	uris := append([]guide.RedirectURI{}, e.Guide.RedirectURIs...)
	for i := range uris {
		uris[i].Matching = guide.Strict
	}
	twin, err := e.twin(t.Context(), t, authentik.ProviderSpec{Name: "Immich strict", Slug: "immich-strict", RedirectURIs: uris})
	t.Block(err)
	return twin
}

// refusedInBrowser is the sample that a person sees.
func (c Cell) refusedInBrowser() Check {
	miss := missesOf(c.clients("https://" + c.immichHost())[0].uri)[2]
	miss.line = c.nearestLine(miss.uri)
	return Check{
		ID: "redirect.refused", Title: "a person sees authentik's error page for " + miss.uri, Level: check.Must,
		Variant:      check.Variant{"seen": "browser"},
		Requirements: []check.Requirement{c.refusal(miss)},
		Body: func(t *check.T, e *Env) {
			s := e.session(t)
			t.Block(s.Open(t.Context(), e.AuthorizeURL(e.Shared.OP.ClientID, miss.uri)))
			sentOn := func(m browser.Move) bool { return strings.HasPrefix(m.URL, e.ImmichURL) }
			i, move, err := s.SeeOrArrive(t.Context(), 0, sentOn, browser.AuthentikErrorPage, browser.AuthentikLoginPage)
			e.Trace.Picture(s, "answer")
			t.Block(err)
			t.Confirm("refused", func() {
				if move != nil {
					t.Find(check.Finding{
						Message: "authentik sends the browser on", Expected: "an error page for " + miss.uri, Actual: withoutQuery(move.URL),
						Source: e.Guide.Ref(miss.line),
					})
					return
				}
				assert.Zero(t, i, "authentik shows its login for %s", miss.uri)
			})
		},
	}
}
