package authentik

import (
	"context"
	"fmt"
	"net/http"
)

const bindingsPath = "/policies/bindings/"

// BindUser binds an application to one user: from then on nobody who is not bound may use it.
func (c *Client) BindUser(ctx context.Context, slug string, userPK int) error {
	app, err := c.Application(ctx, slug)
	if err != nil {
		return fmt.Errorf("bind %s to a user: %w", slug, err)
	}
	binding := map[string]any{"target": app["pk"], "user": userPK, "order": 0, "enabled": true}
	if err := c.call(ctx, http.MethodPost, bindingsPath, binding, nil); err != nil {
		return fmt.Errorf("bind %s to a user: %w", slug, err)
	}
	return nil
}

// Deactivate locks a user out, and leaves everything else of them.
func (c *Client) Deactivate(ctx context.Context, userPK int) error {
	path := fmt.Sprintf("%s%d/", usersPath, userPK)
	if err := c.call(ctx, http.MethodPatch, path, map[string]any{"is_active": false}, nil); err != nil {
		return fmt.Errorf("deactivate a user: %w", err)
	}
	return nil
}
