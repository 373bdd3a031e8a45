package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// ProxyError says that the proxy that this machine's environment names for a request lets nothing through. It is about this
// machine, and says nothing of the pair.
type ProxyError struct {
	Variable string // of the environment, HTTPS_PROXY or HTTP_PROXY
	Proxy    string // host and port, without user and password; empty: it is no address
	Status   int    // with which the proxy refused; 0: it did not answer
	Err      error  // why it did not answer; nil: it did
}

func (e *ProxyError) Error() string {
	switch {
	case e.Proxy == "":
		return "it is not the address of a proxy"
	case e.Status != 0:
		return fmt.Sprintf("the proxy %s answers %d %s", e.Proxy, e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("the proxy %s does not answer: %s", e.Proxy, e.Err)
}

func (e *ProxyError) Unwrap() error { return e.Err }

// proxyError reads what came of a request for a proxy of this machine's that stands in its way; nil: none does.
func (t *Transport) proxyError(r *http.Request, response *http.Response, err error) error {
	if t.o.Proxy == nil {
		return nil
	}
	e := &ProxyError{Variable: strings.ToUpper(r.URL.Scheme) + "_PROXY"}
	proxy, misread := t.o.Proxy(r)
	if misread != nil {
		return e // net/http's own words hold the value, and so a password
	}
	if proxy == nil {
		return nil
	}
	e.Proxy = proxy.Host
	var refused *connectError
	var way *net.OpError
	switch {
	case response != nil && response.StatusCode == http.StatusProxyAuthRequired:
		e.Status = response.StatusCode
	case errors.As(err, &refused):
		e.Status = refused.status
	case errors.As(err, &way) && way.Op == "proxyconnect":
		e.Err = cmp.Or(context.Cause(r.Context()), way.Err)
	default:
		return nil
	}
	return e
}

// connectError is a proxy's refusal to be gone through without a password.
type connectError struct{ status int }

func (e *connectError) Error() string { return http.StatusText(e.status) }

// connected is asked by net/http what to make of a proxy's answer to CONNECT. What is no matter of a password is what the
// proxy says of the way on.
func connected(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusProxyAuthRequired {
		return &connectError{answer.StatusCode}
	}
	return nil
}
