package immich

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// User is an account at Immich.
type User struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	OAuthID string `json:"oauthId"` // the sub claim of the linked identity; empty: none
	IsAdmin bool   `json:"isAdmin"`
	// StorageLabel names the folder of the account's files; empty: its ID does.
	StorageLabel string `json:"storageLabel"`
	Quota        *int64 `json:"quotaSizeInBytes"` // nil: none
}

const mePath = "/users/me" // since v1.106.0

// Me is the user of the session.
func (c *Client) Me(ctx context.Context) (*User, error) {
	return c.user(ctx, http.MethodGet, mePath, nil)
}

// CreateUser makes a local account with u's Email, Name, StorageLabel and, in releases that take it (v2.x), its role. The
// caller must be an administrator.
func (c *Client) CreateUser(ctx context.Context, u User, password string) (*User, error) {
	body := map[string]any{"email": u.Email, "name": u.Name, "password": password}
	if u.StorageLabel != "" {
		body["storageLabel"] = u.StorageLabel
	}
	if u.IsAdmin {
		body["isAdmin"] = true
	}
	created, err := c.user(ctx, http.MethodPost, "/admin/users", body)
	if err != nil {
		return nil, fmt.Errorf("create user %s: %w", u.Email, err)
	}
	return created, nil
}

// DeleteUser deletes an account. Only the microservices worker carries out force; without it the row stays, hidden, and
// its e-mail taken. The caller must be an administrator.
func (c *Client) DeleteUser(ctx context.Context, id string, force bool) error {
	_, err := c.call(ctx, http.MethodDelete, "/admin/users/"+id, map[string]bool{"force": force}, nil)
	if rest.Is(err, http.StatusNotFound) {
		return nil
	}
	return err
}

// Users are all accounts that are not deleted. The caller must be an administrator.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var users []User
	_, err := c.call(ctx, http.MethodGet, "/admin/users", nil, &users)
	return users, err
}

// FinishOnboarding marks the pages as done that would stand between a login and the photos: the administrator's, where
// the caller is one, and the caller's own where the release knows such pages.
func (c *Client) FinishOnboarding(ctx context.Context) error {
	me, err := c.Me(ctx)
	if err != nil {
		return fmt.Errorf("finish onboarding: %w", err)
	}
	done := map[string]bool{"isOnboarded": true}
	if me.IsAdmin {
		if _, err := c.call(ctx, http.MethodPost, "/system-metadata/admin-onboarding", done, nil); err != nil {
			return fmt.Errorf("finish onboarding: %w", err)
		}
	}
	// Releases without version.UserOnboarding answer 404: they have no such page.
	if _, err := c.call(ctx, http.MethodPut, "/users/me/onboarding", done, nil); err != nil && !rest.Is(err, http.StatusNotFound) {
		return fmt.Errorf("finish onboarding: %w", err)
	}
	return nil
}

func (c *Client) user(ctx context.Context, method, path string, body any) (*User, error) {
	var u User
	if _, err := c.call(ctx, method, path, body, &u); err != nil {
		return nil, err
	}
	return &u, nil
}
