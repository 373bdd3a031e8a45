package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// redirectOf is the address that an exchange sends the browser to, when it carries the code.
func redirectOf(x *edge.Exchange, code string) string {
	if code == "" {
		return ""
	}
	if to := x.ResponseHeader.Get("Location"); strings.Contains(to, code) {
		return to
	}
	if !strings.Contains(string(x.ResponseBody), code) {
		return ""
	}
	var challenge struct {
		To string `json:"to"`
	}
	if json.Unmarshal(x.ResponseBody, &challenge) != nil || !strings.Contains(challenge.To, code) {
		return ""
	}
	return challenge.To
}

// recordLimit is for the record of what was answered already, on a busy machine.
const recordLimit = 5 * time.Second

// recorded finds an exchange that has ended before it is looked for.
func (w *World) recorded(ctx context.Context, after int64, what string, match func(*edge.Exchange) bool) (*edge.Exchange, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, recordLimit, fmt.Errorf("not in the record within %s", recordLimit))
	defer cancel()
	return w.Edge.Find(ctx, after, what, match)
}

// Redemption is the exchange in which Immich's back end redeemed a code at authentik.
type Redemption struct {
	Form   url.Values     // what Immich sent
	Tokens map[string]any // what authentik answered: access_token, id_token, scope …
	Status int
}

// Redemption finds how Immich redeemed a code, in the edge's record: Immich has answered already.
func (w *World) Redemption(ctx context.Context, code string) (*Redemption, error) {
	x, err := w.recorded(ctx, 0, "Immich's token request", func(x *edge.Exchange) bool {
		return x.Method == "POST" && strings.HasSuffix(x.URL, "/application/o/token/") && strings.Contains(string(x.RequestBody), code)
	})
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(x.RequestBody))
	if err != nil {
		return nil, err
	}
	r := &Redemption{Form: form, Status: x.Status}
	if err := json.Unmarshal(x.ResponseBody, &r.Tokens); err != nil {
		return nil, fmt.Errorf("authentik's answer to Immich's token request (%d) is not JSON: %w", x.Status, err)
	}
	return r, nil
}

// Unheard says which call of Immich's back end authentik did not answer, since an exchange: the way there failed, or
// somebody in between answered. It is nil where all were answered.
func (w *World) Unheard(ctx context.Context, after int64) error {
	all, err := w.Edge.Exchanges(ctx, after)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.Leg != edge.FromImmich {
			continue
		}
		path := x.URL
		if u, err := url.Parse(x.URL); err == nil && w.atAuthentik(x.URL) {
			path = u.Path
		}
		switch x.Status {
		case 0:
			return fmt.Errorf("authentik did not answer Immich's %s %s: %s", x.Method, path, x.Error)
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return fmt.Errorf("authentik did not answer Immich's %s %s: %d %s", x.Method, path, x.Status, http.StatusText(x.Status))
		}
	}
	return nil
}

// Discovered is the newest discovery document that Immich's back end got, in the edge's record.
func (w *World) Discovered(ctx context.Context, after int64) (*edge.Exchange, error) {
	return w.recorded(ctx, after, "Immich's discovery request", func(x *edge.Exchange) bool {
		return x.Leg == edge.FromImmich && strings.HasSuffix(x.URL, "/.well-known/openid-configuration")
	})
}
