package immich

import (
	"context"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// LookUp does what Immich's app does before it offers a login: find the endpoint, then ask for version, features and
// configuration (facts of the app since v1.118.0).
func (c *Client) LookUp(ctx context.Context) error {
	if _, err := c.api.Send(ctx, rest.Request{Method: http.MethodGet, Path: "/.well-known/immich"}); err != nil {
		return err
	}
	for _, path := range []string{"/server/ping", "/server/version", "/server/features", "/server/config"} {
		if _, err := c.call(ctx, http.MethodGet, path, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// SessionFromCookies is the session of a browser, read out of its cookies.
func SessionFromCookies(cookies []*http.Cookie) *Session {
	s := &Session{Cookies: cookies, Style: Cookies}
	for _, cookie := range cookies {
		if cookie.Name == "immich_access_token" {
			s.Token = cookie.Value
		}
	}
	return s
}

// MessageOf is what an error answer of Immich says.
func MessageOf(body []byte) string { return message(body) }
