package immich

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// AuthorizeRequest is how a client of Immich begins a login. The web page sends the redirect URI alone, and Immich then
// makes state and verifier and keeps them in cookies; the app sends its own.
type AuthorizeRequest struct {
	RedirectURI   string `json:"redirectUri"`
	State         string `json:"state,omitempty"`
	CodeChallenge string `json:"codeChallenge,omitempty"`
}

// The cookies of a login under way, since version.PKCE.
const (
	StateCookie    = "immich_oauth_state"
	VerifierCookie = "immich_oauth_code_verifier"
)

// Authorization is where the browser is to go, and the cookies (immich_oauth_state, immich_oauth_code_verifier) that
// belong to it.
type Authorization struct {
	URL     string
	Cookies []*http.Cookie
}

// Authorize begins a login or a link.
func (c *Client) Authorize(ctx context.Context, r AuthorizeRequest) (*Authorization, error) {
	var answer struct {
		URL string `json:"url"`
	}
	response, err := c.call(ctx, http.MethodPost, "/oauth/authorize", r, &answer)
	if err != nil {
		return nil, err
	}
	return &Authorization{URL: answer.URL, Cookies: response.Cookies}, nil
}

// CallbackRequest is how a client of Immich ends a login: with the URL at which it landed, and with state and verifier
// of its own or the cookies of Authorize.
type CallbackRequest struct {
	URL          string         `json:"url"`
	State        string         `json:"state,omitempty"`
	CodeVerifier string         `json:"codeVerifier,omitempty"`
	Cookies      []*http.Cookie `json:"-"`
}

func (r CallbackRequest) to(path string) rest.Request {
	return rest.Request{Method: http.MethodPost, Path: path, Body: r, Cookies: r.Cookies}
}

// Callback redeems the code and logs in.
func (c *Client) Callback(ctx context.Context, r CallbackRequest) (*Session, error) {
	var answer loginAnswer
	response, err := c.send(ctx, r.to("/oauth/callback"), &answer)
	if err != nil {
		return nil, err
	}
	return answer.session(response)
}

// Link redeems the code and binds the identity to the session's user.
func (c *Client) Link(ctx context.Context, r CallbackRequest) (*User, error) {
	var u User
	if _, err := c.send(ctx, r.to("/oauth/link"), &u); err != nil {
		return nil, err
	}
	return &u, nil
}

// Unlink unbinds the identity of the session's user.
func (c *Client) Unlink(ctx context.Context) (*User, error) {
	return c.user(ctx, http.MethodPost, "/oauth/unlink", nil)
}

// MobileRedirect asks the hand-off to the app with a query, which goes out byte for byte. The location is returned as it
// came; any status is an answer.
func (c *Client) MobileRedirect(ctx context.Context, rawQuery string) (status int, location string, err error) {
	response, err := c.api.Send(ctx, rest.Request{Method: http.MethodGet, Path: "/api/oauth/mobile-redirect", RawQuery: rawQuery})
	if err != nil {
		return 0, "", fmt.Errorf("mobile redirect: %w", err)
	}
	return response.Status, response.Header.Get("Location"), nil
}
