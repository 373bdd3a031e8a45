package rest

import (
	"context"
	"net/http"
)

// CheckHeader names the check for which a request is made, so that the edge can tell whose it is. No product sees it.
const CheckHeader = "X-Ssoproof-Check"

// SessionHeader numbers the browser session that makes a request, likewise.
const SessionHeader = "X-Ssoproof-Session"

type checkKey struct{}

// ForCheck names the check for which requests with the context are made.
func ForCheck(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, checkKey{}, name)
}

// CheckOf is the name that ForCheck has given; empty: none.
func CheckOf(ctx context.Context) string {
	name, _ := ctx.Value(checkKey{}).(string)
	return name
}

// NameChecks is the client with a transport that sends the name of the check for which a request is made.
func NameChecks(client *http.Client) *http.Client {
	named := *client
	named.Transport = naming{client.Transport}
	return &named
}

type naming struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n naming) RoundTrip(r *http.Request) (*http.Response, error) {
	base := n.base
	if base == nil {
		base = http.DefaultTransport
	}
	if name := CheckOf(r.Context()); name != "" {
		r = r.Clone(r.Context()) // a transport must not change its request
		r.Header.Set(CheckHeader, name)
	}
	return base.RoundTrip(r)
}
