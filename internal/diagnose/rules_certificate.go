package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// distrust are the words of Node's TLS about a certificate.
var distrust = []string{"self-signed certificate", "self signed certificate", "unable to verify", "unable to get local issuer", "certificate has expired"}

// untrusted: Immich begins no login since it does not take authentik's certificate. Old releases say so. From newer ones the
// browser gets the same words as for an address where nobody answers, and the edge tells.
func (e *Evidence) untrusted() []sign {
	checks := e.stopped(func(s Stop) bool {
		named := slices.ContainsFunc(distrust, func(text string) bool { return strings.Contains(s.Message, text) })
		return s.Place == AtStart && named || e.distrusted(s) != nil
	})
	if len(checks) == 0 {
		return nil
	}
	first := e.failed(checks[0]).last()
	said := []string{"Immich says: " + first.Message}
	if h := e.distrusted(first); h != nil {
		said = append(said, "meanwhile, Immich asked for "+h.Name+", was shown the certificate, and "+ending(h))
	}
	return []sign{{checks: checks, evidence: said}}
}

// distrusted is the handshake that Immich ended for the certificate while it refused to begin a login; nil: none, or nobody
// saw. A handshake names no request: it is joined by nothing but its time, and says no more than why Immich refused.
func (e *Evidence) distrusted(s Stop) *edge.FailedHandshake {
	i := slices.IndexFunc(e.Handshakes, func(h edge.FailedHandshake) bool {
		return h.Leg == edge.FromImmich && h.Distrust() && !h.At.Before(s.From) && !h.At.After(s.To)
	})
	if i < 0 || s.Place != AtStart || s.Status < http.StatusInternalServerError {
		return nil
	}
	return &e.Handshakes[i]
}

// WithHandshakes are the messages of a check, with the handshakes that Immich ended among them: of those the edge may know
// only after Immich has answered, and the check has ended.
func (e *Evidence) WithHandshakes(r *check.Result) []check.Message {
	all := slices.Clone(r.Messages)
	for _, s := range e.failed(r.Name()).Stops {
		if h := e.distrusted(s); h != nil {
			all = append(all, check.Message{
				From: check.Immich, To: check.Authentik, Text: "TLS handshake with " + h.Name, Answer: "Immich " + ending(h),
				Failed: true, After: max(0, h.At.Sub(r.Started).Seconds()),
			})
		}
	}
	return ordered(all)
}

// ending is how a client ended its handshake.
func ending(h *edge.FailedHandshake) string {
	if h.Alert == "" {
		return "closed the connection"
	}
	return fmt.Sprintf("ended the TLS handshake with the alert %q", h.Alert)
}

// failed is the check of that name; the zero Failed: it passed.
func (e *Evidence) failed(name string) Failed {
	i := slices.IndexFunc(e.Failed, func(f Failed) bool { return f.Name() == name })
	if i < 0 {
		return Failed{}
	}
	return e.Failed[i]
}
