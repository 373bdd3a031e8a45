package authentik

import (
	"context"
	"fmt"
	"net/http"
)

// SwitchFlow gives a provider another authorization flow, by slug, and returns what gives it its own back and reads
// that back.
func (c *Client) SwitchFlow(ctx context.Context, provider int, slug string) (restore func(context.Context) error, err error) {
	var to flow
	if err := c.call(ctx, http.MethodGet, flowsPath+slug+"/", nil, &to); err != nil {
		return nil, fmt.Errorf("switch to flow %s: %w", slug, err)
	}
	return c.SwitchField(ctx, provider, "authorization_flow", to.PK)
}

// SwitchField gives a field of a provider, as the API names it, another value, and returns what gives it its own back and
// reads that back. Restore is nil where nothing was changed.
func (c *Client) SwitchField(ctx context.Context, provider int, field, value string) (restore func(context.Context) error, err error) {
	before, err := c.Provider(ctx, provider)
	if err != nil {
		return nil, fmt.Errorf("switch %s: %w", field, err)
	}
	set := func(ctx context.Context, value any) error {
		if err := c.PatchProvider(ctx, provider, map[string]any{field: value}); err != nil {
			return err
		}
		after, err := c.Provider(ctx, provider)
		if err == nil && after[field] != value {
			err = fmt.Errorf("authentik did not take %s %v", field, value)
		}
		return err
	}
	return func(ctx context.Context) error { return set(ctx, before[field]) }, set(ctx, value)
}
