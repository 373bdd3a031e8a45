package authentik

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// ProviderSpec says in what a twin differs from the provider that it is made after.
type ProviderSpec struct {
	Name              string // of provider and application; unique
	Slug              string // of the application; unique
	RedirectURIs      []guide.RedirectURI
	AuthorizationFlow string         // slug; empty: as the base has it
	Fields            map[string]any // of the API, in place of the base's
}

// own lists the fields of a provider that a twin has for itself or that the server computes.
func own() []string {
	return []string{
		"pk", "name", "client_id", "client_secret", "redirect_uris", "component", "verbose_name", "verbose_name_plural",
		"meta_model_name", "assigned_application_slug", "assigned_application_name", "assigned_backchannel_application_slug",
		"assigned_backchannel_application_name",
		// Immich takes logout tokens for one client only: what others sent would be refused, and tried again and again.
		"logout_uri", "backchannel_logout_uri",
	}
}

// AddProvider makes a twin of a provider, with an application, a client ID and a secret of its own: for what needs more
// than the guide says, or must not be in the way of others.
func (c *Client) AddProvider(ctx context.Context, base *Applied, r *version.Release, spec ProviderSpec) (*Applied, error) {
	twin, err := c.addProvider(ctx, base, r, spec)
	if err != nil {
		return nil, fmt.Errorf("add provider %s: %w", spec.Name, err)
	}
	return twin, nil
}

func (c *Client) addProvider(ctx context.Context, base *Applied, r *version.Release, spec ProviderSpec) (*Applied, error) {
	fields, err := c.Provider(ctx, base.ProviderPK)
	if err != nil {
		return nil, err
	}
	for _, field := range own() {
		delete(fields, field)
	}
	// null is "not set" everywhere and not accepted by every field.
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	fields["name"] = spec.Name
	fields["redirect_uris"] = redirectField(spec.RedirectURIs, r)
	if spec.AuthorizationFlow != "" {
		var flow flow
		if err := c.call(ctx, http.MethodGet, flowsPath+spec.AuthorizationFlow+"/", nil, &flow); err != nil {
			return nil, err
		}
		fields["authorization_flow"] = flow.PK
	}
	maps.Copy(fields, spec.Fields)
	twin := &Applied{Slug: spec.Slug, Name: spec.Name}
	return twin, c.create(ctx, twin, fields, map[string]any{"name": spec.Name, "slug": spec.Slug})
}
