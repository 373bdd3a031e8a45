package authentik

import (
	"context"
	"fmt"
	"net/http"
)

// SwitchFlow gives a provider another authorization flow, by slug, and returns what gives it its own back and reads
// that back.
func (c *Client) SwitchFlow(ctx context.Context, provider int, slug string) (restore func(context.Context) error, err error) {
	const field = "authorization_flow"
	before, err := c.Provider(ctx, provider)
	if err != nil {
		return nil, fmt.Errorf("switch to flow %s: %w", slug, err)
	}
	var to flow
	if err := c.call(ctx, http.MethodGet, flowsPath+slug+"/", nil, &to); err != nil {
		return nil, fmt.Errorf("switch to flow %s: %w", slug, err)
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
	return func(ctx context.Context) error { return set(ctx, before[field]) }, set(ctx, to.PK)
}
