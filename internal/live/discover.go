package live

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// guessedSlug is that of the guide.
const guessedSlug = "immich"

// IssuerOf is the issuer of an application, as authentik shows it with the provider.
func IssuerOf(origin, slug string) string { return origin + "/application/o/" + slug + "/" }

const wellKnown = "/.well-known/openid-configuration"

// discover looks for the discovery document. Where no person names the issuer, nobody tells the slug of Immich's application:
// it is that of the guide, else the one that authentik's form makes of the name that its login page shows.
func (a *asker) discover(ctx context.Context, origin string) {
	if a.q.Issuer != "" {
		issuer := strings.TrimSuffix(a.q.Issuer, wellKnown[1:]) // also where its document was named
		a.document(ctx, origin, Discovery{Issuer: issuer})
		return
	}
	a.document(ctx, origin, Discovery{Issuer: IssuerOf(origin, guessedSlug), Guessed: true})
	first := a.seen.Discovery
	if first.Answer.Status != http.StatusNotFound {
		return
	}
	if slug := slugOf(a.shown(ctx)); slug != "" && slug != guessedSlug {
		a.document(ctx, origin, Discovery{Issuer: IssuerOf(origin, slug), Guessed: true})
		if !a.seen.Discovery.Found() {
			a.seen.Discovery = first
		}
	}
}

func (a *asker) document(ctx context.Context, origin string, d Discovery) {
	d.Answer = a.get(ctx, strings.TrimSuffix(d.Issuer, "/")+wellKnown)
	a.seen.Discovery = d
	var document struct {
		Keys string `json:"jwks_uri"`
	}
	if !d.Found() || json.Unmarshal(d.Answer.Body, &document) != nil {
		return
	}
	if u, err := url.Parse(document.Keys); err == nil && u.Scheme == "https" && originOf(document.Keys) == origin {
		a.seen.Keys = a.get(ctx, document.Keys)
	}
}

const flowPath = "/if/flow/"

// shown is the name of the application that somebody is to log in to, as authentik's login page shows it (2025.8 and 2026.2:
// stages/identification/stage.py); empty: it shows none.
func (a *asker) shown(ctx context.Context) string {
	page, err := url.Parse(a.seen.LoginPage.URL)
	if err != nil || !a.seen.LoginPage.OK() || !strings.HasPrefix(page.Path, flowPath) {
		return ""
	}
	flow := strings.Trim(strings.TrimPrefix(page.Path, flowPath), "/")
	answer := a.get(ctx, page.Scheme+"://"+page.Host+"/api/v3/flows/executor/"+flow+"/?query="+url.QueryEscape(page.RawQuery))
	var challenge struct {
		Application string `json:"application_pre"`
	}
	if !answer.OK() || json.Unmarshal(answer.Body, &challenge) != nil {
		return ""
	}
	return challenge.Application
}

var unfitForSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf is the slug that authentik's form makes of a name.
func slugOf(name string) string {
	return strings.Trim(unfitForSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
}
