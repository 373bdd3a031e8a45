package authentik

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// User is a person at authentik.
type User struct {
	PK       int
	Username string
	Name     string
	Email    string
	Password string // set by CreateUser, never read back
	// UID is the hashed ID of the user: the sub claim in the provider's default subject mode.
	UID, UUID string
	Subject   string // the sub claim in the subject mode of the provider, where that is known
}

// SubjectIn is the sub claim of a user in a provider's subject mode (authentik 2025.8, providers/oauth2/id_token.py).
func (u User) SubjectIn(mode string) string {
	switch mode {
	case "user_id":
		return strconv.Itoa(u.PK)
	case "user_uuid":
		return u.UUID
	case "user_username":
		return u.Username
	case "user_email":
		return u.Email
	}
	return u.UID
}

// CreateUser creates an active, internal user with a password and returns it with PK and UID. Internal, because
// external users lose parts of the UI from 2024.8 on.
func (c *Client) CreateUser(ctx context.Context, u User) (User, error) {
	body := map[string]any{
		"username": u.Username, "name": u.Name, "email": u.Email,
		"is_active": true, "type": "internal", "path": "users", "groups": []string{},
	}
	var created struct {
		PK   int    `json:"pk"`
		UID  string `json:"uid"`
		UUID string `json:"uuid"`
	}
	if err := c.call(ctx, http.MethodPost, usersPath, body, &created); err != nil {
		return User{}, fmt.Errorf("create user %s: %w", u.Username, err)
	}
	u.PK, u.UID, u.UUID = created.PK, created.UID, created.UUID
	path := fmt.Sprintf("%s%d/set_password/", usersPath, u.PK)
	if err := c.call(ctx, http.MethodPost, path, map[string]any{"password": u.Password}, nil); err != nil {
		err = fmt.Errorf("create user %s: %w", u.Username, err)
		return User{}, errors.Join(err, c.DeleteUser(context.WithoutCancel(ctx), u.PK))
	}
	return u, nil
}

// DeleteUser deletes a user, and with it consents, sessions and tokens. One that is already gone is no error.
func (c *Client) DeleteUser(ctx context.Context, pk int) error {
	return c.remove(ctx, fmt.Sprintf("%s%d/", usersPath, pk))
}

// remove deletes; what is not there is removed as well.
func (c *Client) remove(ctx context.Context, path string) error {
	err := c.call(ctx, http.MethodDelete, path, nil, nil)
	if rest.Is(err, http.StatusNotFound) {
		return nil
	}
	return err
}
