package authentik

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// ReadBack compares every documented field, each redirect URI among them, with what authentik stores now.
func (c *Client) ReadBack(ctx context.Context, s *guide.Settings, r *version.Release, a *Applied) ([]guide.FieldCheck, error) {
	flows, errFlows := c.flows(ctx)
	keys, errKeys := c.certificates(ctx)
	provider, errProvider := c.Provider(ctx, a.ProviderPK)
	app, errApp := c.Application(ctx, a.Slug)
	if err := errors.Join(errFlows, errKeys, errProvider, errApp); err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	b := readBack{slug: a.Slug}
	exact := func(v string) string { return v }
	b.compare("provider_name", s.ProviderName, text(provider["name"]), exact)
	b.compare("application_slug", s.ApplicationSlug, text(app["slug"]), exact)
	b.compare("client_type", s.ClientType, text(provider["client_type"]), strings.ToLower)
	carried := func(in index, v *guide.Value) *guide.Value {
		if v != nil && s.Configuration != nil && in.keyOf[v.Value] == "" {
			return nil // authentik's own has taken its place
		}
		return v
	}
	b.compare("authentication_flow", carried(flows, s.AuthenticationFlow), flows.nameOf[text(provider["authentication_flow"])], exact)
	b.compare("authorization_flow", carried(flows, s.AuthorizationFlow), flows.nameOf[text(provider["authorization_flow"])], exact)
	b.compare("signing_key", carried(keys, s.SigningKey), keys.nameOf[text(provider["signing_key"])], exact)
	b.compare("launch_url", s.LaunchURL, text(app["meta_launch_url"]), exact)
	b.logout(s, r, provider)
	b.redirects(s.RedirectURIs, r, storedEntries(provider["redirect_uris"]))
	b.configured(s, provider, app)
	return b.checks, nil
}

type readBack struct {
	slug   string
	checks []guide.FieldCheck
}

// compare adds a check, unless the guide is silent. A value that is left to the reader reads back right where any is set.
func (b *readBack) compare(field string, v *guide.Value, actual string, normal func(string) string) {
	if v == nil {
		return
	}
	documented := strings.ReplaceAll(v.Value, guide.SlugTemplate, b.slug)
	same := normal(documented) == normal(actual)
	if v.Kind == guide.Choice || v.Kind == guide.Reference {
		// Whether an optional address is set is the reader's choice as well.
		same = actual != "" || field == "launch_url" || field == "authentication_flow"
	}
	if actual == "" {
		actual = "not set"
	}
	b.add(guide.FieldCheck{Difference: guide.Difference{Field: field, Documented: documented, Actual: actual, Line: v.Line}, Same: same})
}

func (b *readBack) add(check guide.FieldCheck) { b.checks = append(b.checks, check) }

// logout compares where the release has a field for it; where it has none, nothing documented can be stored.
func (b *readBack) logout(s *guide.Settings, r *version.Release, provider map[string]any) {
	exact := func(v string) string { return v }
	switch {
	case r.Has(version.LogoutFields):
		b.compare("logout_uri", s.LogoutURI, text(provider["logout_uri"]), exact)
		b.compare("logout_method", s.LogoutMethod, text(provider["logout_method"]), bare)
	case r.Has(version.BackchannelField):
		b.compare("logout_uri", s.LogoutURI, text(provider["backchannel_logout_uri"]), exact)
		b.compare("logout_method", s.LogoutMethod, "backchannel", bare)
	default:
		b.compare("logout_uri", s.LogoutURI, "no such field in this release", exact)
		b.compare("logout_method", s.LogoutMethod, "no such field in this release", bare)
	}
}

// redirects compares each documented URI and adds a check for each entry that no guide asked for.
func (b *readBack) redirects(uris []guide.RedirectURI, r *version.Release, stored []entry) {
	taken := make([]bool, len(stored))
	for _, u := range uris {
		wanted := entry{mode: modeOf(u, r), url: u.URL, purpose: purposeOf(u)}
		documented := wanted
		if u.Matching == guide.Unstated {
			documented.mode = ""
		}
		check := guide.FieldCheck{Difference: guide.Difference{
			Field: "redirect_uris[" + u.URL + "]", Documented: documented.String(), Actual: "not registered", Line: u.Line,
		}}
		if i := closest(stored, taken, wanted); i >= 0 {
			taken[i] = true
			check.Actual = stored[i].String()
			check.Same = stored[i] == wanted
		}
		b.add(check)
	}
	for i, e := range stored {
		if !taken[i] {
			b.add(guide.FieldCheck{Difference: guide.Difference{
				Field: "redirect_uris[" + e.url + "]", Documented: "not registered", Actual: e.String(),
			}})
		}
	}
}

// closest is the entry that equals the wanted one, else one of the same URL; -1: none.
func closest(stored []entry, taken []bool, wanted entry) int {
	found := -1
	for i, e := range stored {
		switch {
		case taken[i]:
		case e == wanted:
			return i
		case e.url == wanted.url:
			found = i
		}
	}
	return found
}
