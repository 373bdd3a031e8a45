package immich

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// SessionStyle is how a caller tells Immich who it is.
type SessionStyle string

// The styles of Immich's own clients.
const (
	Cookies         SessionStyle = "cookies" // the web page, and the app since v2.6
	UserTokenHeader SessionStyle = "header"  // the app from v1.95 to v2.5: x-immich-user-token
	Bearer          SessionStyle = "bearer"  // API clients, and the app until v1.94
)

// Session is somebody who is logged in. A caller may change the Style before As.
type Session struct {
	Token     string
	UserID    string
	Email     string
	Name      string
	Onboarded bool
	Cookies   []*http.Cookie // as the login set them, with their attributes
	Style     SessionStyle
}

// As is a client that calls with a session.
func (c *Client) As(s *Session) *Client {
	switch s.Style {
	case UserTokenHeader:
		return c.with("X-Immich-User-Token", s.Token)
	case Bearer:
		return c.with("Authorization", "Bearer "+s.Token)
	}
	var pairs []string
	for _, cookie := range s.Cookies {
		if !Dropped(cookie) {
			pairs = append(pairs, cookie.Name+"="+cookie.Value)
		}
	}
	return c.with("Cookie", strings.Join(pairs, "; "))
}

// loginAnswer is Immich's answer to a password login and to an OAuth callback alike.
type loginAnswer struct {
	AccessToken string `json:"accessToken"`
	UserID      string `json:"userId"`
	UserEmail   string `json:"userEmail"`
	Name        string `json:"name"`
	IsOnboarded bool   `json:"isOnboarded"`
}

func (a loginAnswer) session(response *rest.Response) (*Session, error) {
	if a.AccessToken == "" {
		return nil, errors.New("immich: the login was answered without an access token")
	}
	return &Session{
		Token: a.AccessToken, UserID: a.UserID, Email: a.UserEmail, Name: a.Name, Onboarded: a.IsOnboarded,
		Cookies: response.Cookies, Style: Cookies,
	}, nil
}

// SignUpAdmin makes the first user. Where there is one already, as on a warm start, logging in as it must work.
func (c *Client) SignUpAdmin(ctx context.Context, email, password, name string) error {
	body := map[string]string{"email": email, "password": password, "name": name}
	_, err := c.call(ctx, http.MethodPost, "/auth/admin-sign-up", body, nil)
	if err == nil {
		return nil
	}
	if rest.Is(err, http.StatusBadRequest) {
		if _, loginErr := c.Login(ctx, email, password); loginErr != nil {
			return fmt.Errorf("sign up the administrator: %w", errors.Join(err, loginErr))
		}
		return nil
	}
	return fmt.Errorf("sign up the administrator: %w", err)
}

// Login logs in with a password.
func (c *Client) Login(ctx context.Context, email, password string) (*Session, error) {
	var answer loginAnswer
	response, err := c.call(ctx, http.MethodPost, "/auth/login", map[string]string{"email": email, "password": password}, &answer)
	if err != nil {
		return nil, fmt.Errorf("log in as %s: %w", email, err)
	}
	return answer.session(response)
}

// EndOtherSessions ends every session of the user but the caller's.
func (c *Client) EndOtherSessions(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodDelete, "/sessions", nil, nil) // since v1.102.0
	return err
}

// Dropped reports whether a cookie, as Immich set it, deletes the one of its name.
func Dropped(c *http.Cookie) bool {
	return c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Before(time.Now())
}

// SignedOut is what Immich answers to a logout.
type SignedOut struct {
	// RedirectURI is where the browser is to go: authentik's end-session URL after an OAuth login whose session travels
	// in cookies, else Immich's own page. It can hold an id_token_hint.
	RedirectURI string
	Cookies     []*http.Cookie // that were set, which is how they are dropped
}

// Logout ends the session.
func (c *Client) Logout(ctx context.Context) (*SignedOut, error) {
	var answer struct {
		RedirectURI string `json:"redirectUri"`
	}
	response, err := c.call(ctx, http.MethodPost, "/auth/logout", nil, &answer)
	if err != nil {
		return nil, err
	}
	return &SignedOut{RedirectURI: answer.RedirectURI, Cookies: response.Cookies}, nil
}

// ValidateToken reports whether Immich still takes the session.
func (c *Client) ValidateToken(ctx context.Context) (bool, error) {
	var answer struct {
		AuthStatus bool `json:"authStatus"`
	}
	_, err := c.call(ctx, http.MethodPost, "/auth/validateToken", nil, &answer)
	if rest.Is(err, http.StatusUnauthorized) {
		return false, nil
	}
	return answer.AuthStatus, err
}
