package authentik

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Ask opens an address of authentik with the visitor's cookies and goes no further.
func (v *Visitor) Ask(ctx context.Context, address string) (status int, location string, err error) {
	if v.foreign(address) {
		return 0, "", fmt.Errorf("ask: the URL is not on %s", v.api.BaseURL)
	}
	path, query := split(address)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.api.BaseURL+path, nil)
	if err != nil {
		return 0, "", fmt.Errorf("ask %s: %w", path, err)
	}
	request.URL.RawQuery = query
	for name, values := range v.api.Header {
		request.Header[name] = values
	}
	for _, cookie := range v.api.HTTP.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	response, err := RoundTrip(v.api.HTTP, request)
	if err != nil {
		return 0, "", fmt.Errorf("ask %s: %w", path, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // so that the connection can be used again
	v.api.HTTP.Jar.SetCookies(request.URL, response.Cookies())
	return response.StatusCode, response.Header.Get("Location"), nil
}

// RoundTrip sends one request and takes the answer as it is: a client of net/http fails on a redirect to what is not a URL,
// which a redirect URI under test may well be.
func RoundTrip(hc *http.Client, request *http.Request) (*http.Response, error) {
	if hc.Transport == nil {
		return http.DefaultTransport.RoundTrip(request)
	}
	return hc.Transport.RoundTrip(request)
}

// SignOut ends the visitor's session at authentik, as a person does who presses "Log out" there.
func (v *Visitor) SignOut(ctx context.Context) error {
	w := &walk{visitor: v, landing: &Landing{}}
	next := "/flows/-/default/invalidation/"
	for range maxHops {
		path, query := split(next)
		if slug, ok := flowPage(path); ok {
			_, err := w.run(ctx, slug, query)
			return err
		}
		status, location, err := v.Ask(ctx, next)
		if err != nil {
			return fmt.Errorf("sign out of authentik: %w", err)
		}
		if !isRedirect(status) || v.foreign(location) {
			return fmt.Errorf("sign out of authentik: %d where a redirect to the flow was due", status)
		}
		next = location
	}
	return fmt.Errorf("sign out of authentik: no end after %d hops", maxHops)
}
