// Package authentik configures authentik over its API, reads back what it stored, and logs people in over its flow
// executor, without a browser.
package authentik

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// HarnessHeader is what the API client sends with the value "1" and the Visitor, who plays a browser, does not.
const HarnessHeader = rest.HarnessHeader

// APIError is a refusal by authentik's API: method, path, status and authentik's own words, without secrets.
// It is a type of its own: what Immich answered must not pass for authentik's word.
type APIError struct{ *refusal }

type refusal = rest.Error

// Unwrap gives the refusal as any product's.
func (e *APIError) Unwrap() error { return e.refusal }

func asOurs(e *rest.Error, _ *rest.Response) error { return &APIError{e} }

const product = "authentik"

// Client calls authentik's API as one token. It is safe for use by many goroutines.
type Client struct {
	api *rest.Client
}

// New makes a client for an authentik at baseURL, e.g. https://authentik.company: the public name, since authentik
// derives the issuer from the host that it is called by.
func New(baseURL, token string, hc *http.Client) *Client {
	header := http.Header{}
	header.Set(HarnessHeader, "1")
	header.Set("Authorization", "Bearer "+token)
	return &Client{api: &rest.Client{
		Product: product, BaseURL: strings.TrimSuffix(baseURL, "/"), HTTP: hc, Header: header, Message: message, Wrap: asOurs,
	}}
}

// Version is the version that runs, which may carry a suffix: "2026.2.0-rc1".
func (c *Client) Version(ctx context.Context) (string, error) {
	var answer struct {
		Current string `json:"version_current"`
	}
	if err := c.call(ctx, http.MethodGet, "/admin/version/", nil, &answer); err != nil {
		return "", err
	}
	return answer.Current, nil
}

// SetAvatarsLocal stops authentik from asking an avatar service on the internet for each new user, which stalls the
// login page by five seconds where there is no internet.
func (c *Client) SetAvatarsLocal(ctx context.Context) error {
	return c.call(ctx, http.MethodPatch, "/admin/settings/", map[string]any{"avatars": "initials"}, nil)
}

// call speaks to one endpoint. Every path of the API ends in a slash; nothing redirects to it.
func (c *Client) call(ctx context.Context, method, path string, body, out any) error {
	_, err := c.api.Do(ctx, rest.Request{Method: method, Path: "/api/v3" + path, Body: body}, out)
	return err
}

// Call speaks to one endpoint below /api/v3, for who needs more than this package knows. A refusal is an *APIError.
func (c *Client) Call(ctx context.Context, method, path string, body, out any) error {
	return c.call(ctx, method, path, body, out)
}

// list reads all pages of a list. Filters are a hint to the server only, which ignores those that it does not know:
// callers compare names themselves.
func list[T any](ctx context.Context, c *Client, path string, filter url.Values) ([]T, error) {
	var all []T
	err := eachPage(ctx, c, path, filter, func(page []T) bool {
		all = append(all, page...)
		return true
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// eachPage reads the pages of a list until there are no more, or more says that they are enough.
func eachPage[T any](ctx context.Context, c *Client, path string, filter url.Values, more func(page []T) bool) error {
	query := url.Values{"page_size": {"100"}}
	for name, values := range filter {
		query[name] = values
	}
	for page := 1; ; {
		var answer struct {
			Pagination struct {
				Next float64 `json:"next"` // 0 on the last page
			} `json:"pagination"`
			Results []T `json:"results"`
		}
		request := rest.Request{Method: http.MethodGet, Path: "/api/v3" + path, RawQuery: query.Encode()}
		if _, err := c.api.Do(ctx, request, &answer); err != nil {
			return err
		}
		if !more(answer.Results) || int(answer.Pagination.Next) <= page {
			return nil
		}
		page = int(answer.Pagination.Next)
		query.Set("page", fmt.Sprint(page))
	}
}

// message finds authentik's words in a refusal: {"detail": …} or errors by field, nested where a field is a list.
func message(body []byte) string {
	var refusal any
	if json.Unmarshal(body, &refusal) != nil {
		return ""
	}
	return rest.Shorten(strings.Join(words(refusal, ""), "; "))
}

func words(value any, field string) []string {
	switch v := value.(type) {
	case string:
		switch field {
		case "", "detail", "non_field_errors", "error":
			return []string{v}
		}
		return []string{field + ": " + v}
	case []any:
		var all []string
		for _, inner := range v {
			all = append(all, words(inner, field)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, key := range sortedKeys(v) {
			name := key
			if field != "" {
				name = field + "." + key
			}
			all = append(all, words(v[key], name)...)
		}
		return all
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
