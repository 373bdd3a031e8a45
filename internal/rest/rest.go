// Package rest calls the API of a product under test: JSON in and out, tolerant when decoding, exact in errors, and
// without a secret in any of them.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// HarnessHeader marks the harness's own calls with the value "1", so that the edge can tell them from a browser's and
// from the products' own.
const HarnessHeader = "X-Ssoproof-Harness"

// maxBody is the most that is read of an answer, in bytes. The largest that is needed, a list of flows, has some 100 KB.
const maxBody = 16 << 20

// Client calls one product. It holds no state beyond what is in HTTP; a copy with another Header is another caller.
type Client struct {
	Product string // names the product in errors
	BaseURL string // scheme and host, no trailing slash
	HTTP    *http.Client
	Header  http.Header // sent with every call
	// Message finds the product's own words in the body of a refusal.
	Message func(body []byte) string
	// Wrap gives a refusal the product's own type, so that nobody takes one product's answer for another's. It must
	// unwrap to the *Error.
	Wrap func(*Error, *Response) error
}

// Request is one call. Path and RawQuery go out as they stand.
type Request struct {
	Method   string
	Path     string
	RawQuery string
	Header   http.Header // beside the client's
	Cookies  []*http.Cookie
	Body     any // sent as JSON; nil sends none
}

// Response is an answer of any status, its body read.
type Response struct {
	Status  int
	Header  http.Header
	Cookies []*http.Cookie
	Body    []byte
}

// Error is an answer that refuses a call.
type Error struct {
	Product string
	Method  string
	Path    string // without the query, which may hold codes
	Status  int
	Message string // the product's own words; secrets of the call are replaced
	// CorrelationID finds the call in the product's log; empty where the product gave none.
	CorrelationID string
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s %s: %d %s", e.Product, e.Method, e.Path, e.Status, e.Message)
	if e.CorrelationID != "" {
		text += " (correlation " + e.CorrelationID + ")"
	}
	return text
}

// Words is the refusal without the correlation ID: the same in every run.
func (e *Error) Words() string {
	words := *e
	words.CorrelationID = ""
	return words.Error()
}

// Is reports whether err is a refusal with this status.
func Is(err error, status int) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == status
}

// Do calls and decodes the answer's JSON into out, unless that is nil. An answer of 300 or above is an *Error, in the
// product's own type.
func (c *Client) Do(ctx context.Context, r Request, out any) (*Response, error) {
	response, err := c.Send(ctx, r)
	if err != nil {
		return nil, err
	}
	if response.Status >= http.StatusMultipleChoices {
		return response, c.Refusal(r, response)
	}
	if out == nil || len(response.Body) == 0 {
		return response, nil
	}
	if err := json.Unmarshal(response.Body, out); err != nil {
		return response, fmt.Errorf("%s: %s %s: %d, but the answer is not the expected JSON: %w", c.Product, r.Method, r.Path, response.Status, err)
	}
	return response, nil
}

// Send calls and returns whatever answer comes. Its errors are those of the way there.
func (c *Client) Send(ctx context.Context, r Request) (*Response, error) {
	request, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := c.HTTP.Do(request)
	if err != nil {
		// net/http names the whole URL, and with it codes and states.
		var inURL *url.Error
		if errors.As(err, &inURL) {
			err = inURL.Err
		}
		return nil, fmt.Errorf("%s: %s %s: %w", c.Product, r.Method, r.Path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("%s: %s %s: %d, then reading the answer failed: %w", c.Product, r.Method, r.Path, answer.StatusCode, err)
	}
	return &Response{Status: answer.StatusCode, Header: answer.Header, Cookies: answer.Cookies(), Body: body}, nil
}

func (c *Client) build(ctx context.Context, r Request) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		encoded, err := json.Marshal(r.Body)
		if err != nil {
			return nil, fmt.Errorf("%s: %s %s: encode the request: %w", c.Product, r.Method, r.Path, err)
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, c.BaseURL+r.Path, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %s %s: the address is not a URL", c.Product, r.Method, r.Path)
	}
	request.URL.RawQuery = r.RawQuery
	for _, header := range []http.Header{c.Header, r.Header} {
		for name, values := range header {
			request.Header[name] = slices.Clone(values)
		}
	}
	if request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", "application/json")
	}
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, cookie := range r.Cookies {
		request.AddCookie(cookie)
	}
	return request, nil
}

// Refusal is the error for an answer, whatever its status.
func (c *Client) Refusal(r Request, response *Response) error {
	message := ""
	if c.Message != nil {
		message = c.Message(response.Body)
	}
	if message == "" {
		message = plain(response)
	}
	refused := &Error{
		Product: c.Product, Method: r.Method, Path: r.Path, Status: response.Status,
		Message: hide(message, secretsOf(r, c.Header)),
	}
	if c.Wrap == nil {
		return refused
	}
	return c.Wrap(refused, response)
}

// plain is the first line of a body that is not the product's JSON, as from a proxy in between.
func plain(response *Response) string {
	body := string(response.Body)
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		body = ReadPage(response.Body).String()
	}
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	if line == "" {
		return http.StatusText(response.Status)
	}
	return Shorten(line)
}

// Shorten cuts a text of a product to what fits a line.
func Shorten(text string) string {
	const most = 300
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
