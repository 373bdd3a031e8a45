package authentik

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"
)

// Event is what authentik has written down about a request that went wrong, without secrets of its own making.
type Event struct {
	Action    string // login_failed, configuration_error, policy_exception, …
	At        time.Time
	Message   string // empty: the action says it all
	ClientIP  string
	Username  string // whom it is about; empty: nobody is known
	RequestID string // as in the header X-authentik-id of the answer
	State     string // of the authorization request; empty: it had none
}

// troubles are the actions of events that say what went wrong, in all releases (authentik/events/models.py).
var troubles = []string{
	"login_failed", "configuration_error", "policy_exception", "property_mapping_exception", "suspicious_request", "system_exception",
}

// Troubles are the events since a time that say what went wrong, the newest first.
func (c *Client) Troubles(ctx context.Context, since time.Time) ([]Event, error) {
	var all []Event
	filter := url.Values{"ordering": {"-created"}, "actions": troubles}
	err := eachPage(ctx, c, "/events/events/", filter, func(page []storedEvent) bool {
		for _, stored := range page {
			if stored.Created.Before(since) {
				return false
			}
			if slices.Contains(troubles, stored.Action) {
				all = append(all, stored.event())
			}
		}
		return true
	})
	return all, err
}

// storedEvent is an event as the API tells it.
type storedEvent struct {
	Action   string    `json:"action"`
	Created  time.Time `json:"created"`
	ClientIP string    `json:"client_ip"`
	User     struct {
		Username string `json:"username"`
	} `json:"user"`
	Context struct {
		Message   string `json:"message"`
		Username  string `json:"username"` // that was typed
		Exception any    `json:"exception"`
		Request   struct {
			ID   string         `json:"request_id"`
			Args map[string]any `json:"args"`
		} `json:"http_request"`
	} `json:"context"`
}

// anonymous is whom authentik names where nobody is signed in.
const anonymous = "AnonymousUser"

func (s storedEvent) event() Event {
	e := Event{
		Action: s.Action, At: s.Created, Message: s.Context.Message, ClientIP: s.ClientIP, RequestID: s.Context.Request.ID,
		Username: cmp.Or(s.Context.Username, s.User.Username), State: text(s.Context.Request.Args["state"]),
	}
	if e.Username == anonymous {
		e.Username = ""
	}
	if exception, ok := s.Context.Exception.(map[string]any); ok && text(exception["message"]) != "" {
		e.Message += ": " + text(exception["message"])
	}
	return e
}
