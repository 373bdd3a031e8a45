// Package edge is the TLS front that owns the products' public names: it routes, records every exchange and can bend
// the wire. It runs in the harness's process or, as `ssoproof edge`, in a container of the stack.
package edge

import (
	"context"
	"net/http"
	"time"
)

// Leg says who talked to whom in an exchange.
type Leg string

// The legs that the edge tells apart.
const (
	FromBrowser   Leg = "browser"          // a browser, or the harness in a browser's place
	FromImmich    Leg = "immich→authentik" // Immich's back end (discovery, token, userinfo)
	FromAuthentik Leg = "authentik→immich" // authentik's back channel (logout tokens)
	FromHarness   Leg = "harness"          // API calls of the harness, marked by HarnessHeader
)

// HarnessHeader marks the harness's own requests; the edge strips it before it forwards them.
const HarnessHeader = "X-Ssoproof-Harness"

// CheckHeader names the check for which a request is made; the edge strips it likewise.
const CheckHeader = "X-Ssoproof-Check"

// SessionHeader numbers the browser session that makes a request; the edge strips it likewise.
const SessionHeader = "X-Ssoproof-Session"

// Exchange is one HTTP exchange as the edge saw it. Headers are always kept, bodies for API, OAuth and flow paths,
// up to a cap. It holds secrets: nothing of it is written out without package evidence.
type Exchange struct {
	ID             int64         `json:"id"` // 1, 2, 3 … in order of completion
	Started        time.Time     `json:"started"`
	Duration       time.Duration `json:"duration"`
	Leg            Leg           `json:"leg"`
	Check          string        `json:"check,omitempty"`   // for which it was made, as far as its sender said
	Session        string        `json:"session,omitempty"` // number of the browser session that made it; empty: none did
	Method         string        `json:"method"`
	URL            string        `json:"url"` // absolute, as requested: https://authentik.company/…
	RequestHeader  http.Header   `json:"requestHeader"`
	RequestBody    []byte        `json:"requestBody,omitempty"`
	Status         int           `json:"status"` // 0 where no answer came
	ResponseHeader http.Header   `json:"responseHeader,omitempty"`
	ResponseBody   []byte        `json:"responseBody,omitempty"` // decoded where Content-Encoding was gzip, deflate or br
	Dropped        []string      `json:"dropped,omitempty"`      // names of cookies that the product set, and that did not pass
	Truncated      bool          `json:"truncated,omitempty"`    // a body was longer than the cap
	Error          string        `json:"error,omitempty"`        // why no answer came
}

// Reader gives what an edge has recorded.
type Reader interface {
	// Exchanges returns the exchanges with an ID above after, oldest first. It does not wait.
	Exchanges(ctx context.Context, after int64) ([]Exchange, error)
	// Find waits until an exchange with an ID above after satisfies match, or ctx ends; what names it in the error.
	Find(ctx context.Context, after int64, what string, match func(*Exchange) bool) (*Exchange, error)
	// Last returns the ID of the newest exchange, a mark to search from.
	Last(ctx context.Context) (int64, error)
	// FailedHandshakes returns those that are kept, oldest first: never nil without an error.
	FailedHandshakes(ctx context.Context) ([]FailedHandshake, error)
}
