package pair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// provider is the provider that Immich uses, as the API gives it; nil where the token opens none, which is told.
func (c *capture) provider(ctx context.Context, client *authentik.Client) (map[string]any, error) {
	oauth, _ := c.pair.Immich.Config["oauth"].(map[string]any)
	if id := textOf(oauth, "clientId"); id != "" && c.Provider == "" {
		with, err := client.Providers(ctx, id)
		if err == nil && len(with) == 1 {
			return with[0], nil
		}
		if err != nil {
			return nil, c.noProviders(err)
		}
	}
	all, err := client.Providers(ctx, "")
	if err != nil {
		return nil, c.noProviders(err)
	}
	if c.Provider != "" {
		return c.named(all)
	}
	return c.likely(all)
}

func (c *capture) noProviders(err error) error {
	if !denied(err) {
		return unanswered("authentik's API", c.AuthentikURL, err)
	}
	c.closed("authentik", "authentik's settings", "the token does not open the provider; the permission %s does", authentik.ViewProviders)
	return nil
}

// unseen tells what a token does not open, and the permission that would.
func (c *capture) unseen(what, permission string) {
	c.notRead("%s: the token does not open it; the permission %s does", what, permission)
}

// named is the provider of the name that was asked for.
func (c *capture) named(all []map[string]any) (map[string]any, error) {
	with := slices.DeleteFunc(slices.Clone(all), func(p map[string]any) bool {
		return c.Provider != textOf(p, "name") && c.Provider != textOf(p, "client_id") && c.Provider != textOf(p, applicationSlug)
	})
	switch len(with) {
	case 0:
		return nil, fmt.Errorf("authentik has no provider %q: neither a name, a client ID nor the slug of an application; %s", c.Provider, seen(all))
	case 1:
		return with[0], nil
	}
	return nil, fmt.Errorf("authentik has several providers %q: %s; name one by its client ID", c.Provider, listed(with))
}

const applicationSlug = "assigned_application_slug"

// likely is the only provider that looks like one for Immich: by its redirect URIs, else by its names.
func (c *capture) likely(all []map[string]any) (map[string]any, error) {
	for _, looks := range []func(map[string]any) bool{c.redirectsToImmich, calledImmich} {
		with := slices.DeleteFunc(slices.Clone(all), func(p map[string]any) bool { return !looks(p) })
		switch len(with) {
		case 0:
			continue
		case 1:
			return with[0], nil
		}
		return nil, fmt.Errorf("authentik has several providers that look like Immich's: %s; name one with --provider", listed(with))
	}
	return nil, errors.New("authentik has no provider that looks like Immich's; " + seen(all))
}

func (c *capture) redirectsToImmich(provider map[string]any) bool {
	host := hostOf(c.ImmichURL)
	return slices.ContainsFunc(authentik.RedirectURIs(provider["redirect_uris"]), func(e guide.RedirectURI) bool {
		uri := strings.ReplaceAll(e.URL, `\`, "") // of a pattern
		onHost := hostOf(uri) == host
		return strings.Contains(uri, "app.immich:") || strings.HasSuffix(uri, "/api/oauth/mobile-redirect") ||
			onHost && (strings.HasSuffix(uri, "/auth/login") || strings.HasSuffix(uri, "/user-settings"))
	})
}

func calledImmich(provider map[string]any) bool {
	return strings.Contains(strings.ToLower(textOf(provider, "name")+" "+textOf(provider, applicationSlug)), "immich")
}

func seen(all []map[string]any) string {
	if len(all) == 0 {
		return "this token sees no OAuth2 provider at all"
	}
	return "this token sees " + listed(all) + "; name one with --provider"
}

// listed names providers with their applications.
func listed(providers []map[string]any) string {
	var names []string
	for _, p := range providers {
		application := "no application"
		if slug := textOf(p, applicationSlug); slug != "" {
			application = "application " + slug
		}
		names = append(names, fmt.Sprintf("%q (%s)", textOf(p, "name"), application))
	}
	return strings.Join(names, ", ")
}

// textOf is a field that is a text; empty for any other.
func textOf(fields map[string]any, key string) string {
	text, _ := fields[key].(string)
	return text
}
