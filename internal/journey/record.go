package journey

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

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

// Redemption is the exchange in which Immich's back end redeemed a code at authentik.
type Redemption struct {
	Form   url.Values     // what Immich sent
	Tokens map[string]any // what authentik answered: access_token, id_token, scope …
	Status int
}

// Redemption finds how Immich redeemed a code, in the edge's record; ctx bounds the wait.
func (w *World) Redemption(ctx context.Context, code string) (*Redemption, error) {
	x, err := w.Edge.Find(ctx, 0, "Immich's token request", func(x *edge.Exchange) bool {
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
	return r, json.Unmarshal(x.ResponseBody, &r.Tokens)
}

// Discovered is the newest discovery document that Immich's back end got, in the edge's record.
func (w *World) Discovered(ctx context.Context, after int64) (*edge.Exchange, error) {
	return w.Edge.Find(ctx, after, "Immich's discovery request", func(x *edge.Exchange) bool {
		return x.Leg == edge.FromImmich && strings.HasSuffix(x.URL, "/.well-known/openid-configuration")
	})
}
