package immich

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

// LookUp does what a generation of Immich's app does before it offers a login: find the endpoint, ask for a sign of life,
// then for version, features and configuration. An app that is answered otherwise than with 200 goes no further.
func (c *Client) LookUp(ctx context.Context, app version.App) error {
	if _, err := c.api.Send(ctx, rest.Request{Method: http.MethodGet, Path: "/.well-known/immich"}); err != nil {
		return err
	}
	var paths []string
	if app.Ping != version.NoPing {
		paths = append(paths, cmp.Or(app.Ping, serverPath+"/ping"))
	}
	server := cmp.Or(app.Server, serverPath)
	for _, path := range append(paths, server+"/version", server+"/features", server+"/config") {
		if _, err := c.call(ctx, http.MethodGet, path, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// WhoAmI asks who is logged in, where a generation of the app does.
func (c *Client) WhoAmI(ctx context.Context, app version.App) (*User, error) {
	return c.user(ctx, http.MethodGet, cmp.Or(app.Me, mePath), nil)
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

// SessionOf is the session that Immich's answer to a login has opened.
func SessionOf(header http.Header, body []byte) (*Session, error) {
	var answer loginAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("immich: the login was answered with no JSON: %w", err)
	}
	return answer.session(&rest.Response{Cookies: (&http.Response{Header: header}).Cookies()})
}

// MessageOf is what an error answer of Immich says.
func MessageOf(body []byte) string { return message(body) }
