package journey

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// AuthorizeURL is an authorization request as any web page could make it.
func (w *World) AuthorizeURL(clientID, redirectURI string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI},
		"scope": {"openid email profile"}, "state": {random(8)},
	}
	return w.AuthentikURL + "/application/o/authorize/?" + query.Encode()
}

// Reply is authentik's first answer to an authorization request of somebody who is not logged in.
type Reply struct {
	Status   int
	Location string
}

// String says it without the query, which may hold a state.
func (r Reply) String() string {
	if r.Location == "" {
		return fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status))
	}
	to, _, _ := strings.Cut(r.Location, "?")
	return fmt.Sprintf("%d to %s", r.Status, to)
}

// Ask makes an authorization request and goes no further.
func (w *World) Ask(ctx context.Context, clientID, redirectURI string) (Reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.AuthorizeURL(clientID, redirectURI), nil)
	if err != nil {
		return Reply{}, err
	}
	response, err := w.HTTP.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return Reply{Status: response.StatusCode, Location: response.Header.Get("Location")}, nil
}

// Collapsed writes a custom-scheme address with one slash, as authentik sends it: Python's urlunsplit drops an empty
// authority. A web address stays as it is.
func Collapsed(address string) string {
	scheme, _, _ := strings.Cut(address, ":")
	if scheme == "http" || scheme == "https" {
		return address
	}
	return OneSlash.Spell(address)
}
