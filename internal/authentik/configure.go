package authentik

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Configure makes the application and the provider that settings document, in the shape that the release's API wants,
// with the form's values where the guide is silent. What it could not store as documented stands in Differences.
func (c *Client) Configure(ctx context.Context, s *guide.Settings, r *version.Release) (*Applied, error) {
	made, applied, err := c.configure(ctx, s, r)
	if err != nil {
		return nil, fmt.Errorf("configure authentik: %w", errors.Join(err, c.discard(ctx, made)))
	}
	checks, err := c.ReadBack(ctx, s, r, applied)
	if err != nil {
		return nil, fmt.Errorf("configure authentik: %w", err)
	}
	applied.Differences = guide.Differing(checks)
	return applied, nil
}

// configure makes what settings say. Made are the scope mappings among it, also where it failed.
func (c *Client) configure(ctx context.Context, s *guide.Settings, r *version.Release) (made []string, a *Applied, err error) {
	if err := c.keyOnCurve(ctx, s); err != nil {
		return nil, nil, err
	}
	at, err := c.directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	if s.Configuration != nil && s.Configuration.Mappings != nil {
		if at.said, made, at.unsaid, err = c.mappings(ctx, s.Configuration.Mappings); err != nil {
			return made, nil, err
		}
	}
	t, err := translate(s, r, at)
	if err != nil {
		return made, nil, err
	}
	return made, t.applied, c.create(ctx, t.applied, t.provider, t.app)
}

// create makes provider and application and fills in what authentik generated. It leaves nothing behind on failure.
func (c *Client) create(ctx context.Context, a *Applied, provider, app map[string]any) error {
	var created struct {
		PK           int    `json:"pk"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := c.call(ctx, http.MethodPost, providersPath, provider, &created); err != nil {
		return err
	}
	a.ProviderPK, a.ClientID, a.ClientSecret = created.PK, created.ClientID, created.ClientSecret
	app["provider"] = a.ProviderPK
	if err := c.call(ctx, http.MethodPost, applicationsPath, app, nil); err != nil {
		return errors.Join(err, c.remove(context.WithoutCancel(ctx), providerPath(a.ProviderPK)))
	}
	if err := c.endpoints(ctx, a); err != nil {
		return errors.Join(err, c.RemoveProvider(context.WithoutCancel(ctx), a))
	}
	return nil
}

// endpoints reads what a person reads on the provider's page.
func (c *Client) endpoints(ctx context.Context, a *Applied) error {
	var urls struct {
		Issuer       string `json:"issuer"`
		ProviderInfo string `json:"provider_info"`
	}
	if err := c.call(ctx, http.MethodGet, providerPath(a.ProviderPK)+"setup_urls/", nil, &urls); err != nil {
		return err
	}
	a.Issuer, a.DiscoveryURL = urls.Issuer, urls.ProviderInfo
	return nil
}

// Provider reads all fields of a provider, as the API gives them. They hold the client secret.
func (c *Client) Provider(ctx context.Context, pk int) (map[string]any, error) {
	var fields map[string]any
	err := c.call(ctx, http.MethodGet, providerPath(pk), nil, &fields)
	return fields, err
}

// Application reads all fields of an application, as the API gives them.
func (c *Client) Application(ctx context.Context, slug string) (map[string]any, error) {
	var fields map[string]any
	err := c.call(ctx, http.MethodGet, applicationPath(slug), nil, &fields)
	return fields, err
}

// PatchProvider changes fields of a provider; values are those of the API, references are keys.
func (c *Client) PatchProvider(ctx context.Context, pk int, fields map[string]any) error {
	return c.call(ctx, http.MethodPatch, providerPath(pk), fields, nil)
}

// Rekey gives a provider the client ID and the secret that its client has already.
func (c *Client) Rekey(ctx context.Context, a *Applied, id, secret string) error {
	if err := c.PatchProvider(ctx, a.ProviderPK, map[string]any{"client_id": id, "client_secret": secret}); err != nil {
		return fmt.Errorf("give the provider its client's credentials: %w", err)
	}
	a.ClientID, a.ClientSecret = id, secret
	return nil
}

// RemoveProvider deletes a provider and its application. What is already gone is no error.
func (c *Client) RemoveProvider(ctx context.Context, a *Applied) error {
	return errors.Join(
		c.remove(ctx, applicationPath(a.Slug)),
		c.remove(ctx, providerPath(a.ProviderPK)),
	)
}

func providerPath(pk int) string { return fmt.Sprintf("%s%d/", providersPath, pk) }

func applicationPath(slug string) string { return applicationsPath + slug + "/" }
