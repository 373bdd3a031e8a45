package fakeop

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The actions of events that the double writes (authentik/events/models.py).
const (
	loginFailed          = "login_failed"
	configurationError   = "configuration_error"
	authorizeApplication = "authorize_application"
	policyException      = "policy_exception"
)

// requestIDHeader is where the product tells the ID of a request, which it writes into its log and its events as well.
const requestIDHeader = "X-Authentik-Id"

// requestKey is the key of a request's ID in its context.
type requestKey struct{}

// identified gives a request an ID, and tells it in the answer.
func identified(w http.ResponseWriter, r *http.Request) *http.Request {
	id := randomHex(32)
	w.Header().Set(requestIDHeader, id)
	return r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
}

func idOf(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

// warn writes a line in the form of the product's log.
func (s *Server) warn(r *http.Request, text string, fields object) {
	if s.options.Log == nil {
		return
	}
	line := object{
		"event": text, "level": "warning", "logger": "authentik.providers.oauth2.views", "request_id": idOf(r), "host": r.Host,
		"timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000000"),
	}
	maps.Copy(line, fields)
	_ = json.NewEncoder(s.options.Log).Encode(line) // a log that cannot be written is nobody's concern
}

// note keeps an event about a request. of is who it is about; nil: nobody is known.
func (s *Server) note(r *http.Request, action string, of *user, details object) {
	args := object{}
	for name, values := range r.URL.Query() {
		args[name] = values[0]
	}
	told := object{"http_request": object{
		"path": r.URL.Path, "method": r.Method, "args": args, "user_agent": r.UserAgent(), "request_id": idOf(r),
	}}
	maps.Copy(told, details)
	who := object{"pk": 1, "username": "AnonymousUser", "email": ""}
	if of != nil {
		who = object{"pk": of.pk, "username": of.username, "email": of.email}
	}
	now := time.Now().UTC()
	s.state.events = append(s.state.events, object{
		"pk": newUUID(), "action": action, "app": "authentik.providers.oauth2", "user": who, "context": told, "client_ip": clientIP(r),
		"created": now.Format(time.RFC3339Nano), "expires": now.Add(365 * 24 * time.Hour).Format(time.RFC3339Nano), "brand": object{},
	})
}

func clientIP(r *http.Request) string {
	if forwarded, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ","); forwarded != "" {
		return strings.TrimSpace(forwarded)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "255.255.255.255" // the product's word for nobody
	}
	return host
}

// routeEvents serves the events, the newest first.
func (s *Server) routeEvents() {
	s.admin("GET events/events/", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		kept := slices.DeleteFunc(slices.Clone(s.state.events), func(e object) bool {
			user, _ := e["user"].(object)
			told, _ := e["context"].(object)
			return query.Has("actions") && !slices.Contains(query["actions"], e.text("action")) ||
				query.Has("action") && !strings.Contains(e.text("action"), query.Get("action")) ||
				query.Has("client_ip") && query.Get("client_ip") != e.text("client_ip") ||
				query.Has("username") && query.Get("username") != user.text("username") && query.Get("username") != told.text("username")
		})
		slices.Reverse(kept)
		writeList(w, kept)
	})
}
