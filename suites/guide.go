package suites

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func guideChecks(c Cell) ([]Check, []Exclusion) {
	first := c.at(c.Guide.RedirectURIs[0].Line)
	return []Check{
		one("guide.authentik", "authentik reads back as "+c.Guide.What()+" says", guideAuthentik,
			demand("fields", first, "every setting that %s documents for authentik is stored as documented", c.Guide.What())),
		one("guide.immich", "Immich reads back as "+c.Guide.What()+" says", guideImmich,
			demand("fields", c.line(c.Guide.ImmichIssuer), "every setting that %s documents for Immich is stored as documented", c.Guide.What())),
		one("guide.covers-clients", c.Guide.What()+" registers every redirect URI that Immich's clients send", guideCoversClients,
			demand("covered", first, "the web app and the mobile app of %s find their redirect URIs among the documented ones, in a mode that accepts them", c.immich())),
	}, nil
}

func guideAuthentik(t *check.T, e *Env) {
	fields, err := e.World.Authentik.ReadBack(t.Context(), e.Guide, e.Cell.Authentik, e.Shared.OP)
	t.Block(err)
	stored, err := e.World.Authentik.Stored(t.Context(), e.Shared.OP)
	t.Block(err)
	observe(t, stored)
	t.Confirm("fields", func() {
		for _, d := range guide.Differing(fields) {
			t.Find(e.differs("authentik", d))
		}
	})
}

func guideImmich(t *check.T, e *Env) {
	fields, err := e.ImmichAdmin.ReadBack(t.Context(), e.Guide, e.Cell.Immich, e.Shared.RP)
	t.Block(err)
	stored, err := e.ImmichAdmin.Stored(t.Context())
	t.Block(err)
	observe(t, stored)
	t.Confirm("fields", func() {
		for _, d := range guide.Differing(fields) {
			t.Find(e.differs("Immich", d))
		}
	})
}

// observe keeps what a product stores, for the next run to be compared with.
func observe(t *check.T, stored map[string]string) {
	for field, value := range stored {
		t.Observe(field, value)
	}
}

func (c Cell) differs(product string, d guide.Difference) check.Finding {
	return check.Finding{
		Message: product + " stores another " + d.Field, Setting: d.Field, Expected: d.Documented, Actual: d.Actual, Source: c.at(d.Line),
	}
}

// client is a redirect URI that one of Immich's clients sends.
type client struct{ who, uri string }

func (c Cell) clients(immichURL string) []client {
	clients := []client{
		{"the web app's login", immichURL + journey.LoginPath},
		{"the web app's account link", immichURL + journey.LinkPath},
	}
	for _, app := range c.Immich.Apps {
		clients = append(clients, client{"the mobile app from " + app.Name, app.RedirectURI})
	}
	return clients
}

func guideCoversClients(t *check.T, e *Env) {
	t.Confirm("covered", func() {
		for _, client := range e.clients(e.ImmichURL) {
			if !e.accepts(t, client.uri) {
				t.Find(e.notCovered(client))
			}
		}
	})
}

// accepts reports whether the guide registers a redirect URI, in a mode that accepts it. Where a pattern decides that
// only authentik can read, authentik is asked.
func (e *Env) accepts(t *check.T, uri string) bool {
	entry, unread := e.entryFor(uri)
	if unread == nil {
		return entry != nil
	}
	reply, err := e.Ask(t.Context(), e.Shared.OP.ClientID, uri)
	t.Block(err)
	if reply.Status >= http.StatusInternalServerError {
		t.Block(unread)
	}
	return !reply.Refused()
}

func (c Cell) notCovered(missing client) check.Finding {
	entries := make([]string, len(c.Guide.RedirectURIs))
	for i, entry := range c.Guide.RedirectURIs {
		entries[i] = entry.URL
	}
	line := missing.uri
	mode := c.Guide.RedirectURIs[0].Matching
	if mode == guide.Regex {
		line = regexp.QuoteMeta(line)
	}
	at := c.nearestLine(missing.uri)
	return check.Finding{
		Message:  fmt.Sprintf("%s sends a redirect URI that %s does not register", missing.who, c.Guide.What()),
		Expected: missing.uri,
		Actual:   strings.Join(entries, " "),
		Source:   c.at(at),
		Fix:      fmt.Sprintf("add the redirect URI `%s` (%s) at %s", line, mode, c.at(at)),
	}
}

// nearestLine is the line of the documented entry with the same scheme, or of the first one.
func (c Cell) nearestLine(uri string) int {
	scheme, _, _ := strings.Cut(uri, ":")
	for _, entry := range c.Guide.RedirectURIs {
		if strings.HasPrefix(entry.URL, scheme+":") {
			return entry.Line
		}
	}
	return c.Guide.RedirectURIs[0].Line
}
