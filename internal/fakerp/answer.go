package fakerp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/version"
)

// object is a JSON object.
type object map[string]any

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

func (o object) on(key string) bool { return o[key] == true }

// refusal is an error with the status and the words that the API answers.
type refusal struct {
	status   int
	messages []string
	list     bool   // the message is a list, as a validator makes it
	logged   string // what only the log is told; empty: nothing
}

func (r *refusal) Error() string { return r.messages[0] }

func refuse(status int, message string) *refusal {
	return &refusal{status: status, messages: []string{message}}
}

func invalid(messages ...string) *refusal {
	return &refusal{status: http.StatusBadRequest, messages: messages, list: true}
}

// fail answers with an error. What is not a refusal is told only by its name, and goes to the log.
func (s *Server) fail(ctx context.Context, w http.ResponseWriter, err error, otherwise string) {
	var r *refusal
	if !errors.As(err, &r) {
		s.logFailure(ctx, err)
		r = refuse(http.StatusInternalServerError, otherwise)
	}
	if r.logged != "" {
		s.log(ctx, warning, "AuthService", "%s", r.logged)
	}
	id := idOf(ctx)
	if s.has(version.BareErrors) {
		w.Header().Set("X-Correlation-ID", id)
		body := object{"message": r.messages[0]}
		if r.list {
			var issues []object
			for _, m := range r.messages {
				issues = append(issues, object{"path": []string{}, "message": m})
			}
			body = object{"message": "Validation failed", "errors": issues}
		}
		writeJSON(w, r.status, body)
		return
	}
	body := object{"message": r.messages[0], "error": http.StatusText(r.status), "statusCode": r.status, "correlationId": id}
	if r.list {
		body["message"] = r.messages
	}
	writeJSON(w, r.status, body)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the client has gone
}

// readBody decodes a JSON object; no body at all is an empty one.
func readBody(r *http.Request) (object, error) {
	body := object{}
	if r.ContentLength == 0 {
		return body, nil
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	return body, nil
}

// texts checks that fields are texts that are not empty.
func texts(body object, fields ...string) error {
	var problems []string
	for _, f := range fields {
		if _, ok := body[f].(string); !ok {
			problems = append(problems, f+" must be a string")
		}
		if body.text(f) == "" {
			problems = append(problems, f+" should not be empty")
		}
	}
	if len(problems) > 0 {
		return invalid(problems...)
	}
	return nil
}
