package browser

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// Cookies are the cookies that the tab would send to an address.
func (s *Session) Cookies(ctx context.Context, address string) ([]*http.Cookie, error) {
	jar, err := call(ctx, s, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
	if err != nil {
		return nil, fmt.Errorf("read the cookies of %s: %w", withoutQuery(address), err)
	}
	cookies := make([]*http.Cookie, 0, len(jar.Cookies))
	for _, c := range jar.Cookies {
		cookies = append(cookies, &http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, HttpOnly: c.HTTPOnly})
	}
	return cookies, nil
}

// SetCookies puts cookies into the session as if address had set them.
func (s *Session) SetCookies(ctx context.Context, address string, cookies []*http.Cookie) error {
	for _, c := range cookies {
		_, err := call(ctx, s, network.SetCookie, network.SetCookieParams{
			Name: c.Name, Value: c.Value, URL: address, Path: "/", HTTPOnly: &c.HttpOnly, Secure: secure(address),
		})
		if err != nil {
			return fmt.Errorf("set cookie %s: %w", c.Name, err)
		}
	}
	return nil
}

func secure(address string) *bool {
	yes := strings.HasPrefix(address, "https:")
	return &yes
}
