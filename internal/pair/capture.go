package pair

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// Source is a live pair, and what lets it be read.
type Source struct {
	ImmichURL string // https://photos.example.org
	// AuthentikURL is its public address. Empty: where Immich's issuer URL points.
	AuthentikURL string
	// HTTP carries the requests, which are GET alone. A redirect is not followed: no credential goes where nobody sent it.
	HTTP           *http.Client
	ImmichKey      string // an API key of an administrator; empty: only what is public is read
	AuthentikToken string // an API token; empty: authentik's half is left out
	// Provider is the name of the provider, its client ID, or the slug of its application. Empty: the one that Immich uses.
	Provider string
	Tool     string // the version of this program
}

// ErrUnreachable says that an address did not answer.
var ErrUnreachable = errors.New("it cannot be reached")

// capture is one reading of a live pair.
type capture struct {
	Source
	pair *Pair
}

// Live reads a pair as it runs. Nothing is changed, and no secret is kept. What a credential does not open stands in
// NotRead; a credential that is not taken at all, and an address at which something else answers, is an error of one line.
func Live(ctx context.Context, s Source) (*Pair, error) {
	client := *s.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.HTTP = &client
	s.ImmichURL, s.AuthentikURL = strings.TrimRight(s.ImmichURL, "/"), strings.TrimRight(s.AuthentikURL, "/")
	c := &capture{Source: s, pair: &Pair{Version: Version, Origins: map[string]string{}}}
	c.pair.Captured = Captured{At: time.Now().UTC().Truncate(time.Second), Tool: s.Tool, From: []string{s.ImmichURL}}
	for _, to := range []struct{ address, credential, name string }{
		{s.ImmichURL, s.ImmichKey, "API key"}, {s.AuthentikURL, s.AuthentikToken, "API token"},
	} {
		if to.address != "" && to.credential != "" && !strings.HasPrefix(to.address, "https://") {
			return nil, fmt.Errorf("%s: no %s is sent without TLS; name the https address", to.address, to.name)
		}
	}
	if err := c.readImmich(ctx); err != nil {
		return nil, err
	}
	if err := c.readAuthentik(ctx); err != nil {
		return nil, err
	}
	c.name()
	return c.pair, nil
}

// notRead tells what is not in the pair file.
func (c *capture) notRead(format string, args ...any) {
	c.pair.NotRead = append(c.pair.NotRead, fmt.Sprintf(format, args...))
}

// Closed is a part of a live pair's settings that decides how people log in, and that no credential opened.
type Closed struct {
	Half string // authentik or immich
	What string // the part, in the plural
	Why  string // and what would open it
	Note string // the sentence of NotRead that says so
}

// Closed is known of a live pair alone, as it was captured.
func (p *Pair) Closed() []Closed { return p.closed }

// closed tells of a part that was not opened.
func (c *capture) closed(half, what, format string, args ...any) {
	one := Closed{Half: half, What: what, Why: fmt.Sprintf(format, args...)}
	one.Note = what + ": " + one.Why
	c.pair.NotRead = append(c.pair.NotRead, one.Note)
	c.pair.closed = append(c.pair.closed, one)
}

// name fills in the public names: of the addresses that were given where they are names on the standard port, else of what
// the configuration says.
func (c *capture) name() {
	c.pair.Names.Immich = publicName(c.ImmichURL)
	c.pair.Names.Authentik = cmp.Or(publicName(c.pair.Immich.Issuer()), publicName(c.AuthentikURL))
	c.pair.NameHosts()
}

// publicName is the name in an https address without a port; empty where it has none.
func publicName(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Port() != "" || strings.Trim(u.Hostname(), "0123456789.:") == "" {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// denied reports whether a product took the credential and does not let it read this.
func denied(err error) bool {
	return rest.Is(err, http.StatusForbidden) || rest.Is(err, http.StatusUnauthorized)
}

// hiddenObject is for one object: authentik says of one that a token may not see either that it may not or that there is none.
func hiddenObject(err error) bool { return denied(err) || rest.Is(err, http.StatusNotFound) }

// unanswered says in one line why a product could not be asked: product is its name, address where it was looked for.
func unanswered(product, address string, err error) error {
	var refused *rest.Error
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &refused) && refused.Status < http.StatusBadRequest:
		return fmt.Errorf("%s: it redirects (%d) instead of answering; give the address at which a browser ends up", address, refused.Status)
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound, errors.As(err, &syntax), errors.As(err, &shape):
		return fmt.Errorf("%s: there is no %s at this address; give the one at which people open it", address, product)
	case errors.As(err, &refused):
		return fmt.Errorf("%s: %s does not answer as it should: %d %s", address, product, refused.Status, refused.Message)
	}
	return fmt.Errorf("%s: %w: %w", address, ErrUnreachable, err)
}
