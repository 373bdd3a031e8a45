package suites

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

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

// refused is one check per documented URI and reading, of everything that resembles the URI.
func (c Cell) refused(entry guide.RedirectURI, reading string) Check {
	variant := check.Variant{"uri": c.slug(entry.URL)}
	if reading != asDocumented {
		variant["reading"] = reading
	}
	return Check{
		ID: "redirect.refused", Title: "authentik refuses what resembles " + entry.URL, Level: check.Must, Variant: variant,
		Covers: []string{"redirect_uris/" + c.slug(entry.URL)},
		Requirements: []check.Requirement{
			c.refusal(entry.Line),
			demand("signed-in", c.at(entry.Line), "somebody who is signed in at authentik is not sent there either"),
		},
		Body: func(t *check.T, e *Env) { redirectRefused(t, e, entry, reading) },
	}
}

func (c Cell) refusal(line int) check.Requirement {
	return demand("refused", c.at(line),
		"a redirect URI that %s does not list is refused with authentik's error page, never with a redirect (RFC 6749 §4.1.2.1)", c.Guide.What())
}

func redirectRefused(t *check.T, e *Env, entry guide.RedirectURI, reading string) {
	clientID := e.Shared.OP.ClientID
	if reading == asStrict {
		clientID = e.strictTwin(t).ClientID
	}
	probes := e.probes(entry.URL)
	if len(probes) == 0 {
		t.Block(fmt.Errorf("only authentik can read the guide's pattern, so nobody knows what else it means beside %s", entry.URL))
	}
	uris := make([]string, len(probes))
	for i, p := range probes {
		uris[i] = p.uri
	}
	replies, err := e.AskAll(t.Context(), clientID, uris)
	t.Block(err)
	t.Confirm("refused", func() { e.findAccepted(t, entry, probes, replies) })
	t.Observe("probes", fmt.Sprint(len(probes)))

	some := oneOfEachKind(probes)
	replies = e.askSignedIn(t, clientID, some)
	t.Confirm("signed-in", func() { e.findAccepted(t, entry, some, replies) })
}

// oneOfEachKind is enough where the same comparison is asked once more: authentik compares before it looks for a session.
func oneOfEachKind(probes []probe) []probe {
	var some []probe
	seen := map[string]bool{}
	for _, p := range probes {
		if !seen[p.kind] {
			seen[p.kind] = true
			some = append(some, p)
		}
	}
	return some
}

func (e *Env) askSignedIn(t *check.T, clientID string, probes []probe) []journey.Reply {
	replies := make([]journey.Reply, len(probes))
	e.asSignedIn(t, func(s *signedIn) {
		for i, p := range probes {
			var err error
			replies[i], err = e.AskAs(t.Context(), s.visitor, e.AuthorizeURL(clientID, p.uri))
			t.Block(err)
		}
	})
	return replies
}

// findAccepted makes one finding of each kind of probe that was not refused.
func (e *Env) findAccepted(t *check.T, entry guide.RedirectURI, probes []probe, replies []journey.Reply) {
	var kinds []string
	accepted := map[string][]string{}
	fixes := map[string]string{}
	for i, p := range probes {
		if replies[i].Refused() {
			continue
		}
		if accepted[p.kind] == nil {
			kinds = append(kinds, p.kind)
			fixes[p.kind] = e.refusalFix(p.uri)
		}
		accepted[p.kind] = append(accepted[p.kind], readable(p.uri)+" → "+readable(replies[i].String()))
	}
	for _, kind := range kinds {
		t.Find(check.Finding{
			Message:  "authentik accepts a redirect URI that " + e.Guide.What() + " does not list (" + kind + ")",
			Expected: fmt.Sprintf("%d and an error page for each", http.StatusBadRequest), Actual: strings.Join(accepted[kind], "; "),
			Source: e.at(entry.Line), Fix: fixes[kind],
		})
	}
}

// readable shows what cannot be seen, or looks like something else.
func readable(uri string) string {
	if quoted := fmt.Sprintf("%+q", uri); quoted != `"`+uri+`"` || strings.TrimSpace(uri) != uri {
		return quoted
	}
	return uri
}

// refusalFix names the entry that lets a near miss through and what would stop it.
func (c Cell) refusalFix(uri string) string {
	entry, err := c.entryFor(uri)
	if err != nil || entry == nil || entry.Matching != guide.Regex {
		return ""
	}
	return fmt.Sprintf("at %s, register `%s` as Strict, or escape the dots of the pattern", c.at(entry.Line), entry.URL)
}

// refusedAnyway is refused whatever the guide lists.
func (c Cell) refusedAnyway() Check {
	const uri = "javascript:alert(1)"
	line := c.Guide.RedirectURIs[0].Line
	return Check{
		ID: "redirect.refused", Title: "authentik refuses " + uri, Level: check.Must,
		Variant: check.Variant{"uri": "any", "miss": "javascript"}, Requirements: []check.Requirement{c.refusal(line)},
		Body: func(t *check.T, e *Env) {
			replies, err := e.AskAll(t.Context(), e.Shared.OP.ClientID, []string{uri})
			t.Block(err)
			t.Confirm("refused", func() {
				if !replies[0].Refused() {
					t.Find(check.Finding{
						Message: "authentik accepts a redirect URI that " + e.Guide.What() + " does not list", Expected: "400 and an error page for " + uri,
						Actual: replies[0].String(), Source: e.at(line),
					})
				}
			})
		},
	}
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
