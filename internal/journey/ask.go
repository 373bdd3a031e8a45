package journey

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// AuthorizeURL is an authorization request as any web page could make it.
func (w *World) AuthorizeURL(clientID, redirectURI string) string {
	return w.Request(clientID, redirectURI, nil)
}

// Request is an authorization request with parameters of choice beside the usual ones, or in their place.
func (w *World) Request(clientID, redirectURI string, more url.Values) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI},
		"scope": {"openid email profile"}, "state": {random(8)},
	}
	for name, values := range more {
		query[name] = values
	}
	return w.AuthentikURL + "/application/o/authorize/?" + query.Encode()
}

// Reply is authentik's first answer to an authorization request.
type Reply struct {
	Status   int
	Location string
	Cookies  []*http.Cookie // that were set; of Ask only
}

// Refused reports whether authentik went no further: an error page and no redirect.
func (r Reply) Refused() bool { return r.Status == http.StatusBadRequest && r.Location == "" }

// String says it without the query, which may hold a state.
func (r Reply) String() string {
	if r.Location == "" {
		return fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status))
	}
	to, _, _ := strings.Cut(r.Location, "?")
	return fmt.Sprintf("%d to %s", r.Status, to)
}

// Ask makes an authorization request as somebody who is not logged in, and goes no further.
func (w *World) Ask(ctx context.Context, clientID, redirectURI string) (Reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.AuthorizeURL(clientID, redirectURI), nil)
	if err != nil {
		return Reply{}, err
	}
	response, err := authentik.RoundTrip(w.HTTP, request)
	if err != nil {
		return Reply{}, fmt.Errorf("ask authentik for a redirect: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return Reply{Status: response.StatusCode, Location: response.Header.Get("Location"), Cookies: response.Cookies()}, nil
}

// askedAtOnce bounds how many requests AskAll has under way.
const askedAtOnce = 4

// AskAll does what Ask does for each of many redirect URIs, and answers in their order. A redirect URI that got no answer
// of authentik's own is an error: 500 and above prove nothing.
func (w *World) AskAll(ctx context.Context, clientID string, uris []string) ([]Reply, error) {
	replies := make([]Reply, len(uris))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askedAtOnce)
	for i, uri := range uris {
		group.Go(func() error {
			reply, err := w.Ask(ctx, clientID, uri)
			if err == nil {
				err = heardFrom(reply)
			}
			replies[i] = reply
			return err
		})
	}
	return replies, group.Wait()
}

func heardFrom(r Reply) error {
	if r.Status >= http.StatusInternalServerError {
		return fmt.Errorf("authentik answered the authorization request with %s", r)
	}
	return nil
}

// AskAs makes an authorization request with the cookies of a session at authentik, and goes no further.
func (w *World) AskAs(ctx context.Context, visitor *authentik.Visitor, address string) (Reply, error) {
	status, location, err := visitor.Ask(ctx, address)
	reply := Reply{Status: status, Location: location}
	if err == nil {
		err = heardFrom(reply)
	}
	return reply, err
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
