// Package immich configures Immich over its API, reads back what it stored, and speaks the calls of its web page and of
// its mobile app.
package immich

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

// HarnessHeader is what every call carries with the value "1".
const HarnessHeader = rest.HarnessHeader

// APIError is a refusal by Immich's API: method, path, status, Immich's own words and its correlation ID, no secrets.
// It is a type of its own: what authentik answered must not pass for Immich's word.
type APIError struct{ *refused }

type refused = rest.Error

// Unwrap gives the refusal as any product's.
func (e *APIError) Unwrap() error { return e.refused }

const product = "immich"

// Client calls Immich's API, as nobody or with a session (see As). It is safe for use by many goroutines.
type Client struct {
	api    rest.Client
	server string // where ping, version, features and configuration are, below /api
}

// The places of a server's ping, version, features and configuration.
const (
	serverPath     = "/server"
	serverInfoPath = "/server-info" // alone until v1.106, beside the other until v1.117
)

// New makes a client for an Immich at baseURL, e.g. https://immich.company, without a session. It speaks as the newest
// release does; see For.
func New(baseURL string, hc *http.Client) *Client {
	header := http.Header{}
	header.Set(HarnessHeader, "1")
	return &Client{server: serverPath, api: rest.Client{
		Product: product, BaseURL: strings.TrimSuffix(baseURL, "/"), HTTP: hc, Header: header, Message: message, Wrap: refusal,
	}}
}

// For is a client that speaks as a release does.
func (c *Client) For(r *version.Release) *Client {
	copied := *c
	copied.server = serverPath
	if !r.Has(version.ServerPaths) {
		copied.server = serverInfoPath
	}
	return &copied
}

// WithUserAgent is a client that calls itself ua, as the generations of the app do.
func (c *Client) WithUserAgent(ua string) *Client { return c.with("User-Agent", ua) }

// with is a copy of the client with one more header.
func (c *Client) with(name, value string) *Client {
	copied := *c
	copied.api.Header = maps.Clone(c.api.Header)
	copied.api.Header.Set(name, value)
	return &copied
}

// WaitReady waits until Immich answers its ping. The deadline is the context's; a *rest.NotReadyError then says what
// Immich answered last. progress may be nil.
func (c *Client) WaitReady(ctx context.Context, progress func(string)) error {
	look := func(ctx context.Context) rest.Look {
		var answer struct {
			Res string `json:"res"`
		}
		_, err := c.call(ctx, http.MethodGet, c.server+"/ping", nil, &answer)
		if err == nil && answer.Res == "pong" {
			return rest.Look{}
		}
		return rest.Look{Missing: "its answer to a ping", Answer: err}
	}
	return rest.Poll(ctx, product, look, progress)
}

// Version is the version that runs, as its image is tagged: "v2.7.5".
func (c *Client) Version(ctx context.Context) (string, error) {
	var answer struct{ Major, Minor, Patch int }
	if _, err := c.call(ctx, http.MethodGet, c.server+"/version", nil, &answer); err != nil {
		return "", err
	}
	return fmt.Sprintf("v%d.%d.%d", answer.Major, answer.Minor, answer.Patch), nil
}

// Features are the switches that the login page reads: "oauth", "oauthAutoLaunch", "passwordLogin".
func (c *Client) Features(ctx context.Context) (map[string]bool, error) {
	var answer map[string]any
	if _, err := c.call(ctx, http.MethodGet, c.server+"/features", nil, &answer); err != nil {
		return nil, err
	}
	features := map[string]bool{}
	for name, value := range answer {
		if on, ok := value.(bool); ok {
			features[name] = on
		}
	}
	return features, nil
}

func (c *Client) call(ctx context.Context, method, path string, body, out any) (*rest.Response, error) {
	return c.send(ctx, rest.Request{Method: method, Path: path, Body: body}, out)
}

// send calls below /api.
func (c *Client) send(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
	r.Path = "/api" + r.Path
	return c.api.Do(ctx, r, out)
}

// refusal adds the correlation ID: newer releases tell it in a header, older in the body.
func refusal(e *rest.Error, response *rest.Response) error {
	e.CorrelationID = correlation(response)
	return &APIError{e}
}

func correlation(response *rest.Response) string {
	if id := response.Header.Get("X-Correlation-ID"); id != "" {
		return id
	}
	var body struct {
		CorrelationID string `json:"correlationId"`
	}
	_ = json.Unmarshal(response.Body, &body) // not JSON: there is none
	return body.CorrelationID
}

// message finds Immich's words in a refusal: a text, a list of texts, or "Validation failed" with the issues beside it.
func message(body []byte) string {
	var refusal struct {
		Message any `json:"message"`
		Errors  []struct {
			Path    []any  `json:"path"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		return ""
	}
	var all []string
	switch m := refusal.Message.(type) {
	case string:
		all = append(all, m)
	case []any:
		for _, one := range m {
			all = append(all, fmt.Sprint(one))
		}
	}
	for _, issue := range refusal.Errors {
		var path []string
		for _, step := range issue.Path {
			path = append(path, fmt.Sprint(step))
		}
		all = append(all, strings.Join(path, ".")+": "+issue.Message)
	}
	return rest.Shorten(strings.Join(all, "; "))
}
