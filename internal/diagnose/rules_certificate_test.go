package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// TestFetchFailed tells an untrusted certificate from an issuer that is not reached, where Immich says the same of both.
func TestFetchFailed(t *testing.T) {
	t.Parallel()
	const issuer = "https://a/application/o/immich/"
	untrusted, unreachable := "immich.ca-untrusted", "immich.issuer-unreachable"
	seen := func(second int, change func(*edge.FailedHandshake)) []edge.FailedHandshake {
		h := edge.FailedHandshake{At: at(second), Leg: edge.FromImmich, Name: "a"}
		if change != nil {
			change(&h)
		}
		return []edge.FailedHandshake{h}
	}
	for name, c := range map[string]struct {
		status     int
		handshakes []edge.FailedHandshake
		cause      string
		hedged     bool // the words leave open that the certificate is at fault
		diagram    string
	}{
		"closed without an alert": {500, seen(1, nil), untrusted, false, "Immich closed the connection"},
		"with an alert": {
			500, seen(1, func(h *edge.FailedHandshake) { h.Alert = "unknown certificate authority" }), untrusted, false,
			`Immich ended the TLS handshake with the alert "unknown certificate authority"`,
		},
		"an alert about something else": {500, seen(1, func(h *edge.FailedHandshake) { h.Alert = "no application protocol" }), unreachable, false, ""},
		"of authentik":                  {500, seen(1, func(h *edge.FailedHandshake) { h.Leg = edge.FromAuthentik }), unreachable, false, ""},
		"before Immich was asked":       {500, seen(-1, nil), unreachable, false, ""},
		"after it had answered":         {500, seen(3, nil), unreachable, false, ""},
		"none":                          {500, []edge.FailedHandshake{}, unreachable, false, ""},
		"nobody saw":                    {500, nil, unreachable, true, ""},
		"Immich refuses otherwise":      {400, seen(1, nil), unreachable, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := exchange("https://i/api/oauth/authorize", c.status, nil, "{}", `{"message":"Error in OAuth discovery: TypeError: fetch failed"}`)
			x.Started, x.Duration = began, 2*time.Second
			e := evidenceOf(t, failed(x))
			e.Handshakes = c.handshakes
			e.Provider.Issuer, e.OAuth.Issuer = issuer, issuer
			e.Discovery = diagnose.Discovery{URL: diagnose.DiscoveryURL(issuer), Status: 200, Issuer: issuer}
			causes, err := diagnose.Diagnose(e)
			require.NoError(t, err)
			require.Len(t, causes, 1)
			assert.Equal(t, c.cause, causes[0].ID)
			if c.cause == unreachable {
				assert.Equal(t, c.hedged, strings.Contains(causes[0].Explanation, "certificate"))
				assert.Equal(t, c.hedged, strings.Contains(causes[0].Fix.Text+causes[0].Fix.API, "CA"))
			}

			began := check.Message{From: check.Browser, To: check.Immich, Text: "POST /api/oauth/authorize"}
			r := check.Result{ID: "token.id", Started: x.Started, Messages: []check.Message{began}}
			want := []check.Message{began}
			if c.diagram != "" {
				want = append(want, check.Message{
					From: check.Immich, To: check.Authentik, Text: "TLS handshake with a", Answer: c.diagram, Failed: true, After: 1,
				})
			}
			assert.Equal(t, want, e.WithHandshakes(&r))
			assert.Len(t, r.Messages, 1)
		})
	}
}
